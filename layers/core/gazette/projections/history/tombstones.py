"""Tombstones: notices on a time line that an event was withdrawn (RFC 6721, SPEC T).

A withdrawal puts one on every time line of the event. The time of storage orders them, because a
publisher can write any time into a document. An index by day lists the time lines, so expiry can
request their rebuild when the tombstones are too old to be shown.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey, PartitionKind
from gazette.models.ledger.snapshot import Snapshot
from gazette.models.site import Site
from gazette.models.views.feed import Feed, Tombstone
from gazette.projections.history.item_order import item_order

_TIMELINES = frozenset({PartitionKind.TOPIC, PartitionKind.CATEGORY, PartitionKind.SITE})


def tombstone_keys(snapshot: Snapshot, stored_at: datetime) -> tuple[ItemKey, ...]:
    """Return the keys of the tombstones of an event after a retraction."""
    if not snapshot.live:
        return snapshot.tombstones
    sort = keys.retracted_sort(stored_at, snapshot.event_id)
    timelines = (
        item_key.partition for item_key in snapshot.live if item_key.partition.kind in _TIMELINES
    )
    return tuple(ItemKey(timeline, sort) for timeline in timelines)


def tombstone_items(
    snapshot: Snapshot, entry: Entry, item_keys: tuple[ItemKey, ...]
) -> Iterator[LedgerItem]:
    """Return the items that write the tombstones of a revision and delete older ones (SPEC T6)."""
    for item_key in snapshot.tombstones:
        if item_key not in item_keys:
            yield LedgerItem(item_key, item_order(entry.number), "{}", deleted=True)
    if snapshot.revision is not None:
        yield from written_tombstones(snapshot.revision.entry, entry, item_keys)


def written_tombstones(
    last: Entry, entry: Entry, item_keys: Iterable[ItemKey]
) -> Iterator[LedgerItem]:
    """Return the items that say at these keys that the event of ``last`` was withdrawn."""
    payload = _withdrawn(last, entry).model_dump_json()
    for item_key in item_keys:
        yield LedgerItem(item_key, item_order(entry.number), payload)
        yield LedgerItem(keys.retractions_key(item_key), item_order(entry.number), "{}")


def first_day_shown(now: datetime, days: int) -> date:
    """Return the oldest day whose tombstones are shown; it changes once a day."""
    return now.date() - timedelta(days=days)


def oldest_shown(now: datetime, days: int) -> str:
    """Return the sort key before the oldest tombstone to be shown."""
    return keys.retracted_sort(datetime.combine(first_day_shown(now, days), time(), now.tzinfo), "")


def with_tombstones(site: Site, feed: Feed, withdrawn: Iterable[Entry]) -> Feed:
    """Add tombstones to a subscription document, but none of events it lists (SPEC T1, T2)."""
    live = {item.id for item in feed.items}
    found = (_tombstone(site, entry) for entry in withdrawn)
    tombstones = tuple(tombstone for tombstone in found if tombstone.id not in live)
    updated = max((feed.updated, *(tombstone.when for tombstone in tombstones)))
    return replace(feed, tombstones=tombstones, updated=updated)


def _withdrawn(last: Entry, entry: Entry) -> Entry:
    """Return the last public entry with the retraction's number, note, times and path."""
    copied = ("number", "kind", "note", "at", "updated", "news_at", "erased")
    retraction = {name: getattr(entry, name) for name in copied}
    return last.without_body().model_copy(update={**retraction, "base_path": entry.base_path})


def _tombstone(site: Site, entry: Entry) -> Tombstone:
    # A feed reader keeps an entry that is newer than its tombstone, so `when` must not be earlier.
    return Tombstone(
        id=site.event_tag(entry.event_id),
        url=site.url(f"{entry.base_path}.html"),
        title=entry.title,
        published=entry.published,
        when=entry.updated,
        kind=entry.kind,
        note=entry.note,
    )
