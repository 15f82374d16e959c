"""The second half of a reconciliation: publishes documents that differ from the ledger.

It runs the publish tasks of every ledger key, segment by segment. Publishing itself does the
work, so a rebuild writes the same bytes, and a healthy archive is only read. A night leaves out
events and counts that it sees to be healthy without building anything.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from gazette.models.ledger import keys
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.tasks.reconciliation import PublishWork, ReconcileCounts
from gazette.models.tasks.reports import PublishReport
from gazette.models.tasks.tasks import PublishTask, TaskKind, tasks_for
from gazette.ports import HasTime, LedgerListing, SiteListing
from gazette.services.publish.batch import publish_tasks
from gazette.services.publish.site_writer import SiteWriter
from gazette.services.reconcile.event_checks import EventChecks, ListedEvents, checked_documents
from gazette.services.reconcile.inventory import CautiousLedger, ListedSite, list_site
from gazette.services.reconcile.old_deletions import move_old_deletions
from gazette.services.reconcile.topic_counts_check import right_counts
from gazette.services.reconcile.whole_partitions import ScanStep, scan_steps

# These only lead to neighbouring pages, and every page is built anyway.
_SKIPPED = frozenset({TaskKind.RELATED, TaskKind.PERIOD_NEIGHBOURS})


@dataclass(frozen=True, slots=True)
class SiteReconciler:
    """Publishes a segment of the ledger; equal documents are not written.

    Without ``checks`` it builds everything each time.
    """

    ledger: LedgerListing
    listing: SiteListing
    writer: SiteWriter
    checks: EventChecks | None = None

    def publish(
        self, work_item: PublishWork, has_time: HasTime
    ) -> tuple[PublishWork, PublishReport]:
        """Publish a segment while there is time; return the advanced work item and the report."""
        # The ETags must be read before the ledger, or a newer document could be overwritten. A
        # listing costs less than a request for each document, but it has no headers.
        listed = None if work_item.compares_headers else list_site(self.listing, self.writer.site)
        night = self._night(listed)
        ledger = CautiousLedger(self.writer.ledger, requests_events=night is not None)
        site = listed or self.writer.site
        # The publisher that a record calls counts its publications. This one only repairs, and
        # mostly finds nothing to write.
        writer = replace(self.writer, site=site, ledger=ledger, counts_publications=False)
        run = _Run(self.ledger, writer, night)
        last = work_item.after
        pages = self.ledger.list_keys(work_item.segment, work_item.segments, work_item.after)
        for step in scan_steps(pages, work_item.after):
            # Deletions only: an item without one was not overtaken.
            ledger.remove_overtaken(key for key in step.revisions if key != keys.listed_key(key))
            move_old_deletions(self.ledger, ledger, step.undated)
            run.publish(step)
            last = step.last
            if not has_time():
                break
        counts = work_item.counts + _counts(run.report)
        further = {"after": last, "is_done": last is None, "counts": counts}
        return work_item.model_copy(update=further), run.report

    def _night(self, listed: ListedSite | None) -> "_Night | None":
        if self.checks is None or listed is None:
            return None
        return _Night(self.checks, ListedEvents(listed))


class _Night(NamedTuple):
    checks: EventChecks
    listed: ListedEvents


@dataclass(slots=True)
class _Run:
    """One run through a segment; ``night`` is None where everything is built."""

    ledger: LedgerListing
    writer: SiteWriter
    night: _Night | None
    report: PublishReport = field(default_factory=PublishReport)
    done: set[PublishTask] = field(default_factory=set)

    def publish(self, step: ScanStep) -> None:
        """Run the tasks of a step that no earlier step has run."""
        tasks = _new_tasks(step.revisions, self.done)
        self.done.update(tasks)
        if self.night:
            tasks = self._publish_events(self.night, step, tasks)
            right = right_counts(self.ledger, tasks, step)
            tasks = [task for task in tasks if task not in right and not _is_of_entry(task)]
        publish_tasks(self.writer, tasks, self.report)

    def _publish_events(
        self, night: _Night, step: ScanStep, tasks: Sequence[PublishTask]
    ) -> list[PublishTask]:
        """Check the events that are seen as a whole, and return the tasks of everything else."""
        partitions = step.partition_revisions()
        healthy = night.checks.healthy(partitions, night.listed)
        self.report.documents_unchanged += sum(healthy.values())
        of_events: dict[Partition, list[PublishTask]] = {}
        others: list[PublishTask] = []
        for task in tasks:
            if task.partition.kind is PartitionKind.EVENT and task.partition in partitions:
                of_events.setdefault(task.partition, []).append(task)
            else:
                others.append(task)
        for event, own in of_events.items():
            if event not in healthy:
                self._check(night, event, partitions[event], own)
        return others

    def _check(
        self,
        night: _Night,
        event: Partition,
        revisions: Mapping[str, int],
        tasks: Sequence[PublishTask],
    ) -> None:
        """Build an event, and record that it is healthy, or that it was not."""
        before = self._faults()
        publish_tasks(self.writer, tasks, self.report)
        documents: dict[str, str] = {}
        if self._faults() == before:
            documents = checked_documents(self.writer.builders, tasks, night.listed)
        if documents or keys.CHECKED in revisions:
            night.checks.write(event, revisions, documents)

    def _faults(self) -> int:
        counts = _counts(self.report)
        return counts.changes + counts.failed + self.report.conflicts


def _is_of_entry(task: PublishTask) -> bool:
    """Return whether a task asks for the segment of an entry, which its note asks for as well.

    Each segment restores the notes of its neighbours, and the time line that of the newest one.
    """
    return task.kind is TaskKind.SEGMENT and not task.sort.startswith(keys.SEGMENT)


def _new_tasks(item_keys: Iterable[ItemKey], done: set[PublishTask]) -> list[PublishTask]:
    tasks = (task for item_key in item_keys for task in tasks_for(item_key))
    wanted = (task for task in tasks if task.kind not in _SKIPPED and task not in done)
    return list(dict.fromkeys(wanted))


def _counts(report: PublishReport) -> ReconcileCounts:
    return ReconcileCounts(
        tasks=report.tasks,
        documents_written=report.documents_written,
        documents_unchanged=report.documents_unchanged,
        documents_removed=report.documents_removed,
        records=report.items_written,
        failed=len(report.failed),
    )
