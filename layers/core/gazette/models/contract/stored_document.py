"""Documents that were accepted once, read again without the limits of today.

A limit may become tighter in a later release. What was published under the old one stays readable.
"""

from gazette.models.contract.document import EventDocument, Image, RevisionNote, Source


class StoredSource(Source):
    """A source as it was accepted."""

    url: str
    title: str | None = None
    publisher: str | None = None


class StoredImage(Image):
    """An image as it was accepted."""

    key: str | None = None
    url: str | None = None
    alt: str
    credit: str | None = None


class StoredNote(RevisionNote):
    """A revision note as it was accepted."""

    note: str | None = None


class StoredDocument(EventDocument):
    """An event as it was accepted."""

    title: str
    topics: tuple[str, ...] = ()
    category: str | None = None
    summary: str | None = None
    body: str | None = None
    sources: tuple[StoredSource, ...] = ()
    image: StoredImage | None = None
    language: str | None = None
    byline: str | None = None
    revision: StoredNote | None = None
    translations: tuple[str, ...] = ()
    slug: str | None = None


def written(document: EventDocument) -> str:
    """Write an accepted document for `read_stored`."""
    return document.model_dump_json(exclude_unset=True)


def read_stored(text: str) -> EventDocument:
    """Read what `written` wrote."""
    return StoredDocument.model_validate_json(text)
