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
    field_validator,
    model_validator,
)

from gazette.models import limits
from gazette.models.contract.languages import canonical_language
from gazette.models.contract.slugs import topic_slug
from gazette.models.contract.urls import canonical_url
from gazette.models.frozen import Moment, to_utc_seconds
from gazette.models.kinds import RULES, RevisionKind
from gazette.models.text import bytes_in_json, one_line


def _blank_is_absent(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _null_is_update(value: object) -> object:
    return "update" if value is None else value


def _one_line(value: object) -> object:
    return one_line(value) if isinstance(value, str) else value


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


def _tidy_key(key: str) -> str:
    if any(part in {"", ".", ".."} for part in key.split("/")):
        reason = "has an empty or relative path segment"
        raise ValueError(reason)
    return key


def _without_key_parts(identity: str) -> str:
    """Accept the object key of an event in place of its id."""
    return identity.removeprefix("events/").removesuffix(".json")


def _short_enough(identity: str) -> str:
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
Label = Annotated[str, *_line(limits.MAX_LABEL_CHARACTERS)]
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
    title: Annotated[Line | None, BeforeValidator(_blank_is_absent)] = None
    publisher: Annotated[Line | None, BeforeValidator(_blank_is_absent)] = None
    published: Annotated[date | AwareDatetime | None, AfterValidator(_in_utc)] = None


class Image(_Part):
    """A picture: a key of the source bucket, or an address elsewhere."""

    key: ImageKey | None = None
    url: Url | None = None
    alt: Annotated[str, *_line(limits.MAX_ALT_CHARACTERS)]
    credit: Annotated[Line | None, BeforeValidator(_blank_is_absent)] = None

    @model_validator(mode="after")
    def _has_one_address(self) -> Self:
        if (self.key is None) == (self.url is None):
            reason = "needs either key or url"
            raise ValueError(reason)
        return self


class RevisionNote(_Part):
    """What the publisher says about this version of the document."""

    kind: Annotated[
        Literal["minor", "update", "correction", "retraction"], BeforeValidator(_null_is_update)
    ] = "update"
    note: Annotated[Paragraph | None, BeforeValidator(_blank_is_absent)] = None

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
    category: Annotated[Label | None, BeforeValidator(_blank_is_absent)] = None
    summary: Annotated[Paragraph | None, BeforeValidator(_blank_is_absent)] = None
    body: Annotated[str | None, BeforeValidator(_blank_is_absent)] = None
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
    byline: Annotated[Line | None, BeforeValidator(_blank_is_absent)] = None
    published: Moment | None = None
    modified: Moment | None = None
    revision: RevisionNote | None = None
    translations: Annotated[tuple[EventId, ...], Field(max_length=limits.MAX_TRANSLATIONS)] = ()
    slug: Annotated[Label | None, BeforeValidator(_blank_is_absent)] = None

    @field_validator("topics")
    @classmethod
    def _name_each_topic_once(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        return tuple({topic_slug(label): label for label in reversed(labels)}.values())[::-1]
