"""The order of the items that this code derives from the source bucket."""

import hashlib
from datetime import UTC, datetime

from gazette.models.ledger.entry import Entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.order import order
from gazette.models.ledger.snapshot import DERIVATION

_YEAR_ONE = datetime(1, 1, 1, tzinfo=UTC)


def item_order(number: int, erasures: int = 0) -> int:
    """Return the order of an item of a revision, or of the versions taken, in this derivation."""
    return order(number, erasures, DERIVATION)


def with_erasures(item: LedgerItem, erasures: int) -> LedgerItem:
    """Return an item with the count of erasures in its order, which has none yet."""
    return item._replace(revision=item.revision + order(0, erasures))


def time_order(entry: Entry) -> int:
    """Order revisions of several events by time, whatever the order they are ingested in.

    Of one event the later revision has the higher number. Of several in one second the revision's
    number and the id decide.
    """
    seconds = int((entry.updated - _YEAR_ONE).total_seconds())
    digest = int.from_bytes(hashlib.sha256(entry.event_id.encode()).digest()[:2])
    return (seconds << 24) | (min(entry.number, 0xFFF) << 12) | (digest & 0xFFF)
