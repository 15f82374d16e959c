"""Reads a time line: what its subscription document holds, and the closed segments behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from gazette.models import keys
from gazette.models.keys import Partition, Place
from gazette.models.record import Record
from gazette.ports import Ledger
from gazette.projections.segments import (
    FIRST,
    Segment,
    SegmentRef,
    live,
    next_older,
    read_entries,
    ref_of,
    up_to_boundary,
)
from gazette.projections.timelines import Timeline, read_timeline

# A segment holds 32 entries on average.
_PAGE = 32
_CLOSED, _OPEN = "closed", "open"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What the subscription document holds, and the newest closed segment, if any is closed."""

    timeline: Timeline
    closed: SegmentRef | None

    def holds(self, sort: str) -> bool:
        """Say whether an entry with this sort key is, or would be, in the subscription document."""
        if self.closed is None:
            return True
        oldest = self.timeline.entries[-1]
        return sort >= keys.entry_sort(oldest.published, oldest.event_id)


class Bounds(NamedTuple):
    """How far a segment reaches: from ``low``, up to but not with ``high``, as sort keys."""

    ref: SegmentRef
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class ArchiveReader:
    """Reads the time lines of a ledger; ``least`` is the least a subscription document holds."""

    ledger: Ledger
    least: int

    def has_closed(self, partition: Partition) -> bool:
        """Say whether any segment was ever closed."""
        return next(self.ledger.scan(partition, keys.SEGMENT), None) is not None

    def subscription(self, partition: Partition) -> Subscription:
        """Read what is newest, and on to the boundary of the segment behind it."""
        records = self.ledger.newest(partition, keys.ENTRY)
        timeline = read_timeline(records, self.least)
        return Subscription(timeline, next_older(records))

    def bounds(self, partition: Partition, sort: str) -> Bounds:
        """Return the segment that a sort key falls in, and how far it reaches."""
        place = Place(partition, sort)
        _, above = up_to_boundary(self.ledger.after(place, _PAGE))
        _, boundary = up_to_boundary(self._from(place))
        return Bounds(
            ref=ref_of(boundary.place.sort) if boundary else SegmentRef(FIRST),
            low=boundary.place.sort if boundary else keys.ENTRY,
            high=above.place.sort if above else keys.SEGMENT,
        )

    def segment_at(
        self, partition: Partition, sort: str, subscription: Subscription
    ) -> Segment | None:
        """Return the closed segment that a sort key falls in, None where it is empty."""
        place = Place(partition, sort)
        newer, above = up_to_boundary(self.ledger.after(place, _PAGE))
        older = self._from(place)
        below, boundary = up_to_boundary(older)
        records = [*reversed(newer), *below, *([boundary] if boundary else [])]
        if not records:
            return None
        is_newest = above is None or subscription.holds(above.place.sort)
        return Segment(
            ref=ref_of(boundary.place.sort) if boundary else SegmentRef(FIRST),
            entries=read_entries(records),
            older=next_older(older) if boundary else None,
            newer=None if is_newest or above is None else ref_of(above.place.sort),
        )

    def oldest_sort(self, partition: Partition) -> str:
        """Return the sort key of the oldest live entry, or the least there can be."""
        records = self.ledger.after(Place(partition, keys.ENTRY), _PAGE)
        return next((record.place.sort for record in live(records)), keys.ENTRY)

    def beside(self, place: Place) -> list[str]:
        """Return the sort keys of the live entries next to a place: in the segments beside it."""
        newer = next(live(self.ledger.after(place, _PAGE)), None)
        older = next(live(self.ledger.before(place, _PAGE)), None)
        return [record.place.sort for record in (newer, older) if record]

    def close(self, partition: Partition, ref: SegmentRef) -> list[Record]:
        """Return what notes that a segment is closed, nothing where that stands already."""
        return self._note(ref.mark(partition), _CLOSED)

    def reopen(self, partition: Partition, ref: SegmentRef) -> list[Record]:
        """Return what notes that a segment is open again, nothing where it never was closed."""
        place = ref.mark(partition)
        return self._note(place, _OPEN) if self.ledger.get(place) else []

    def wrongly_closed(self, partition: Partition, subscription: Subscription) -> list[Record]:
        """Return what notes that segments which the subscription document holds are open again."""
        oldest = subscription.timeline.entries[-1] if subscription.closed else None
        start = keys.entry_sort(oldest.published, oldest.event_id) if oldest else keys.ENTRY
        marks = self.ledger.after(Place(partition, keys.SEGMENT + start.removeprefix(keys.ENTRY)))
        own = self.ledger.get(ref_of(start).mark(partition)) if oldest else None
        return [
            Record(mark.place, mark.revision + 1, _OPEN)
            for mark in chain([own] if own else [], marks)
            if mark.payload == _CLOSED and not (oldest and _is_first(mark.place))
        ]

    def _note(self, place: Place, state: str) -> list[Record]:
        seen = self.ledger.get(place)
        if seen and seen.payload == state:
            return []
        return [Record(place, seen.revision + 1 if seen else 1, state)]

    def _from(self, place: Place) -> Iterator[Record]:
        own = self.ledger.get(place)
        yield from [own] if own else []
        yield from self.ledger.before(place, _PAGE)


def _is_first(place: Place) -> bool:
    return place.sort == f"{keys.SEGMENT}{FIRST}"
