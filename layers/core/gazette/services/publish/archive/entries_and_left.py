"""Reads the places of a time line: what is live there, and what was and left (SPEC T2, P9).

An entry that leaves keeps its place. So the cuts of a time line do not move, and an address of its
archive that was published once always answers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import groupby

from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.ports import Ledger


@dataclass(frozen=True, slots=True)
class EntriesAndLeft:
    """Reads live entries and the places of others as one list, in which the latter are *deleted*.

    All have the sort keys of live entries. Where an event is live again, its entry counts. Updates
    and corrections never leave, so they have no other places. A time line that no event ever left
    has none either, and its `keys.last_deleted_key` says so.
    """

    ledger: Ledger

    def newest(self, partition: Partition) -> Iterator[LedgerItem]:
        live = self.ledger.newest(partition, keys.timeline_prefix(partition))
        if not has_left(self.ledger, partition):
            return live
        return _together(live, self.ledger.newest(partition, keys.LEFT_ENTRY), is_newest_first=True)

    def after(self, item_key: ItemKey, page: int) -> Iterator[LedgerItem]:
        live = self.ledger.after(item_key, page)
        if not has_left(self.ledger, item_key.partition):
            return live
        return _together(live, self.ledger.after(_left(item_key), page), is_newest_first=False)

    def before(self, item_key: ItemKey, page: int) -> Iterator[LedgerItem]:
        live = self.ledger.before(item_key, page)
        if not has_left(self.ledger, item_key.partition):
            return live
        return _together(live, self.ledger.before(_left(item_key), page), is_newest_first=True)

    def get(self, item_key: ItemKey) -> LedgerItem | None:
        live = self.ledger.get(item_key)
        if live is not None or not has_left(self.ledger, item_key.partition):
            return live
        left = self.ledger.get(_left(item_key))
        return left and _as_deleted(left)


def has_left(ledger: Ledger, partition: Partition) -> bool:
    """Return whether an event ever left a time line.

    What leaves says so before its deletion brings a record, so no record comes too early.
    """
    is_left = keys.timeline_prefix(partition) == keys.ENTRY
    return is_left and ledger.get(keys.last_deleted_key(partition)) is not None


def _together(
    live: Iterator[LedgerItem], left: Iterator[LedgerItem], *, is_newest_first: bool
) -> Iterator[LedgerItem]:
    """Merge live entries and places, which are in one order; of one event the entry counts."""
    both = merge(live, map(_as_deleted, left), key=_sort, reverse=is_newest_first)
    for _, same in groupby(both, key=_sort):
        yield min(same, key=_is_deleted)


def _sort(item: LedgerItem) -> str:
    return item.key.sort


def _is_deleted(item: LedgerItem) -> bool:
    return item.deleted


def _left(item_key: ItemKey) -> ItemKey:
    return ItemKey(item_key.partition, item_key.sort.replace(keys.ENTRY, keys.LEFT_ENTRY, 1))


def _as_deleted(item: LedgerItem) -> LedgerItem:
    sort = item.key.sort.replace(keys.LEFT_ENTRY, keys.ENTRY, 1)
    return item._replace(key=ItemKey(item.key.partition, sort), deleted=True)
