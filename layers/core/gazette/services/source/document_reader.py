"""Reads the documents of revisions; a version never changes, so recent ones are cached."""

from gazette.models.byte_cache import CachedFunction
from gazette.models.contract.document import EventDocument
from gazette.models.contract.identity import event_key
from gazette.models.contract.parsing import parse_accepted
from gazette.models.contract.stored_document import written
from gazette.models.ledger.snapshot import Revision
from gazette.ports import SourceArchive
from gazette.services.source.document_store import DocumentStore


class DocumentReader:
    """Reads documents that ingest kept; for revisions of release 0.1.0, the source archive."""

    def __init__(self, source: SourceArchive, store: DocumentStore) -> None:
        self._source = source
        self._store = store
        # A batch reads a revision for its event page, its revision page and the next difference.
        self._read: CachedFunction[[str, str, str], EventDocument] = CachedFunction(
            self._find, _memory
        )

    def read(self, revision: Revision) -> EventDocument | None:
        """Return the document of a revision, None for one that has none or is erased."""
        if revision.content_sha256 is None or revision.entry.erased:
            return None
        return self._read(revision.entry.event_id, revision.identity, revision.version_id)

    def read_published(self, revision: Revision) -> EventDocument | None:
        """Return the document that a revision shows in public, None if it withdraws the event."""
        return None if revision.is_withdrawn else self.read(revision)

    def _find(self, event_id: str, identity: str, version_id: str) -> EventDocument:
        kept = self._store.get(event_id, identity) if identity else None
        return kept or parse_accepted(self._source.read(event_key(event_id), version_id))


def _memory(document: EventDocument, *_names: str) -> int:
    """Estimate the bytes that a document takes in memory, by its JSON.

    A small object, such as a source, takes much more than its text.
    """
    stored = written(document)
    return 4 * len(stored) + 2_000 + 500 * stored.count("{") + 50 * stored.count(",")
