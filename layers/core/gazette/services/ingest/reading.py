"""Reads the documents of versions, from the ledger or from S3, each once in a run."""

from dataclasses import dataclass, field

from gazette.models.contract.document import EventDocument
from gazette.models.contract.identity import event_key
from gazette.models.contract.parsing import InvalidEventError, Problem, parse_document
from gazette.models.contract.problems import UnreadableEventError
from gazette.models.ledger.snapshot import Revision
from gazette.ports import SourceArchive, UnreadableVersionError
from gazette.projections.history.event_history import Occurrence, occurrence_of
from gazette.services.source.document_store import DocumentStore


@dataclass(slots=True)
class VersionReader:
    """Reads the documents of one event for one run of ingest."""

    source: SourceArchive
    store: DocumentStore
    event_id: str
    _read: dict[str, EventDocument] = field(default_factory=dict)
    _unsaved: set[str] = field(default_factory=set)

    def read_new(self, occurrence: Occurrence) -> EventDocument:
        """Return the document of a version that was never handled.

        Raises:
            InvalidEventError: it breaks the contract, or S3 does not give it out.
        """
        document = self._from_source(occurrence.version_id)
        self._read[occurrence.identity] = document
        self._unsaved.add(occurrence.identity)
        return document

    def read_again(self, occurrence: Occurrence) -> EventDocument:
        """Return the document of a version that was handled before; Gazette may have kept it.

        Raises:
            InvalidEventError: Gazette has not kept it and cannot read it from S3.
        """
        identity = occurrence.identity
        if identity not in self._read:
            kept = self.store.get(self.event_id, identity)
            if kept is None:
                return self.read_new(occurrence)
            self._read[identity] = kept
        return self._read[identity]

    def read_before(self, revision: Revision) -> EventDocument | None:
        """Return the document of the revision before, or None if it cannot be read any more."""
        try:
            return self.read_again(occurrence_of(revision))
        except InvalidEventError:
            # A release before this one did not keep documents, and S3 has removed the version. The
            # new revision is published without a difference.
            return None

    def keep(self, identity: str) -> None:
        """Store a document that came from S3. Later runs read it from the ledger."""
        if identity in self._unsaved:
            self.store.put(self.event_id, identity, self._read[identity])

    def _from_source(self, version_id: str) -> EventDocument:
        try:
            raw = self.source.read(event_key(self.event_id), version_id)
        except UnreadableVersionError as error:
            raise UnreadableEventError(Problem("document", str(error))) from error
        return parse_document(raw)
