"""Ingest of an event: asks S3 what is true of its object, and brings the ledger there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile

from gazette.models.contract.document import EventDocument
from gazette.models.contract.identity import event_key
from gazette.models.contract.parsing import InvalidEventError, Problem
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.snapshot import Revision, Snapshot
from gazette.models.path_candidates import path_candidates
from gazette.models.work.reports import IngestReport, Quarantined
from gazette.ports import Clock, ConflictError, Ledger, SourceArchive, UnreadableVersionError
from gazette.projections.history import due_items, event_history
from gazette.projections.history.event_history import Occurrence
from gazette.projections.history.known_versions import unknown_versions
from gazette.services.ingest.documents import DocumentStore
from gazette.services.ingest.event_fold import EventFold
from gazette.services.ingest.reading import read_version

_ATTEMPTS = 5
# Versions taken before the snapshot is written: a run that ends early goes on from there.
_CHECKPOINT = 100


@dataclass(frozen=True, slots=True)
class EventIngestor:
    """Brings the ledger items of an event to what the source bucket holds.

    The order of writes makes it safe to crash or to run twice at once. Documents come first. Then
    each revision claims its number. Then everything else follows, and the snapshot last, by
    compare-and-swap. A revision above the snapshot's number belongs to a run that did not reach
    its snapshot, and is taken over.
    """

    source: SourceArchive
    ledger: Ledger
    documents: DocumentStore
    clock: Clock

    def ingest(self, event_id: str, report: IngestReport) -> None:
        """Record what is new about an event; twice does no harm.

        Raises:
            ConflictError: other runs were faster in every attempt. Try later.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                while not self._ingest_some(event_id, report):
                    pass
            except ConflictError:
                report.conflicts += 1
                if attempt == _ATTEMPTS:
                    raise
            else:
                return

    def _ingest_some(self, event_id: str, report: IngestReport) -> bool:
        """Take some versions, and return whether these were all."""
        stored = self.ledger.get(keys.snapshot_key(event_id))
        before = Snapshot.read(stored.payload) if stored else Snapshot(event_id=event_id)
        listed = self.source.versions(event_key(event_id), before.known_until)
        before = _migrated(before, listed)
        unknown = unknown_versions(before, listed)
        fold = EventFold(
            before, self._orphans(before), _Reading(self, event_id).read, self._claim
        )
        for version in unknown[:_CHECKPOINT]:
            fold.take(version)
        is_done = len(unknown) <= _CHECKPOINT
        if is_done:
            fold.settle(listed, self.clock())
        if fold.snapshot == before:
            report.stale += 1
            return is_done
        self._write(fold, before, stored)
        report.recorded += [(event_id, number, kind) for number, kind in fold.recorded]
        report.quarantined += [Quarantined(fold.key, reason) for reason in fold.reasons()]
        return is_done

    def _orphans(self, snapshot: Snapshot) -> dict[int, Revision]:
        newest = keys.revision_key(snapshot.event_id, snapshot.number)
        items = takewhile(
            lambda item: item.key.sort.startswith(keys.REVISION), self.ledger.after(newest)
        )
        revisions = (Revision.read(item.payload) for item in items)
        return {revision.number: revision for revision in revisions}

    def _write(self, fold: EventFold, before: Snapshot, stored: LedgerItem | None) -> None:
        event_id = fold.snapshot.event_id
        for identity, document in fold.documents.items():
            self.documents.put(event_id, identity, document)
        snapshot = due_items.with_due(fold.snapshot)
        items = [*fold.items.values(), *due_items.due_items(before, snapshot)]
        claims = [item for item in items if item.key.sort.startswith(keys.REVISION)]
        for item in claims:
            self._claim_number(item, fold)
        for item in items:
            if item not in claims:
                self.ledger.put(item)
        expected = stored.revision if stored else None
        if not self.ledger.replace(event_history.snapshot_item(snapshot), expected):
            raise ConflictError(f"the snapshot of {event_id}")

    def _claim_number(self, item: LedgerItem, fold: EventFold) -> None:
        """Write a revision unless another run has given its number away."""
        if self.ledger.put(item):
            return
        held = self.ledger.get(item.key)
        is_own = held is not None and held.payload == item.payload
        is_orphan = Revision.read(item.payload).number in fold.orphans
        if not (is_own or is_orphan):
            raise ConflictError(f"{item.key.partition} {item.key.sort}")

    def _claim(self, snapshot: Snapshot, preferred: str) -> str:
        """Claim a path for an event, which keeps the one it has if it still prefers that."""
        for base_path in path_candidates(preferred, snapshot.event_id):
            if snapshot.revision and base_path == snapshot.revision.entry.base_path:
                return base_path
            if self.ledger.claim(base_path, snapshot.event_id) == snapshot.event_id:
                return base_path
        reason = f"no path is left for {snapshot.event_id} at {preferred}"
        raise LookupError(reason)


@dataclass(slots=True)
class _Reading:
    """Reads documents for one run: from Gazette's own store, else from S3, each once."""

    ingestor: EventIngestor
    event_id: str
    kept: dict[str, EventDocument] = field(default_factory=dict)

    def read(self, occurrence: Occurrence) -> EventDocument:
        """Return the document of a version.

        Raises:
            InvalidEventError: it breaks the contract, or S3 does not hand it out.
        """
        identity = occurrence.identity
        if identity not in self.kept:
            own = self.ingestor.documents.get(self.event_id, identity)
            self.kept[identity] = own or self._from_s3(occurrence)
        return self.kept[identity]

    def _from_s3(self, occurrence: Occurrence) -> EventDocument:
        key = event_key(self.event_id)
        try:
            return read_version(self.ingestor.source, key, occurrence.version_id)
        except UnreadableVersionError as error:
            raise InvalidEventError(Problem("document", str(error))) from error


def _migrated(snapshot: Snapshot, newest_first: list[ObjectVersion]) -> Snapshot:
    """Return a snapshot with known versions: one of derivation 0 counted them instead.

    Its newest revision names the version it came from. That one and all before it are known, and
    the numbers stay, even where S3 lists fewer versions than were counted.
    """
    if snapshot.derivation or snapshot.revision is None:
        return snapshot
    ids = [version.version_id for version in newest_first]
    newest = snapshot.revision.version_id
    if newest in ids:
        known = newest_first[ids.index(newest) :]
    else:
        at = snapshot.revision.entry.at
        known = [version for version in newest_first if version.last_modified <= at]
    shown = known[0].identity if newest in ids else ""
    revision = snapshot.revision.model_copy(update={"identity": shown})
    migrated = with_known(snapshot, reversed(known))
    return migrated.model_copy(update={"served": shown, "revision": revision})


def _identities(versions: list[ObjectVersion]) -> Iterator[str]:
    return (version.identity for version in versions)
