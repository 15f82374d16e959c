"""Sends a notification for every event that is due: its embargo is over, or it has expired.

A notification is enough. Ingest asks S3 and the clock what is true, so a run that comes twice or
late does no harm.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from urllib.parse import quote_plus

from gazette.models.contract.identity import event_key
from gazette.models.ledger import keys
from gazette.models.ledger.keys import ItemKey
from gazette.models.work.reports import Failure, ReleaseReport
from gazette.ports import BulkOutbox, Ledger
from gazette.projections.history.due_items import DueEvent

# What is due for longer was missed for that long; the nightly reconcile finds it.
LOOKS_BACK = timedelta(days=2)
_PAGE = 100


class UnsentError(Exception):
    """The queue did not take some notifications."""


@dataclass(frozen=True, slots=True)
class Releaser:
    """Finds what is due and notifies ingest."""

    ledger: Ledger
    queue: BulkOutbox

    def release(self, now: datetime) -> ReleaseReport:
        """Notify ingest of every event that is due."""
        due = [event.event_id for event in self.due_events(now)]
        refused = self.queue.send_all([notification(event_id) for event_id in due])
        failed = [Failure("releasing", UnsentError(reason)) for reason in refused]
        return ReleaseReport(len(due) - len(refused), failed)

    def due_events(self, now: datetime) -> Iterator[DueEvent]:
        """Yield the events that are due, the first one first."""
        start, end = (keys.due_sort(moment, "") for moment in (now - LOOKS_BACK, now))
        items = self.ledger.after(ItemKey(keys.DUE, start), _PAGE)
        # An event that is due this very second sorts behind its second.
        until_now = takewhile(lambda item: item.key.sort[: len(end)] <= end, items)
        yield from (DueEvent.read(item.payload) for item in until_now if not item.deleted)


def notification(event_id: str) -> str:
    """Write a notification as S3 does, as far as ingest reads it; keys are form-encoded."""
    key = quote_plus(event_key(event_id))
    return json.dumps({"Records": [{"s3": {"object": {"key": key}}}]})
