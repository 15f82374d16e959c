"""Ingests events: asks S3 which versions an object has, and records what is new."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from gazette.models.contract.identity import erasure_key, event_key
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.snapshot import DERIVATION, Revision, Snapshot
from gazette.models.limits import MAX_KEYS_A_READ, MAX_VERSIONS_A_WRITE
from gazette.models.tasks.reports import IngestReport, Quarantined
from gazette.ports import Clock, ConflictError, Ledger, SourceArchive
from gazette.projections.history.known_versions import migrated, unknown_versions
from gazette.projections.items import due_items, state_items
from gazette.projections.items.item_order import with_erasures
from gazette.services.ingest.claims import Claims
from gazette.services.ingest.embargo import Embargo
from gazette.services.ingest.erasures.erasure_reading import ErasureReader
from gazette.services.ingest.erasures.event_eraser import EventEraser
from gazette.services.ingest.erasures.reinstatement import Reinstatement
from gazette.services.ingest.event_fold import EventFold
from gazette.services.ingest.reading import VersionReader
from gazette.services.ingest.rederivation import rederived
from gazette.services.pauses import NO_PAUSES, Pauses
from gazette.services.source.document_store import DocumentStore


@dataclass(frozen=True, slots=True)
class EventIngestor:
    """Brings the ledger items of an event to what the source bucket holds.

    The order of writes makes a crash and a second run at the same time safe. Documents are first.
    Then each new revision takes its number: it is written only if that number is free. All other
    items follow, and the removal of erased documents. The snapshot is last, by compare-and-swap. A
    revision above the number of the snapshot belongs to a run that has not reached its snapshot;
    this run adopts it.

    A run that erases, or undoes it, writes recorded items again. It first says so in the snapshot,
    with a count of its own: so its writes are newer than those of all runs before, be they late.
    """

    source: SourceArchive
    ledger: Ledger
    clock: Clock
    pauses: Pauses = NO_PAUSES
    authority: str = ""

    def ingest(self, event_id: str, report: IngestReport) -> None:
        """Record what is new about an event; a repeat changes nothing.

        Only another attempt adopts orphaned revisions, because it is rare that there are some.

        Raises:
            ConflictError: another run was faster at every attempt. Try later.
        """
        self.pauses.attempt(
            lambda number: self._ingest(event_id, report, adopts=number > 1), report
        )

    def _ingest(self, event_id: str, report: IngestReport, *, adopts: bool) -> None:
        """Record versions until a look at S3 finds nothing new.

        The last look is needed: while this run worked, a version may have been removed, and the run
        with that notification may have seen the old snapshot.
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
            if fold.snapshot.erasures > before.erasures:
                expected = self._begin_erasing(fold, before, expected)
            before = self._write(fold, before, expected, orphans)
            _add(report, fold)
            expected = state_items.snapshot_item(before).revision
            fold = self._fold(before, {})
        if self._orphans(before):
            reason = f"another run has not finished {event_id}"
            raise ConflictError(reason)

    def _fold(self, before: Snapshot, orphans: dict[int, Revision]) -> EventFold:
        """Apply up to `MAX_VERSIONS_A_WRITE` new versions."""
        listed = self.source.versions(event_key(before.event_id), before.known_until)
        store = DocumentStore(self.ledger)
        reader = VersionReader(self.source, store, before.event_id)
        erasures = ErasureReader(self.source, store, before.event_id, before.erasure)
        was_erased = Reinstatement(self.ledger, erasures).was_erased
        claims = Claims(self.ledger, self.authority)
        fold = EventFold(migrated(before, listed), reader, claims, Embargo(erasures), was_erased)
        if before.taken and before.derivation < DERIVATION:
            fold = rederived(fold, self._recorded(before), listed)
        fold.adopt(orphans, self._recorded(before), listed)
        unknown = unknown_versions(fold.snapshot, listed)
        for version in unknown[:MAX_VERSIONS_A_WRITE]:
            fold.take(version)
        if len(unknown) <= MAX_VERSIONS_A_WRITE:
            fold.settle(listed, self.clock())
        EventEraser(self.ledger, fold, before).apply(erasures.read())
        return fold

    def _recorded(self, snapshot: Snapshot) -> Iterator[Revision]:
        """Yield all revisions up to the snapshot's number."""
        first = keys.revision_key(snapshot.event_id, 0)
        newest = keys.revision_key(snapshot.event_id, snapshot.number)
        for item in self.ledger.after(first, MAX_KEYS_A_READ):
            if item.key <= newest:
                yield Revision.model_validate_json(item.payload)

    def _orphans(self, snapshot: Snapshot) -> dict[int, Revision]:
        """Return the revisions above the snapshot's number, by number."""
        newest = keys.revision_key(snapshot.event_id, snapshot.number)
        above = self.ledger.after(newest)
        revisions = (Revision.model_validate_json(item.payload) for item in above)
        return {revision.number: revision for revision in revisions}

    def _begin_erasing(self, fold: EventFold, before: Snapshot, expected: int) -> int:
        """Say in the snapshot that items are written again; return its new order.

        A snapshot of an older derivation stays one: it is brought up to date with the items.
        """
        begun = before.model_copy(
            update={
                "taken": before.taken + (before.derivation == DERIVATION),
                "erasures": fold.snapshot.erasures,
                "is_erasing": True,
                "erased_tombstones": tuple(
                    dict.fromkeys((*before.erased_tombstones, *fold.snapshot.erased_tombstones))
                ),
            }
        )
        fold.update(taken=max(fold.snapshot.taken, begun.taken) + 1)
        item = state_items.snapshot_item(begun)
        self._replace(item, expected)
        return item.revision

    def _write(
        self, fold: EventFold, before: Snapshot, expected: int, orphans: dict[int, Revision]
    ) -> Snapshot:
        """Write what a fold has collected, and return the snapshot as it is stored."""
        snapshot = state_items.as_stored(due_items.with_due(fold.snapshot))
        fold.embargo.erasures.keep()
        for identity in fold.documents:
            fold.reader.keep(identity, snapshot.erasures)
        items = (*fold.items.values(), *due_items.due_items(before, snapshot))
        given = max(before.number, *orphans, 0)
        newest = keys.revision_key(snapshot.event_id, given)
        for item in sorted(items, key=_write_order):
            ordered = with_erasures(item, snapshot.erasures)
            if _write_order(item) is _WriteOrder.REVISION:
                is_given = item.key <= newest
                self._write_revision(ordered, fold.read.get(item.key) if is_given else 0)
            else:
                self.ledger.put(ordered)
        # Not before the numbers are taken: another run may have one, with words that are erased
        # next. To adopt it, its document is needed, and S3 may have lost that.
        for identity in fold.erased_documents:
            fold.reader.forget(identity, snapshot.erasures)
        self._show_images(fold)
        self._replace(state_items.snapshot_item(snapshot), expected)
        return snapshot

    def _show_images(self, fold: EventFold) -> None:
        """Publish an image again that is shown now, and was erased elsewhere."""
        for key, item in fold.items.items():
            if not key.sort.startswith((keys.USE, keys.USED)) or item.deleted:
                continue
            if any(not erased.deleted for erased in self.ledger.scan(key.partition, keys.ERASED)):
                cause = f"{fold.snapshot.event_id}#{fold.snapshot.taken}"
                request = keys.rebuild_request_key(key.partition, cause)
                self.ledger.put(LedgerItem(request, item.revision, "{}"))

    def _replace(self, item: LedgerItem, expected: int) -> None:
        """Write the snapshot, unless another run has."""
        if not self.ledger.replace(item, expected):
            reason = f"another run wrote the snapshot of {item.key.partition.name}"
            raise ConflictError(reason)

    def _write_revision(self, item: LedgerItem, expected: int | None) -> None:
        """Write a revision over the order ``expected``: 0 if its number is free, None over any.

        A number is given once, so a greater order does not overwrite the revision of another run.
        An erasure looks at the addresses of all revisions: it writes none over one that it has not
        seen, whose page would stay at an address that nothing records.
        """
        if expected is None:
            self.ledger.put(item)
            return
        if self.ledger.replace(item, expected):
            return
        stored = self.ledger.get(item.key)
        if stored is None or stored.payload != item.payload:
            reason = f"another run has written {item.key.sort} of {item.key.partition.name}"
            raise ConflictError(reason)


