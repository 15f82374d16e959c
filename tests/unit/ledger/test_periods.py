"""Days, months and years link to their neighbours, whatever the order of writes."""

import json
from datetime import date
from itertools import pairwise, permutations
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models import paths
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.aggregates import DayCount, PeriodCounts
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.projections.calendar.periods import Neighbours
from gazette.services.publish.calendar.neighbours import counted, neighbours, since
from tests.unit.publish.worlds import World, hours

DAYS = ("2025-12-31", "2026-07-04", "2026-07-06", "2026-09-01")


def world_of(*days: str) -> World:
    world = World()
    for day in days:
        world.put(day, hours(0), title=f"On {day}", date=day)
        world.settle()
    return world


def neighbours_of(world: World, name: str) -> Neighbours:
    """Read where the page of a period leads."""
    folder = "/".join([*name.split("-")[:2], *(str(int(part)) for part in name.split("-")[2:])])
    page = json.loads(world.site()[f"news/{folder}/index.json"])
    news = "https://gazette.example/news/"
    return Neighbours(*(page[way] and page[way].removeprefix(news) for way in ("previous", "next")))


@pytest.mark.parametrize("order", list(permutations(DAYS)))
def test_every_period_links_to_its_neighbours(order: tuple[str, ...]) -> None:
    world = world_of(*order)
    assert neighbours_of(world, "2025-12-31") == (None, "2026/07/4/")
    assert neighbours_of(world, "2026-07-04") == ("2025/12/31/", "2026/07/6/")
    assert neighbours_of(world, "2026-07-06") == ("2026/07/4/", "2026/09/1/")
    assert neighbours_of(world, "2026-09-01") == ("2026/07/6/", None)
    assert neighbours_of(world, "2025-12") == (None, "2026/07/")
    assert neighbours_of(world, "2026-07") == ("2025/12/", "2026/09/")
    assert neighbours_of(world, "2026-09") == ("2026/07/", None)
    assert neighbours_of(world, "2025") == (None, "2026/")
    assert neighbours_of(world, "2026") == ("2025/", None)


@pytest.mark.parametrize("deleted", DAYS)
def test_an_empty_period_links_to_no_other_and_is_skipped(deleted: str) -> None:
    world = world_of(*DAYS)
    world.delete(deleted, hours(1))
    world.settle()
    assert neighbours_of(world, deleted) == (None, None)
    left = [day for day in DAYS if day != deleted]
    for before, day, after in zip([None, *left], left, [*left[1:], None], strict=False):
        addresses = [
            near and paths.day_path(date.fromisoformat(near))[len("news/") : -len("index")]
            for near in (before, after)
        ]
        assert list(neighbours_of(world, day)) == addresses


def test_a_year_that_is_empty_is_passed_over_too() -> None:
    world = world_of("2024-01-01", *DAYS)
    world.delete("2025-12-31", hours(1))
    world.settle()
    assert neighbours_of(world, "2025") == (None, None)
    assert neighbours_of(world, "2024") == (None, "2026/")
    assert neighbours_of(world, "2026-07-04") == ("2024/01/1/", "2026/07/6/")


def test_a_period_without_a_parent_has_no_neighbours() -> None:
    assert neighbours(world_of(*DAYS).ledger, partitions.CALENDAR) == (None, None)


def requested(world: World, below: str) -> set[str]:
    """Return the rebuild requests that the counts of a period lead to."""
    item_key = keys.aggregate_key(Partition.parse(below))
    assert item_key is not None
    task = PublishTask(TaskKind.PERIOD_NEIGHBOURS, *item_key)
    follow_ups = world.writer.builders[TaskKind.PERIOD_NEIGHBOURS].compose(task).follow_ups
    return {f"{item.key.partition} {item.key.sort}" for item in follow_ups}


def forget(world: World) -> None:
    """Forget all requests."""
    for items in world.ledger._partitions.values():
        for sort in [sort for sort in items.sorts if sort.startswith(keys.REBUILD_REQUEST)]:
            items.sorts.remove(sort)
            del items.items[sort]


