"""Reads the documents of revisions; a version never changes, so recent ones are cached."""

from typing import NamedTuple

from gazette.models.byte_cache import CachedFunction
from gazette.models.contract.document import EventDocument
from gazette.models.contract.identity import event_key
from gazette.models.contract.parsing import parse_document
from gazette.models.ledger.snapshot import Revision
from gazette.ports import SourceArchive


class _Parsed(NamedTuple):
    document: EventDocument
    size: int


class DocumentReader:
    """Reads and parses documents from the source archive."""

    def __init__(self, source: SourceArchive) -> None:
        self._source = source
        # A batch reads a revision for its event page, its revision page and the next difference.
        # JSON takes a multiple of its bytes in memory.
        self._read: CachedFunction[[str, str], _Parsed] = CachedFunction(
            self._parse, lambda parsed, _key, _version_id: 4 * parsed.size + 10_000
        )

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
        return self._read(key, version_id).document

    def read_published(self, revision: Revision) -> EventDocument | None:
        """Return the document that a revision shows in public, None if it withdraws the event."""
        return None if revision.is_withdrawn else self.read(revision)

    def _parse(self, key: str, version_id: str) -> _Parsed:
        raw = self._source.read(key, version_id)
        return _Parsed(parse_document(raw), len(raw))
