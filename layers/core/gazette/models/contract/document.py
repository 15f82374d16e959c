"""The input contract: the fields of the documents in the source bucket.

Unknown fields of an event are accepted and kept. Those of its objects are refused: a misspelt one
would change what readers see.
"""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from gazette.models import limits
from gazette.models.contract.field_types import (
    Alias,
    AltText,
    Byline,
    EventId,
    Guid,
    ImageKey,
    Label,
    Language,
    Line,
    MediaType,
    Paragraph,
    Title,
    Url,
    in_utc,
)
from gazette.models.frozen import Moment
from gazette.models.identifiers.slugs import topic_slug
from gazette.models.kinds import RULES, RevisionKind


# The docstrings of these models are published as descriptions in the JSON Schema.
class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Source(_Part):
    """Where the event is reported; a source without a title is shown by its host."""

    url: Url = Field(description="Write it like https://post.example/bridge.")
    title: Line | None = Field(None, description="Write a text on one line.")
    publisher: Line | None = Field(None, description="Write a text on one line.")
    published: Annotated[date | AwareDatetime | None, AfterValidator(in_utc)] = Field(
        None, description="Write a day like 2026-03-04, or a time with its zone."
    )


class _File(_Part):
    key: ImageKey | None = Field(
        None,
        description="Write the key of an object in the source bucket, such as images/bridge.jpg.",
    )
    url: Url | None = Field(None, description="Write it like https://post.example/bridge.")

    @model_validator(mode="after")
    def _has_one_address(self) -> Self:
        if self.key is None and self.url is None:
            reason = "needs either key or url"
            raise ValueError(reason)
        if self.key is not None and self.url is not None:
            reason = "has both key and url; leave out one of them"
            raise ValueError(reason)
        return self


class Attachment(_File):
    """A file that belongs to the event: an image of the source bucket, or a file elsewhere."""

    title: Line = Field(description="Write a text on one line.")
    type: MediaType | None = Field(None, description="Write a media type such as application/pdf.")
    length: Annotated[int, Field(ge=0, le=limits.MAX_INTEGER)] | None = Field(
        None, description="Write the number of bytes, such as 48213."
    )


class Image(_File):
    """A picture: a key of the source bucket, or an address elsewhere."""

    alt: AltText = Field(description="Write in words what the image shows.")
    credit: Line | None = Field(None, description="Write a text on one line.")


class RevisionNote(_Part):
    """What the publisher says about this version of the document."""

    kind: Literal["minor", "update", "correction", "retraction"] = Field(
        "update", description='Write "minor", "update", "correction" or "retraction".'
    )
    note: Paragraph | None = Field(None, description="Write what was changed, and why.")

    @model_validator(mode="after")
    def _has_the_note_it_needs(self) -> Self:
        if RULES[RevisionKind(self.kind)].needs_note and self.note is None:
            reason = f"a {self.kind} needs a note"
            raise ValueError(reason)
        return self


class EventDocument(_Part):
    """One event as its publisher wrote it."""

    model_config = ConfigDict(extra="allow")

    title: Title = Field(description='Write a text, such as "The bridge opens".')
    # A default value would hide the type of the same name.
    date: Annotated[date, Field(description="Write the day of the event like 2026-03-04.")]
    topics: tuple[Label, ...] = Field(
        (),
        description='Write a list of texts, such as ["Harbour", "Ferries"].',
        max_length=limits.MAX_TOPICS,
    )
    category: Label | None = Field(None, description='Write a text, such as "Transport".')
    summary: Paragraph | None = Field(None, description="Write a text.")
    body: str | None = Field(None, description="Write a text in Markdown.")
    sources: tuple[Source, ...] = Field(
        (),
        description='Write a list such as [{"title": "Post", "url": "https://post.example/a"}].',
        max_length=limits.MAX_SOURCES,
    )
    attachments: tuple[Attachment, ...] = Field(
        (),
        description='Write a list such as [{"title": "Report", "url": "https://a.example/a.pdf"}].',
        max_length=limits.MAX_ATTACHMENTS,
    )
    image: Image | None = Field(
        None,
        description='Write an object such as {"key": "images/bridge.jpg", "alt": "The bridge"}.',
    )
    language: Language | None = Field(None, description="Write a tag such as en, pt-BR or zh-Hant.")
    byline: Byline | None = Field(None, description="Write a name, or a list of names.")
    published: Moment | None = Field(
        None,
        description="Write a time with its zone, such as 2026-03-04T08:00:00Z. "
        "The event is held until then.",
    )
    modified: Moment | None = Field(
        None,
        description="Write a time with its zone, such as 2026-03-04T08:00:00Z. "
        "It is when this version was written.",
    )
    expires: Moment | None = Field(
        None,
        description="Write a time with its zone, such as 2026-03-04T08:00:00Z. "
        "The event is withdrawn then.",
    )
    revision: RevisionNote | None = Field(
        None,
        description='Write an object such as {"kind": "correction", "note": "It opens at 7."}.',
    )
    translations: tuple[EventId, ...] = Field(
        (),
        description='Write a list of ids of events, such as ["2026/bridge-es"].',
        max_length=limits.MAX_TRANSLATIONS,
    )
    slug: Label | None = Field(
        None, description="Write a text for the address, such as bridge-opens."
    )
    guid: Guid | None = Field(
        None,
        description="Write the id that feeds had elsewhere on one line, such as urn:uuid:…. "
        "It never changes after the publication.",
        examples=["https://old.example/?p=123"],
    )
    aliases: tuple[Alias, ...] = Field(
        (),
        max_length=limits.MAX_ALIASES,
        description="Write a list of paths on this site, such as "
        '["/2019/05/bridge/", "/bridge.html"]. '
        "Documents at these paths lead to the event.",
        examples=[["/2019/05/bridge/", "https://old.example/bridge.html"]],
    )

    @property
    def bylines(self) -> tuple[str, ...]:
        """The names that the byline gives, one or several."""
        if isinstance(self.byline, str):
            return (self.byline,)
        return tuple(dict.fromkeys(self.byline or ()))

    @field_validator("expires")
    @classmethod
    def _expires_after_its_publication(
        cls, expires: datetime | None, info: ValidationInfo
    ) -> datetime | None:
        published = info.data.get("published")
        if expires and published and expires <= published:
            reason = "must be later than published"
            raise ValueError(reason)
        return expires

    @field_validator("aliases")
    @classmethod
    def _name_each_alias_once(cls, aliases: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(aliases))

    @field_validator("topics")
    @classmethod
    def _name_each_topic_once(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        return tuple({topic_slug(label): label for label in reversed(labels)}.values())[::-1]
