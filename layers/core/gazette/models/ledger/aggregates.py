"""Counts that a partition writes into its parent: always recomputed, never incremented.

Above a month and above a topic they are coarse, so that most events leave them, and the pages that
show them, as they are.
"""

from datetime import datetime
from sys import getsizeof
from typing import Annotated

from pydantic import Field

from gazette.models.byte_cache import CachedFunction
from gazette.models.frozen import Moment, Stored
from gazette.models.limits import MAX_COUNTS_CACHE_BYTES

# Counts are exact below this.
FIRST_COARSE_COUNT = 10


def coarse_count(count: int) -> int:
    """Return the largest of 10, 20, 50, 100, … that a count reaches; a smaller one is exact."""
    if count < FIRST_COARSE_COUNT:
        return count
    unit = int("1".ljust(len(str(count)), "0"))
    return next(step * unit for step in (5, 2, 1) if step * unit <= count)


def _is_zero(number: int) -> bool:
    return not number


# The revision of an item with which it got its first and last day with events, if it was replaced
# since then and kept them; 0 for its newest revision.
Since = Annotated[int, Field(exclude_if=_is_zero)]


class DayCount(Stored):
    """The number of events of a day and its last significant change, as its month stores them."""

    count: int
    updated: Moment | None
    since: Since = 0
    # Release 0.1.0 counted revisions here, and needs the field when it reads what others wrote.
    revisions: int = 0


class PeriodCounts(Stored):
    """The days with events of a month or a year, by ISO date, as its parent stores them.

    ``total`` is the coarse number of events. Where it is 0, as release 0.1.0 left it, the days have
    exact counts.
    """

    days: dict[str, DayCount]
    revisions: int = 0  # as in `DayCount`
    total: int = 0
    since: Since = 0

    @property
    def count(self) -> int:
        return self.total or sum(day.count for day in self.days.values())

    @property
    def updated(self) -> datetime | None:
        return max((day.updated for day in self.days.values() if day.updated), default=None)


def _memory(counts: PeriodCounts, payload: str) -> int:
    """Estimate the bytes that counts take in memory, with the payload."""
    return getsizeof(payload) + 1000 * (1 + len(counts.days))


_PERIODS: CachedFunction[[str], PeriodCounts] = CachedFunction(
    PeriodCounts.model_validate_json, _memory, MAX_COUNTS_CACHE_BYTES
)


def read_period_counts(payload: str) -> PeriodCounts:
    """Read stored counts, or return those that were read from the same payload before."""
    return _PERIODS(payload)


class TopicMonthCount(Stored):
    """The number of live entries of a topic in one month, and its first and last day (ISO).

    ``days`` has the number of each day, from the first of the month to the last day with entries.
    It is None where an earlier release has counted, which had items of their own for days.
    """

    count: int
    first: str | None = None
    last: str | None = None
    days: tuple[int, ...] | None = None


class TopicCount(Stored):
    """The coarse number of live entries of a topic, for the index."""

    slug: str
    label: str
    count: int
    last: str | None = None  # Release 0.1.0 stored the day of the newest entry.


class InitialCounts(Stored):
    """The number of topics of one initial, and the largest of them, for the index of topics."""

    topics: int
    largest: tuple[TopicCount, ...]
