"""Reads the documents of versions, from the ledger or from S3, each once in a run."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from gazette.models.contract.canonical import document_form, sha256_of
from gazette.models.contract.document import EventDocument
from gazette.models.contract.identity import event_key
from gazette.models.contract.parsing import (
    InvalidEventError,
    Problem,
    parse_accepted,
    parse_document,
)
from gazette.models.ledger.snapshot import Revision
from gazette.models.problems.problems import UnreadableEventError
from gazette.ports import SourceArchive, UnreadableVersionError
from gazette.projections.history.occurrences import Occurrence, occurrence_of
from gazette.services.source.document_store import DocumentStore

_Parse: TypeAlias = Callable[[bytes], EventDocument]


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
        return self._take(occurrence, parse_document)

    def read_again(self, occurrence: Occurrence) -> EventDocument:
        """Return the document of a version that was handled before; Gazette may have kept it.

        Raises:
            InvalidEventError: Gazette has not kept it and cannot read it from S3.
        """
        return self._find(occurrence, parse_document)

    def read_recorded(self, revision: Revision) -> EventDocument:
        """Return the document of a revision: it was accepted once, whatever the limits are now.

        Raises:
            InvalidEventError: Gazette has not kept it and cannot read it from S3.
        """
        return self._find(occurrence_of(revision), parse_accepted)

    def read_before(self, revision: Revision) -> EventDocument | None:
        """Return the document of the revision before, or None if it is erased or unreadable."""
        if revision.entry.erased:
            return None
        try:
            return self.read_recorded(revision)
        except InvalidEventError:
            # A release before this one did not keep documents, and S3 has removed the version. The
            # new revision is published without a difference.
            return None

    def read_erased(self, revision: Revision) -> EventDocument | None:
        """Return the document of an erased revision while S3 still has it, None afterwards."""
        try:
            document = self.read_recorded(revision)
        except InvalidEventError:
            return None
        is_its_own = sha256_of(document_form(document)) == revision.content_sha256
        return document if is_its_own else None

    def keep(self, identity: str, erasures: int) -> None:
        """Store a document that came from S3. Later runs read it from the ledger.

        After an erasure the ledger's own is written again, at the new count: a late run that
        erased it would remove it else.
        """
        if identity in self._unsaved or (erasures and identity in self._read):
            self.store.put(self.event_id, identity, self._read[identity], erasures)

    def forget(self, identity: str, erasures: int) -> None:
        """Remove an erased document from the ledger."""
        self.store.remove(self.event_id, identity, erasures)

    def _find(self, occurrence: Occurrence, parse: _Parse) -> EventDocument:
        identity = occurrence.identity
        if identity not in self._read:
            kept = self.store.get(self.event_id, identity)
            if kept is None:
                return self._take(occurrence, parse)
            self._read[identity] = kept
        return self._read[identity]

    def _take(self, occurrence: Occurrence, parse: _Parse) -> EventDocument:
        """Read a version from S3."""
        try:
            raw = self.source.read(event_key(self.event_id), occurrence.version_id)
        except UnreadableVersionError as error:
            raise UnreadableEventError(Problem("document", str(error))) from error
        document = parse(raw)
        self._read[occurrence.identity] = document
        self._unsaved.add(occurrence.identity)
        return document
