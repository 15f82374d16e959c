"""Reads the documents behind revisions: they never change, so those just read are kept."""

from functools import lru_cache

from gazette.models.contract.document import EventDocument
from gazette.models.contract.identity import event_key
from gazette.models.contract.parsing import parse_document
from gazette.models.ledger.snapshot import Revision
from gazette.ports import SourceArchive

# A revision is read for its page, its own address and the difference to the next one.
_KEPT = 64


class DocumentReader:
    """The documents of revisions, read from the source archive."""

    def __init__(self, source: SourceArchive) -> None:
        self._source = source
        self._read = lru_cache(maxsize=_KEPT)(self._parse)

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
        """Return what a revision shows the public: nothing where it withdraws the event."""
        return None if revision.is_withdrawn else self.read(revision)

    def _parse(self, key: str, version_id: str) -> EventDocument:
        return parse_document(self._source.read(key, version_id))
