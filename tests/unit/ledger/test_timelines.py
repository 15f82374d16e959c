import hashlib
import itertools
from collections.abc import Iterable, Iterator
from itertools import islice, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.entry import Entry, read_entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.product import FEED_ENTRIES, SEGMENT_ENTRIES
from gazette.projections.feeds.segments import FIRST, Interval, part_of, read_live
from gazette.projections.feeds.timelines import NO_BOUNDARY, is_boundary, read_timeline
from tests.unit.publish.worlds import World, hours

NUMBERS = range(400)
BOUNDARIES = [number for number in NUMBERS if is_boundary(f"e{number}")]


def entry(number: int, hour: float | None = None) -> Entry:
    at = hours(number if hour is None else hour)
    return Entry.model_validate(
        {"event_id": f"e{number}", "number": 1, "kind": "publication", "title": "A"}
        | {"date": "2026-07-04", "published": at, "updated": at, "at": at, "base_path": "a"}
        | {"first_path": "a", "sha256": ""}
    )


def record(number: int) -> LedgerItem:
    item_key = ItemKey(partitions.SITE, keys.entry_sort(hours(number), f"e{number}"))
    return LedgerItem(item_key, 1, entry(number).model_dump_json())


def newest_first(stop: int) -> list[LedgerItem]:
    return [record(number) for number in reversed(range(stop))]


def test_about_one_entry_in_thirty_two_is_a_boundary() -> None:
    assert 400 / 32 / 2 < len(BOUNDARIES) < 400 / 32 * 2


def test_without_a_limit_all_items_are_read_and_the_last_deleted_one_is_apart() -> None:
    timeline = read_timeline([record(3), record(1)], last_deleted=record(4))
    assert [entry.event_id for entry in timeline.entries] == ["e3", "e1"]
    assert [entry.event_id for entry in timeline.known] == ["e3", "e1", "e4"]
    assert timeline.updated == hours(3)


def live(items: Iterable[LedgerItem], least: int) -> list[str]:
    """Return the ids of a subscription document."""
    return [item.key.sort.rpartition("#")[2] for item in read_live(items, least).items]


@pytest.mark.parametrize("least", [1, 10, 50])
def test_a_subscription_document_ends_at_the_first_boundary_after_the_newest_entries(
    least: int,
) -> None:
    numbers = [int(name[1:]) for name in live(newest_first(400), least)]
    assert numbers == list(range(399, numbers[-1] - 1, -1))
    assert numbers[-1] == max(n for n in BOUNDARIES if 400 - n >= least)


def test_no_more_is_read_than_is_shown_where_a_boundary_is_near() -> None:
    read: list[LedgerItem] = []

    def stream() -> Iterator[LedgerItem]:
        for record in newest_first(400):
            read.append(record)
            yield record

    shown = live(stream(), 50)
    assert len(read) == len(shown) < 400


def test_a_short_time_line_is_shown_completely() -> None:
    assert len(live(newest_first(7), 50)) == 7


def plain(count: int, after: float = 0) -> list[LedgerItem]:
    """Return items that are no boundaries, newest first."""
    names = islice((f"p{n}" for n in itertools.count() if not is_boundary(f"p{n}")), count)
    return [
        LedgerItem(ItemKey(partitions.SITE, keys.entry_sort(hours(after + n), name)), 1, "{}")
        for n, name in enumerate(names)
    ][::-1]


@pytest.mark.parametrize("count", [*range(50), 63, 64, 65, 113, 114, 115, 128, 177, 178, 500])
def test_a_subscription_document_has_at_most_114_entries_whatever_the_ids_are(count: int) -> None:
    """SPEC P1: an interval without a boundary is cut, too."""
    shown = read_live(plain(count), FEED_ENTRIES)
    assert min(count, FEED_ENTRIES) <= len(shown.items) <= 114
    assert (count - len(shown.items)) % SEGMENT_ENTRIES == 0  # counted from the older end
    assert shown.ref == part_of(FIRST, (count - len(shown.items)) // SEGMENT_ENTRIES)
    assert shown.is_cut is (shown.ref.part > 0)


def test_a_new_entry_does_not_move_the_cuts_of_older_ones() -> None:
    """SPEC P9: so what is closed once stays closed, and keeps its address."""
    parts = [read_live(plain(count), FEED_ENTRIES).ref.part for count in range(400)]
    assert parts == sorted(parts)
    long = Interval(FIRST, plain(200)).items_of(1)
    longer = Interval(FIRST, plain(300)).items_of(1)
    assert [item.key for item in long] == [item.key for item in longer]


@pytest.mark.parametrize("count", [1, 64, 65, 128, 129])
def test_the_parts_of_a_interval_have_all_of_its_items_once(count: int) -> None:
    interval = Interval(FIRST, plain(count))
    parts = [interval.items_of(ref.part) for ref in reversed(interval.refs)]
    assert [item for part in parts for item in part] == interval.items
    assert all(0 < len(part) <= SEGMENT_ENTRIES for part in parts)
    assert interval.items_of(len(parts)) == []
    names = [ref.name for ref in interval.refs]
    assert names == ["first", "first-2", "first-3"][: len(names)]


def test_an_id_with_the_mark_of_a_part_is_no_boundary() -> None:
    """Else a part of one interval could have the name of another interval."""
    marked = next(
        name
        for name in (f"a{NO_BOUNDARY}{n}" for n in itertools.count())
        if hashlib.sha256(name.encode()).digest()[0] % 32 == 0
    )
    assert not is_boundary(marked)


def test_an_empty_time_line_was_updated_when_its_last_entry_was_deleted() -> None:
    timeline = read_timeline([], last_deleted=record(3))
    assert timeline.entries == ()
    assert timeline.updated == hours(3)


TWICE = ["first", "second", "first"]


@pytest.mark.parametrize("order", list(permutations(TWICE)))
def test_a_time_line_keeps_the_event_that_left_it_last_whatever_is_ingested_first(
    order: tuple[str, ...],
) -> None:
    world = World()
    for number, name in enumerate(("first", "second")):
        world.put(name, hours(0), title=name, topics=["Foxes"])
        world.put(name, hours(1), topics=["Bears"])
        world.put(name, hours(2), topics=["Foxes"])
        world.delete(name, hours(3 + number))
    world.ingest(*order)
    item = world.ledger.get(keys.last_deleted_key(partitions.topic_partition("foxes")))
    assert item is not None
    last = read_entry(item.payload)
    assert (last.event_id, last.number, last.at, last.title) == ("second", 4, hours(4), "")


@given(st.sets(st.sampled_from(NUMBERS), min_size=1), st.sampled_from(NUMBERS))
def test_older_entries_do_not_move_the_end_of_a_subscription_document(
    numbers: set[int], older: int
) -> None:
    """An entry older than all shown entries changes no shown entry."""
    before = live((record(n) for n in sorted(numbers, reverse=True)), 5)
    last = int(before[-1][1:])
    is_complete = len(before) < 5 or not is_boundary(f"e{last}")
    if older >= last or is_complete:
        return
    assert live((record(n) for n in sorted(numbers | {older}, reverse=True)), 5) == before


def test_the_newest_entries_of_a_topic_are_those_first_published_last() -> None:
    world = World()
    world.put("late", hours(1), title="A", published="2020-01-01T00:00:00Z")
    world.put("early", hours(0), title="B")
    world.ingest("late", "early")
    timeline = read_timeline(world.ledger.newest(partitions.SITE, keys.ENTRY))
    assert [entry.event_id for entry in timeline.entries] == ["early", "late"]
