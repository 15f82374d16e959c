"""Documents that were accepted once, read again without the limits of today.

A limit may become tighter in a later release. What was published under the old one stays readable.
"""

import json
from collections.abc import Mapping
from typing import Annotated

from pydantic import (
    ConfigDict,
    JsonValue,
    Strict,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from gazette.models.contract.document import Attachment, EventDocument, Image, RevisionNote, Source

_EXTRA = "extra"
# Earlier releases accepted unknown fields in these objects.
_KEPT = ConfigDict(extra="allow")


class StoredSource(Source):
    """A source as it was accepted."""

    model_config = _KEPT

    url: str
    title: str | None = None
    publisher: str | None = None


class StoredAttachment(Attachment):
    """An attachment as it was accepted."""

    model_config = _KEPT

    key: str | None = None
    url: str | None = None
    title: str
    type: str | None = None
    length: int | None = None


class StoredImage(Image):
    """An image as it was accepted."""

    model_config = _KEPT

    key: str | None = None
    url: str | None = None
    alt: str
    credit: str | None = None


class StoredNote(RevisionNote):
    """A revision note as it was accepted."""

    model_config = _KEPT

    note: str | None = None


def _or_none(value: object, validate: ValidatorFunctionWrapHandler) -> object:
    """Read a field that the contract did not have when the document was accepted."""
    try:
        return validate(value)
    except ValidationError:
        return ()


def _text_or_none(value: object, validate: ValidatorFunctionWrapHandler) -> object:
    """Read a text that the contract did not have when the document was accepted."""
    try:
        return validate(value)
    except ValidationError:
        return None


class StoredDocument(EventDocument):
    """An event as it was accepted."""

    title: str
    topics: tuple[str, ...] = ()
    category: str | None = None
    summary: str | None = None
    body: str | None = None
    sources: tuple[StoredSource, ...] = ()
    # A wrap validator gets a list, even from JSON, so the tuple cannot be strict.
    attachments: Annotated[
        tuple[StoredAttachment, ...], Strict(strict=False), WrapValidator(_or_none)
    ] = ()
    image: StoredImage | None = None
    language: str | None = None
    byline: str | tuple[str, ...] | None = None
    revision: StoredNote | None = None
    translations: tuple[str, ...] = ()
    slug: str | None = None
    guid: Annotated[str | None, WrapValidator(_text_or_none)] = None
    aliases: Annotated[tuple[str, ...], Strict(strict=False), WrapValidator(_or_none)] = ()


def written(document: EventDocument) -> str:
    """Write an accepted document for `read_stored`."""
    return document.model_dump_json(exclude_unset=True)


def read_stored(text: str) -> EventDocument:
    """Read what `written` wrote."""
    return StoredDocument.model_validate_json(text)


def read_recorded(form: Mapping[str, JsonValue]) -> EventDocument:
    """Read the form that the record of a revision has, the inverse of `document_form`.

    Raises:
        ValidationError: it is no such form.
    """
    return read_stored(json.dumps(_with_extra(dict(form))))


def _with_extra(value: JsonValue) -> JsonValue:
    """Put unknown fields back among the known ones, here and in the objects of the contract."""
    if isinstance(value, list):
        return [_with_extra(item) for item in value]
    if not isinstance(value, dict):
        return value
    fields = {name: _with_extra(item) for name, item in value.items() if name != _EXTRA}
    extra = value.get(_EXTRA)
    return fields | extra if isinstance(extra, dict) else fields
