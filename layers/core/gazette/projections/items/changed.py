"""What the time lines of an event note of its changes: the newest one, and its last correction.

An event may lie in a closed segment, which nobody fetches again. So a subscription document shows
its entry for some days after a correction (SPEC T4). It finds such events by the time of the
correction, and their entries by their place.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from gazette.models.kinds import RULES, RevisionKind
from gazette.models.ledger import keys
from gazette.models.ledger.changed import CorrectedEvent, LastChange
from gazette.models.ledger.deletion import Deletion
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import TIMELINES, Partition
from gazette.models.ledger.snapshot import Snapshot
from gazette.projections.items.item_order import item_order, time_order
from gazette.projections.items.tombstones import retractions_key


def corrected_at(before: Snapshot, entry: Entry, live: Iterable[ItemKey]) -> datetime | None:
    """Return when a live event was corrected last, None also for one that was withdrawn since."""
    if not live:
        return None
    return entry.at if entry.kind is RevisionKind.CORRECTION else before.corrected


def changed_items(before: Snapshot, after: Snapshot, entry: Entry) -> Iterator[LedgerItem]:
    """Return what a revision adds. It comes before the entries.

    A publication is the newest change of its own place, and needs no item.
    """
    had = set(_timelines(before.live))
    is_significant = RULES[entry.kind].is_significant
    if entry.updated > entry.published:
        payload = LastChange(at=entry.updated).model_dump_json()
        for timeline in _timelines(after.live):
            if is_significant or timeline not in had:
                item_key = keys.last_changed_key(timeline)
                yield LedgerItem(item_key, item_order(time_order(entry)), payload)
    old = corrected_keys(before)
    new = [item_key for item_key in corrected_keys(after) if item_key not in old]
    yield from corrected_items(entry, new)


def corrected_keys(snapshot: Snapshot) -> list[ItemKey]:
    """Return the keys of the items by which an event is found that was corrected."""
    if snapshot.corrected is None:
        return []
    sort = keys.corrected_sort(snapshot.corrected, snapshot.event_id)
    return [ItemKey(timeline, sort) for timeline in _timelines(snapshot.live)]


def corrected_items(entry: Entry, item_keys: Iterable[ItemKey]) -> Iterator[LedgerItem]:
    """Return these items of a corrected event, and those by which they expire."""
    payload = CorrectedEvent(published=entry.published).model_dump_json()
    for item_key in item_keys:
        yield LedgerItem(item_key, item_order(entry.number), payload)
        yield LedgerItem(retractions_key(item_key), item_order(entry.number), "{}")


def left_corrections(before: Snapshot, after: Snapshot, entry: Entry) -> Iterator[LedgerItem]:
    """Delete the items by which an event is not found any more. They come after its tombstones."""
    kept = set(corrected_keys(after))
    deletion = Deletion(news_at=entry.news_at).model_dump_json()
    for item_key in corrected_keys(before):
        if item_key not in kept:
            yield LedgerItem(item_key, item_order(entry.number), deletion, deleted=True)


def _timelines(listed: Iterable[ItemKey]) -> Iterator[Partition]:
    return (each.partition for each in listed if each.partition.kind in TIMELINES)
