"""What is known of the partitions of the ledger: items, and between which sort keys all are known.

Ranges of sort keys include their start and leave out their end.
"""

from bisect import bisect_left, bisect_right, insort
from collections import OrderedDict
from sys import getsizeof

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition

_LAST_CHARACTER = "\U0010ffff"


def following(sort: str) -> str:
    """Return the smallest text greater than a sort key: the start of the range after it."""
    return sort + "\0"


def end_of(prefix: str) -> str:
    """Return the end of the range of all sort keys that begin with a prefix."""
    return prefix + _LAST_CHARACTER


class KnownItems:
    """The known items of one partition. ``used_bytes`` counts their payloads."""

    def __init__(self) -> None:
        self.used_bytes = 0
        self._items: dict[str, LedgerItem] = {}
        self._sorts: list[str] = []
        # The ranges in which every item is known, in order; no two of them touch.
        self._starts: list[str] = []
        self._ends: list[str] = []

    def get(self, sort: str) -> LedgerItem | None:
        """Return the item at a sort key in a known range."""
        return self._items.get(sort)

    def between(self, start: str, end: str) -> list[LedgerItem]:
        """Return the items of a known range, in the order of their sort keys."""
        first, last = bisect_left(self._sorts, start), bisect_left(self._sorts, end)
        return [self._items[sort] for sort in self._sorts[first:last]]

    def known_to(self, start: str) -> str | None:
        """Return where the known range ends that a sort key is in, or None if it is in none."""
        position = bisect_right(self._starts, start) - 1
        if position >= 0 and start < self._ends[position]:
            return self._ends[position]
        return None

    def known_from(self, end: str) -> str | None:
        """Return where the known range starts that reaches up to an end, None without one."""
        position = bisect_left(self._starts, end) - 1
        if position >= 0 and end <= self._ends[position]:
            return self._starts[position]
        return None

    def learn(self, start: str, end: str, item: LedgerItem | None) -> None:
        """Note that this is the only item in a range, or that the range is empty."""
        if item is not None and item.key.sort not in self._items:
            insort(self._sorts, item.key.sort)
            self._items[item.key.sort] = item
            self.used_bytes += getsizeof(item.payload)
        first, last = bisect_left(self._ends, start), bisect_right(self._starts, end)
        if first < last:
            start, end = min(start, self._starts[first]), max(end, self._ends[last - 1])
        self._starts[first:last], self._ends[first:last] = [start], [end]

    def without(self, sort: str) -> "KnownItems":
        """Return a copy to which the item at a sort key is not known.

        Readers that began before go on with what was known before.
        """
        copy = KnownItems()
        for start, end in zip(self._starts, self._ends, strict=True):
            for part in ((start, min(end, sort)), (max(start, following(sort)), end)):
                if part[0] < part[1]:
                    copy.learn(*part, None)
        copy._items = {key: item for key, item in self._items.items() if key != sort}
        copy._sorts = [key for key in self._sorts if key != sort]
        copy.used_bytes = sum(getsizeof(item.payload) for item in copy._items.values())
        return copy


class KnownPartitions:
    """What is known of all partitions. Those least recently read are forgotten for others."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._partitions: OrderedDict[Partition, KnownItems] = OrderedDict()
        self._used_bytes = 0

    def of(self, partition: Partition) -> KnownItems:
        """Return what is known of a partition."""
        items = self._partitions.setdefault(partition, KnownItems())
        self._partitions.move_to_end(partition)
        return items

    def learn(
        self, of: tuple[Partition, KnownItems], start: str, end: str, item: LedgerItem | None
    ) -> None:
        """Note the only item in a range of a partition, or that the range is empty."""
        partition, items = of
        before = items.used_bytes
        items.learn(start, end, item)
        if self._partitions.get(partition) is items:
            self._used_bytes += items.used_bytes - before
        while self._used_bytes > self._most_bytes:
            _, forgotten = self._partitions.popitem(last=False)
            self._used_bytes -= forgotten.used_bytes

    def note(self, item_key: ItemKey, item: LedgerItem | None) -> None:
        """Note what is at a key."""
        partition, sort = item_key
        self.learn((partition, self.of(partition)), sort, following(sort), item)

    def has(self, item_key: ItemKey) -> bool:
        """Return whether it is known what is at a key."""
        known = self._partitions.get(item_key.partition)
        return known is not None and known.known_to(item_key.sort) is not None

    def forget(self, item_key: ItemKey) -> None:
        """Forget one item."""
        partition, sort = item_key
        known = self._partitions.get(partition)
        if known and known.known_to(sort) is not None:
            left = known.without(sort)
            self._used_bytes += left.used_bytes - known.used_bytes
            self._partitions[partition] = left
