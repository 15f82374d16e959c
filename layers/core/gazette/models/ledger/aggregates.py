"""The figures a partition leaves in the one above it: derived by publishing, never incremented."""

from datetime import datetime

from gazette.models.frozen import Frozen, Moment


class DayCount(Frozen):
    """A day as its month sees it: how many events, and the last significant change of any.

    ``revisions`` is the sum of the revision numbers of all its records, those of departed events
    included: it grows with every change, so that what reflects more of them wins.
    """

    count: int
    updated: Moment | None
    revisions: int


class PeriodCounts(Frozen):
    """A month as its year sees it, or a year as the calendar does: days with events, by date.

    ``revisions`` is the sum of those of all days below, empty ones included.
    """

    days: dict[str, DayCount]
    revisions: int

    @property
    def count(self) -> int:
        return sum(day.count for day in self.days.values())

    @property
    def updated(self) -> datetime | None:
        return max((day.updated for day in self.days.values() if day.updated), default=None)


class TopicDayCount(Frozen):
    """How many live entries a topic has of one day."""

    count: int


class TopicMonthCount(Frozen):
    """How many live entries a topic has of one month, and the first and last day it has any."""

    count: int
    first: str | None = None
    last: str | None = None


class TopicCount(Frozen):
    """A topic as the index of topics sees it; ``last`` is the day of its newest entry."""

    slug: str
    label: str
    count: int
    last: str | None = None


class InitialCounts(Frozen):
    """The topics of one initial as the index above sees them: how many, and the largest."""

    topics: int
    largest: tuple[TopicCount, ...]
