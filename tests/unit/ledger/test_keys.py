from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.search.search_rows import parts_key, rows_key, year_key
from gazette.models.tasks.tasks import TaskKind, tasks_for
from gazette.projections.items.tombstones import retractions_key
from gazette.projections.topics.topic_counts import count_key

MOMENT = datetime(2026, 7, 4, 8, 0, tzinfo=UTC)
PARTITIONS = st.builds(Partition, st.sampled_from(PartitionKind), st.text())


@given(PARTITIONS)
def test_a_partition_is_read_as_it_was_written(partition: Partition) -> None:
    assert Partition.parse(str(partition)) == partition


@pytest.mark.parametrize("text", ["", "NOTHING#a", "event#a", "#a"])
def test_an_unknown_name_of_a_partition_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a valid PartitionKind"):
        Partition.parse(text)


def test_places_are_written_in_one_module() -> None:
    identity = "2026/07/river#1"
    event = Partition(PartitionKind.EVENT, identity)
    assert str(event) == "EVENT#2026/07/river#1"
    assert keys.snapshot_key(identity) == ItemKey(event, "HEAD")
    assert keys.revision_key(identity, 12) == ItemKey(event, "REVISION#000012")
    assert str(partitions.day_partition(date(2026, 7, 4))) == "DAY#2026-07-04"
    assert str(partitions.topic_partition("c-sharp")) == "TOPIC#c-sharp"
    assert str(partitions.category_partition("news")) == "CATEGORY#news"
    assert str(partitions.SITE) == "SITE#"
    assert keys.entry_sort(MOMENT, identity) == "ENTRY#2026-07-04T08:00:00Z#2026/07/river#1"
    assert keys.claim_key("news/a") == ItemKey(Partition(PartitionKind.PATH, "news/a"), "CLAIM")
    assert keys.quarantine_key(identity) == ItemKey(partitions.QUARANTINE, identity)
    assert str(keys.image_key("images/a.png").partition) == "IMAGE#images/a.png"


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 10**9))
def test_entries_are_ordered_by_their_first_publication(first: datetime, seconds: int) -> None:
    first = first.replace(microsecond=0)
    later = first + timedelta(seconds=min(seconds, (datetime.max.replace(tzinfo=UTC) - first).days))
    assert (keys.entry_sort(first, "x") <= keys.entry_sort(later, "x")) is True
    assert (keys.entry_sort(first, "x") == keys.entry_sort(later, "x")) is (first == later)


@pytest.mark.parametrize(
    ("below", "above"),
    [
        ("DAY#2026-07-04", "MONTH#2026-07"),
        ("MONTH#2026-07", "YEAR#2026"),
        ("YEAR#2026", "CALENDAR#"),
    ],
)
def test_figures_go_one_level_up_under_the_name_of_the_one_below(below: str, above: str) -> None:
    partition = Partition.parse(below)
    assert keys.aggregate_key(partition) == ItemKey(
        Partition.parse(above), f"ROLLUP#{partition.name}"
    )


@pytest.mark.parametrize("kind", sorted(set(PartitionKind) - {"DAY", "MONTH", "YEAR"}))
def test_nothing_else_has_figures_to_leave(kind: PartitionKind) -> None:
    assert keys.aggregate_key(Partition(PartitionKind(kind), "2026-07-04")) is None


