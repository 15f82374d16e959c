from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models import keys
from gazette.models.assignments import Assignment, DeskKind, assignments_of
from gazette.models.keys import Partition, PartitionKind, Place

MOMENT = datetime(2026, 7, 4, 8, 0, tzinfo=UTC)
PARTITIONS = st.builds(Partition, st.sampled_from(PartitionKind), st.text())


@given(PARTITIONS)
def test_a_partition_is_read_as_it_was_written(partition: Partition) -> None:
    assert Partition.parse(str(partition)) == partition


@pytest.mark.parametrize("text", ["", "NOTHING#a", "event#a", "#a"])
def test_what_no_partition_is_called_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a valid PartitionKind"):
        Partition.parse(text)


def test_places_are_written_in_one_module() -> None:
    identity = "2026/07/river#1"
    event = Partition(PartitionKind.EVENT, identity)
    assert str(event) == "EVENT#2026/07/river#1"
    assert keys.head_place(identity) == Place(event, "HEAD")
    assert keys.revision_place(identity, 12) == Place(event, "REVISION#000012")
    assert str(keys.day_partition(date(2026, 7, 4))) == "DAY#2026-07-04"
    assert str(keys.topic_partition("c-sharp")) == "TOPIC#c-sharp"
    assert str(keys.category_partition("news")) == "CATEGORY#news"
    assert str(keys.SITE) == "SITE#"
    assert keys.entry_sort(MOMENT, identity) == "ENTRY#2026-07-04T08:00:00Z#2026/07/river#1"
    assert keys.claim_place("news/a") == Place(Partition(PartitionKind.PATH, "news/a"), "CLAIM")
    assert keys.quarantine_place(identity) == Place(keys.QUARANTINE, identity)
    assert str(keys.image_place("images/a.png").partition) == "IMAGE#images/a.png"


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
    assert keys.rollup_place(partition) == Place(Partition.parse(above), f"ROLLUP#{partition.name}")


@pytest.mark.parametrize("kind", sorted(set(PartitionKind) - {"DAY", "MONTH", "YEAR"}))
def test_nothing_else_has_figures_to_leave(kind: PartitionKind) -> None:
    assert keys.rollup_place(Partition(PartitionKind(kind), "2026-07-04")) is None


PUBLISHED = [
    (keys.revision_place("a", 1), [DeskKind.EVENT, DeskKind.REVISION]),
    (keys.translation_place("a", "b"), [DeskKind.EVENT]),
    (keys.nudge_place(keys.event_partition("a"), "IMAGE#images/a.png"), [DeskKind.EVENT]),
    (Place(keys.near_partition("a"), "ENTRY#a"), [DeskKind.NEIGHBOURS]),
    (
        Place(keys.topic_partition("a"), keys.entry_sort(MOMENT, "a")),
        [DeskKind.TALLY, DeskKind.TIMELINE, DeskKind.SEGMENT],
    ),
    (Place(keys.SITE, "ENTRY#a"), [DeskKind.SITE, DeskKind.NEWS, DeskKind.SEGMENT]),
    (Place(keys.SITE, keys.AGED), [DeskKind.NEWS]),
    (Place(keys.SITE, keys.EXPIRED), [DeskKind.SITE]),
    (Place(keys.category_partition("a"), keys.EXPIRED), [DeskKind.TIMELINE]),
    (Place(Partition.parse("DAY#2026-07-04"), "ENTRY#a"), [DeskKind.DAY]),
    (keys.rollup_place(Partition.parse("DAY#2026-07-04")), [DeskKind.MONTH, DeskKind.PERIOD]),
    (keys.rollup_place(Partition.parse("MONTH#2026-07")), [DeskKind.YEAR, DeskKind.PERIOD]),
    (keys.rollup_place(Partition.parse("YEAR#2026")), [DeskKind.CALENDAR, DeskKind.PERIOD]),
    (keys.initial_place("foxes"), [DeskKind.INITIAL]),
    (keys.change_place(keys.updates_partition(keys.SITE), MOMENT, "a", 2), [DeskKind.UPDATES]),
    (keys.image_place("images/a.png"), [DeskKind.IMAGE]),
]


@pytest.mark.parametrize(("place", "desks"), PUBLISHED)
def test_what_publishes_something_is_told_to_the_desks_that_do(
    place: Place, desks: list[DeskKind]
) -> None:
    assignments = assignments_of(place)
    assert [assignment.desk for assignment in assignments] == desks
    assert {assignment.partition for assignment in assignments} == {place.partition}


@pytest.mark.parametrize(
    "place",
    [
        keys.head_place("a"),
        keys.claim_place("news/a"),
        keys.quarantine_place("a"),
        keys.image_use_place("images/a.png", "a"),
        keys.retractions_place(Place(keys.SITE, keys.retracted_sort(MOMENT, "a"))),
    ],
)
def test_bookkeeping_publishes_nothing(place: Place) -> None:
    assert assignments_of(place) == ()


def test_an_assignment_is_a_part_of_a_partition_or_the_whole_of_it() -> None:
    """A day takes one tally however many of its entries were written, a month likewise."""
    topic = keys.topic_partition("foxes")
    tally, timeline, segment = assignments_of(Place(topic, keys.entry_sort(MOMENT, "a")))
    assert (str(tally), str(timeline)) == (
        "tally TOPIC#foxes ENTRY#2026-07-04",
        "timeline TOPIC#foxes",
    )
    assert str(segment) == "segment TOPIC#foxes ENTRY#2026-07-04T08:00:00Z#a"
    (month,) = assignments_of(Place(topic, "DAYS#2026-07-04"))
    assert month == Assignment(DeskKind.TALLY, topic, "DAYS#2026-07")
