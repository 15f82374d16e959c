"""Tombstones: notices on a time line that an event was withdrawn (RFC 6721, SPEC T).

A withdrawal puts one on every time line of the event. The time of storage orders them, because a
publisher can write any time into a document. An index by day lists the time lines, so expiry can
request their rebuild when the tombstones are too old to be shown.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from gazette.models.ledger import keys
from gazette.models.ledger.deletion import Deletion
from gazette.models.ledger.entry import Entry, read_entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import (
    TIMELINES,
    Partition,
    PartitionKind,
    retractions_partition,
)
from gazette.models.ledger.snapshot import Snapshot
from gazette.models.site import Site
from gazette.models.views.feed import Feed, Tombstone
from gazette.projections.erasures.erased_words import with_erased_words
from gazette.projections.feeds.feed_links import history_url
from gazette.projections.items.item_order import item_order

# What the place of an event says that left a time line and was not withdrawn.
NO_NOTICE = "{}"


def retractions_key(notice: ItemKey) -> ItemKey:
    """Return the key of a notice's time line in the index of retractions, by day."""
    day = notice.sort.partition("#")[2].partition("T")[0]
    partition = retractions_partition(date.fromisoformat(day))
    return ItemKey(partition, f"{day}#{notice.partition}")


def read_retractions_sort(sort: str) -> tuple[date, Partition]:
    """Return the day and the time line that an item of the index names."""
    day, _, timeline = sort.partition("#")
    return date.fromisoformat(day), Partition.parse(timeline)


def tombstone_keys(snapshot: Snapshot, stored_at: datetime) -> tuple[ItemKey, ...]:
    """Return the keys of the tombstones of an event after a retraction.

    Those of time lines stand for two items each: the newest tombstones are read by when they were
    stored, and the archive needs them where the event was. A day needs only those.
    """
    if not snapshot.live:
        return snapshot.tombstones
    sort = keys.retracted_sort(stored_at, snapshot.event_id)
    listed_in = [item_key.partition for item_key in snapshot.live]
    return (
        *(ItemKey(each, sort) for each in listed_in if each.kind in TIMELINES),
        *(_left(each) for each in snapshot.live if each.partition.kind is PartitionKind.DAY),
    )


def tombstone_items(
    snapshot: Snapshot, entry: Entry, item_keys: tuple[ItemKey, ...], live: Iterable[ItemKey]
) -> Iterator[LedgerItem]:
    """Return the items that write the tombstones of a revision and delete older ones (SPEC T6)."""
    yield from deleted_tombstones(snapshot.tombstones, item_keys, entry, live)
    if snapshot.revision is not None:
        yield from written_tombstones(snapshot.revision.entry, entry, item_keys)


def written_tombstones(
    last: Entry, entry: Entry, item_keys: Iterable[ItemKey]
) -> Iterator[LedgerItem]:
    """Return the items that say at these keys that the event of ``last`` was withdrawn."""
    payload = _withdrawn(last, entry).model_dump_json()
    for item_key in item_keys:
        yield LedgerItem(_left_key(item_key, entry), item_order(entry.number), payload)
        if item_key.sort.startswith(keys.RETRACTED):
            yield LedgerItem(item_key, item_order(entry.number), payload)
            yield LedgerItem(retractions_key(item_key), item_order(entry.number), "{}")


def deleted_tombstones(
    before: Iterable[ItemKey], after: Iterable[ItemKey], entry: Entry, live: Iterable[ItemKey]
) -> Iterator[LedgerItem]:
    """Return the items that delete the tombstones of an event that it has no longer.

    On a time line to which the event has not come back, its place stays, without a notice.
    """
    dropped, kept = (
        dict.fromkeys(key for each in some for key in (each, _left_key(each, entry)))
        for some in (before, after)
    )
    # A feed that shows a withdrawal no more has news, which is that of the event (SPEC W3).
    deletion = Deletion(news_at=entry.news_at).model_dump_json()
    comes_back = {item_key.partition for item_key in live}
    for item_key in dropped:
        if item_key in kept:
            continue
        if _is_place(item_key) and item_key.partition not in comes_back:
            yield LedgerItem(item_key, item_order(entry.number), NO_NOTICE)
        else:
            yield LedgerItem(item_key, item_order(entry.number), deletion, deleted=True)


