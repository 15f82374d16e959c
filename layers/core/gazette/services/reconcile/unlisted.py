"""Finds objects that the ledger has and S3 no longer lists, because all versions were removed.

No listing shows them, so their keys are taken from the ledger. They are ingested, as if the
notification of the removal had arrived.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from gazette.models.limits import MAX_LISTED_KEYS
from gazette.models.tasks.messages import Notification
from gazette.models.tasks.reconciliation import ReconcileCounts, UnlistedWork
from gazette.models.tasks.reports import IngestReport
from gazette.ports import HasTime, LedgerListing, ListedKey, SourceListing
from gazette.services.ingest.batch import ingest_batch
from gazette.services.ingest.ingest import Ingestor
from gazette.services.reconcile.progress import (
    Progress,
    progress_key,
    progress_of,
    recorded_object,
)


@dataclass(frozen=True, slots=True)
class UnlistedObjects:
    """Compares the objects of a segment of the ledger with the keys that S3 lists."""

    listing: SourceListing
    ledger: LedgerListing
    ingestor: Ingestor
    most_keys: int = MAX_LISTED_KEYS

    def ingest(
        self, work_item: UnlistedWork, has_time: HasTime
    ) -> tuple[UnlistedWork, IngestReport]:
        """Ingest what is not listed, while there is time; return the advanced work item."""
        # The listing is older than the pages of the ledger. So an object that is uploaded meanwhile
        # may seem to be unlisted; ingest asks S3 for its versions.
        until, listed = self._listed(work_item)
        report, missing = IngestReport(), 0
        last = work_item.after
        for page in self.ledger.list_keys(work_item.segment, work_item.segments, last):
            named = dict.fromkeys(filter(None, map(recorded_object, page.item_keys)))
            in_range = (key for key in named if work_item.keys_after < key)
            unlisted = [key for key in in_range if (until is None or key <= until)]
            behind = self._behind([key for key in unlisted if key not in listed])
            add_report(report, ingest_batch(self.ingestor, _notifications(behind)))
            missing += len(behind)
            last = page.last
            if not has_time():
                break
        is_done = last is None and until is None
        further = {"after": last, "keys_until": until, "is_done": is_done}
        if is_done:
            further |= {"keys_after": ""}  # the state machine keeps the answers of all work items
        elif last is None:  # once more through the segment, for further keys
            further |= {"keys_after": until, "keys_until": None}
        counts = work_item.counts + counts_of(report, missing=missing)
        return work_item.model_copy(update={**further, "counts": counts}), report

    def _listed(self, work_item: UnlistedWork) -> tuple[str | None, frozenset[str]]:
        """Return the last key of the range, None without an end, and the keys that S3 lists."""
        listed = (one.key for one in self.listing.list_versions(work_item.keys_after))
        until = work_item.keys_until
        if until is not None:
            return until, frozenset(takewhile(lambda key: key <= until, listed))
        found = list(islice(listed, self.most_keys))
        return (found[-1] if next(listed, None) else None), frozenset(found)

    def _behind(self, unlisted: Sequence[str]) -> list[str]:
        """Return those of the unlisted keys whose removal the ledger has not recorded."""
        item_keys = {key: item_key for key in unlisted if (item_key := progress_key(key))}
        found = self.ledger.get_many(list(item_keys.values())) if item_keys else {}
        now = self.ingestor.clock()
        return [
            key
            for key, item_key in item_keys.items()
            if progress_of(ListedKey(key, ()), item_key, found.get(item_key), now)
            is Progress.BEHIND
        ]


def _notifications(object_keys: Iterable[str]) -> list[Notification]:
    return [Notification(key, (key,)) for key in object_keys]


def add_report(report: IngestReport, step: IngestReport) -> None:
    """Add the report of a step to that of a run."""
    report.keys += step.keys
    report.recorded += step.recorded
    report.stale += step.stale
    report.quarantined += step.quarantined
    report.ignored += step.ignored
    report.notices |= step.notices
    report.images += step.images
    report.failed += step.failed


def counts_of(report: IngestReport, *, keys: int = 0, missing: int) -> ReconcileCounts:
    """Return what a run of ingest counts in a reconciliation."""
    return ReconcileCounts(
        keys=keys,
        missing=missing,
        revisions=len(report.recorded),
        quarantined=len(report.quarantined),
        failed=len(report.failed),
    )
