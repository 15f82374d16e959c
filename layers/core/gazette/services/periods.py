"""What lies beside a day, a month or a year: found level by level, and told when it changes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, takewhile
from typing import NamedTuple

from gazette.models import keys
from gazette.models.assignments import Assignment
from gazette.models.edition import Edition
from gazette.models.keys import Partition, PartitionKind, Place
from gazette.models.record import Record
from gazette.models.rollup import DayFigures, PeriodFigures
from gazette.ports import Ledger
from gazette.projections.calendar import Beside, name_of

# How much of a day's ISO date names it, its month, its year.
_LENGTH = {PartitionKind.DAY: 10, PartitionKind.MONTH: 7, PartitionKind.YEAR: 4}
# Of what kind the periods are that leave their figures in a partition.
_KINDS = {
    PartitionKind.MONTH: PartitionKind.DAY,
    PartitionKind.YEAR: PartitionKind.MONTH,
    PartitionKind.CALENDAR: PartitionKind.YEAR,
}


def beside(ledger: Ledger, partition: Partition) -> Beside:
    """Find the nearest periods with events before and after a day, a month or a year.

    Most are in the same month or year; only at the edges is the level above asked.
    """
    return Beside(_nearest(ledger, partition, -1), _nearest(ledger, partition, 0))


def _nearest(ledger: Ledger, partition: Partition, edge: int) -> str | None:
    """Look before (``edge`` -1, the last of what is there) or after (0, the first)."""
    days = _nearest_days(ledger, partition, edge)
    return days[edge][: _LENGTH[partition.kind]] if days else None


def _nearest_days(ledger: Ledger, partition: Partition, edge: int) -> list[str]:
    place = keys.rollup_place(partition)
    if place is None:
        return []
    near = _first(ledger.before(place) if edge else ledger.after(place))
    return near.days if near else _nearest_days(ledger, place.partition, edge)


class _Period(NamedTuple):
    """A period as the level above knows it: its record, and its days with events in order."""

    record: Record
    days: list[str]

    def tell(self, edge: int, cause: Record) -> Iterator[Record]:
        """Yield what tells the period at an edge, and all those in it that end there, of another.

        What is told of it before, at that revision or a later one, need not be told again.
        """
        kind = _KINDS[self.record.place.partition.kind]
        for below, length in _LENGTH.items():
            if length >= _LENGTH[kind]:
                partition = Partition(below, self.days[edge][:length])
                yield Record(keys.nudge_place(partition, name_of(cause)), cause.revision, "{}")


def _first(records: Iterable[Record]) -> _Period | None:
    periods = (_Period(record, _days(record)) for record in _rollups(records))
    return next((period for period in periods if period.days), None)


def _rollups(records: Iterable[Record]) -> Iterator[Record]:
    return takewhile(lambda record: record.place.sort.startswith(keys.ROLLUP), records)


def _days(record: Record) -> list[str]:
    """Return the days with events that a record tells of, in order."""
    if record.place.partition.kind is PartitionKind.MONTH:
        day = DayFigures.model_validate_json(record.payload)
        return [name_of(record)] if day.count else []
    return sorted(PeriodFigures.model_validate_json(record.payload).days)


@dataclass(frozen=True, slots=True)
class PeriodDesk:
    """Tells the periods beside one that has come, gone or grown, and the days at their edges.

    The period itself is told of those beside it, too: what shows them may have been made before
    they could be found, and before it could be found by them.
    """

    ledger: Ledger

    def paths(self, _assignment: Assignment) -> tuple[str, ...]:
        return ()

    def compose(self, assignment: Assignment) -> Edition:
        place = Place(assignment.partition, assignment.sort)
        record = self.ledger.get(place)
        if record is None:
            return Edition()
        own = _Period(record, _days(record))
        told = chain(
            _meet(_first(self.ledger.before(place)), own, -1),
            _meet(_first(self.ledger.after(place)), own, 0),
        )
        return Edition(marks=tuple(mark for mark in told if not self._is_told(mark)))

    def _is_told(self, mark: Record) -> bool:
        seen = self.ledger.get(mark.place)
        return seen is not None and seen.revision >= mark.revision


def _meet(other: _Period | None, own: _Period, edge: int) -> Iterator[Record]:
    """Tell the one at an edge of a period of it, and if it is not empty, it of that one."""
    if other is None:
        return
    yield from other.tell(edge, own.record)
    if own.days:
        yield from own.tell(-1 - edge, other.record)
