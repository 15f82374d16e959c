"""Deleted items of release 0.1.0 leave their lists, and the site stays as it is."""

import pytest

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.snapshot import Revision
from gazette.models.limits import DELETED_ITEM_DAYS
from gazette.models.tasks.reconciliation import Outcome
from tests.unit.publish.worlds import World, hours
from tests.unit.reconcile.reconciling import reconcile


def withdrawn() -> World:
    """Return a world with one live event and one that was withdrawn from another topic."""
    world = World()
    world.put("left", hours(0), title="Left", topics=["Bears"])
    world.put("gone", hours(1), title="Gone", topics=["Foxes"])
    world.settle()
    world.delete("gone", hours(2))
    world.settle()
    world.now = hours(3)
    return world


def make_old(world: World) -> None:
    """Write the deletions as release 0.1.0 did: the entry of the withdrawal stays in its list."""
    revision = Revision.model_validate_json(world.records()[keys.revision_key("gone", 2)].payload)
    payload = revision.entry.model_dump_json()
    for item_key, item in world.records().items():
        items = world.ledger._partitions[item_key.partition]
        if item_key.sort == keys.LAST_DELETED or keys.listed_key(item_key) != item_key:
            del items.items[item_key.sort]
            items.sorts.remove(item_key.sort)
        if (listed := keys.listed_key(item_key)) != item_key:
            world.ledger.write_undated(LedgerItem(listed, item.revision, payload, deleted=True))
    world.changes.clear()


@pytest.mark.parametrize("iterations", [1, 5])
def test_a_nightly_run_or_a_rebuild_moves_them_and_changes_no_document(iterations: int) -> None:
    world, expected = withdrawn(), withdrawn().records()
    before = world.site()
    make_old(world)
    state = reconcile(world, iterations=iterations)
    assert (state.outcome, state.counts.failed) == (Outcome.SETTLED, 0)
    assert world.site() == before
    found = world.records()
    assert {key for key in found if key != keys.REBUILD_BEGAN} == set(expected)
    notes = [key for key in expected if key.sort == keys.LAST_DELETED]
    assert len(notes) == 3  # the site, the topic and the day
    assert {key: found[key] for key in notes} == {key: expected[key] for key in notes}
    world.now = hours(24 * (DELETED_ITEM_DAYS + 1))
    assert not [
        item_key
        for page in world.ledger.list_keys(0, 1, None)
        for item_key in page.item_keys
        if keys.listed_key(item_key) != item_key
    ]


def test_an_entry_whose_former_revision_is_unknown_is_noted_as_it_was_last() -> None:
    world = withdrawn()
    make_old(world)
    first = keys.revision_key("gone", 1)
    items = world.ledger._partitions[first.partition]
    del items.items[first.sort]
    items.sorts.remove(first.sort)
    reconcile(world, iterations=1)
    note = world.records()[keys.last_deleted_key(partitions.topic_partition("foxes"))]
    assert "Foxes" in note.payload
    assert "Gone" not in note.payload


def test_a_deleted_item_that_is_in_no_list_expires_where_it_is() -> None:
    world = withdrawn()
    item_key = keys.translation_key("left", "gone")
    world.ledger.write_undated(LedgerItem(item_key, 2, "{}", deleted=True))
    reconcile(world, iterations=1)
    assert world.ledger.get(item_key) == LedgerItem(item_key, 2, "{}", deleted=True)
    world.now = hours(24 * (DELETED_ITEM_DAYS + 1))
    assert world.ledger.get(item_key) is None