def left_entries(snapshot: Snapshot, entry: Entry, live: Iterable[ItemKey]) -> Iterator[LedgerItem]:
    """Keep the places on time lines that an event leaves and that do not say it is withdrawn.

    A place may be a boundary: without it, an address of the archive would vanish (SPEC P9).
    """
    stays = {item_key.partition for item_key in live}
    for item_key in snapshot.live:
        if item_key.partition.kind in TIMELINES and item_key.partition not in stays:
            yield LedgerItem(_left(item_key), item_order(entry.number), NO_NOTICE)


def _is_place(item_key: ItemKey) -> bool:
    """Return whether this is a place on a time line; a day is not cut, and needs none."""
    return item_key.partition.kind in TIMELINES and item_key.sort.startswith(keys.LEFT_ENTRY)


def _left(live: ItemKey) -> ItemKey:
    """Return the key of the place of a live entry."""
    return ItemKey(live.partition, live.sort.replace(keys.ENTRY, keys.LEFT_ENTRY, 1))


def _left_key(item_key: ItemKey, entry: Entry) -> ItemKey:
    """Return the key of the place that the event of ``entry`` had on a time line or a day."""
    return keys.left_entry_key(item_key.partition, entry.published, entry.event_id)


def first_day_shown(now: datetime, days: int) -> date:
    """Return the oldest day whose tombstones are shown; it changes once a day."""
    return now.date() - timedelta(days=days)


def first_moment_shown(now: datetime, days: int) -> datetime:
    """Return the beginning of that day."""
    return datetime.combine(first_day_shown(now, days), time(), now.tzinfo)


def read_withdrawn(items: Iterable[LedgerItem]) -> tuple[Entry, ...]:
    """Return the withdrawn events at these places, without those that left otherwise."""
    return tuple(read_entry(item.payload) for item in items if item.payload != NO_NOTICE)


def with_deletions(site: Site, feed: Feed, withdrawn: Iterable[Entry]) -> Feed:
    """Add the deleted-entries of an archive document, or of a day, for good (SPEC T2)."""
    live = {item.id for item in feed.items}
    found = (_tombstone(site, entry) for entry in withdrawn)
    tombstones = tuple(each for each in found if each.id not in live)
    updated = max((feed.updated, *(each.when for each in tombstones)))
    return replace(feed, tombstones=tombstones, updated=updated, shows_notices=False)


def with_tombstones(site: Site, feed: Feed, withdrawn: Iterable[Entry]) -> Feed:
    """Add tombstones to a subscription document, but none of events it lists (SPEC T1, T2)."""
    live = {item.id for item in feed.listed}
    found = (_tombstone(site, entry) for entry in withdrawn)
    tombstones = tuple(tombstone for tombstone in found if tombstone.id not in live)
    updated = max((feed.updated, *(tombstone.when for tombstone in tombstones)))
    return replace(feed, tombstones=tombstones, updated=updated)


def _withdrawn(last: Entry, entry: Entry) -> Entry:
    """Return the last public entry with the retraction's number, note, times and path."""
    copied = ("number", "kind", "note", "at", "updated", "news_at", "sha256", "erased")
    retraction = {name: getattr(entry, name) for name in copied} | {"corrections": ()}
    return last.without_body().model_copy(update={**retraction, "base_path": entry.base_path})


def _tombstone(site: Site, entry: Entry) -> Tombstone:
    texts = site.in_language(entry.language).texts
    entry = with_erased_words(texts, entry)
    # A feed reader keeps an entry that is newer than its tombstone, so `when` must not be earlier.
    return Tombstone(
        id=site.event_tag(entry.event_id, entry.guid),
        url=site.url(f"{entry.base_path}.html"),
        title=entry.title,
        published=entry.published,
        when=entry.updated,
        texts=texts,
        kind=entry.kind,
        note=entry.note,
        revision=entry.number,
        sha256=entry.sha256,
        history_url=history_url(site, entry),
        guid=entry.guid,
        language=entry.language,
    )
