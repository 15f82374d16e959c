"""What lies beside a day, a month or a year: found level by level, and told when it changes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, takewhile
from typing import NamedTuple

from gazette.models.ledger import keys
from gazette.models.ledger.aggregates import DayCount, PeriodCounts
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey, Partition, PartitionKind
from gazette.models.work.build_result import BuildResult
from gazette.models.work.tasks import PublishTask
from gazette.ports import Ledger
from gazette.projections.calendar.periods import Neighbours, name_of

# How much of a day's ISO date names it, its month, its year.
_LENGTH = {PartitionKind.DAY: 10, PartitionKind.MONTH: 7, PartitionKind.YEAR: 4}
# Of what kind the periods are that leave their figures in a partition.
_KINDS = {
    PartitionKind.MONTH: PartitionKind.DAY,
    PartitionKind.YEAR: PartitionKind.MONTH,
    PartitionKind.CALENDAR: PartitionKind.YEAR,
}


# What a period is told of where there is nothing more before it, or after it.
_NOTHING = {-1: "BEFORE", 0: "AFTER"}


def neighbours(ledger: Ledger, partition: Partition) -> Neighbours:
    """Find the nearest periods with events before and after a day, a month or a year.

    Most are in the same month or year; only at the edges is the level above asked.
    """
    return Neighbours(_nearest(ledger, partition, -1), _nearest(ledger, partition, 0))


def _nearest(ledger: Ledger, partition: Partition, edge: int) -> str | None:
    """Look before (``edge`` -1, the last of what is there) or after (0, the first)."""
    days = _nearest_days(ledger, partition, edge)
    return days[edge][: _LENGTH[partition.kind]] if days else None


def _nearest_days(ledger: Ledger, partition: Partition, edge: int) -> list[str]:
    item_key = keys.aggregate_key(partition)
    if item_key is None:
        return []
    near, _ = _first(ledger.before(item_key) if edge else ledger.after(item_key))
    return near.days if near else _nearest_days(ledger, item_key.partition, edge)


class _Period(NamedTuple):
    """A period as the level above knows it: its record, and its days with events in order."""

    record: LedgerItem
    days: list[str]

    def tell(self, edge: int, cause: str, revision: int) -> Iterator[LedgerItem]:
        """Yield what tells the period at an edge, and all those in it that end there."""
        kind = _KINDS[self.record.key.partition.kind]
        for below, length in _LENGTH.items():
            if length >= _LENGTH[kind]:
                partition = Partition(below, self.days[edge][:length])
                yield LedgerItem(keys.rebuild_request_key(partition, cause), revision, "{}")


def _first(records: Iterable[LedgerItem]) -> tuple[_Period | None, int]:
    """Return the first period that is not empty, and the sum of revisions of those before it."""
    passed = 0
    for record in _aggregates(records):
        if days := _days(record):
            return _Period(record, days), passed
        passed += record.revision
    return None, passed


def _aggregates(records: Iterable[LedgerItem]) -> Iterator[LedgerItem]:
    return takewhile(lambda record: record.key.sort.startswith(keys.AGGREGATE), records)


def _days(record: LedgerItem) -> list[str]:
    """Return the days with events that a record tells of, in order."""
    if record.key.partition.kind is PartitionKind.MONTH:
        day = DayCount.model_validate_json(record.payload)
        return [name_of(record)] if day.count else []
    return sorted(PeriodCounts.model_validate_json(record.payload).days)


@dataclass(frozen=True, slots=True)
class PeriodNeighboursBuilder:
    """Tells the periods beside one that has come, gone or grown, and the days at their edges.

    The period itself is told of those beside it, too: what shows them may have been made before
    they could be found, and before it could be found by them.
    """

    ledger: Ledger

    def paths(self, _task: PublishTask) -> tuple[str, ...]:
        return ()

    def compose(self, task: PublishTask) -> BuildResult:
        item_key = ItemKey(task.partition, task.sort)
        record = self.ledger.get(item_key)
        if record is None:
            return BuildResult()
        own = _Period(record, _days(record))
        told = chain(
            _meet(own, self.ledger.before(item_key), -1), _meet(own, self.ledger.after(item_key), 0)
        )
        return BuildResult(follow_ups=tuple(mark for mark in told if not self._is_told(mark)))

    def _is_told(self, mark: LedgerItem) -> bool:
        seen = self.ledger.get(mark.key)
        return seen is not None and seen.revision >= mark.revision


def _meet(own: _Period, records: Iterable[LedgerItem], edge: int) -> Iterator[LedgerItem]:
    """Tell a period and the next one that is not empty of each other, if both are not.

    What lies between them is empty, and may have become so just now. So they are told anew when any
    of it has changed, and a period is told that there is none beside it.
    """
    other, passed = _first(records)
    if other:
        yield from other.tell(edge, name_of(own.record), own.record.revision + passed)
    if own.days and other:
        yield from own.tell(-1 - edge, name_of(other.record), other.record.revision + passed)
    elif own.days and passed:
        yield from own.tell(-1 - edge, _NOTHING[edge], passed)
