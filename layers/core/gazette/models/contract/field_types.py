"""The types of the fields of the input contract: what each takes, and how it is tidied."""

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationInfo,
)

from gazette.models import limits
from gazette.models.characters import bytes_in_json, is_blank, one_line, shorten
from gazette.models.contract.aliases import canonical_alias
from gazette.models.contract.guids import short_guid
from gazette.models.frozen import to_utc_seconds
from gazette.models.identifiers.languages import canonical_language
from gazette.models.identifiers.urls import canonical_url
from gazette.models.images.image_rules import why_no_image_key
from gazette.models.problems.messages import LIST, TEXT
from gazette.models.problems.problems import Problem

# RFC 6838 §4.2, and parameters such as codecs.
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*(;[ -~]*)?")


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


def _image_key(key: object) -> object:
    """Refuse what ingest refuses: such an image would never be shown."""
    if isinstance(key, str) and (reason := why_no_image_key(key)):
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


def _media_type(value: str) -> str:
    if not _MEDIA_TYPE.fullmatch(value):
        reason = "is no media type"
        raise ValueError(reason)
    return value


def _text_or_list(value: object) -> str:
    return LIST if isinstance(value, list | tuple) else TEXT


def _short_names(names: tuple[str, ...]) -> tuple[str, ...]:
    if len("".join(names)) > limits.MAX_BYLINE_CHARACTERS:
        reason = f"is longer than {limits.MAX_BYLINE_CHARACTERS} characters with all names together"
        raise ValueError(reason)
    return names


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


def in_utc(moment: date | None) -> date | None:
    return to_utc_seconds(moment) if isinstance(moment, datetime) else moment


EventId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=limits.MAX_ID_CHARACTERS),
    AfterValidator(_without_key_parts),
    AfterValidator(_short_enough),
]
Title = Annotated[str, *_line(limits.MAX_TITLE_CHARACTERS)]
AltText = Annotated[str, *_line(limits.MAX_ALT_CHARACTERS)]
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
Byline = Annotated[
    Annotated[Line, Tag(TEXT)]
    | Annotated[
        tuple[Line, ...],
        Field(max_length=limits.MAX_BYLINES),
        AfterValidator(_short_names),
        Tag(LIST),
    ],
    Discriminator(_text_or_list),
]
ImageKey = Annotated[
    str,
    StringConstraints(pattern=r"^images/[^\\]+$", max_length=limits.MAX_IMAGE_KEY_CHARACTERS),
    BeforeValidator(_image_key),
]
Guid = Annotated[str, StringConstraints(min_length=1), AfterValidator(short_guid)]
Alias = Annotated[
    str,
    StringConstraints(max_length=limits.MAX_ALIAS_CHARACTERS),
    AfterValidator(canonical_alias),
]
MediaType = Annotated[
    str,
    StringConstraints(max_length=limits.MAX_MEDIA_TYPE_CHARACTERS, to_lower=True),
    AfterValidator(_media_type),
]
Language = Annotated[
    str,
    StringConstraints(max_length=limits.MAX_LANGUAGE_CHARACTERS),
    AfterValidator(canonical_language),
]
