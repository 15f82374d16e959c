"""The figures a partition leaves in the one above it: derived by publishing, never incremented."""

from datetime import datetime

from gazette.models.frozen import Frozen, Moment


class DayFigures(Frozen):
    """A day as its month sees it: how many events, and the last significant change of any."""

    count: int
    updated: Moment | None


class PeriodFigures(Frozen):
    """A month as its year sees it, or a year as the calendar does: days with events, by date."""

    days: dict[str, DayFigures]

    @property
    def count(self) -> int:
        return sum(day.count for day in self.days.values())

    @property
    def updated(self) -> datetime | None:
        return max((day.updated for day in self.days.values() if day.updated), default=None)
