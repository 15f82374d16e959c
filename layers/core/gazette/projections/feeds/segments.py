"""The closed part of a time line, in segments (RFC 5005 §4).

A segment starts with a boundary, its oldest entry, and ends before the next newer boundary. Its
name is made from its boundary, so it never changes. The segment before all boundaries is ``first``.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from gazette.models.frozen import Stored
from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry, read_entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey, Partition
from gazette.projections.feeds.timelines import is_boundary

FIRST = "first"


class SegmentRef(NamedTuple):
    """A segment, by the sort key of its boundary without prefix, or `FIRST` if it has none."""

    boundary: str

    @property
    def name(self) -> str:
        """The name in addresses: the day of the boundary, and a hash of its whole sort key.

        A hash of the id alone is not enough: an event that moves within its day becomes the
        boundary of another segment, which must not share the address.
        """
        if self.boundary == FIRST:
            return FIRST
        return f"{self.boundary[:10]}-{hashlib.sha256(self.boundary.encode()).hexdigest()[:8]}"

    def note_key(self, partition: Partition) -> ItemKey:
        """Return the key of the segment's note."""
        return ItemKey(partition, f"{keys.SEGMENT}{self.boundary}")


class SegmentNote(Stored):
    """Whether a segment is closed, and the boundaries of its older and newer neighbours."""

    is_closed: bool = False
    older: str | None = None
    newer: str | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A closed segment, newest entry first, and its closed neighbours."""

    ref: SegmentRef
    entries: tuple[Entry, ...]
    older: SegmentRef | None
    newer: SegmentRef | None


def ref_of(sort: str) -> SegmentRef:
    """Return the segment whose boundary is the entry with this sort key."""
    return SegmentRef(sort.removeprefix(keys.ENTRY))


def is_boundary_sort(sort: str) -> bool:
    return is_boundary(sort.removeprefix(keys.ENTRY).partition("#")[2])


def up_to_boundary(items: Iterable[LedgerItem]) -> tuple[list[LedgerItem], LedgerItem | None]:
    """Return the entries before a boundary, and the boundary."""
    taken: list[LedgerItem] = []
    for item in items:
        if is_boundary_sort(item.key.sort):
            return taken, item
        taken.append(item)
    return taken, None


def next_older(newest_first: Iterable[LedgerItem]) -> SegmentRef | None:
    """Return the segment of the first entry, or None without entries."""
    taken, boundary = up_to_boundary(newest_first)
    if boundary:
        return ref_of(boundary.key.sort)
    return SegmentRef(FIRST) if taken else None


def read_entries(items: Iterable[LedgerItem]) -> tuple[Entry, ...]:
    return tuple(read_entry(item.payload) for item in items)
