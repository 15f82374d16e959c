"""A ledger by the rules of DynamoDB on any store that keeps items in order; counts its calls."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple
from zlib import crc32

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import (
    SNAPSHOT,
    ItemKey,
    claim_key,
    deletion_key,
    is_listed,
    listed_key,
    prefix_of,
)
from gazette.models.ledger.partitions import Partition
from gazette.models.limits import (
    MAX_KEYS_A_PAGE,
    MAX_KEYS_A_READ,
    MAX_NEWEST_ITEMS_A_PAGE,
    MAX_PAGE_BYTES,
)
from gazette.ports import Clock, LedgerPage
from gazette.store.bounds import expect_bounds
from gazette.store.expiry import expiry_of

# Greater than every character of a sort key.
_END = "\U0010ffff"


class KeptItem(NamedTuple):
    """An item as the store keeps it; it expires at a time in seconds since 1970, or never."""

    item: LedgerItem
    expires_at: int | None


class Range(NamedTuple):
    """Sort keys from ``start`` on and before ``end``, in order or backwards."""

    start: str
    end: str = _END
    backwards: bool = False


class LocalLedger(ABC):
    """A `Ledger` and a `LedgerListing`; a write calls ``on_write`` with its key.

    A removal calls nothing: the stream's filter leaves it out. A subclass keeps the items.
    """

    def __init__(
        self, calls: Counter[str], on_write: Callable[[ItemKey], None], clock: Clock
    ) -> None:
        self._calls = calls
        self._on_write = on_write
        self._clock = clock

    @abstractmethod
    def _kept(self, item_key: ItemKey) -> KeptItem | None:
        """Return what is kept at a key, expired or not."""

    @abstractmethod
    def _range(self, partition: Partition, sorts: Range) -> Iterator[KeptItem]:
        """Return what is kept at the sort keys of a partition, expired or not."""

    @abstractmethod
    def _keep(self, kept: KeptItem) -> None:
        """Keep an item in place of the one at its key."""

    @abstractmethod
    def _drop(self, item_key: ItemKey) -> None:
        """Remove the item at a key, which exists."""

    @abstractmethod
    def _all_keys(self) -> Iterable[tuple[Partition, Iterable[str]]]:
        """Return the partitions and their sort keys, both in order."""

    def get(self, item_key: ItemKey) -> LedgerItem | None:
        self._calls["dynamodb.GetItem"] += 1
        return self._find(item_key)

    def scan(self, partition: Partition, prefix: str = "") -> Iterator[LedgerItem]:
        yield from self._pages(self._range(partition, Range(prefix, prefix + _END)))

    def newest(self, partition: Partition, prefix: str) -> Iterator[LedgerItem]:
        sorts = Range(prefix, prefix + _END, backwards=True)
        yield from self._pages(self._range(partition, sorts), MAX_NEWEST_ITEMS_A_PAGE)

    def after(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        partition, sort = item_key
        yield from self._pages(
            self._range(partition, Range(sort + "\0", prefix_of(sort) + _END)), page
        )

    def before(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        partition, sort = item_key
        yield from self._pages(
            self._range(partition, Range(prefix_of(sort), sort, backwards=True)), page
        )

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

    def get_several(self, item_keys: Sequence[ItemKey]) -> dict[ItemKey, LedgerItem]:
        return self._get_all(item_keys)

    def list_keys(self, segment: int, segments: int, after: ItemKey | None) -> Iterator[LedgerPage]:
        item_keys = iter(self._segment(segment, segments, after))
        while True:
            self._calls["dynamodb.Scan"] += 1
            page = list(islice(item_keys, MAX_KEYS_A_PAGE))
            last = page[-1] if len(page) == MAX_KEYS_A_PAGE else None
            kept = [one for item_key in page if (one := self._kept(item_key))]
            undated = tuple(one.item for one in kept if _is_undated(one))
            found = tuple(one.item for one in kept if not self._has_expired(one))
            yield LedgerPage(
                tuple(item.key for item in found),
                last,
                undated,
                tuple(item.revision for item in found),
            )
            if last is None:
                return

    def expire(self, item: LedgerItem) -> None:
        kept = self._kept(item.key)
        if is_listed(item.key):
            self._put(item._replace(key=deletion_key(item.key)))
            self._remove(item.key, item.revision + 1)
        elif kept and kept.item.revision == item.revision:
            self._write(item)

    def write_undated(self, item: LedgerItem) -> None:
        """Delete an item as release 0.1.0 did: in its place, without an expiry."""
        self._keep(KeptItem(item, None))
        self._on_write(item.key)

    def _segment(self, segment: int, segments: int, after: ItemKey | None) -> list[ItemKey]:
        """Return the keys of the partitions whose hash falls into a segment, in any fixed order.

        Items written during the listing may be missing, as on DynamoDB.
        """
        return [
            ItemKey(partition, sort)
            for partition, sorts in self._all_keys()
            if crc32(str(partition).encode()) % segments == segment
            for sort in sorts
            if after is None or (partition, sort) > after
        ]

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
        kept = self._kept(item_key)
        return None if kept is None or self._has_expired(kept) else kept.item

    def _has_expired(self, kept: KeptItem) -> bool:
        return kept.expires_at is not None and kept.expires_at <= self._clock().timestamp()

    def _pages(self, found: Iterable[KeptItem], most: int | None = None) -> Iterator[LedgerItem]:
        """Count one Query per page of up to ``most`` items or one megabyte."""
        self._calls["dynamodb.Query"] += 1
        count = size = 0
        for kept in found:
            length = len(kept.item.payload.encode())
            if count == most or size + length > MAX_PAGE_BYTES:
                self._calls["dynamodb.Query"] += 1
                count = size = 0
            count, size = count + 1, size + length
            if not (self._has_expired(kept) or _is_left_in_list(kept.item)):
                yield kept.item
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
            self._drop(item_key)

    def _write(self, item: LedgerItem) -> None:
        expect_bounds(item)
        self._keep(KeptItem(item, expiry_of(item, self._clock())))
        self._on_write(item.key)


def _is_undated(kept: KeptItem) -> bool:
    return kept.item.deleted and kept.expires_at is None and kept.item.key.sort != SNAPSHOT


def _is_left_in_list(item: LedgerItem) -> bool:
    """Return whether release 0.1.0 deleted a listed item."""
    return item.deleted and is_listed(item.key)
