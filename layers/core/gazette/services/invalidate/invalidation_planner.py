"""Queues the invalidation of the outdated copies at the edge, after publishing (SPEC V15).

A document that is kept long and is erased would stay readable at the edge for a year. So an
invalidation is never lost: it is a message in a queue, and a batch whose message could not be
queued is delivered again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gazette.models.limits import MAX_INVALIDATED_PATHS
from gazette.models.tasks.edge_invalidation import EVERYTHING, EdgeInvalidation
from gazette.models.tasks.messages import StreamRecord
from gazette.models.tasks.reports import Failure, PublishReport
from gazette.ports import Outbox


@dataclass(frozen=True, slots=True)
class InvalidationPlanner:
    """Queues one message for each run with outdated copies; without a queue there is no edge."""

    queue: Outbox | None

    def plan(self, records: Sequence[StreamRecord], report: PublishReport) -> list[str]:
        """Queue what a published batch made outdated.

        Returns:
            The identifiers of all records if the queue refused the message. Delivered again, their
            documents are not written again, but what is erased is invalidated then.
        """
        try:
            self.plan_rewritten([*report.outdated, *report.erased])
        except Exception as error:  # noqa: BLE001  # AWS delivers these records again
            # Any error means that the message may not be in the queue.
            report.failed.append(Failure("edge invalidation", error))
            return [record.identifier for record in records]
        return []

    def plan_rewritten(self, paths: Iterable[str]) -> None:
        """Queue the invalidation of paths, of the whole site if there are too many."""
        unique = tuple(dict.fromkeys(paths))
        if self.queue is None or not unique:
            return
        if len(unique) > MAX_INVALIDATED_PATHS:
            unique = (EVERYTHING,)
        self.queue.send(EdgeInvalidation(paths=unique).model_dump_json())
