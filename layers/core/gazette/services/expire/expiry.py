"""Expiry: requests a rebuild of feeds and the news sitemap when they show expired entries.

The revision of a request is the day, or the hour, of the expiry. So a repeated request writes
nothing, and a later run catches up on missed ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.entry import read_entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.product import EXPIRY_LOOKS_BACK
from gazette.models.tasks.reports import ExpiryReport
from gazette.ports import Ledger
from gazette.projections.calendar.news_sitemap import hour_number, oldest_news
from gazette.projections.items.tombstones import first_day_shown, read_retractions_sort

_PAGE = 100
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Expirer:
    """Finds timelines with expired tombstones, and expired news."""

    ledger: Ledger
    tombstone_days: int

    def expire(self, now: datetime, catch_up: timedelta = EXPIRY_LOOKS_BACK) -> ExpiryReport:
        """Request a rebuild of all documents whose entries expired before ``now``."""
        end = first_day_shown(now, self.tombstone_days)
        timelines = self._expire_tombstones(end - catch_up - _ONE_DAY, end)
        return ExpiryReport(timelines=timelines, has_aged_news=self._expire_news(now))

    def _expire_tombstones(self, start: date, end: date) -> int:
        """Request a rebuild of timelines with tombstones of these days, without ``end``."""
        newest = {timeline: day for day, timeline in self._retractions(start, end)}
        return sum(
            self.ledger.put(LedgerItem(ItemKey(timeline, keys.EXPIRED), self._expiry(day), "{}"))
            for timeline, day in newest.items()
        )

    def _retractions(self, start: date, end: date) -> Iterator[tuple[date, Partition]]:
        """Yield the timelines with tombstones between two days, the oldest day first."""
        for month in _months(start, end):
            records = self.ledger.after(ItemKey(month, start.isoformat()), _PAGE)
            within = takewhile(lambda record: record.key.sort < end.isoformat(), records)
            yield from (read_retractions_sort(record.key.sort) for record in within)

    def _expiry(self, day: date) -> int:
        """Return the ordinal of the first day on which the tombstones of a day are hidden."""
        return day.toordinal() + self.tombstone_days + 1

    def _expire_news(self, now: datetime) -> bool:
        """Request a rebuild of the news sitemap for the hour of the newest expired entry."""
        record = next(self.ledger.before(ItemKey(partitions.SITE, oldest_news(now)), 1), None)
        if record is None or not record.key.sort.startswith(keys.ENTRY):
            return False
        hour = hour_number(read_entry(record.payload).published)
        return self.ledger.put(LedgerItem(ItemKey(partitions.SITE, keys.AGED), hour, "{}"))


def _months(start: date, end: date) -> Iterator[Partition]:
    days = (end - start).days
    months = (partitions.retractions_partition(start + day * _ONE_DAY) for day in range(days))
    yield from dict.fromkeys(months)
