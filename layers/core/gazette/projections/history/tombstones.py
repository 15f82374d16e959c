"""Tombstones: what a time line says of an event that was withdrawn from it (RFC 6721, SPEC T).

A retraction leaves one on every time line that held the event, under the moment at which it was
stored: a publisher may write any other into a document. The time line is put into an index under
that day, so that it can be published again when the tombstone is too old to be shown.
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

_TIMELINES = frozenset({PartitionKind.TOPIC, PartitionKind.CATEGORY, PartitionKind.SITE})


def tombstone_keys(snapshot: Snapshot, stored_at: datetime) -> tuple[ItemKey, ...]:
    """Return where an event has tombstones once it is withdrawn, or withdrawn again."""
    if not snapshot.live:
        return snapshot.tombstones
    sort = keys.retracted_sort(stored_at, snapshot.event_id)
    timelines = (
        item_key.partition for item_key in snapshot.live if item_key.partition.kind in _TIMELINES
    )
    return tuple(ItemKey(timeline, sort) for timeline in timelines)


def tombstone_records(
    snapshot: Snapshot, entry: Entry, item_keys: tuple[ItemKey, ...]
) -> Iterator[LedgerItem]:
    """Set the tombstones of a revision, and take away those it leaves behind (SPEC T6)."""
    for item_key in snapshot.tombstones:
        if item_key not in item_keys:
            yield LedgerItem(item_key, entry.number, "{}", deleted=True)
    if snapshot.revision is None:
        return
    payload = _withdrawn(snapshot.revision.entry, entry).model_dump_json()
    for item_key in item_keys:
        yield LedgerItem(item_key, entry.number, payload)
        yield LedgerItem(keys.retractions_key(item_key), entry.number, "{}")


def first_day_shown(now: datetime, days: int) -> date:
    """Return the day whose tombstones are the oldest to be shown: whole days, as all day long."""
    return now.date() - timedelta(days=days)


def oldest_shown(now: datetime, days: int) -> str:
    """Return the least sort key of the tombstones to be shown."""
    return keys.retracted_sort(datetime.combine(first_day_shown(now, days), time(), now.tzinfo), "")


def with_tombstones(site: Site, feed: Feed, withdrawn: Iterable[Entry]) -> Feed:
    """Add tombstones to a subscription document, never beside a live entry (SPEC T1, T2)."""
    live = {item.id for item in feed.items}
    found = (_tombstone(site, entry) for entry in withdrawn)
    tombstones = tuple(tombstone for tombstone in found if tombstone.id not in live)
    updated = max((feed.updated, *(tombstone.when for tombstone in tombstones)))
    return replace(feed, tombstones=tombstones, updated=updated)


def _withdrawn(last: Entry, entry: Entry) -> Entry:
    """Keep what the event was when it was seen last, with what took it away and where it is now."""
    taken = ("number", "kind", "note", "at", "updated", "news_at")
    left = {name: getattr(entry, name) for name in taken}
    return last.without_body().model_copy(update={**left, "base_path": entry.base_path})


def _tombstone(site: Site, entry: Entry) -> Tombstone:
    # `updated` is never before that of the entry taken away, which a reader would keep otherwise.
    return Tombstone(
        id=site.event_tag(entry.event_id),
        url=site.url(f"{entry.base_path}.html"),
        title=entry.title,
        published=entry.published,
        when=entry.updated,
        note=entry.note,
    )
