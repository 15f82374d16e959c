"""The first half of a reconciliation: what the source bucket holds and the ledger does not.

How many versions a key has is in the listing, and how many are recorded is the revision of a
register. Only where the two differ anything is ingested, as if a notification had come.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, takewhile
from typing import NamedTuple, TypeAlias

from gazette.models.contract import identity
from gazette.models.contract.parsing import InvalidEventError
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.work.reconciliation import IngestWork, ReconcileCounts
from gazette.models.work.reports import IngestReport
from gazette.ports import LedgerListing, ListedKey, SourceListing
from gazette.services.ingest.batch import Notification, ingest_batch
from gazette.services.ingest.ingest import Ingestor

# Says whether there is time to go on; without time a piece goes one step further all the same.
HasTime: TypeAlias = Callable[[], bool]

# An image has two registers, and DynamoDB reads a hundred at once.
_KEYS_A_STEP = 50
# A part takes some minutes; an archive that has more than so many has longer ones.
VERSIONS_A_PART = 5_000
MOST_PARTS = 32


class _Register(NamedTuple):
    """Where it is recorded how far a key was taken, and which revision is needed there."""

    item_keys: tuple[ItemKey, ...]
    needed: int


@dataclass(frozen=True, slots=True)
class SourceReconciler:
    """Compares the source bucket with the ledger, part by part, and ingests what is missing."""

    listing: SourceListing
    ledger: LedgerListing
    ingestor: Ingestor
    versions_a_part: int = VERSIONS_A_PART
    most_parts: int = MOST_PARTS

    def parts(self, has_time: HasTime) -> tuple[IngestWork, ...]:
        """Cut the source bucket into parts; what there was no time to see is in the last one."""
        cuts: list[str] = []
        size, counted = self.versions_a_part, 0
        for listed in self.listing.list_version_counts():
            counted += listed.versions
            if counted >= size:
                cuts.append(listed.key)
                counted = 0
            if len(cuts) == self.most_parts:
                cuts, size = cuts[1::2], size * 2
            if not has_time():
                break
        bounds = pairwise(["", *cuts, None])
        return tuple(IngestWork(after=after or "", until=until) for after, until in bounds)

    def ingest(self, work_item: IngestWork, has_time: HasTime) -> tuple[IngestWork, IngestReport]:
        """Go on with a part as long as there is time."""
        report = IngestReport()
        looked = missing = 0
        for step in _steps(self._keys(work_item)):
            behind = self._behind(step)
            messages = [Notification(key, (key,)) for key in behind]
            _add(report, ingest_batch(self.ingestor, messages))
            looked, missing = looked + len(step), missing + len(behind)
            work_item = work_item.model_copy(update={"after": step[-1].key})
            if not has_time():
                break
        else:
            work_item = work_item.model_copy(update={"is_done": True, "after": "", "until": None})
        counts = work_item.counts + ReconcileCounts(
            keys=looked,
            missing=missing,
            revisions=len(report.recorded),
            quarantined=len(report.quarantined),
            failed=len(report.failed),
        )
        return work_item.model_copy(update={"counts": counts}), report

    def _keys(self, work_item: IngestWork) -> Iterator[ListedKey]:
        until = work_item.until
        listed = self.listing.list_version_counts(work_item.after)
        return listed if until is None else takewhile(lambda one: one.key <= until, listed)

    def _behind(self, step: Sequence[ListedKey]) -> list[str]:
        registers = {listed.key: _register(listed) for listed in step}
        item_keys = [item_key for register in registers.values() for item_key in register.item_keys]
        held = self.ledger.get_many(item_keys) if item_keys else {}
        return [key for key, register in registers.items() if not _is_met(register, held)]


def _steps(listed: Iterator[ListedKey]) -> Iterator[list[ListedKey]]:
    while step := list(islice(listed, _KEYS_A_STEP)):
        yield step


def _register(listed: ListedKey) -> _Register:
    key, versions = listed
    if key.startswith(identity.IMAGES) and not key.endswith("/"):
        return _Register((keys.image_key(key), keys.quarantine_key(key)), versions)
    if key.startswith(identity.EVENTS) and key.endswith(identity.SUFFIX):
        try:
            return _Register((keys.snapshot_key(identity.event_id(key)),), versions)
        except InvalidEventError:
            # Of a key that cannot name an event it is on record once that none of it is taken.
            return _Register((keys.quarantine_key(key),), 1)
    return _Register((), 0)


def _is_met(register: _Register, held: dict[ItemKey, LedgerItem]) -> bool:
    """Say whether the revision is recorded, as taken or as waiting in quarantine."""
    found = [held[item_key] for item_key in register.item_keys if item_key in held]
    recorded = (record.revision for record in found if not _is_healed(record))
    return max(recorded, default=0) >= register.needed


def _is_healed(record: LedgerItem) -> bool:
    return record.deleted and record.key.partition == keys.QUARANTINE


def _add(report: IngestReport, step: IngestReport) -> None:
    report.keys += step.keys
    report.recorded += step.recorded
    report.stale += step.stale
    report.quarantined += step.quarantined
    report.images += step.images
    report.failed += step.failed
