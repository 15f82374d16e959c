"""The events of a topic are counted by day and summed by month, in any order."""

from datetime import timedelta

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.aggregates import TopicDayCount, TopicMonthCount
from gazette.models.ledger.entry import TopicRef
from gazette.models.ledger.item import LedgerItem
from gazette.models.tasks.build_result import BuildResult, Replacement
from gazette.models.tasks.tasks import PublishTask, TaskKind, tasks_for
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
    day, month = count_of_day(world, "ENTRY#2026-07-04").replacements
    assert (day.key.sort, day.payload) == (
        "DAYS#2026-07-04",
        TopicDayCount(count=1).model_dump_json(),
    )
    assert month.key == MONTH
    assert month_of(month) == TopicMonthCount(count=1, first="2026-07-04", last="2026-07-04")
    world.settle()
    assert month_of(world.records()[MONTH]) == TopicMonthCount(
        count=2, first="2026-07-04", last="2026-07-07"
    )


def test_two_days_counted_at_the_same_time_are_both_in_their_month_finally() -> None:
    """Each sums the month without the other; the check after both writes corrects it."""
    world = world_of(0, 3)
    world.changes.clear()
    results = [count_of_day(world, f"ENTRY#2026-07-0{day}") for day in (4, 7)]
    for count in (count for result in results for count in result.replacements):
        world.ledger.replace(LedgerItem(count.key, 1, count.payload), 0)
    assert month_of(world.records()[MONTH]).count == 1
    for revision in (1, 2):
        (request,) = count_of_day(world, "DAYS#2026-07").follow_ups
        assert request == LedgerItem(
            keys.rebuild_request_key(FOXES, "MONTHS#2026-07"), revision, "{}"
        )
        world.ledger.put(request)
    assert tasks_for(request.key) == (
        PublishTask(TaskKind.TIMELINE, FOXES),
        PublishTask(TaskKind.TOPIC_COUNT, FOXES, "REBUILD#MONTHS#2026-07"),
    )
    world.publish([request.key])
    summed = TopicMonthCount(count=2, first="2026-07-04", last="2026-07-07")
    assert month_of(world.records()[MONTH]) == summed
    assert count_of_day(world, "DAYS#2026-07") == BuildResult()


def test_a_month_that_lost_all_its_events_is_left_out() -> None:
    world = world_of(0)
    world.settle()
    world.delete("e0", hours(1000))
    world.settle()
    record = world.records()[MONTH]
    assert month_of(record) == TopicMonthCount(count=0)
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
