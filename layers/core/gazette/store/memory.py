"""The ledger in memory, under the contract tests of the DynamoDB ledger, call counts included."""

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from zlib import crc32

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import (
    SNAPSHOT,
    ItemKey,
    Partition,
    claim_key,
    deletion_key,
    is_listed,
    listed_key,
    prefix_of,
)
from gazette.models.limits import (
    MAX_DYNAMODB_ITEM_BYTES,
    MAX_KEYS_A_PAGE,
    MAX_KEYS_A_READ,
    MAX_NEWEST_ITEMS_A_PAGE,
    MAX_PAGE_BYTES,
    MAX_PARTITION_KEY_BYTES,
    MAX_SORT_KEY_BYTES,
)
from gazette.ports import Clock, LedgerPage
from gazette.store.expiry import expiry_of


@dataclass(slots=True)
class _PartitionItems:
    """The items of a partition by sort key, and the sort keys in order."""

    items: dict[str, LedgerItem] = field(default_factory=dict)
    sorts: list[str] = field(default_factory=list)

    def between(self, start: int, end: int) -> Iterator[LedgerItem]:
        return (self.items[self.sorts[position]] for position in range(start, end))

    def backwards(self, start: int, end: int) -> Iterator[LedgerItem]:
        return (self.items[self.sorts[position]] for position in range(end - 1, start - 1, -1))

    def with_prefix(self, prefix: str) -> tuple[int, int]:
        start = bisect_left(self.sorts, prefix)
        end = bisect_left(self.sorts, prefix + "\U0010ffff") if prefix else len(self.sorts)
        return start, end


