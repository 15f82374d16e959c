"""Notifies ingest of every event that is due: its embargo is over, or it has expired.

A notification is enough: ingest asks S3 and the clock what is true. So a run that comes twice or
late changes nothing.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from urllib.parse import quote_plus

from gazette.models.contract.identity import event_key
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.keys import ItemKey
from gazette.models.product import RELEASE_LOOKS_BACK
from gazette.models.tasks.reports import Failure, ReleaseReport
from gazette.ports import BulkOutbox, Ledger
from gazette.projections.items.due_items import DueEvent

_PAGE = 100


class UnsentError(Exception):
    """The queue did not take some notifications."""


@dataclass(frozen=True, slots=True)
class Releaser:
    """Finds the events that are due and notifies ingest."""

    ledger: Ledger
    queue: BulkOutbox

    def release(self, now: datetime, catch_up: timedelta = RELEASE_LOOKS_BACK) -> ReleaseReport:
        """Notify ingest of every event that became due between ``catch_up`` ago and ``now``."""
        due = [event.event_id for event in due_events(self.ledger, now, catch_up)]
        refused = self.queue.send_all([notification(event_id) for event_id in due])
        failed = [Failure("release", UnsentError(reason)) for reason in refused]
        return ReleaseReport(len(due) - len(refused), failed)


def due_events(
    ledger: Ledger, now: datetime, catch_up: timedelta = RELEASE_LOOKS_BACK
) -> Iterator[DueEvent]:
    """Yield the events that became due between ``catch_up`` ago and ``now``, in the order of time.

    Ingest handles an event within minutes and takes it off the schedule. What it missed for longer
    than `RELEASE_LOOKS_BACK`, the nightly reconciliation finds.
    """
    start = keys.due_sort(now - catch_up, "")
    end = keys.due_sort(now, "\U0010ffff")
    until_now = takewhile(
        lambda item: item.key.sort <= end, ledger.after(ItemKey(partitions.SCHEDULE, start), _PAGE)
    )
    for item in until_now:
        if not item.deleted:
            yield DueEvent.model_validate_json(item.payload)


def held_events(ledger: Ledger) -> Iterator[DueEvent]:
    """Yield the events under embargo, in the order of their release."""
    for item in ledger.scan(partitions.SCHEDULE, keys.DUE):
        event = None if item.deleted else DueEvent.model_validate_json(item.payload)
        if event is not None and event.is_held:
            yield event


def notification(event_id: str) -> str:
    """Write a notification as S3 does, as far as ingest reads it; keys are form-encoded."""
    key = quote_plus(event_key(event_id))
    return json.dumps({"Records": [{"s3": {"object": {"key": key}}}]})
