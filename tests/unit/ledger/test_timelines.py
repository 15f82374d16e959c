from collections.abc import Iterator
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry, read_entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.projections.feeds.timelines import is_boundary, read_timeline
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
    item_key = ItemKey(keys.SITE, keys.entry_sort(hours(number), f"e{number}"))
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


@pytest.mark.parametrize("least", [1, 10, 50])
def test_a_subscription_document_ends_at_the_first_boundary_after_the_newest_entries(
    least: int,
) -> None:
    timeline = read_timeline(iter(newest_first(400)), least)
    numbers = [int(entry.event_id[1:]) for entry in timeline.entries]
    assert numbers == list(range(399, numbers[-1] - 1, -1))
    assert numbers[-1] == max(n for n in BOUNDARIES if 400 - n >= least)


def test_no_more_is_read_than_is_shown() -> None:
    read: list[LedgerItem] = []

    def stream() -> Iterator[LedgerItem]:
        for record in newest_first(400):
            read.append(record)
            yield record

    timeline = read_timeline(stream(), 50)
    assert len(read) == len(timeline.entries) < 400


def test_a_short_time_line_is_shown_completely() -> None:
    assert len(read_timeline(newest_first(7), 50).entries) == 7


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
    item = world.ledger.get(keys.last_deleted_key(keys.topic_partition("foxes")))
    assert item is not None
    last = read_entry(item.payload)
    assert (last.event_id, last.number, last.at, last.title) == ("second", 4, hours(4), "")


@given(st.sets(st.sampled_from(NUMBERS), min_size=1), st.sampled_from(NUMBERS))
def test_older_entries_do_not_move_the_end_of_a_subscription_document(
    numbers: set[int], older: int
) -> None:
    """An entry older than all shown entries changes no shown entry."""
    before = read_timeline((record(n) for n in sorted(numbers, reverse=True)), 5)
    last = int(before.entries[-1].event_id[1:])
    is_complete = len(before.entries) < 5 or not is_boundary(f"e{last}")
    if older >= last or is_complete:
        return
    after = read_timeline((record(n) for n in sorted(numbers | {older}, reverse=True)), 5)
    assert after == before


def test_the_newest_entries_of_a_topic_are_those_first_published_last() -> None:
    world = World()
    world.put("late", hours(1), title="A", published="2020-01-01T00:00:00Z")
    world.put("early", hours(0), title="B")
    world.ingest("late", "early")
    timeline = read_timeline(world.ledger.newest(keys.SITE, keys.ENTRY))
    assert [entry.event_id for entry in timeline.entries] == ["early", "late"]
