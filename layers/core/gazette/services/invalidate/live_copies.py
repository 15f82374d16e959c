"""Queues the invalidation of live documents at the edge, which would be a minute old otherwise.

Unlike the copies of superseded revisions they expire by themselves, so a message that is lost costs
a minute.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from gazette.models.ledger import keys
from gazette.models.ledger.snapshot import Revision
from gazette.models.product import HUB_PING_AGE
from gazette.models.tasks.edge_invalidation import LIVE_DOCUMENTS, EdgeInvalidation
from gazette.models.tasks.messages import StreamRecord
from gazette.models.tasks.reports import Failure, PublishReport
from gazette.ports import Clock, ItemStore, Outbox

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
# The changes of one event may come in several batches.
_TOGETHER = timedelta(seconds=2)


@dataclass(slots=True)
class LiveCopies:
    """Drops live documents at once if an event is withdrawn or erased.

    After other changes it drops them at most once in so many ``seconds``, never for 0. One message
    for all documents is one tag, and CloudFront charges for it as for one path. Without
    a queue there is no edge.
    """

    ledger: ItemStore
    queue: Outbox | None
    clock: Clock
    seconds: int = 0
    _covered_until: datetime = field(default=_NEVER, init=False)

    def plan(self, records: Sequence[StreamRecord], report: PublishReport) -> None:
        """Queue a message for a published batch; the report has what could not be queued."""
        if self.queue is None:
            return
        try:
            if self._withdraws(records):
                self._send(self.queue, 0)
            elif self.seconds and (report.written or report.removed):
                self._send_later(self.queue)
        except Exception as error:  # noqa: BLE001  # copies of live documents expire soon
            # The documents are written, and the stream would publish them again.
            report.unsent.append(Failure("live documents at the edge", error))

    def _withdraws(self, records: Sequence[StreamRecord]) -> bool:
        """Return whether a revision withdraws its event, or is erased, and that is new."""
        oldest = self.clock() - HUB_PING_AGE
        for key in dict.fromkeys(record.key for record in records):
            item = self.ledger.get(key) if key.sort.startswith(keys.REVISION) else None
            if item is None:
                continue
            revision = Revision.model_validate_json(item.payload)
            erased = revision.entry.erased
            since = erased.at if erased else revision.stored_at
            if revision.is_withdrawn and since and since > oldest:
                return True
        return False

    def _send_later(self, queue: Outbox) -> None:
        """Queue a message that covers this change, unless one that waits does so."""
        now = self.clock()
        if now < self._covered_until:
            return
        at = max(now + _TOGETHER, self._covered_until + timedelta(seconds=self.seconds))
        self._send(queue, -((now - at) // timedelta(seconds=1)))
        self._covered_until = at

    def _send(self, queue: Outbox, delay: int) -> None:
        body = EdgeInvalidation(paths=(LIVE_DOCUMENTS,)).model_dump_json()
        queue.send(body, delay=delay)
