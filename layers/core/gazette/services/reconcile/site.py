"""The second half of a reconciliation: documents that are not what the ledger says.

Every place of the ledger names what a write to it would publish; a segment of the ledger after
another, all of that is composed and compared, and what differs is written. It is the way of
publishing itself, so a rebuild makes the same bytes, and a healthy archive only costs reading.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from gazette.models.ledger.keys import ItemKey
from gazette.models.work.reconciliation import PublishWork, ReconcileCounts
from gazette.models.work.reports import PublishReport
from gazette.models.work.tasks import PublishTask, TaskKind, tasks_for
from gazette.ports import LedgerListing, SiteListing
from gazette.services.publish.batch import publish_tasks
from gazette.services.publish.site_writer import SiteWriter
from gazette.services.reconcile.inventory import CautiousLedger, list_site
from gazette.services.reconcile.source import HasTime

# These only tell the pages beside one that they are to be made anew, and every page is.
_NEEDLESS = frozenset({TaskKind.RELATED, TaskKind.PERIOD_NEIGHBOURS})


@dataclass(frozen=True, slots=True)
class SiteReconciler:
    """Publishes the ledger anew, segment by segment; what stands already is not written."""

    ledger: LedgerListing
    listing: SiteListing
    publisher: SiteWriter

    def publish(
        self, work_item: PublishWork, has_time: HasTime
    ) -> tuple[PublishWork, PublishReport]:
        """Go on with a segment as long as there is time."""
        # The site is listed before the ledger is read, as a document is looked at before.
        site = list_site(self.listing, self.publisher.site)
        ledger = CautiousLedger(self.publisher.ledger)
        publisher = replace(self.publisher, site=site, ledger=ledger, verify_after_write=True)
        report = PublishReport()
        done: set[PublishTask] = set()
        last = work_item.after
        for page in self.ledger.list_keys(work_item.segment, work_item.segments, work_item.after):
            tasks = _tasks_of(page.item_keys, done)
            publish_tasks(publisher, tasks, report)
            done.update(tasks)
            last = page.last
            if not has_time():
                break
        counts = work_item.counts + _counts(report)
        further = {"after": last, "is_done": last is None, "counts": counts}
        return work_item.model_copy(update=further), report


def _tasks_of(item_keys: Iterable[ItemKey], done: set[PublishTask]) -> list[PublishTask]:
    tasks = (task for item_key in item_keys for task in tasks_for(item_key))
    wanted = (task for task in tasks if task.kind not in _NEEDLESS and task not in done)
    return list(dict.fromkeys(wanted))


def _counts(report: PublishReport) -> ReconcileCounts:
    return ReconcileCounts(
        tasks=report.tasks,
        documents_written=report.documents_written,
        documents_unchanged=report.documents_unchanged,
        documents_removed=report.documents_removed,
        records=report.records_written,
        failed=len(report.failed),
    )
