"""The first half of a reconciliation: ingests versions that the ledger lacks.

The listing gives the number of versions of a key, the ledger the number of recorded ones. Keys
whose numbers differ are ingested, as if a notification had arrived.
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

# Returns whether there is time for another step. Every call does at least one step.
HasTime: TypeAlias = Callable[[], bool]

# An image has two ledger items, and BatchGetItem reads up to a hundred.
_KEYS_PER_STEP = 50
# A part takes some minutes. Archives with more than MOST_PARTS parts get longer parts.
VERSIONS_A_PART = 5_000
MOST_PARTS = 32


class _Expected(NamedTuple):
    """The ledger items that record the progress of a key, and the revision they need."""

    item_keys: tuple[ItemKey, ...]
    needed: int


@dataclass(frozen=True, slots=True)
class SourceReconciler:
    """Compares the source bucket with the ledger and ingests missing versions."""

    listing: SourceListing
    ledger: LedgerListing
    ingestor: Ingestor
    versions_a_part: int = VERSIONS_A_PART
    most_parts: int = MOST_PARTS

    def parts(self, has_time: HasTime) -> tuple[IngestWork, ...]:
        """Cut the source bucket into parts; keys not listed in time go to the last one."""
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
        """Ingest a part while there is time; return the advanced work item and the report."""
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
        expectations = {listed.key: _expected(listed) for listed in step}
        item_keys = [
            item_key for expected in expectations.values() for item_key in expected.item_keys
        ]
        found_items = self.ledger.get_many(item_keys) if item_keys else {}
        return [key for key, expected in expectations.items() if not _is_met(expected, found_items)]


def _steps(listed: Iterator[ListedKey]) -> Iterator[list[ListedKey]]:
    while step := list(islice(listed, _KEYS_PER_STEP)):
        yield step


def _expected(listed: ListedKey) -> _Expected:
    key, versions = listed
    if key.startswith(identity.IMAGES) and not key.endswith("/"):
        return _Expected((keys.image_key(key), keys.quarantine_key(key)), versions)
    if key.startswith(identity.EVENTS) and key.endswith(identity.SUFFIX):
        try:
            return _Expected((keys.snapshot_key(identity.event_id(key)),), versions)
        except InvalidEventError:
            # An invalid key is quarantined once, whatever its number of versions.
            return _Expected((keys.quarantine_key(key),), 1)
    return _Expected((), 0)


def _is_met(expected: _Expected, found_items: dict[ItemKey, LedgerItem]) -> bool:
    """Return whether the revision is recorded as published or quarantined."""
    found = [found_items[item_key] for item_key in expected.item_keys if item_key in found_items]
    return max((record.revision for record in found), default=0) >= expected.needed


def _add(report: IngestReport, step: IngestReport) -> None:
    report.keys += step.keys
    report.recorded += step.recorded
    report.stale += step.stale
    report.quarantined += step.quarantined
    report.images += step.images
    report.failed += step.failed
