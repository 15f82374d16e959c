"""The closed part of a time line, in segments (RFC 5005 §4).

A *interval* starts with a boundary, its oldest entry, and ends before the next newer boundary. The
interval before all boundaries is ``first``. A long interval is cut into parts of equal length,
counted from its older end. A segment is one part of an interval. Its name is made from the boundary
and the number of the part, so it never changes.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gazette.models.frozen import Stored
from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry, read_entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.product import SEGMENT_ENTRIES
from gazette.projections.feeds.timelines import NO_BOUNDARY, is_boundary
from gazette.projections.items.tombstones import NO_NOTICE

FIRST = "first"
# Between a boundary and the number of a part. It sorts before what an id may go on with.
_PART = NO_BOUNDARY


class SegmentRef(NamedTuple):
    """A segment, by the sort key of its interval's boundary without prefix, or `FIRST`.

    The second part of an interval and all later ones have their number behind that.
    """

    boundary: str

    @property
    def interval(self) -> str:
        return self.boundary.partition(_PART)[0]

    @property
    def part(self) -> int:
        return int(self.boundary.partition(_PART)[2] or 0)

    @property
    def is_first(self) -> bool:
        """Whether it lies before all boundaries."""
        return self.interval == FIRST

    @property
    def name(self) -> str:
        """The name in addresses: the day of the boundary, and a hash of its whole sort key.

        A hash of the id alone is not enough: an event that moves within its day becomes the
        boundary of another segment, which must not share the address.
        """
        digest = hashlib.sha256(self.interval.encode()).hexdigest()[:8]
        name = FIRST if self.is_first else f"{self.interval[:10]}-{digest}"
        return f"{name}-{self.part + 1}" if self.part else name

    def note_key(self, partition: Partition) -> ItemKey:
        """Return the key of the segment's note."""
        return ItemKey(partition, f"{keys.SEGMENT}{self.boundary}")


def part_of(interval: str, part: int) -> SegmentRef:
    return SegmentRef(f"{interval}{_PART}{part:06d}" if part else interval)


def further_parts(interval: str) -> str:
    """Return how the sort keys of notes on the further parts of an interval begin."""
    return f"{keys.SEGMENT}{interval}{_PART}"


class SegmentNote(Stored):
    """Whether a segment is closed, and the boundaries of its older and newer neighbours.

    ``newest`` is the sort key of its newest entry when it was last closed. A segment that is gone
    forwards to the one that has this entry now: ``older`` names it, and its ``former`` name those
    that forward to it.
    """

    is_closed: bool = False
    older: str | None = None
    newer: str | None = None
    newest: str | None = None
    former: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """A closed segment, newest item first, and its closed neighbours."""

    ref: SegmentRef
    items: tuple[LedgerItem, ...]
    older: SegmentRef | None
    newer: SegmentRef | None

    def is_led_to_by(self, newest: str) -> bool:
        """Return whether a segment that is gone, with this newest entry, forwards to this one.

        As long as the subscription document has the entry, that is the newest closed segment.
        """
        if newest > self.items[0].key.sort:
            return self.newer is None
        return newest >= self.items[-1].key.sort


def forwarding(
    partition: Partition, ref: SegmentRef, newest: str, to: SegmentRef | None
) -> Segment:
    """Return what an address shows whose segment is gone: the place of its newest entry.

    Who walks through the archive goes on to the segment ``to``, which has the entry now.
    """
    item = LedgerItem(ItemKey(partition, newest), 0, NO_NOTICE, deleted=True)
    return Segment(ref, (item,), older=to, newer=None)


class Interval(NamedTuple):
    """An interval, newest item first."""

    name: str
    items: Sequence[LedgerItem]

    @property
    def refs(self) -> list[SegmentRef]:
        """The segments of the interval, oldest first."""
        return [part_of(self.name, part) for part in range(-(-len(self.items) // SEGMENT_ENTRIES))]

    def items_of(self, part: int) -> Sequence[LedgerItem]:
        """Return the items of a part: parts are counted from the older end (SPEC P9)."""
        end = len(self.items) - part * SEGMENT_ENTRIES
        return self.items[max(end - SEGMENT_ENTRIES, 0) : max(end, 0)]


class LiveItems(NamedTuple):
    """The items of a subscription document, newest first.

    ``ref`` is the segment that the oldest of them would be in. ``is_cut`` says that the interval
    goes on behind it, in the part before.
    """

    items: Sequence[LedgerItem]
    ref: SegmentRef
    is_cut: bool


def read_live(newest_first: Iterable[LedgerItem], least: int) -> LiveItems:
    """Read the newest ``least`` items, and on to the start of a part (SPEC P1).

    All is read to the next boundary, because parts are counted from there.
    """
    items: list[LedgerItem] = []
    begin = 0  # of the interval that is being read
    name = FIRST
    for item in newest_first:
        items.append(item)
        if is_boundary_sort(item.key.sort):
            if len(items) >= least:
                name = ref_of(item.key.sort).interval
                break
            begin = len(items)
    part = max(len(items) - max(least, begin + 1), 0) // SEGMENT_ENTRIES
    shown = items[: len(items) - part * SEGMENT_ENTRIES]
    return LiveItems(shown, part_of(name, part), is_cut=part > 0)


def ref_of(sort: str) -> SegmentRef:
    """Return the first segment of the interval whose boundary has this sort key."""
    return SegmentRef(sort.partition("#")[2])


def is_boundary_sort(sort: str) -> bool:
    """Return whether an item is a boundary: by what its sort key has behind the time."""
    return is_boundary(sort.split("#", 2)[2])


def up_to_boundary(items: Iterable[LedgerItem]) -> tuple[list[LedgerItem], LedgerItem | None]:
    """Return the entries before a boundary, and the boundary."""
    taken: list[LedgerItem] = []
    for item in items:
        if is_boundary_sort(item.key.sort):
            return taken, item
        taken.append(item)
    return taken, None


def older_interval(newest_first: Iterable[LedgerItem]) -> Interval:
    """Return the interval that ends with the first of these items, newest first."""
    taken, boundary = up_to_boundary(newest_first)
    if boundary is None:
        return Interval(FIRST, taken)
    return Interval(ref_of(boundary.key.sort).interval, [*taken, boundary])


def next_older(newest_first: Iterable[LedgerItem]) -> SegmentRef | None:
    """Return the segment of the first item, or None without items."""
    refs = older_interval(newest_first).refs
    return refs[-1] if refs else None


def live_items(items: Iterable[LedgerItem]) -> list[LedgerItem]:
    """Leave out the places of entries that left."""
    return [item for item in items if not item.deleted]


def read_entries(items: Iterable[LedgerItem]) -> tuple[Entry, ...]:
    return tuple(read_entry(item.payload) for item in items)