class MemoryLedger:
    """A `Ledger` and a `LedgerListing` in dictionaries; a write calls ``on_write`` with its key.

    A removal calls nothing: the stream's filter leaves it out.
    """

    def __init__(
        self, calls: Counter[str], on_write: Callable[[ItemKey], None], clock: Clock
    ) -> None:
        self._partitions: defaultdict[Partition, _PartitionItems] = defaultdict(_PartitionItems)
        self._calls = calls
        self._on_write = on_write
        self._clock = clock
        self._expiry: dict[ItemKey, int] = {}

    def get(self, item_key: ItemKey) -> LedgerItem | None:
        self._calls["dynamodb.GetItem"] += 1
        return self._find(item_key)

    def scan(self, partition: Partition, prefix: str = "") -> Iterator[LedgerItem]:
        items = self._items(partition)
        yield from self._pages(items.between(*items.with_prefix(prefix)))

    def newest(self, partition: Partition, prefix: str) -> Iterator[LedgerItem]:
        items = self._items(partition)
        yield from self._pages(items.backwards(*items.with_prefix(prefix)), MAX_NEWEST_ITEMS_A_PAGE)

    def after(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        items = self._items(item_key.partition)
        _, end = items.with_prefix(prefix_of(item_key.sort))
        start = bisect_right(items.sorts, item_key.sort)
        yield from self._pages(items.between(start, end), page)

    def before(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        items = self._items(item_key.partition)
        start, _ = items.with_prefix(prefix_of(item_key.sort))
        end = bisect_left(items.sorts, item_key.sort)
        yield from self._pages(items.backwards(start, end), page)

    def put(self, item: LedgerItem) -> bool:
        if not (item.deleted and is_listed(item.key)):
            return self._put(item)
        is_written = self._put(item._replace(key=deletion_key(item.key)))
        self._remove(item.key, item.revision)
        return is_written

    def replace(self, item: LedgerItem, expected_revision: int) -> bool:
        self._calls["dynamodb.PutItem"] += 1
        found = self._find_raw(item.key)
        if (found.revision if found else 0) != expected_revision:
            return False
        self._write(item)
        return True

    def remove_overtaken(self, item_keys: Iterable[ItemKey]) -> None:
        listed = dict.fromkeys(filter(is_listed, map(listed_key, item_keys)))
        deletions = self._get_all(map(deletion_key, listed))
        deleted = {listed_key(item_key): item for item_key, item in deletions.items()}
        for item_key, live in self._get_all(deleted).items():
            if live.revision < deleted[item_key].revision:
                self._remove(item_key, deleted[item_key].revision)

    def claim(self, base_path: str, event_id: str) -> str:
        item_key = claim_key(base_path)
        self._calls["dynamodb.PutItem"] += 1
        found = self._find(item_key)
        if found is None:
            self._write(LedgerItem(item_key, 0, event_id))
            return event_id
        self._calls["dynamodb.GetItem"] += 1
        return found.payload

    def get_many(self, item_keys: Sequence[ItemKey]) -> dict[ItemKey, LedgerItem]:
        return self._get_all(item_keys)

    def list_keys(self, segment: int, segments: int, after: ItemKey | None) -> Iterator[LedgerPage]:
        item_keys = iter(self._segment(segment, segments, after))
        while True:
            self._calls["dynamodb.Scan"] += 1
            page = list(islice(item_keys, MAX_KEYS_A_PAGE))
            last = page[-1] if len(page) == MAX_KEYS_A_PAGE else None
            undated = tuple(filter(self._is_undated, map(self._stored, page)))
            found = tuple(key for key in page if not self._has_expired(key))
            revisions = tuple(self._stored(key).revision for key in found)
            yield LedgerPage(found, last, undated, revisions)
            if last is None:
                return

    def expire(self, item: LedgerItem) -> None:
        if is_listed(item.key):
            self._put(item._replace(key=deletion_key(item.key)))
            self._remove(item.key, item.revision + 1)
        elif self._stored(item.key).revision == item.revision:
            self._write(item)

    def write_undated(self, item: LedgerItem) -> None:
        """Delete an item as release 0.1.0 did: in its place, without an expiry."""
        self._write(item)
        self._expiry.pop(item.key, None)

    def _stored(self, item_key: ItemKey) -> LedgerItem:
        return self._partitions[item_key.partition].items[item_key.sort]

    def _is_undated(self, item: LedgerItem) -> bool:
        is_dated = item.key in self._expiry or item.key.sort == SNAPSHOT
        return item.deleted and not is_dated

    def _segment(self, segment: int, segments: int, after: ItemKey | None) -> list[ItemKey]:
        """Return the keys of the partitions whose hash falls into a segment, in any fixed order.

        Items written during the listing may be missing, as on DynamoDB.
        """
        return [
            ItemKey(partition, sort)
            for partition in sorted(self._partitions)
            if crc32(str(partition).encode()) % segments == segment
            for sort in self._partitions[partition].sorts
            if after is None or (partition, sort) > after
        ]

    def _items(self, partition: Partition) -> _PartitionItems:
        return self._partitions.get(partition) or _PartitionItems()

    def _get_all(self, item_keys: Iterable[ItemKey]) -> dict[ItemKey, LedgerItem]:
        found: dict[ItemKey, LedgerItem] = {}
        rest = iter(dict.fromkeys(item_keys))
        while some := list(islice(rest, MAX_KEYS_A_READ)):
            self._calls["dynamodb.BatchGetItem"] += 1
            items = ((item_key, self._find(item_key)) for item_key in some)
            found.update((item_key, item) for item_key, item in items if item is not None)
        return found

    def _find(self, item_key: ItemKey) -> LedgerItem | None:
        item = self._find_raw(item_key)
        return None if item is None or _is_left_in_list(item) else item

    def _find_raw(self, item_key: ItemKey) -> LedgerItem | None:
        """Return an item that conditions of writes see."""
        if self._has_expired(item_key):
            return None
        return self._items(item_key.partition).items.get(item_key.sort)

    def _has_expired(self, item_key: ItemKey) -> bool:
        expires_at = self._expiry.get(item_key)
        return expires_at is not None and expires_at <= self._clock().timestamp()

    def _pages(self, items: Iterable[LedgerItem], most: int | None = None) -> Iterator[LedgerItem]:
        """Count one Query per page of up to ``most`` items or one megabyte."""
        self._calls["dynamodb.Query"] += 1
        count = size = 0
        for item in items:
            length = len(item.payload.encode())
            if count == most or size + length > MAX_PAGE_BYTES:
                self._calls["dynamodb.Query"] += 1
                count = size = 0
            count, size = count + 1, size + length
            if not (self._has_expired(item.key) or _is_left_in_list(item)):
                yield item
        if count == most:  # DynamoDB only ends with an empty page
            self._calls["dynamodb.Query"] += 1

    def _put(self, item: LedgerItem) -> bool:
        self._calls["dynamodb.PutItem"] += 1
        found = self._find_raw(item.key)
        if found is not None and found.revision >= item.revision:
            return False
        self._write(item)
        return True

    def _remove(self, item_key: ItemKey, before: int) -> None:
        """Remove a live item of an older revision than ``before``."""
        self._calls["dynamodb.DeleteItem"] += 1
        found = self._find_raw(item_key)
        if found is not None and found.revision < before:
            items = self._items(item_key.partition)
            del items.items[item_key.sort]
            del items.sorts[bisect_left(items.sorts, item_key.sort)]

    def _write(self, item: LedgerItem) -> None:
        _expect_bounds(item)
        items = self._partitions[item.key.partition]
        if item.key.sort not in items.items:
            insort(items.sorts, item.key.sort)
        items.items[item.key.sort] = item
        self._expiry.pop(item.key, None)
        if (expires_at := expiry_of(item, self._clock())) is not None:
            self._expiry[item.key] = expires_at
        self._on_write(item.key)


def _is_left_in_list(item: LedgerItem) -> bool:
    """Return whether release 0.1.0 deleted a listed item."""
    return item.deleted and is_listed(item.key)


def _expect_bounds(item: LedgerItem) -> None:
    """Refuse what DynamoDB refuses.

    Raises:
        ValueError: a key or the item is too long.
    """
    partition, sort = item.key
    sizes = (
        ("partition key", len(str(partition).encode()), MAX_PARTITION_KEY_BYTES),
        ("sort key", len(sort.encode()), MAX_SORT_KEY_BYTES),
        ("item", item.size_bytes, MAX_DYNAMODB_ITEM_BYTES),
    )
    for name, size, most in sizes:
        if size > most:
            raise ValueError(f"{size:,} bytes of {name} in {partition}: at most {most:,} are taken")
