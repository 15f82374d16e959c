"""The input contract: the fields of the documents in the source bucket.

Unknown fields are accepted and kept at every level.
"""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from gazette.models import limits
from gazette.models.contract.languages import canonical_language
from gazette.models.contract.problems import Problem
from gazette.models.contract.slugs import topic_slug
from gazette.models.contract.urls import canonical_url
from gazette.models.frozen import Moment, to_utc_seconds
from gazette.models.kinds import RULES, RevisionKind
from gazette.models.text import bytes_in_json, is_blank, one_line, shorten


def _one_line(value: object) -> object:
    if not isinstance(value, str):
        return value
    if is_blank(value):
        reason = "is blank; write something that can be seen"
        raise ValueError(reason)
    return one_line(value)


def _line(limit: int) -> tuple[StringConstraints, BeforeValidator]:
    return StringConstraints(min_length=1, max_length=limit), BeforeValidator(_one_line)


def _short_url(url: str) -> str:
    if len(url) > limits.MAX_URL_BYTES:
        reason = f"is longer than {limits.MAX_URL_BYTES:,} bytes when it is percent-encoded"
        raise ValueError(reason)
    return url


def _short_key(key: str) -> str:
    if len(key.encode()) > limits.MAX_KEY_BYTES:
        reason = f"is longer than {limits.MAX_KEY_BYTES} bytes"
        raise ValueError(reason)
    return key


def _short_label(value: object, info: ValidationInfo) -> object:
    """Cut a label that is too long: one long label must not hold back an event."""
    if not isinstance(value, str) or len(value) <= limits.MAX_LABEL_CHARACTERS:
        return value
    if isinstance(info.context, list):
        reason = f"is cut: a label has at most {limits.MAX_LABEL_CHARACTERS} characters"
        info.context.append(Problem(str(info.field_name), reason))
    return shorten(value, limits.MAX_LABEL_CHARACTERS)


def _tidy_key(key: str) -> str:
    if any(part in {"", ".", ".."} for part in key.split("/")):
        reason = "has an empty or relative path segment"
        raise ValueError(reason)
    return key


def _without_key_parts(identity: str) -> str:
    """Accept the object key of an event in place of its id."""
    return identity.removeprefix("events/").removesuffix(".json")


def _short_enough(identity: str) -> str:
    if not identity:
        reason = "is blank; write the id of an event"
        raise ValueError(reason)
    if bytes_in_json(identity) > limits.MAX_ID_BYTES:
        reason = f"is longer than {limits.MAX_ID_BYTES} bytes"
        raise ValueError(reason)
    return identity


def _in_utc(moment: date | None) -> date | None:
    return to_utc_seconds(moment) if isinstance(moment, datetime) else moment


EventId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=limits.MAX_ID_CHARACTERS),
    AfterValidator(_without_key_parts),
    AfterValidator(_short_enough),
]
Title = Annotated[str, *_line(limits.MAX_TITLE_CHARACTERS)]
Label = Annotated[
    str,
    StringConstraints(min_length=1, max_length=limits.MAX_LABEL_CHARACTERS),
    BeforeValidator(_short_label),
    BeforeValidator(_one_line),
]
Line = Annotated[str, *_line(limits.MAX_LINE_CHARACTERS)]
Paragraph = Annotated[
    str, StringConstraints(max_length=limits.MAX_PARAGRAPH_CHARACTERS, strip_whitespace=True)
]
Url = Annotated[
    str,
    StringConstraints(max_length=limits.MAX_URL_CHARACTERS),
    AfterValidator(canonical_url),
    AfterValidator(_short_url),
]
ImageKey = Annotated[
    str,
    StringConstraints(pattern=r"^images/[^\\]+$", max_length=limits.MAX_IMAGE_KEY_CHARACTERS),
    AfterValidator(_short_key),
    AfterValidator(_tidy_key),
]


# The docstrings of these models are published as descriptions in the JSON Schema.
class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow", strict=True)


class Source(_Part):
    """Where the event is reported; a source without a title is shown by its host."""

    url: Url
    title: Line | None = None
    publisher: Line | None = None
    published: Annotated[date | AwareDatetime | None, AfterValidator(_in_utc)] = None


class Image(_Part):
    """A picture: a key of the source bucket, or an address elsewhere."""

    key: ImageKey | None = None
    url: Url | None = None
    alt: Annotated[str, *_line(limits.MAX_ALT_CHARACTERS)]
    credit: Line | None = None

    @model_validator(mode="after")
    def _has_one_address(self) -> Self:
        if (self.key is None) == (self.url is None):
            reason = "needs either key or url"
            raise ValueError(reason)
        return self


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

    title: Title
    date: date
    topics: Annotated[tuple[Label, ...], Field(max_length=limits.MAX_TOPICS)] = ()
    category: Label | None = None
    summary: Paragraph | None = None
    body: str | None = None
    sources: Annotated[tuple[Source, ...], Field(max_length=limits.MAX_SOURCES)] = ()
    image: Image | None = None
    language: (
        Annotated[
            str,
            StringConstraints(max_length=limits.MAX_LANGUAGE_CHARACTERS),
            AfterValidator(canonical_language),
        ]
        | None
    ) = None
    byline: Line | None = None
    published: Moment | None = None
    modified: Moment | None = None
    expires: Moment | None = None
    revision: RevisionNote | None = None
    translations: Annotated[tuple[EventId, ...], Field(max_length=limits.MAX_TRANSLATIONS)] = ()
    slug: Label | None = None

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

    @field_validator("topics")
    @classmethod
    def _name_each_topic_once(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        return tuple({topic_slug(label): label for label in reversed(labels)}.values())[::-1]