def test_both_neighbours_are_requested_with_the_days_at_their_edges() -> None:
    world = world_of(*DAYS)
    forget(world)
    assert requested(world, "DAY#2026-07-04") == {
        "DAY#2026-07-06 REBUILD#2026-07-04",
        "DAY#2026-07-04 REBUILD#2026-07-06",
    }
    assert requested(world, "MONTH#2026-09") == {
        *("MONTH#2026-07 REBUILD#2026-09", "DAY#2026-07-06 REBUILD#2026-09"),
        *("MONTH#2026-09 REBUILD#2026-07", "DAY#2026-09-01 REBUILD#2026-07"),
    }
    assert requested(world, "YEAR#2025") == {
        *("YEAR#2026 REBUILD#2025", "MONTH#2026-07 REBUILD#2025", "DAY#2026-07-04 REBUILD#2025"),
        *("YEAR#2025 REBUILD#2026", "MONTH#2025-12 REBUILD#2026", "DAY#2025-12-31 REBUILD#2026"),
    }


def test_a_request_is_not_repeated_until_it_changes() -> None:
    world = world_of(*DAYS)
    assert requested(world, "DAY#2026-07-04") == set()
    assert requested(world, "YEAR#2025") == set()


def test_a_period_is_requested_when_the_one_before_it_becomes_empty() -> None:
    """Its page may have been made when that was not so, and before it could be found."""
    world = world_of("2026-07-04", "2026-07-06")
    world.delete("2026-07-04", hours(1))
    world.settle()
    forget(world)
    assert requested(world, "DAY#2026-07-04") == {"DAY#2026-07-06 REBUILD#2026-07-04"}
    assert requested(world, "DAY#2026-07-06") == {"DAY#2026-07-06 REBUILD#BEFORE"}
    world.put("2026-07-04", hours(2), title="Again", date="2026-07-04")
    world.delete("2026-07-06", hours(2))
    world.settle()
    forget(world)
    assert requested(world, "DAY#2026-07-04") == {"DAY#2026-07-04 REBUILD#AFTER"}


def test_a_period_without_counts_requests_nothing() -> None:
    task = PublishTask(TaskKind.PERIOD_NEIGHBOURS, partitions.CALENDAR, "ROLLUP#2026")
    assert World().writer.builders[TaskKind.PERIOD_NEIGHBOURS].compose(task) == BuildResult()


def request_numbers(world: World) -> dict[keys.ItemKey, int]:
    return {
        item_key: item.revision
        for item_key, item in world.records().items()
        if keys.is_request(item_key) and item_key.partition.kind in PERIODS
    }


PERIODS = {PartitionKind.DAY, PartitionKind.MONTH, PartitionKind.YEAR}


def test_a_neighbour_is_requested_only_where_it_may_lead_elsewhere() -> None:
    world = world_of("2026-06-30", "2026-07-01", "2026-07-04")
    before = request_numbers(world)
    for number, day in enumerate(("2026-07-01", "2026-07-04", "2026-07-04")):
        world.put(f"more{number}", hours(1), title=f"More {number}", date=day)
        world.settle()
    assert request_numbers(world) == before
    world.put("new", hours(2), title="New", date="2026-07-02")
    world.settle()
    assert request_numbers(world) != before


Change: TypeAlias = frozenset[int]
# Which of four days of a month have events, one time after the other.
MONTHS_LATER = st.lists(st.frozensets(st.integers(1, 4)), min_size=2, max_size=8)


@given(changes=MONTHS_LATER, is_old=st.booleans())
def test_the_number_of_a_period_grows_exactly_when_its_first_or_last_day_changes(
    changes: list[Change], *, is_old: bool
) -> None:
    """Also one that an earlier release has written, which only numbered its revisions."""
    item_key = ItemKey(partitions.Partition(PartitionKind.YEAR, "2026"), "ROLLUP#2026-07")
    seen: LedgerItem | None = None
    numbers: list[int] = []
    for days in changes:
        if is_old and len(numbers) == 1 and seen:
            seen, numbers = seen._replace(revision=7), [7]
        found = counted(item_key, month_of(days), seen)
        seen = found.item if found.is_needed else seen
        assert seen is not None
        assert not counted(item_key, month_of(days), seen).is_needed
        numbers.append(since(seen))
    for (one, before), (two, after) in pairwise(zip(changes, numbers, strict=False)):
        assert (edges(one) == edges(two)) == (before == after)
        assert before <= after


def month_of(days: Change) -> PeriodCounts:
    count = DayCount(count=1, updated=hours(0))
    return PeriodCounts(days={f"2026-07-0{day}": count for day in days})


def edges(days: Change) -> list[int]:
    return [min(days), max(days)] if days else []
