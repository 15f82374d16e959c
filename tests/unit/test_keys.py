from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models import keys
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


def test_what_publishes_something_is_told_to_publishing_and_nothing_else() -> None:
    assert keys.is_published(keys.revision_place("a", 1))
    assert keys.is_published(Place(keys.SITE, "ENTRY#a"))
    assert keys.is_published(keys.image_place("images/a.png"))
    assert not keys.is_published(keys.head_place("a"))
    assert not keys.is_published(keys.claim_place("news/a"))
    assert not keys.is_published(keys.quarantine_place("a"))
