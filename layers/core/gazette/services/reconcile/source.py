"""The first half of a reconciliation: ingests versions that the ledger lacks.

The listing gives the versions of a key, the ledger the identities of those it has handled. Keys
that differ are ingested, as if a notification had arrived. So is what S3 did not give out before:
access may have been granted since, which sends no notification.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, takewhile

from gazette.models.contract import identity
from gazette.models.limits import (
    MAX_IGNORED_KEYS_A_RUN,
    MAX_KEYS_A_STEP,
    MAX_PARTS,
    MIN_VERSIONS_A_PART,
)
from gazette.models.tasks.messages import Notification
from gazette.models.tasks.reconciliation import IngestWork, UnlistedWork
from gazette.models.tasks.reports import IngestReport
from gazette.ports import HasTime, LedgerListing, ListedKey, SourceListing
from gazette.services.announce.hub_ping_planner import rebuild_began_item
from gazette.services.ingest.batch import ingest_batch
from gazette.services.ingest.ingest import Ingestor
from gazette.services.reconcile.progress import (
    Progress,
    is_of_older_derivation,
    progress_key,
    progress_of,
)
from gazette.services.reconcile.unlisted import UnlistedObjects, add_report, counts_of


@dataclass(frozen=True, slots=True)
class SourceReconciler:
    """Compares the source bucket with the ledger and ingests missing versions."""

    listing: SourceListing
    ledger: LedgerListing
    ingestor: Ingestor
    versions_a_part: int = MIN_VERSIONS_A_PART
    most_parts: int = MAX_PARTS

    def parts(self, has_time: HasTime) -> tuple[IngestWork, ...]:
        """Cut the source bucket into parts; keys not listed in time go to the last one."""
        cuts: list[str] = []
        size, counted = self.versions_a_part, 0
        for listed in self.listing.list_versions():
            counted += len(listed.versions)
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
            behind, ignored, uncertain = self._behind(step)
            wanted = (*behind, *ignored[: MAX_IGNORED_KEYS_A_RUN - len(report.ignored)])
            add_report(report, self._ingest(wanted))
            tried_again = self._ingest(uncertain)
            add_report(report, tried_again)
            looked += len(step)
            missing += len(behind) + len(tried_again.recorded) + tried_again.images
            work_item = work_item.model_copy(update={"after": step[-1].key})
            if not has_time():
                break
        else:
            work_item = work_item.model_copy(update={"is_done": True, "after": "", "until": None})
        counts = work_item.counts + counts_of(report, keys=looked, missing=missing)
        return work_item.model_copy(update={"counts": counts}), report

    def ingest_unlisted(
        self, work_item: UnlistedWork, has_time: HasTime
    ) -> tuple[UnlistedWork, IngestReport]:
        """Ingest objects of a segment of the ledger of which S3 lists no version any more."""
        unlisted = UnlistedObjects(self.listing, self.ledger, self.ingestor)
        return unlisted.ingest(work_item, has_time)

    def _ingest(self, object_keys: Sequence[str]) -> IngestReport:
        return ingest_batch(self.ingestor, [Notification(key, (key,)) for key in object_keys])

    def _keys(self, work_item: IngestWork) -> Iterator[ListedKey]:
        until = work_item.until
        listed = self.listing.list_versions(work_item.after)
        return listed if until is None else takewhile(lambda one: one.key <= until, listed)

    def _behind(self, step: Sequence[ListedKey]) -> tuple[list[str], list[str], list[str]]:
        """Return the keys to ingest: those behind, the ignored ones, and the uncertain ones."""
        item_keys = {listed.key: progress_key(listed.key) for listed in step}
        wanted = [item_key for item_key in item_keys.values() if item_key]
        found = self.ledger.get_many(wanted) if wanted else {}
        now = self.ingestor.clock()
        if any(is_of_older_derivation(item_key, item) for item_key, item in found.items()):
            # What follows changes documents, but it is no news: hubs are not pinged about it.
            self.ingestor.ledger.put(rebuild_began_item(now))
        progress = {
            listed.key: progress_of(listed, item_key, found.get(item_key), now)
            for listed in step
            if (item_key := item_keys[listed.key])
        }
        lacking = [key for key, how_far in progress.items() if how_far is Progress.BEHIND]
        behind = [key for key in lacking if not identity.why_ignored(key)]
        ignored = [key for key in lacking if identity.why_ignored(key)]
        uncertain = [key for key, how_far in progress.items() if how_far is Progress.UNCERTAIN]
        return behind, ignored, uncertain


def _steps(listed: Iterator[ListedKey]) -> Iterator[list[ListedKey]]:
    while step := list(islice(listed, MAX_KEYS_A_STEP)):
        yield step
