"""Reads a time line: its subscription document, and the closed segments behind it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.product import SEGMENT_ENTRIES
from gazette.ports import Ledger
from gazette.projections.feeds.segments import (
    FIRST,
    Interval,
    Segment,
    SegmentRef,
    next_older,
    older_interval,
    part_of,
    read_live,
    ref_of,
    up_to_boundary,
)
from gazette.services.publish.archive.entries_and_left import EntriesAndLeft
from gazette.services.publish.known_items import end_of

# An interval has 32 entries on average.
_PAGE = 32


@dataclass(frozen=True, slots=True)
class Subscription:
    """The items of the subscription document, newest first, and the newest closed segment, if any.

    ``ref`` is the segment that its oldest item would be in.
    """

    items: Sequence[LedgerItem]
    ref: SegmentRef
    closed: SegmentRef | None

    def holds(self, sort: str) -> bool:
        """Return whether an item with this sort key belongs to the subscription document."""
        return self.closed is None or sort >= self.items[-1].key.sort

    def starts_at(self, sort: str) -> bool:
        """Return whether this is the sort key of its oldest item, with a segment behind it."""
        return self.closed is not None and sort == self.items[-1].key.sort


class Found(NamedTuple):
    """An interval, the boundary above it, if any, and the items below it, newest first."""

    interval: Interval
    above: LedgerItem | None
    below: Iterator[LedgerItem]

    def holds(self, sort: str) -> bool:
        """Return whether a sort key falls into the interval."""
        is_above = self.above is not None and sort >= self.above.key.sort
        is_below = self.interval.name != FIRST and sort < self.interval.items[-1].key.sort
        return not (is_above or is_below)


@dataclass(frozen=True, slots=True)
class ArchiveReader:
    """Reads time lines; ``least`` is the number of items of a subscription document at least."""

    ledger: Ledger
    least: int

    @property
    def entries(self) -> EntriesAndLeft:
        """All places, live or left: they decide where a time line is cut."""
        return EntriesAndLeft(self.ledger)

    def has_closed(self, partition: Partition) -> bool:
        """Return whether any segment was ever closed.

        The time line has mostly read the notes on its newest segments, so a view knows that.
        """
        last = ItemKey(partition, end_of(keys.SEGMENT))
        return next(self.ledger.before(last, 1), None) is not None

    def subscription(self, partition: Partition) -> Subscription:
        """Read the newest items, and what is needed to name the segment behind them."""
        records = self.entries.newest(partition)
        live = read_live(records, self.least)
        part_before = part_of(live.ref.interval, live.ref.part - 1) if live.is_cut else None
        return Subscription(tuple(live.items), live.ref, part_before or next_older(records))

    def interval_at(self, partition: Partition, sort: str) -> Found:
        """Return the interval that a sort key falls in."""
        item_key = ItemKey(partition, sort)
        newer, above = up_to_boundary(self.entries.after(item_key, _PAGE))
        below = self._from(item_key)
        older = older_interval(below)
        return Found(Interval(older.name, [*reversed(newer), *older.items]), above, below)

    def segment(
        self, partition: Partition, ref: SegmentRef, subscription: Subscription
    ) -> Segment | None:
        """Return a segment if it exists and is closed."""
        sort = keys.timeline_prefix(partition) + ref.interval
        if ref.is_first and (oldest := self.oldest(partition)):
            sort = oldest.key.sort
        if subscription.holds(sort):
            return None
        interval, above, below = self.interval_at(partition, sort)
        items = interval.items_of(ref.part)
        if interval.name != ref.interval or not items or subscription.holds(items[0].key.sort):
            return None
        newer_items = interval.items_of(ref.part + 1)
        newer_part = (
            (part_of(interval.name, ref.part + 1), newer_items[-1]) if newer_items else None
        )
        newer = newer_part or (above and (ref_of(above.key.sort), above))
        return Segment(
            ref=ref,
            items=tuple(items),
            older=part_of(interval.name, ref.part - 1) if ref.part else next_older(below),
            newer=newer[0] if newer and not subscription.holds(newer[1].key.sort) else None,
        )

    def holder(
        self, partition: Partition, sort: str, subscription: Subscription
    ) -> SegmentRef | None:
        """Return the segment that has an entry, or the newest one if it is in none."""
        if subscription.holds(sort):
            return subscription.closed
        interval = self.interval_at(partition, sort).interval
        older = sum(item.key.sort < sort for item in interval.items)
        return part_of(interval.name, older // SEGMENT_ENTRIES)

    def below(self, item_key: ItemKey) -> Interval:
        """Return the interval below a boundary: the older half of a cut, or of a merge."""
        return older_interval(self.entries.before(item_key, _PAGE))

    def oldest(self, partition: Partition) -> LedgerItem | None:
        """Return the oldest item of a time line, live or left."""
        start = ItemKey(partition, keys.timeline_prefix(partition))
        return next(self.entries.after(start, 1), None)

    def _from(self, item_key: ItemKey) -> Iterator[LedgerItem]:
        own = self.entries.get(item_key)
        yield from [own] if own else []
        yield from self.entries.before(item_key, _PAGE)
