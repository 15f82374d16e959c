"""The ledger in memory, held to the contract of the one on DynamoDB, call counts too."""

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from zlib import crc32

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey, Partition, claim_key
from gazette.ports import LedgerPage
from gazette.store.pages import NEWEST_PAGE, PAGE_BYTES, PLACES_PAGE


@dataclass(slots=True)
class _Items:
    """The records of a partition by sort key, and those keys in order."""

    records: dict[str, LedgerItem] = field(default_factory=dict)
    sorts: list[str] = field(default_factory=list)

    def between(self, start: int, end: int) -> Iterator[LedgerItem]:
        return (self.records[self.sorts[position]] for position in range(start, end))

    def backwards(self, start: int, end: int) -> Iterator[LedgerItem]:
        return (self.records[self.sorts[position]] for position in range(end - 1, start - 1, -1))

    def with_prefix(self, prefix: str) -> tuple[int, int]:
        start = bisect_left(self.sorts, prefix)
        end = bisect_left(self.sorts, prefix + "\U0010ffff") if prefix else len(self.sorts)
        return start, end


class MemoryLedger:
    """A `Ledger` and a `LedgerListing` of dictionaries; ``on_write`` hears every place written."""

    def __init__(self, calls: Counter[str], on_write: Callable[[ItemKey], None]) -> None:
        self._partitions: defaultdict[Partition, _Items] = defaultdict(_Items)
        self._calls = calls
        self._on_write = on_write

    def get(self, item_key: ItemKey) -> LedgerItem | None:
        self._calls["dynamodb.GetItem"] += 1
        return self._held(item_key)

    def scan(self, partition: Partition, prefix: str = "") -> Iterator[LedgerItem]:
        items = self._items(partition)
        yield from self._pages(items.between(*items.with_prefix(prefix)))

    def newest(self, partition: Partition, prefix: str) -> Iterator[LedgerItem]:
        items = self._items(partition)
        yield from self._pages(items.backwards(*items.with_prefix(prefix)), NEWEST_PAGE)

    def after(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        items = self._items(item_key.partition)
        start = bisect_right(items.sorts, item_key.sort)
        yield from self._pages(items.between(start, len(items.sorts)), page)

    def before(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        items = self._items(item_key.partition)
        yield from self._pages(items.backwards(0, bisect_left(items.sorts, item_key.sort)), page)

    def put(self, record: LedgerItem) -> bool:
        self._calls["dynamodb.PutItem"] += 1
        held = self._held(record.key)
        if held is not None and held.revision >= record.revision:
            return False
        self._write(record)
        return True

    def claim(self, base_path: str, event_id: str) -> str:
        item_key = claim_key(base_path)
        self._calls["dynamodb.PutItem"] += 1
        held = self._held(item_key)
        if held is None:
            self._write(LedgerItem(item_key, 0, event_id))
            return event_id
        self._calls["dynamodb.GetItem"] += 1
        return held.payload

    def held(self, item_keys: Sequence[ItemKey]) -> dict[ItemKey, LedgerItem]:
        self._calls["dynamodb.BatchGetItem"] += 1
        found = ((item_key, self._held(item_key)) for item_key in item_keys)
        return {item_key: record for item_key, record in found if record is not None}

    def pages(self, segment: int, segments: int, after: ItemKey | None) -> Iterator[LedgerPage]:
        item_keys = iter(self._segment(segment, segments, after))
        while True:
            self._calls["dynamodb.Scan"] += 1
            page = tuple(islice(item_keys, PLACES_PAGE))
            last = page[-1] if len(page) == PLACES_PAGE else None
            yield LedgerPage(page, last)
            if last is None:
                return

    def _segment(self, segment: int, segments: int, after: ItemKey | None) -> list[ItemKey]:
        """Return the places of the partitions that a hash puts into a segment, in any fixed order.

        What is written meanwhile may be missing, as it may on DynamoDB.
        """
        return [
            ItemKey(partition, sort)
            for partition in sorted(self._partitions)
            if crc32(str(partition).encode()) % segments == segment
            for sort in self._partitions[partition].sorts
            if after is None or (partition, sort) > after
        ]

    def _items(self, partition: Partition) -> _Items:
        return self._partitions.get(partition) or _Items()

    def _held(self, item_key: ItemKey) -> LedgerItem | None:
        return self._items(item_key.partition).records.get(item_key.sort)

    def _pages(
        self, records: Iterable[LedgerItem], most: int | None = None
    ) -> Iterator[LedgerItem]:
        """Count a Query for every page: ``most`` records at most, or a megabyte."""
        self._calls["dynamodb.Query"] += 1
        count = size = 0
        for record in records:
            length = len(record.payload.encode())
            if count == most or size + length > PAGE_BYTES:
                self._calls["dynamodb.Query"] += 1
                count = size = 0
            count, size = count + 1, size + length
            yield record
        if count == most:  # only an empty page tells that nothing follows
            self._calls["dynamodb.Query"] += 1

    def _write(self, record: LedgerItem) -> None:
        items = self._partitions[record.key.partition]
        if record.key.sort not in items.records:
            insort(items.sorts, record.key.sort)
        items.records[record.key.sort] = record
        self._on_write(record.key)
