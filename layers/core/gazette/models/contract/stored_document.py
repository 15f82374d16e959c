"""Documents that were accepted once, read again without the limits of today.

A limit may become tighter in a later release. What was published under the old one stays readable.
"""

import json
from collections.abc import Mapping

from pydantic import ConfigDict, JsonValue, ValidationError

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


# The fields that the contract had when the first documents were accepted.
FIRST_FIELDS = frozenset(
    (
        *("title", "date", "published", "modified", "expires", "slug", "language", "translations"),
        *("topics", "category", "byline", "summary", "body", "image", "sources", "revision"),
    )
)


class StoredDocument(EventDocument):
    """An event as it was accepted; only the limits of fields are left out."""

    title: str
    topics: tuple[str, ...] = ()
    category: str | None = None
    summary: str | None = None
    body: str | None = None
    sources: tuple[StoredSource, ...] = ()
    attachments: tuple[StoredAttachment, ...] = ()
    image: StoredImage | None = None
    language: str | None = None
    byline: str | tuple[str, ...] | None = None
    revision: StoredNote | None = None
    translations: tuple[str, ...] = ()
    slug: str | None = None
    guid: str | None = None
    aliases: tuple[str, ...] = ()


def written(document: EventDocument) -> str:
    """Write an accepted document for `read_stored`."""
    return document.model_dump_json(exclude_unset=True)


def read_stored(text: str) -> EventDocument:
    """Read what `written` wrote.

    A field that the contract got later was unknown once, and taken with any value. A value that
    means nothing now is left out.

    Raises:
        ValidationError: it is no document.
    """
    try:
        return StoredDocument.model_validate_json(text)
    except ValidationError as error:
        wrong = {name for detail in error.errors() for name in detail["loc"][:1]}
        if not wrong or wrong & FIRST_FIELDS:
            raise
        fields = json.loads(text)
    return read_stored(json.dumps({name: fields[name] for name in fields if name not in wrong}))


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
