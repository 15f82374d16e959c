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
    """Yield the items to write if an event is due at another time than before, or in another way.

    One that is held may get another version with the same time.
    """
    was, event = _due_event(before), _due_event(after)
    if was == event:
        return
    if was is not None and (event is None or was.due != event.due):
        key = keys.due_key(was.due, was.event_id)
        yield LedgerItem(key, item_order(after.taken), "{}", deleted=True)
    if event is not None:
        key = keys.due_key(event.due, event.event_id)
        yield LedgerItem(key, item_order(after.taken), event.model_dump_json())


def _due_event(snapshot: Snapshot) -> DueEvent | None:
    if snapshot.due is None:
        return None
    return DueEvent(
        event_id=snapshot.event_id,
        due=snapshot.due,
        is_held=snapshot.held is not None,
        version_id=snapshot.held.version_id if snapshot.held else "",
    )
