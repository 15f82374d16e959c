"""Reads a time line: its subscription document, and the closed segments behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey, Partition
from gazette.ports import Ledger
from gazette.projections.feeds.segments import (
    FIRST,
    Segment,
    SegmentRef,
    next_older,
    read_entries,
    ref_of,
    up_to_boundary,
)
from gazette.projections.feeds.timelines import Timeline, read_timeline

# A segment holds 32 entries on average.
_PAGE = 32


@dataclass(frozen=True, slots=True)
class Subscription:
    """The entries of the subscription document, and the newest closed segment, if any."""

    timeline: Timeline
    closed: SegmentRef | None

    def holds(self, sort: str) -> bool:
        """Return whether an entry with this sort key belongs to the subscription document."""
        return sort >= self.start

    @property
    def start(self) -> str:
        """The sort key of its oldest entry, or the least sort key where nothing is closed."""
        if self.closed is None:
            return keys.ENTRY
        oldest = self.timeline.entries[-1]
        return keys.entry_sort(oldest.published, oldest.event_id)


class Bounds(NamedTuple):
    """The range of a segment as sort keys: from ``low``, up to ``high`` exclusive."""

    ref: SegmentRef
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class ArchiveReader:
    """Reads time lines; ``least`` is the number of entries of a subscription document at least."""

    ledger: Ledger
    least: int

    def has_closed(self, partition: Partition) -> bool:
        """Return whether any segment was ever closed."""
        return next(self.ledger.scan(partition, keys.SEGMENT), None) is not None

    def subscription(self, partition: Partition) -> Subscription:
        """Read the newest entries, and on to the boundary of the segment behind them."""
        records = self.ledger.newest(partition, keys.ENTRY)
        last_deleted = self.ledger.get(keys.last_deleted_key(partition))
        timeline = read_timeline(records, self.least, last_deleted)
        return Subscription(timeline, next_older(records))

    def bounds(self, partition: Partition, sort: str) -> Bounds:
        """Return the segment that a sort key falls in, with its range."""
        item_key = ItemKey(partition, sort)
        _, above = up_to_boundary(self.ledger.after(item_key, _PAGE))
        _, boundary = up_to_boundary(self._from(item_key))
        return Bounds(
            ref=ref_of(boundary.key.sort) if boundary else SegmentRef(FIRST),
            low=boundary.key.sort if boundary else keys.ENTRY,
            high=above.key.sort if above else keys.SEGMENT,
        )

    def segment_at(
        self, partition: Partition, sort: str, subscription: Subscription
    ) -> Segment | None:
        """Return the closed segment that a sort key falls in, or None where it is empty."""
        item_key = ItemKey(partition, sort)
        newer, above = up_to_boundary(self.ledger.after(item_key, _PAGE))
        older = self._from(item_key)
        below, boundary = up_to_boundary(older)
        records = [*reversed(newer), *below, *([boundary] if boundary else [])]
        if not records:
            return None
        is_newest = above is None or subscription.holds(above.key.sort)
        return Segment(
            ref=ref_of(boundary.key.sort) if boundary else SegmentRef(FIRST),
            entries=read_entries(records),
            older=next_older(older) if boundary else None,
            newer=None if is_newest or above is None else ref_of(above.key.sort),
        )

    def oldest_sort(self, partition: Partition) -> str:
        """Return the sort key of the oldest live entry, or the least sort key."""
        records = self.ledger.after(ItemKey(partition, keys.ENTRY), _PAGE)
        return next((record.key.sort for record in records), keys.ENTRY)

    def below(self, item_key: ItemKey) -> SegmentRef:
        """Return the segment below a boundary: the older half of a cut, or of a merge."""
        _, boundary = up_to_boundary(self.ledger.before(item_key, _PAGE))
        return ref_of(boundary.key.sort) if boundary else SegmentRef(FIRST)

    def _from(self, item_key: ItemKey) -> Iterator[LedgerItem]:
        own = self.ledger.get(item_key)
        yield from [own] if own else []
        yield from self.ledger.before(item_key, _PAGE)
