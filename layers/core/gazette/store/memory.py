"""The ledger in memory, under the contract tests of the DynamoDB ledger, call counts included."""

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.ports import Clock
from gazette.store.local_ledger import KeptItem, LocalLedger, Range


@dataclass(slots=True)
class _PartitionItems:
    """The items of a partition by sort key, and the sort keys in order."""

    items: dict[str, LedgerItem] = field(default_factory=dict)
    sorts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class LedgerContents:
    """All items of a ledger, and when those expire that do."""

    partitions: defaultdict[Partition, _PartitionItems] = field(
        default_factory=lambda: defaultdict(_PartitionItems)
    )
    expiry: dict[ItemKey, int] = field(default_factory=dict)

    def copy(self) -> "LedgerContents":
        """Return a copy, which writes to the original do not reach."""
        copied = LedgerContents(expiry=dict(self.expiry))
        for partition, items in self.partitions.items():
            copied.partitions[partition] = _PartitionItems(dict(items.items), list(items.sorts))
        return copied


class MemoryLedger(LocalLedger):
    """A `Ledger` and a `LedgerListing` in dictionaries."""

    def __init__(
        self,
        calls: Counter[str],
        on_write: Callable[[ItemKey], None],
        clock: Clock,
        contents: LedgerContents | None = None,
    ) -> None:
        super().__init__(calls, on_write, clock)
        self.contents = contents or LedgerContents()
        self._partitions, self._expiry = self.contents.partitions, self.contents.expiry

    def _kept(self, item_key: ItemKey) -> KeptItem | None:
        items = self._partitions.get(item_key.partition)
        item = items.items.get(item_key.sort) if items else None
        return KeptItem(item, self._expiry.get(item_key)) if item else None

    def _range(self, partition: Partition, sorts: Range) -> Iterator[KeptItem]:
        items = self._partitions.get(partition)
        if items is None:
            return
        start, end = (bisect_left(items.sorts, sort) for sort in (sorts.start, sorts.end))
        positions = range(start, end)
        for position in reversed(positions) if sorts.backwards else positions:
            item = items.items[items.sorts[position]]
            yield KeptItem(item, self._expiry.get(item.key))

    def _keep(self, kept: KeptItem) -> None:
        item = kept.item
        items = self._partitions[item.key.partition]
        if item.key.sort not in items.items:
            insort(items.sorts, item.key.sort)
        items.items[item.key.sort] = item
        self._expiry.pop(item.key, None)
        if kept.expires_at is not None:
            self._expiry[item.key] = kept.expires_at

    def _drop(self, item_key: ItemKey) -> None:
        items = self._partitions[item_key.partition]
        del items.items[item_key.sort]
        del items.sorts[bisect_left(items.sorts, item_key.sort)]

    def _all_keys(self) -> Iterable[tuple[Partition, Iterable[str]]]:
        return ((partition, items.sorts) for partition, items in sorted(self._partitions.items()))
