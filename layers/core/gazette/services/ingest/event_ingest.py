"""Ingests events: asks S3 which versions an object has, and records what is new."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from gazette.models.contract.identity import event_key
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.snapshot import Revision, Snapshot
from gazette.models.limits import MAX_VERSIONS_A_WRITE, MAX_WRITE_ATTEMPTS
from gazette.models.path_candidates import path_candidates
from gazette.models.tasks.reports import IngestReport, Quarantined
from gazette.ports import Clock, ConflictError, Ledger, SourceArchive
from gazette.projections.history import due_items, state_items
from gazette.projections.history.known_versions import migrated, unknown_versions
from gazette.projections.history.long_histories import items_of_old_release
from gazette.services.ingest.event_fold import EventFold
from gazette.services.ingest.reading import VersionReader
from gazette.services.publish.pauses import NO_PAUSES, Pauses
from gazette.services.source.document_store import DocumentStore


@dataclass(frozen=True, slots=True)
class EventIngestor:
    """Brings the ledger items of an event to what the source bucket holds.

    The order of writes makes a crash and a second run at the same time safe. Documents are first.
    Then each new revision takes its number: it is written only if that number is free. All other
    items follow. The snapshot is last, by compare-and-swap. A revision above the number of the
    snapshot belongs to a run that has not reached its snapshot; this run adopts it.
    """

    source: SourceArchive
    ledger: Ledger
    clock: Clock
    pauses: Pauses = NO_PAUSES

    def ingest(self, event_id: str, report: IngestReport) -> None:
        """Record what is new about an event; a repeat changes nothing.

        Raises:
            ConflictError: another run was faster at every attempt. Try later.
        """
        attempt = 1
        while True:
            try:
                self._ingest(event_id, report, adopts=attempt > 1)
            except ConflictError:
                report.conflicts += 1
                if attempt == MAX_WRITE_ATTEMPTS:
                    raise
                self.pauses.wait(attempt)
                attempt += 1
            else:
                return

    def _ingest(self, event_id: str, report: IngestReport, *, adopts: bool) -> None:
        """Record versions until a look at S3 finds nothing new.

        The last look is needed: while this run worked, a version may have been removed, and the run
        with that notification may have seen the old snapshot. Only the next attempt adopts orphaned
        revisions, because it is rare that there are some.
        """
        stored = self.ledger.get(keys.snapshot_key(event_id))
        before = (
            Snapshot.model_validate_json(stored.payload) if stored else Snapshot(event_id=event_id)
        )
        orphans = self._orphans(before) if adopts else {}
        expected = stored.revision if stored else 0
        fold = self._fold(before, orphans)
        report.stale += fold.snapshot == before
        while fold.snapshot != before:
            before = self._write(fold, before, expected, orphans)
            _add(report, fold)
            expected = before.taken
            fold = self._fold(before, {})
        if self._orphans(before):
            reason = f"another run has not finished {event_id}"
            raise ConflictError(reason)

    def _fold(self, before: Snapshot, orphans: dict[int, Revision]) -> EventFold:
        """Apply up to `MAX_VERSIONS_A_WRITE` new versions."""
        listed = self.source.versions(event_key(before.event_id), before.known_until)
        reader = VersionReader(self.source, DocumentStore(self.ledger), before.event_id)
        fold = EventFold(migrated(before, listed), reader, self._claim_path)
        if not before.derivation and before.taken:
            fold.add(items_of_old_release(self._all_revisions(before.event_id)))
        fold.adopt(orphans, listed)
        unknown = unknown_versions(fold.snapshot, listed)
        for version in unknown[:MAX_VERSIONS_A_WRITE]:
            fold.take(version)
        if len(unknown) <= MAX_VERSIONS_A_WRITE:
            fold.settle(listed, self.clock())
        return fold

    def _all_revisions(self, event_id: str) -> Iterator[Revision]:
        """Read a whole history, which is needed once: for an event of release 0.1.0."""
        items = self.ledger.scan(keys.event_partition(event_id), keys.REVISION)
        return (Revision.model_validate_json(item.payload) for item in items)

    def _orphans(self, snapshot: Snapshot) -> dict[int, Revision]:
        """Return the revisions above the snapshot's number, by number."""
        newest = keys.revision_key(snapshot.event_id, snapshot.number)
        above = self.ledger.after(newest)
        revisions = (Revision.model_validate_json(item.payload) for item in above)
        return {revision.number: revision for revision in revisions}

    def _write(
        self, fold: EventFold, before: Snapshot, expected: int, orphans: dict[int, Revision]
    ) -> Snapshot:
        """Write what a fold has collected, and return the snapshot as it is stored."""
        for identity in fold.documents:
            fold.reader.keep(identity)
        snapshot = state_items.as_stored(due_items.with_due(fold.snapshot))
        items = (*fold.items.values(), *due_items.due_items(before, snapshot))
        for item in sorted(items, key=_write_order):
            if _write_order(item) is _WriteOrder.REVISION:
                self._take_number(item, is_adopted=item.revision in orphans)
            else:
                self.ledger.put(item)
        if not self.ledger.replace(state_items.snapshot_item(snapshot), expected):
            reason = f"another run wrote the snapshot of {snapshot.event_id}"
            raise ConflictError(reason)
        return snapshot

    def _take_number(self, item: LedgerItem, *, is_adopted: bool) -> None:
        """Write a revision if its number is free or this very revision has it."""
        if self.ledger.put(item) or is_adopted:
            return
        stored = self.ledger.get(item.key)
        if stored is None or stored.payload != item.payload:
            reason = f"another run has given away {item.key.sort} of {item.key.partition.name}"
            raise ConflictError(reason)

    def _claim_path(self, snapshot: Snapshot, preferred: str) -> str:
        """Claim a path for an event; it keeps the one it has if its document still prefers that."""
        for base_path in path_candidates(preferred, snapshot.event_id):
            if snapshot.revision and base_path == snapshot.revision.entry.base_path:
                return base_path
            if self.ledger.claim(base_path, snapshot.event_id) == snapshot.event_id:
                return base_path
        reason = f"no path is left for {snapshot.event_id} at {preferred}"
        raise LookupError(reason)


def _add(report: IngestReport, fold: EventFold) -> None:
    event_id = fold.snapshot.event_id
    report.recorded += [(event_id, number, kind) for number, kind in fold.recorded]
    report.quarantined += [
        Quarantined(event_key(event_id), str(error)) for error in fold.quarantined
    ]


class _WriteOrder(IntEnum):
    """The order of writes. An image that arrives now must find the events that show it."""

    IMAGE_USE = 0
    REVISION = 1
    OTHER = 2


def _write_order(item: LedgerItem) -> _WriteOrder:
    if item.key.sort.startswith(keys.USE):
        return _WriteOrder.IMAGE_USE
    return _WriteOrder.REVISION if item.key.sort.startswith(keys.REVISION) else _WriteOrder.OTHER
