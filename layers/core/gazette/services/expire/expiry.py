"""Expiry: tells what shows something that is too old for it by now, so that it is made again.

Each time line is told in the name of the day, or of the hour, in which what it shows grew too old;
so whoever tells it twice writes nothing, and a run that was missed is made up for by the next.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile

from gazette.models.ledger import keys
from gazette.models.ledger.entry import read_entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey, Partition
from gazette.models.work.reports import ExpiryReport
from gazette.ports import Ledger
from gazette.projections.calendar.news_sitemap import hour_number, oldest_news
from gazette.projections.history.tombstones import first_day_shown

# So long may no run have come to its end, before a tombstone stays until its feed changes.
MAKES_UP_FOR = timedelta(days=3)
_PAGE = 100
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Expirer:
    """Finds the tombstones that nobody is to see any more, and the news that is none any more."""

    ledger: Ledger
    tombstone_days: int

    def expire(self, now: datetime, makes_up_for: timedelta = MAKES_UP_FOR) -> ExpiryReport:
        """Tell the time lines of what grew too old until now."""
        end = first_day_shown(now, self.tombstone_days)
        told = self._tell_timelines(end - makes_up_for - _ONE_DAY, end)
        return ExpiryReport(timelines=told, has_aged_news=self._tell_news(now))

    def _tell_timelines(self, start: date, end: date) -> int:
        """Tell the time lines with tombstones of these days, ``end`` not included."""
        newest = {timeline: day for day, timeline in self._retractions(start, end)}
        return sum(
            self.ledger.put(LedgerItem(ItemKey(timeline, keys.EXPIRED), self._expiry(day), "{}"))
            for timeline, day in newest.items()
        )

    def _retractions(self, start: date, end: date) -> Iterator[tuple[date, Partition]]:
        """Yield the time lines of the index between two days, the oldest day first."""
        for month in _months(start, end):
            records = self.ledger.after(ItemKey(month, start.isoformat()), _PAGE)
            within = takewhile(lambda record: record.key.sort < end.isoformat(), records)
            yield from (keys.read_retractions_sort(record.key.sort) for record in within)

    def _expiry(self, day: date) -> int:
        """Number the first day on which the tombstones of a day are not shown."""
        return day.toordinal() + self.tombstone_days + 1

    def _tell_news(self, now: datetime) -> bool:
        """Tell the news sitemap in which hour the newest entry was published that it lost."""
        record = next(self.ledger.before(ItemKey(keys.SITE, oldest_news(now)), 1), None)
        if record is None or not record.key.sort.startswith(keys.ENTRY):
            return False
        hour = hour_number(read_entry(record.payload).published)
        return self.ledger.put(LedgerItem(ItemKey(keys.SITE, keys.AGED), hour, "{}"))


def _months(start: date, end: date) -> Iterator[Partition]:
    days = (end - start).days
    months = (keys.retractions_partition(start + day * _ONE_DAY) for day in range(days))
    yield from dict.fromkeys(months)