PUBLISHED = [
    (keys.revision_key("a", 1), [TaskKind.EVENT, TaskKind.REVISION, TaskKind.HISTORY]),
    (keys.former_key("a", "news/2026/07/4/a"), [TaskKind.MOVED]),
    (keys.correction_key("a", 1), [TaskKind.EVENT]),
    (keys.translation_key("a", "b"), [TaskKind.EVENT]),
    (
        keys.rebuild_request_key(partitions.event_partition("a"), "IMAGE#images/a.png"),
        [TaskKind.EVENT],
    ),
    (ItemKey(partitions.related_partition("a"), "ENTRY#a"), [TaskKind.RELATED]),
    (
        ItemKey(partitions.topic_partition("a"), keys.entry_sort(MOMENT, "a")),
        [TaskKind.TOPIC_COUNT, TaskKind.TIMELINE, TaskKind.SEGMENT],
    ),
    (ItemKey(partitions.SITE, "ENTRY#a"), [TaskKind.SITE, TaskKind.NEWS, TaskKind.SEGMENT]),
    (ItemKey(partitions.SITE, keys.AGED), [TaskKind.NEWS]),
    (ItemKey(partitions.SITE, keys.EXPIRED), [TaskKind.SITE]),
    (ItemKey(partitions.category_partition("a"), keys.EXPIRED), [TaskKind.TIMELINE]),
    (ItemKey(partitions.author_partition("a"), keys.EXPIRED), [TaskKind.TIMELINE]),
    (count_key(partitions.author_partition("a")), [TaskKind.AUTHORS]),
    (count_key(partitions.category_partition("a")), [TaskKind.CATEGORIES]),
    (ItemKey(Partition.parse("DAY#2026-07-04"), "ENTRY#a"), [TaskKind.DAY, TaskKind.SEARCH_DAY]),
    (
        keys.aggregate_key(Partition.parse("DAY#2026-07-04")),
        [TaskKind.MONTH, TaskKind.PERIOD_NEIGHBOURS],
    ),
    (
        keys.aggregate_key(Partition.parse("MONTH#2026-07")),
        [TaskKind.YEAR, TaskKind.PERIOD_NEIGHBOURS],
    ),
    (
        keys.aggregate_key(Partition.parse("YEAR#2026")),
        [TaskKind.CALENDAR, TaskKind.PERIOD_NEIGHBOURS],
    ),
    (keys.initial_key("foxes"), [TaskKind.INITIAL]),
    (rows_key(Partition.parse("DAY#2026-07-04"), 0), [TaskKind.SEARCH_MONTH]),
    (parts_key(Partition.parse("SEARCHMONTH#2026-07")), [TaskKind.SEARCH_YEAR]),
    (year_key(Partition.parse("SEARCHYEAR#2026")), [TaskKind.SEARCH]),
    (
        keys.change_key(partitions.updates_partition(partitions.SITE), MOMENT, "a", 2),
        [TaskKind.UPDATES, TaskKind.SEGMENT],
    ),
    (keys.timeline_head_key(partitions.updates_partition(partitions.SITE)), [TaskKind.UPDATES]),
    (keys.image_key("images/a.png"), [TaskKind.IMAGE]),
]


@pytest.mark.parametrize(("item_key", "builders"), PUBLISHED)
def test_every_published_key_has_a_task(item_key: ItemKey, builders: list[TaskKind]) -> None:
    tasks = tasks_for(item_key)
    assert [task.kind for task in tasks] == builders
    assert {task.partition for task in tasks} == {item_key.partition}


@pytest.mark.parametrize(
    "item_key",
    [
        keys.snapshot_key("a"),
        keys.claim_key("news/a"),
        keys.quarantine_key("a"),
        keys.image_use_key("images/a.png", "a"),
        retractions_key(ItemKey(partitions.SITE, keys.retracted_sort(MOMENT, "a"))),
    ],
)
def test_bookkeeping_publishes_nothing(item_key: ItemKey) -> None:
    assert tasks_for(item_key) == ()


def test_a_task_is_a_part_of_a_partition_or_the_whole_of_it() -> None:
    """A day is counted once however many of its entries were written."""
    topic = partitions.topic_partition("foxes")
    count_of_day, timeline, segment = tasks_for(ItemKey(topic, keys.entry_sort(MOMENT, "a")))
    assert (str(count_of_day), str(timeline)) == (
        "topic_count TOPIC#foxes ENTRY#2026-07-04",
        "timeline TOPIC#foxes",
    )
    assert str(segment) == "segment TOPIC#foxes ENTRY#2026-07-04T08:00:00Z#a"
    assert tasks_for(ItemKey(topic, "MONTHS#2026-07")) == ()
