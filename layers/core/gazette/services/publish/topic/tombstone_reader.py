"""Reads the tombstones that a subscription document shows (SPEC T)."""

from dataclasses import dataclass
from itertools import islice, takewhile

from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.keys import Partition
from gazette.models.product import TOMBSTONES_SHOWN
from gazette.ports import Clock, Ledger
from gazette.projections.feeds.segments import read_entries
from gazette.projections.history.tombstones import oldest_shown


@dataclass(frozen=True, slots=True)
class TombstoneReader:
    """Reads what was withdrawn last from a time line, in the last ``days`` days, newest first.

    After a mass withdrawal a feed would otherwise hold thousands of tombstones (SPEC T4).
    """

    ledger: Ledger
    days: int
    clock: Clock

    def read(self, partition: Partition) -> tuple[Entry, ...]:
        oldest = oldest_shown(self.clock(), self.days)
        newest_first = self.ledger.newest(partition, keys.RETRACTED)
        shown = takewhile(lambda item: item.key.sort >= oldest, newest_first)
        withdrawn = (item for item in shown if not item.deleted)
        return read_entries(islice(withdrawn, TOMBSTONES_SHOWN))
