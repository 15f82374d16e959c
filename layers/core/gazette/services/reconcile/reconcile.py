"""Reconciliation: compares source bucket, ledger and site, and repairs differences.

An iteration ingests missing versions and publishes documents that differ. One iteration a day
repairs what was lost; a rebuild iterates until nothing is left to do.
"""

from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from gazette.models.tasks.reconciliation import (
    AuditWork,
    Conclusion,
    IngestWork,
    Iteration,
    Outcome,
    Plan,
    PublishWork,
    ReconcileCounts,
    UnlistedWork,
    WorkItem,
)
from gazette.models.tasks.reports import IngestReport, PublishReport
from gazette.ports import Clock, HasTime, ItemStore
from gazette.services.announce.hub_ping_planner import rebuild_began_item
from gazette.services.reconcile.audit import SiteAuditor
from gazette.services.reconcile.site import SiteReconciler
from gazette.services.reconcile.source import SourceReconciler


class WorkDone(NamedTuple):
    """The answer to the state machine and the reports of the work behind it."""

    answer: WorkItem | Iteration
    ingested: IngestReport
    published: PublishReport
    orphans: list[str]


@dataclass(frozen=True, slots=True)
class Reconciler:
    """Runs the tasks of the state machine."""

    source: SourceReconciler
    site: SiteReconciler
    auditor: SiteAuditor
    ledger: ItemStore
    clock: Clock

    def work(self, task: Plan | WorkItem | Conclusion, has_time: HasTime) -> WorkDone:
        """Run one task, or as much of it as there is time for."""
        ingested, published = IngestReport(), PublishReport()
        orphans: list[str] = []
        answer: WorkItem | Iteration
        match task:
            case IngestWork():
                answer, ingested = self.source.ingest(task, has_time)
            case UnlistedWork():
                answer, ingested = self.source.ingest_unlisted(task, has_time)
            case PublishWork():
                answer, published = self.site.publish(task, has_time)
            case AuditWork():
                answer, orphans = self.auditor.audit(task, has_time)
            case Plan():
                answer = self._plan(task, has_time)
            case _:
                answer = conclude(task.state)
        return WorkDone(answer, ingested, published, orphans)

    def _plan(self, plan: Plan, has_time: HasTime) -> Iteration:
        is_rebuild = plan.iterations > 1
        if is_rebuild:
            self.ledger.put(rebuild_began_item(self.clock()))
        parts = self.source.parts(has_time)
        # The ledger grows with the source bucket, so it gets as many segments.
        count = len(parts)
        segments = [
            PublishWork(segment=number, segments=count, compares_headers=is_rebuild)
            for number in range(count)
        ]
        # One work item: each lists the whole source bucket, however small its segment is.
        unlisted = UnlistedWork(segment=0, segments=1)
        return Iteration(
            iterations=plan.iterations,
            wait=plan.wait,
            parts=(*parts, unlisted),
            segments=(*segments, AuditWork()),
        )


def conclude(state: Iteration) -> Iteration:
    """Sum up an iteration and decide whether another one follows."""
    work_items: chain[WorkItem] = chain(state.ingested, state.published)
    last = sum((work_item.counts for work_item in work_items), ReconcileCounts())
    iterations = state.iterations - 1
    if not last.changes and not last.failed:
        outcome = Outcome.SETTLED
    elif iterations:
        outcome = Outcome.AGAIN
    else:
        outcome = Outcome.FAILED if last.failed else Outcome.CHANGED
    total = (state.counts + last).model_copy(update={"orphans": last.orphans})
    audits = (work_item for work_item in state.published if isinstance(work_item, AuditWork))
    named = tuple(path for work_item in audits for path in work_item.orphans)
    update = {"iterations": iterations, "counts": total, "outcome": outcome, "orphans": named}
    return state.model_copy(update=update | {"ingested": (), "published": ()})
