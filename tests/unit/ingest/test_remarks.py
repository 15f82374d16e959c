"""Remarks about a published document are kept as long as its mistake is published (SPEC X)."""

import json

import pytest

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.snapshot import PublishedRemarks
from gazette.projections.items.remarks import read_remarks
from tests.unit.publish.worlds import World, hours


def remarks(world: World) -> list[tuple[str, str]]:
    item = world.records().get(keys.remark_key("a"))
    if item is None or item.deleted:
        return []
    return list(PublishedRemarks.model_validate_json(item.payload).remarks)


def put(world: World, hour: float, **fields: object) -> None:
    world.put("a", hours(hour), **fields)
    world.settle()


def mistaken() -> World:
    world = World()
    put(world, 0, autor="A. Writer", topcs=["Harbour"], our_own_number=7)
    return world


def test_fields_that_are_much_like_ours_are_remarked_with_what_was_meant() -> None:
    """A field of the publisher's own is none of our business."""
    is_none = "is no field of the contract, and is published under extra"
    assert remarks(mistaken()) == [("topcs", f"{is_none}; did you mean topics?")]
    world = World()
    put(world, 0, author="A. Writer")
    assert remarks(world) == [("author", f"{is_none}; did you mean byline?")]


def test_remarks_are_read_for_those_events_alone_that_have_any_now() -> None:
    world = mistaken()
    world.put("b", hours(0), topcs=["Harbour"])
    world.settle()
    put(world, 1, topics=["Harbour"])
    (found,) = read_remarks(world.ledger.scan(partitions.REMARKS))
    assert (found.event_id, found.number) == ("b", 1)


def test_a_later_version_without_the_mistake_ends_the_remark() -> None:
    world = mistaken()
    put(world, 1, topics=["Harbour"])
    assert remarks(world) == []
    put(world, 2, tags=["Harbour"])
    assert [field for field, _ in remarks(world)] == ["tags"]


def test_a_withdrawal_ends_the_remark() -> None:
    world = mistaken()
    world.delete("a", hours(1))
    world.settle()
    assert remarks(world) == []


def test_an_invalid_version_keeps_the_remark_of_what_is_published() -> None:
    world = mistaken()
    world.put_raw("a", hours(1), b"{}")
    world.settle()
    assert [field for field, _ in remarks(world)] == ["topcs"]


def test_an_event_without_a_mistake_costs_no_item() -> None:
    world = World()
    put(world, 0, our_own_number=7)
    put(world, 1, body="Changed.", our_own_number=8)
    assert keys.remark_key("a") not in world.records()


@pytest.mark.parametrize("is_known", [True, False])
def test_a_remark_goes_with_erased_words_and_comes_back_with_them(*, is_known: bool) -> None:
    """SPEC V10: the erasure may come before the event is ingested."""
    world = World()
    world.put("a", hours(0), topcs=["Harbour"])
    if is_known:
        world.settle()
    erasure = json.dumps({"revisions": "all", "reason": "Asked for."}).encode()
    world.source.put("erasures/a.json", erasure, hours(1))
    world.settle()
    assert remarks(world) == []
    world.source.delete("erasures/a.json", hours(2))
    world.settle()
    assert [field for field, _ in remarks(world)] == ["topcs"]
    world.source.put("erasures/a.json", erasure, hours(3))
    world.settle()
    put(world, 4, topics=["Harbour"])
    world.source.delete("erasures/a.json", hours(5))
    world.settle()
    assert remarks(world) == []
