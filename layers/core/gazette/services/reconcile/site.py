"""The second half of a reconciliation: publishes documents that differ from the ledger.

It runs the publish tasks of every ledger key, segment by segment. Publishing itself does the
work, so a rebuild writes the same bytes, and a healthy archive is only read.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from gazette.models.ledger import keys
from gazette.models.ledger.keys import ItemKey
from gazette.models.tasks.reconciliation import PublishWork, ReconcileCounts
from gazette.models.tasks.reports import PublishReport
from gazette.models.tasks.tasks import PublishTask, TaskKind, tasks_for
from gazette.ports import HasTime, LedgerListing, SiteListing
from gazette.services.publish.batch import publish_tasks
from gazette.services.publish.site_writer import SiteWriter
from gazette.services.reconcile.inventory import CautiousLedger, list_site

# These only request rebuilds of neighbouring pages, and every page is built anyway.
_SKIPPED = frozenset({TaskKind.RELATED, TaskKind.PERIOD_NEIGHBOURS})


@dataclass(frozen=True, slots=True)
class SiteReconciler:
    """Publishes a segment of the ledger; equal documents are not written."""

    ledger: LedgerListing
    listing: SiteListing
    writer: SiteWriter

    def publish(
        self, work_item: PublishWork, has_time: HasTime
    ) -> tuple[PublishWork, PublishReport]:
        """Publish a segment while there is time; return the advanced work item and the report."""
        # The ETags must be read before the ledger, or a newer document could be overwritten. A
        # listing costs less than a request for each document, but it has no headers.
        site = (
            self.writer.site
            if work_item.compares_headers
            else list_site(self.listing, self.writer.site)
        )
        ledger = CautiousLedger(self.writer.ledger)
        writer = replace(self.writer, site=site, ledger=ledger)
        report = PublishReport()
        done: set[PublishTask] = set()
        last = work_item.after
        for page in self.ledger.list_keys(work_item.segment, work_item.segments, work_item.after):
            # Deletions only: an item without one was not overtaken.
            ledger.remove_overtaken(key for key in page.item_keys if key != keys.listed_key(key))
            tasks = _new_tasks(page.item_keys, done)
            publish_tasks(writer, tasks, report)
            done.update(tasks)
            last = page.last
            if not has_time():
                break
        counts = work_item.counts + _counts(report)
        further = {"after": last, "is_done": last is None, "counts": counts}
        return work_item.model_copy(update=further), report


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
