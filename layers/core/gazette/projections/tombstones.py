"""Tombstones: what a time line says of an event that was withdrawn from it (RFC 6721, SPEC T).

A retraction leaves one on every time line that held the event, under the moment at which it was
stored: a publisher may write any other into a document. The time line is put into an index under
that day, so that it can be published again when the tombstone is too old to be shown.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from gazette.models import keys
from gazette.models.entry import Entry, Head
from gazette.models.feed import Feed, Tombstone
from gazette.models.keys import PartitionKind, Place
from gazette.models.record import Record
from gazette.models.site import Site

_TIMELINES = frozenset({PartitionKind.TOPIC, PartitionKind.CATEGORY, PartitionKind.SITE})


def tombstone_places(head: Head, stored_at: datetime) -> tuple[Place, ...]:
    """Return where an event has tombstones once it is withdrawn, or withdrawn again."""
    if not head.live:
        return head.tombstones
    sort = keys.retracted_sort(stored_at, head.event_id)
    timelines = (place.partition for place in head.live if place.partition.kind in _TIMELINES)
    return tuple(Place(timeline, sort) for timeline in timelines)


def tombstone_records(head: Head, entry: Entry, places: tuple[Place, ...]) -> Iterator[Record]:
    """Set the tombstones of a revision, and take away those it leaves behind (SPEC T6)."""
    for place in head.tombstones:
        if place not in places:
            yield Record(place, entry.number, "{}", gone=True)
    if head.revision is None:
        return
    payload = _withdrawn(head.revision.entry, entry).model_dump_json()
    for place in places:
        yield Record(place, entry.number, payload)
        yield Record(keys.retractions_place(place), entry.number, "{}")


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
    return last.without_body().model_copy(update={**left, "stem": entry.stem})


def _tombstone(site: Site, entry: Entry) -> Tombstone:
    # `updated` is never before that of the entry taken away, which a reader would keep otherwise.
    return Tombstone(
        id=site.event_tag(entry.event_id),
        url=site.url(f"{entry.stem}.html"),
        title=entry.title,
        published=entry.published,
        when=entry.updated,
        note=entry.note,
    )
