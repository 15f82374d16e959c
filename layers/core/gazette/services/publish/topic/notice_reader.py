"""Reads the notices that a subscription document shows next to its newest entries (SPEC T)."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, takewhile
from typing import NamedTuple

from gazette.models.frozen import rfc3339
from gazette.models.ledger import keys
from gazette.models.ledger.changed import CorrectedEvent
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.product import TOMBSTONES_SHOWN
from gazette.ports import Clock, Ledger
from gazette.projections.feeds.segments import read_entries
from gazette.projections.items.tombstones import first_moment_shown
from gazette.services.publish.archive.entries_and_left import has_left
from gazette.services.publish.images.event_images import with_their_images
from gazette.services.publish.known_items import end_of


class Notices(NamedTuple):
    """Withdrawn events, and corrected ones that the live document does not list, newest first.

    ``changed`` is when an event was withdrawn last, also when that is not shown any more.
    """

    withdrawn: tuple[Entry, ...]
    corrected: tuple[Entry, ...]
    changed: datetime | None


@dataclass(frozen=True, slots=True)
class NoticeReader:
    """Reads what was withdrawn or corrected last on a time line, in the last ``days`` days.

    Only so many as a feed shows (SPEC T4): many at once make no later event dearer.
    """

    ledger: Ledger
    days: int
    clock: Clock

    def read(self, partition: Partition, live: Container[str], changed: datetime | None) -> Notices:
        """Read the notices; ``live`` are the events that the document lists anyway.

        ``changed`` is when an event changed last that the time line had before, if one did.
        """
        first = first_moment_shown(self.clock(), self.days)
        all_withdrawn = self._withdrawn(partition)
        withdrawn = tuple(_since(first, all_withdrawn))
        has_changed = changed is not None and changed >= first
        corrected = self._corrected(partition, live, first) if has_changed else ()
        newest = sorted((*withdrawn, *corrected), key=_time_and_id)[: -TOMBSTONES_SHOWN - 1 : -1]
        return Notices(
            read_entries(item for item in newest if item in withdrawn),
            self._entries(partition, [item for item in newest if item in corrected]),
            max((entry.updated for entry in read_entries(all_withdrawn)), default=None),
        )

    def _withdrawn(self, partition: Partition) -> tuple[LedgerItem, ...]:
        if not has_left(self.ledger, partition):
            return ()
        return tuple(islice(self._newest(partition, keys.RETRACTED), TOMBSTONES_SHOWN))

    def _corrected(
        self, partition: Partition, live: Container[str], first: datetime
    ) -> tuple[LedgerItem, ...]:
        """Read as many as may be shown. Of the live events, each has one item at most."""
        newest = _since(first, self._newest(partition, keys.CORRECTED))
        return tuple(
            islice((item for item in newest if _event_of(item) not in live), TOMBSTONES_SHOWN)
        )

    def _newest(self, partition: Partition, prefix: str) -> Iterator[LedgerItem]:
        return self.ledger.before(ItemKey(partition, end_of(prefix)), TOMBSTONES_SHOWN)

    def _entries(self, partition: Partition, found: Sequence[LedgerItem]) -> tuple[Entry, ...]:
        """Read the entries of corrected events; one that has just left has none any more."""
        if not found:
            return ()
        item_keys = [ItemKey(partition, _entry_sort(item)) for item in found]
        items = self.ledger.get_several(item_keys)
        entries = read_entries(items[each] for each in item_keys if each in items)
        return with_their_images(self.ledger, partition, entries)


def _since(first: datetime, newest_first: Iterable[LedgerItem]) -> Iterator[LedgerItem]:
    oldest = rfc3339(first)
    return takewhile(lambda item: _time_and_id(item) >= oldest, newest_first)


def _time_and_id(item: LedgerItem) -> str:
    return item.key.sort.partition("#")[2]


def _event_of(item: LedgerItem) -> str:
    return item.key.sort.split("#", 2)[2]


def _entry_sort(item: LedgerItem) -> str:
    published = CorrectedEvent.model_validate_json(item.payload).published
    return keys.entry_sort(published, _event_of(item))
