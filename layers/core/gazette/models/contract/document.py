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

    url: Url
    title: Line | None = None
    publisher: Line | None = None
    published: Annotated[date | AwareDatetime | None, AfterValidator(in_utc)] = None


class _File(_Part):
    key: ImageKey | None = None
    url: Url | None = None

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

    title: Line
    type: MediaType | None = None
    length: Annotated[int, Field(ge=0, le=limits.MAX_INTEGER)] | None = None


class Image(_File):
    """A picture: a key of the source bucket, or an address elsewhere."""

    alt: AltText
    credit: Line | None = None


class RevisionNote(_Part):
    """What the publisher says about this version of the document."""

    kind: Literal["minor", "update", "correction", "retraction"] = "update"
    note: Paragraph | None = None

    @model_validator(mode="after")
    def _has_the_note_it_needs(self) -> Self:
        if RULES[RevisionKind(self.kind)].needs_note and self.note is None:
            reason = f"a {self.kind} needs a note"
            raise ValueError(reason)
        return self


class EventDocument(_Part):
    """One event as its publisher wrote it."""

    model_config = ConfigDict(extra="allow")

    title: Title
    date: date
    topics: Annotated[tuple[Label, ...], Field(max_length=limits.MAX_TOPICS)] = ()
    category: Label | None = None
    summary: Paragraph | None = None
    body: str | None = None
    sources: Annotated[tuple[Source, ...], Field(max_length=limits.MAX_SOURCES)] = ()
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=limits.MAX_ATTACHMENTS)] = ()
    image: Image | None = None
    language: Language | None = None
    byline: Byline | None = None
    published: Moment | None = None
    modified: Moment | None = None
    expires: Moment | None = None
    revision: RevisionNote | None = None
    translations: Annotated[tuple[EventId, ...], Field(max_length=limits.MAX_TRANSLATIONS)] = ()
    slug: Label | None = None
    guid: Annotated[
        Guid | None,
        Field(
            description="The id that feeds had elsewhere; it never changes after the publication.",
            examples=["https://old.example/?p=123"],
        ),
    ] = None
    aliases: Annotated[
        tuple[Alias, ...],
        Field(
            max_length=limits.MAX_ALIASES,
            description="Addresses elsewhere; documents at their paths lead to the event.",
            examples=[["/2019/05/bridge/", "https://old.example/bridge.html"]],
        ),
    ] = ()

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
