"""The periods before and after a day, a month or a year, and rebuilds when they change."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, TypeAlias

from gazette.models.ledger import keys
from gazette.models.ledger.aggregates import DayCount, PeriodCounts, read_period_counts
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.tasks.build_result import BuildResult, Replacement
from gazette.models.tasks.tasks import PublishTask
from gazette.ports import Ledger
from gazette.projections.calendar.periods import Neighbours, name_of
from gazette.services.publish.builder import FollowUpBuilder
from gazette.services.publish.known_items import end_of

# How much of a day's ISO date names it, its month, its year.
_LENGTH = {PartitionKind.DAY: 10, PartitionKind.MONTH: 7, PartitionKind.YEAR: 4}
# The kind of the periods whose aggregates a partition holds.
_KINDS = {
    PartitionKind.MONTH: PartitionKind.DAY,
    PartitionKind.YEAR: PartitionKind.MONTH,
    PartitionKind.CALENDAR: PartitionKind.YEAR,
}

# What a period stores in the one above it: of a day, or of a month or year.
Counts: TypeAlias = DayCount | PeriodCounts

_NEWEST_YEARS = 3

# The cause of a rebuild where a period lost its only neighbour before it, or after it.
_NO_NEIGHBOUR = {-1: "BEFORE", 0: "AFTER"}


def read_aggregate(ledger: Ledger, partition: Partition) -> tuple[ItemKey, LedgerItem | None]:
    """Return the key of the counts of a day, month or year, and the item there."""
    item_key = keys.aggregate_key(partition)
    if item_key is None:
        raise ValueError(f"no period contains {partition}")
    _read_level(ledger, item_key.partition)
    return item_key, ledger.get(item_key)


def counted(item_key: ItemKey, counts: Counts, seen: LedgerItem | None) -> Replacement:
    """Return the counts to write of a period, with the revision since which its edges are the same.

    What leads to a period leads to its first or its last day. So that revision, and not the
    newest one, is the number of the requests of its neighbours.
    """
    kept = _kept_since(item_key, counts, seen) if seen else 0
    payload = counts.model_copy(update={"since": kept}).model_dump_json()
    return Replacement(item_key, payload, seen)


def _kept_since(item_key: ItemKey, counts: Counts, seen: LedgerItem) -> int:
    """Return 0 where the next revision of an item has other edges than the one that was read."""
    before = _read(seen)
    if before.model_copy(update={"since": 0}) == counts:
        return before.since
    after = LedgerItem(item_key, seen.revision + 1, counts.model_dump_json())
    return since(seen) if _edges(seen) == _edges(after) else 0


def _read(item: LedgerItem) -> Counts:
    if item.key.partition.kind is PartitionKind.MONTH:
        return DayCount.model_validate_json(item.payload)
    return read_period_counts(item.payload)


def since(item: LedgerItem) -> int:
    """Return the revision of an item since which its first and its last day are the same."""
    return _read(item).since or item.revision


def _edges(item: LedgerItem) -> list[str]:
    """Return the first and the last day with events of a period."""
    days = _days(item)
    return [*days[:1], *days[-1:]]


def neighbours(ledger: Ledger, partition: Partition) -> Neighbours:
    """Find the nearest periods with events before and after a day, a month or a year.

    Most are in the same month or year. Only at the edges, the level above is read.
    """
    return Neighbours(_nearest(ledger, partition, -1), _nearest(ledger, partition, 0))


def _nearest(ledger: Ledger, partition: Partition, edge: int) -> str | None:
    """Look before (``edge`` -1: the last period) or after (``edge`` 0: the first one)."""
    days = _nearest_days(ledger, partition, edge)
    return days[edge][: _LENGTH[partition.kind]] if days else None


def _nearest_days(ledger: Ledger, partition: Partition, edge: int) -> list[str]:
    item_key = keys.aggregate_key(partition)
    if item_key is None:
        return []
    _read_level(ledger, item_key.partition)
    near, _ = _first(ledger.before(item_key) if edge else ledger.after(item_key))
    return near.days if near else _nearest_days(ledger, item_key.partition, edge)


def _read_level(ledger: Ledger, partition: Partition) -> None:
    """Read the days of a month, or the months of a year: a view knows each of them from one read.

    Of all years, the newest are read: they are many, and each has all its days.
    """
    if partition.kind is PartitionKind.CALENDAR:
        last = ItemKey(partition, end_of(keys.AGGREGATE))
        items: Iterator[LedgerItem] = islice(ledger.before(last, _NEWEST_YEARS), _NEWEST_YEARS)
    else:
        items = ledger.scan(partition, keys.AGGREGATE)
    for _ in items:
        pass


class _Period(NamedTuple):
    """A period as the level above stores it: its item, and its days with events in order."""

    item: LedgerItem
    days: list[str]

    def requests(self, edge: int, cause: str, revision: int) -> Iterator[LedgerItem]:
        """Request a rebuild of the period, and of the periods within it at that edge."""
        kind = _KINDS[self.item.key.partition.kind]
        for below, length in _LENGTH.items():
            if length >= _LENGTH[kind]:
                partition = Partition(below, self.days[edge][:length])
                yield LedgerItem(keys.rebuild_request_key(partition, cause), revision, "{}")


def _first(items: Iterable[LedgerItem]) -> tuple[_Period | None, int]:
    """Return the first non-empty period, and the sum of the revisions of the skipped ones.

    The revisions are those since which their edges are the same.
    """
    skipped = 0
    for item in items:
        if days := _days(item):
            return _Period(item, days), skipped
        skipped += since(item)
    return None, skipped


def _days(item: LedgerItem) -> list[str]:
    """Return the days with events below a period, in order."""
    counts = _read(item)
    if isinstance(counts, DayCount):
        return [name_of(item)] if counts.count else []
    return sorted(counts.days)


@dataclass(frozen=True, slots=True)
class PeriodNeighboursBuilder(FollowUpBuilder[tuple[LedgerItem, ...]]):
    """Requests rebuilds where a period and its neighbours became, or stopped being, adjacent.

    The period itself is rebuilt too: its pages may be older than its neighbours.
    """

    ledger: Ledger

    def load(self, task: PublishTask) -> tuple[LedgerItem, ...] | None:
        item_key = ItemKey(task.partition, task.sort)
        _read_level(self.ledger, task.partition)
        item = self.ledger.get(item_key)
        if item is None:
            return None
        period = _Period(item, _days(item))
        requests = [
            *_requests(period, self.ledger.before(item_key), -1),
            *_requests(period, self.ledger.after(item_key), 0),
        ]
        return tuple(self._not_stored(requests)) if requests else ()

    def build(self, _task: PublishTask, requests: tuple[LedgerItem, ...]) -> BuildResult:
        return BuildResult(follow_ups=requests)

    def _not_stored(self, requests: Sequence[LedgerItem]) -> Iterator[LedgerItem]:
        stored = self.ledger.get_several([request.key for request in requests])
        for request in requests:
            found = stored.get(request.key)
            if found is None or found.revision < request.revision:
                yield request


def _requests(period: _Period, items: Iterable[LedgerItem], edge: int) -> Iterator[LedgerItem]:
    """Request a rebuild of both neighbours when two non-empty periods become adjacent.

    Periods between them are empty, and may have become so just now. So their revisions count in
    the request, and a period without a neighbour on this side is rebuilt as well.
    """
    other, skipped = _first(items)
    if other:
        yield from other.requests(edge, name_of(period.item), since(period.item) + skipped)
    if period.days and other:
        yield from period.requests(-1 - edge, name_of(other.item), since(other.item) + skipped)
    elif period.days and skipped:
        yield from period.requests(-1 - edge, _NO_NEIGHBOUR[edge], skipped)
