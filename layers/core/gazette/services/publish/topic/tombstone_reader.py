"""Reads the tombstones that a subscription document shows (SPEC T)."""

from dataclasses import dataclass
from itertools import islice, takewhile

from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.product import TOMBSTONES_SHOWN
from gazette.ports import Clock, Ledger
from gazette.projections.feeds.segments import read_entries
from gazette.projections.items.tombstones import oldest_shown
from gazette.services.publish.archive.entries_and_left import has_left


@dataclass(frozen=True, slots=True)
class TombstoneReader:
    """Reads what was withdrawn last from a time line, in the last ``days`` days, newest first.

    Only so many as a feed shows (SPEC T4): a mass withdrawal makes no later event dearer.
    """

    ledger: Ledger
    days: int
    clock: Clock

    def read(self, partition: Partition) -> tuple[Entry, ...]:
        if not has_left(self.ledger, partition):
            return ()
        oldest = oldest_shown(self.clock(), self.days)
        end = ItemKey(partition, keys.AFTER_RETRACTED)
        newest = islice(self.ledger.before(end, TOMBSTONES_SHOWN), TOMBSTONES_SHOWN)
        return read_entries(takewhile(lambda item: item.key.sort >= oldest, newest))