def _add(report: IngestReport, fold: EventFold) -> None:
    event_id = fold.snapshot.event_id
    report.recorded += [(event_id, number, kind) for number, kind in fold.recorded]
    report.quarantined += [
        Quarantined(event_key(event_id), str(error)) for error in fold.quarantined
    ]
    if fold.erasure_error:
        report.quarantined.append(Quarantined(erasure_key(event_id), str(fold.erasure_error)))
    if fold.erasure_notice is not None:
        report.notices[erasure_key(event_id)] = fold.erasure_notice


class _WriteOrder(IntEnum):
    """The order of writes. An image that arrives now must find the events that show it.

    A revision that has left a path must find it, to remove what is there. A run that repeats this
    one finds revisions erased already, and no longer knows what images they showed. The place that
    an entry leaves comes before its deletion, whose record publishes the time line.
    """

    FIRST = 0
    REVISION = 1
    LEFT = 2
    OTHER = 3


def _write_order(item: LedgerItem) -> _WriteOrder:
    if item.key.sort.startswith((keys.USE, keys.USED, keys.ERASED, keys.LEFT)):
        return _WriteOrder.FIRST
    if item.key.sort.startswith(keys.REVISION):
        return _WriteOrder.REVISION
    is_left = item.key.sort.startswith(keys.LEFT_ENTRY) and not item.deleted
    return _WriteOrder.LEFT if is_left else _WriteOrder.OTHER
