"""What lies beside a day, a month or a year: found level by level, and told when it changes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile

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
    records = ledger.before(place) if edge else ledger.after(place)
    return _first_days(records) or _nearest_days(ledger, place.partition, edge)


def _first_days(records: Iterable[Record]) -> list[str]:
    return next((days for record in _rollups(records) if (days := _days(record))), [])


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
    """Tells the periods beside one that has come, gone or grown, and the days at their edges."""

    ledger: Ledger

    def paths(self, _assignment: Assignment) -> tuple[str, ...]:
        return ()

    def compose(self, assignment: Assignment) -> Edition:
        place = Place(assignment.partition, assignment.sort)
        record = self.ledger.get(place)
        if record is None:
            return Edition()
        before = _first_days(self.ledger.before(place))
        after = _first_days(self.ledger.after(place))
        told = [*_edge(before, -1, place), *_edge(after, 0, place)]
        return Edition(
            marks=tuple(
                Record(keys.nudge_place(partition, name_of(record)), record.revision, "{}")
                for partition in told
            )
        )


def _edge(days: list[str], edge: int, place: Place) -> Iterator[Partition]:
    """Yield the period at the edge on the level of a record, and all below it."""
    if not days:
        return
    levels = [kind for kind in _LENGTH if _LENGTH[kind] >= len(place.sort) - len(keys.ROLLUP)]
    for kind in levels:
        yield Partition(kind, days[edge][: _LENGTH[kind]])
