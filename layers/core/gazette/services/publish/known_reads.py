"""Reads of the ledger that begin with what is known, and note what they find."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple, TypeAlias

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey, prefix_of
from gazette.models.ledger.partitions import Partition
from gazette.models.limits import MAX_NEWEST_ITEMS_A_PAGE
from gazette.ports import Ledger
from gazette.services.publish.known_items import KnownItems, KnownPartitions, end_of, following

# Most time lines need one page, and some a few items more. A second whole page would cost as much
# as the first.
_FURTHER_ITEMS_A_PAGE = 32
# Reads the items below a sort key, the greatest first.
_ReadBelow: TypeAlias = Callable[[ItemKey], Iterator[LedgerItem]]


class Page(NamedTuple):
    """The first ``size`` items after, or before, a sort key: what answers many reads is read so."""

    start: ItemKey
    size: int
    is_backwards: bool = False


class _Reading(NamedTuple):
    """What was known of a partition when a read began, and what the read adds."""

    partition: Partition
    items: KnownItems
    known: KnownPartitions

    def note(self, start: str, end: str, item: LedgerItem | None) -> None:
        """Note the only item in a range, or that the range is empty."""
        self.known.learn((self.partition, self.items), start, end, item)

    def get(self, ledger: Ledger, sort: str) -> LedgerItem | None:
        if self.items.known_to(sort) is None:
            self.note(sort, following(sort), ledger.get(ItemKey(self.partition, sort)))
        return self.items.get(sort)

    def noted(
        self, found: Iterator[LedgerItem], start: str, end: str, page: int = 0
    ) -> Iterator[LedgerItem]:
        """Yield items of a range, in their order, and note all of the first page at once.

        Those of a page that are known already are taken from it, too: it is paid for.
        """
        first = list(islice(found, page))
        for item in first:
            self.note(start, start := following(item.key.sort), item)
        if len(first) == page:
            yield from first
            for item in found:
                self.note(start, start := following(item.key.sort), item)
                yield item
            first = []
        self.note(start, end, None)
        yield from first

    def noted_page(
        self, found: Iterator[LedgerItem], start: str, end: str, page: int
    ) -> list[LedgerItem]:
        """Return the first page of what is read backwards from an end, and note all of it."""
        first = list(islice(found, page))
        for item in first:
            self.note(item.key.sort, end, item)
            end = item.key.sort
        if len(first) < page:
            self.note(start, end, None)
        return first


@dataclass(frozen=True, slots=True)
class KnownReads:
    """The reading part of a `Ledger`."""

    ledger: Ledger
    known: KnownPartitions

    def get(self, item_key: ItemKey) -> LedgerItem | None:
        return self._reading(item_key.partition).get(self.ledger, item_key.sort)

    def scan(self, partition: Partition, prefix: str) -> Iterator[LedgerItem]:
        """Read a whole list, or on from the part of it that is known."""
        reading, end = self._reading(partition), end_of(prefix)
        known_to = reading.items.known_to(prefix) or ""
        if known_to >= end:
            yield from reading.items.between(prefix, end)
        elif known_to > following(prefix) and prefix_of(prefix) == prefix:
            yield from reading.items.between(prefix, following(prefix))
            yield from self.after(ItemKey(partition, prefix), MAX_NEWEST_ITEMS_A_PAGE)
        else:
            yield from reading.noted(self.ledger.scan(partition, prefix), prefix, end)

    def after(self, item_key: ItemKey, page: int) -> Iterator[LedgerItem]:
        """Read on from an item."""
        partition, sort = item_key
        reading = self._reading(partition)
        position, end = following(sort), end_of(prefix_of(sort))
        while position < end:
            if (known_to := reading.items.known_to(position)) is not None:
                yield from reading.items.between(position, min(known_to, end))
                position = known_to
            elif not position.endswith("\0"):
                # The range before it left out this one, which is known from now on.
                reading.get(self.ledger, position)
            else:
                last = ItemKey(partition, position.removesuffix("\0"))
                yield from reading.noted(self.ledger.after(last, page), position, end, page)
                return

    def newest(self, partition: Partition, prefix: str) -> Iterator[LedgerItem]:
        """Read a whole list backwards."""
        if not prefix_of(prefix):  # it is no list, and nothing reads on within it
            return self.ledger.newest(partition, prefix)
        end = end_of(prefix)

        def read(item_key: ItemKey) -> Iterator[LedgerItem]:
            count = 0
            if item_key.sort == end:
                newest = self.ledger.newest(partition, prefix)
                for item in islice(newest, MAX_NEWEST_ITEMS_A_PAGE):
                    yield item
                    item_key, count = item.key, count + 1
                if count < MAX_NEWEST_ITEMS_A_PAGE:
                    return
            yield from self.ledger.before(item_key, _FURTHER_ITEMS_A_PAGE)

        return self._backwards(ItemKey(partition, end), prefix, read, 0)

    def before(self, item_key: ItemKey, page: int) -> Iterator[LedgerItem]:
        """Read backwards from an item."""

        def read(below: ItemKey) -> Iterator[LedgerItem]:
            return self.ledger.before(below, page)

        return self._backwards(item_key, prefix_of(item_key.sort), read, page)

    def _backwards(
        self, item_key: ItemKey, start: str, read: _ReadBelow, page: int
    ) -> Iterator[LedgerItem]:
        partition, position = item_key
        reading = self._reading(partition)
        while position > start:
            if (known_from := reading.items.known_from(position)) is not None:
                yield from reversed(reading.items.between(max(known_from, start), position))
                position = known_from
            elif position.endswith("\0") and position != item_key.sort:
                # The range above it left out this one, which is known from now on.
                reading.get(self.ledger, position.removesuffix("\0"))
            else:
                found = read(ItemKey(partition, position))
                for item in chain(reading.noted_page(found, start, position, page), found):
                    reading.note(item.key.sort, position, item)
                    position = item.key.sort
                    if position < start:
                        return
                    yield item
                reading.note(start, position, None)
                return

    def _reading(self, partition: Partition) -> _Reading:
        return _Reading(partition, self.known.of(partition), self.known)
