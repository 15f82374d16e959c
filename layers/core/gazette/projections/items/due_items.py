"""Items of the schedule: when an embargo ends or an event expires."""

from collections.abc import Iterator

from gazette.models.frozen import Moment, Stored
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.snapshot import Snapshot
from gazette.projections.items.item_order import item_order


class DueEvent(Stored):
    """An event that changes at the time ``due``: until then it is held, or live."""

    event_id: str
    due: Moment
    is_held: bool
    version_id: str


def with_due(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with the time at which it changes by itself."""
    expires = snapshot.expires if snapshot.is_live else None
    held = snapshot.held
    release = held.release if held and not held.is_erased else None
    return snapshot.model_copy(update={"due": release if held else expires})


def due_items(before: Snapshot, after: Snapshot) -> Iterator[LedgerItem]:
    """Yield the items to write if an event is due at another time than before."""
    if before.due == after.due:
        return
    if before.due is not None:
        key = keys.due_key(before.due, before.event_id)
        yield LedgerItem(key, item_order(after.taken), "{}", deleted=True)
    if after.due is not None:
        event = DueEvent(
            event_id=after.event_id,
            due=after.due,
            is_held=after.held is not None,
            version_id=after.held.version_id if after.held else "",
        )
        key = keys.due_key(after.due, after.event_id)
        yield LedgerItem(key, item_order(after.taken), event.model_dump_json())
