"""The closed part of a time line, in segments (RFC 5005 §4).

A segment reaches from a boundary, its oldest entry, to the next newer boundary. It is named after
its boundary, so its name never changes; what lies before the oldest boundary is called ``first``.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

from gazette.models.frozen import Stored
from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry, read_entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey, Partition
from gazette.projections.feeds.timelines import is_boundary

FIRST = "first"


class SegmentRef(NamedTuple):
    """A segment by its boundary: the sort key without prefix, or `FIRST` where it has none."""

    boundary: str

    @property
    def name(self) -> str:
        """Return the name it has in addresses: the day of its boundary, and a hash of the whole.

        The hash is not that of the id alone: an event that moves within its day bounds another
        segment afterwards, and both may not share an address.
        """
        if self.boundary == FIRST:
            return FIRST
        return f"{self.boundary[:10]}-{hashlib.sha256(self.boundary.encode()).hexdigest()[:8]}"

    def mark(self, partition: Partition) -> ItemKey:
        """Return where it is noted whether the segment is closed."""
        return ItemKey(partition, f"{keys.SEGMENT}{self.boundary}")


class SegmentNote(Stored):
    """What is noted of a segment: whether it is closed, and between which its documents stand."""

    is_closed: bool = False
    older: str | None = None
    newer: str | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A closed segment, newest entry first, and the closed ones beside it."""

    ref: SegmentRef
    entries: tuple[Entry, ...]
    older: SegmentRef | None
    newer: SegmentRef | None


def ref_of(sort: str) -> SegmentRef:
    """Return the segment that an entry would be the boundary of."""
    return SegmentRef(sort.removeprefix(keys.ENTRY))


def is_boundary_sort(sort: str) -> bool:
    return is_boundary(sort.removeprefix(keys.ENTRY).partition("#")[2])


def live(records: Iterable[LedgerItem]) -> Iterator[LedgerItem]:
    """Leave out what has departed, and end where the entries end."""
    entries = takewhile(lambda record: record.key.sort.startswith(keys.ENTRY), records)
    return (record for record in entries if not record.deleted)


def up_to_boundary(records: Iterable[LedgerItem]) -> tuple[list[LedgerItem], LedgerItem | None]:
    """Take live records until a boundary, which is returned apart."""
    taken: list[LedgerItem] = []
    for record in live(records):
        if is_boundary_sort(record.key.sort):
            return taken, record
        taken.append(record)
    return taken, None


def next_older(newest_first: Iterable[LedgerItem]) -> SegmentRef | None:
    """Name the segment that live records, newest first, begin with; None where there are none."""
    taken, boundary = up_to_boundary(newest_first)
    if boundary:
        return ref_of(boundary.key.sort)
    return SegmentRef(FIRST) if taken else None


def read_entries(records: Iterable[LedgerItem]) -> tuple[Entry, ...]:
    return tuple(read_entry(record.payload) for record in records)
