"""The place that an event leaves on a time line is there before its entry is deleted."""

from typing import Any

import pytest

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.keys import ItemKey
from tests.unit.publish.worlds import World, hours

FOXES = partitions.topic_partition("foxes")
RETRACTION: dict[str, Any] = {
    "topics": ["Foxes"],
    "revision": {"kind": "retraction", "note": "No fox was seen."},
}
LEAVES: dict[str, tuple[dict[str, Any], ...]] = {
    "it leaves the topic": ({},),
    "it is withdrawn": (RETRACTION,),
    "it is withdrawn, and comes back without the topic": (RETRACTION, {}),
    "it leaves, comes back and leaves": ({}, {"topics": ["Foxes"]}, {"topics": ["Bears"]}),
}


@pytest.mark.parametrize("later", LEAVES.values(), ids=LEAVES)
def test_a_place_is_kept_before_the_entry_is_deleted(later: tuple[dict[str, Any], ...]) -> None:
    """The deletion publishes the time line, which begins and is cut at its places (P7, P9)."""
    world = World()
    world.put("a", hours(0), topics=["Foxes"])
    world.settle()
    for number, fields in enumerate(later, start=1):
        world.put("a", hours(number), **fields)
    world.ingest("a")
    sort = keys.entry_sort(hours(0), "a")
    left = ItemKey(FOXES, sort.replace(keys.ENTRY, keys.LEFT_ENTRY))
    written = [keys.listed_key(item_key) for item_key in world.changes]
    assert written.index(left) < written.index(ItemKey(FOXES, sort))
