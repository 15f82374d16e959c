"""The events of a topic are counted by day, in an item for each month, in any order."""

from datetime import timedelta

import pytest

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.aggregates import TopicMonthCount
from gazette.models.ledger.entry import TopicRef
from gazette.models.ledger.item import LedgerItem
from gazette.models.tasks.build_result import BuildResult, Replacement
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.projections.pages.timeline_pages import topic_of
from gazette.projections.topics import topic_counts
from tests.unit.publish.worlds import World, hours

FOXES = partitions.topic_partition("foxes")
MONTH = keys.ItemKey(FOXES, "MONTHS#2026-07")


def world_of(*days: float) -> World:
    """Take events of one topic, each first published so many days after the first."""
    world = World()
    for number, day in enumerate(days):
        published = (hours(0) + timedelta(days=day)).isoformat()
        fields = {"title": f"T{number}", "topics": ["Foxes"], "published": published}
        world.put(f"e{number}", hours(999), **fields)
    world.ingest(*(f"e{number}" for number in range(len(days))))
    return world


def count_of_day(world: World, sort: str) -> BuildResult:
    return world.writer.builders[TaskKind.TOPIC_COUNT].compose(
        PublishTask(TaskKind.TOPIC_COUNT, FOXES, sort)
    )


def month_of(record: LedgerItem | Replacement) -> TopicMonthCount:
    return TopicMonthCount.model_validate_json(record.payload)


def test_a_day_is_counted_and_its_month_summed_with_it() -> None:
    world = world_of(0, 0.1, 3)
    world.delete("e1", hours(1000))
    world.ingest("e1")
    world.settle()
    summed = month_of(world.records()[MONTH])
    assert summed == TopicMonthCount(
        count=2, first="2026-07-04", last="2026-07-07", days=(0, 0, 0, 1, 0, 0, 1)
    )


def test_a_new_day_leaves_the_others_of_its_month_uncounted() -> None:
    world = world_of(0, 3)
    counted = topic_counts.month_count("2026-07", {4: 7}).model_dump_json()
    world.ledger.put(LedgerItem(MONTH, 1, counted))
    (month,) = count_of_day(world, "ENTRY#2026-07-07").replacements
    assert topic_counts.days_of(month.item) == {1: 0, 2: 0, 3: 0, 4: 7, 5: 0, 6: 0, 7: 1}


@pytest.mark.parametrize("payload", [None, '{"count":9,"first":"2026-07-04"}'])
def test_a_month_that_is_new_or_of_an_earlier_release_is_counted_as_a_whole(
    payload: str | None,
) -> None:
    world = world_of(0, 0.1, 3)
    if payload:
        world.ledger.put(LedgerItem(MONTH, 1, payload))
    (month,) = count_of_day(world, "ENTRY#2026-07-04").replacements
    assert month_of(month).days == (0, 0, 0, 2, 0, 0, 1)


def test_two_days_counted_at_the_same_time_are_both_in_their_month_finally() -> None:
    """Each reads the month without the other: one of them is refused, and counts again."""
    world = world_of(0, 3)
    before = topic_counts.month_count("2026-07", {}).model_dump_json()
    world.ledger.put(LedgerItem(MONTH, 1, before))
    first, second = (
        replacement
        for day in (4, 7)
        for replacement in count_of_day(world, f"ENTRY#2026-07-0{day}").replacements
    )
    assert world.ledger.replace(first.item, first.expected_revision)
    assert not world.ledger.replace(second.item, second.expected_revision)
    world.settle()
    assert month_of(world.records()[MONTH]).days == (0, 0, 0, 1, 0, 0, 1)


def test_the_other_days_of_a_month_do_not_make_the_check_of_one_fail() -> None:
    world = world_of(0, 3)
    builder = world.writer.builders[TaskKind.TOPIC_COUNT]
    task = PublishTask(TaskKind.TOPIC_COUNT, FOXES, "ENTRY#2026-07-04")
    loaded = builder.load(task)
    world.put("e9", hours(999), title="T9", topics=["Foxes"], published="2026-07-05T08:00:00Z")
    world.ingest("e9")
    assert builder.load(task) == loaded
    world.put("e8", hours(999), title="T8", topics=["Foxes"], published="2026-07-04T18:00:00Z")
    world.ingest("e8")
    assert builder.load(task) != loaded


def test_where_nothing_was_ever_listed_nothing_is_counted() -> None:
    assert count_of_day(World(), "ENTRY#2026-07-04") == BuildResult()


def test_a_month_that_lost_all_its_events_is_left_out() -> None:
    world = world_of(0)
    world.settle()
    world.delete("e0", hours(1000))
    world.settle()
    record = world.records()[MONTH]
    assert month_of(record) == TopicMonthCount(count=0, days=())
    assert topic_counts.read_months([record]) == {}


def test_the_topics_that_share_most_events_with_a_topic_come_first() -> None:
    world = World()
    for number, others in enumerate((["Bears"], ["Cats", "Bears"], ["Ants"], [])):
        world.put(f"e{number}", hours(number), title=f"T{number}", topics=["Foxes", *others])
    world.settle()
    found = topic_counts.related_topics(TopicRef(slug="foxes", label="Foxes"), world.live(FOXES))
    assert [(topic.label, count) for topic, count in found] == [
        ("Bears", 2),
        ("Ants", 1),
        ("Cats", 1),
    ]


def test_a_topic_that_no_entry_has_is_labelled_with_its_slug() -> None:
    world = world_of(0)
    bears = partitions.topic_partition("bears")
    assert topic_of(bears, world.live(FOXES)) == TopicRef(slug="bears", label="bears")
    assert topic_of(FOXES, world.live(FOXES)).label == "Foxes"
