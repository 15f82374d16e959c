"""Reads the documents of revisions; a version never changes, so recent ones are cached."""

from functools import lru_cache

from gazette.models.contract.document import EventDocument
from gazette.models.contract.identity import event_key
from gazette.models.contract.parsing import parse_document
from gazette.models.ledger.snapshot import Revision
from gazette.ports import SourceArchive

# A batch reads a revision for its event page, its revision page and the diff of the next one.
_CACHED = 64


class DocumentReader:
    """Reads and parses documents from the source archive."""

    def __init__(self, source: SourceArchive) -> None:
        self._source = source
        self._read = lru_cache(maxsize=_CACHED)(self._parse)

    def read(self, revision: Revision) -> EventDocument | None:
        """Return the document of a revision, None for a delete marker."""
        if revision.content_sha256 is None:
            return None
        return self.read_version(event_key(revision.entry.event_id), revision.version_id)

    def read_version(self, key: str, version_id: str) -> EventDocument:
        """Return the document of a version.

        Raises:
            InvalidEventError: it breaks the contract.
        """
        return self._read(key, version_id)

    def read_published(self, revision: Revision) -> EventDocument | None:
        """Return the document that a revision shows in public, None if it withdraws the event."""
        return None if revision.is_withdrawn else self.read(revision)

    def _parse(self, key: str, version_id: str) -> EventDocument:
        return parse_document(self._source.read(key, version_id))
