"""A ledger of an older derivation is brought up to date by its records (docs/decisions/0110)."""

import json

import pytest

from gazette.models.contract import identity
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.order import order
from gazette.models.ledger.snapshot import DERIVATION, ImageSnapshot
from gazette.services.reconcile.progress import is_of_older_derivation
from tests.unit.ingest.derivation_1 import NAMES, fill, old_world
from tests.unit.publish.worlds import World, hours
from tests.unit.reconcile.reconciling import reconcile


def new_world() -> World:
    world = World()
    fill(world)
    world.settle()
    return world


def age(world: World, name: str) -> None:
    """Let the snapshot and the items of an event be those of the derivation before."""
    for item in world.records().values():
        if item.revision >= order(1):
            aged = item._replace(revision=item.revision - 1)
            if item.key == keys.snapshot_key(name):
                payload = json.loads(item.payload) | {"derivation": DERIVATION - 1}
                aged = aged._replace(payload=json.dumps(payload))
            world.ledger._partitions[item.key.partition].items[item.key.sort] = aged


def live(world: World) -> dict[ItemKey, str]:
    """Return what is listed, and the revisions, without the counts of a snapshot."""
    return {
        item_key: item.payload
        for item_key, item in world.state().items()
        if item_key.sort.startswith((keys.ENTRY, keys.RETRACTED, keys.REVISION, keys.CHANGE))
        and not item.deleted
    }


def test_a_rebuild_brings_a_ledger_of_plain_numbers_to_what_is_written_today() -> None:
    world = old_world()
    site = world.site()
    state = reconcile(world)
    assert state.outcome == "settled"
    assert world.site() == site
    assert live(world) == live(new_world())
    assert {world.snapshot(name).derivation for name in NAMES} == {DERIVATION}
    image = world.records()[keys.image_key("images/bridge.png")]
    assert ImageSnapshot.model_validate_json(image.payload).derivation == DERIVATION


def test_every_live_source_item_of_an_old_ledger_has_an_order_afterwards() -> None:
    world = old_world()
    reconcile(world)
    plain = [
        item_key
        for item_key, item in world.state().items()
        if item.revision < order(1)
        and item_key.sort.startswith((keys.ENTRY, keys.RETRACTED, keys.REVISION, keys.CHANGE))
    ]
    assert plain == []


def test_numbers_paths_and_the_chain_of_hashes_stay() -> None:
    world, new = old_world(), new_world()
    world.ingest(*NAMES)
    for name in NAMES:
        before, after = new.snapshot(name), world.snapshot(name)
        assert (after.number, after.revision) == (before.number, before.revision)
        assert (after.held, after.due, after.known) == (before.held, before.due, before.known)


def test_a_second_run_finds_nothing_to_do() -> None:
    world = old_world()
    world.ingest(*NAMES)
    world.calls.clear()
    assert world.ingest(*NAMES).stale == len(NAMES)
    assert world.calls["dynamodb.PutItem"] == 0


def test_a_later_version_of_an_old_event_is_published_with_the_next_number() -> None:
    world = old_world()
    world.put("bridge", hours(6), title="Bridge closed", topics=["Harbour"])
    assert world.ingest("bridge").recorded == [("bridge", 4, "update")]
    assert world.newest("bridge").title == "Bridge closed"


def test_nothing_of_it_is_announced() -> None:
    world = old_world()
    reconcile(world, iterations=1)
    assert world.ledger.get(keys.REBUILD_BEGAN) is not None
    healthy = new_world()
    reconcile(healthy, iterations=1)
    assert healthy.ledger.get(keys.REBUILD_BEGAN) is None


def test_a_late_writer_of_an_older_derivation_overwrites_nothing() -> None:
    world = World()
    world.put("a", hours(0), title="A", topics=["Foxes"])
    world.ingest("a")
    item_key = keys.revision_key("a", 1)
    late = LedgerItem(item_key, order(1, 0, DERIVATION - 1), "{}")
    assert not world.ledger.put(late)
    assert world.ledger.put(late._replace(revision=order(1, 0, DERIVATION + 1)))


def test_what_the_old_derivation_listed_elsewhere_is_deleted() -> None:
    """The old code spelled the topic in another way, so the event stood on another time line."""
    world = World()
    world.put("a", hours(0), title="A", topics=["Foxes"])
    world.ingest("a")
    age(world, "a")
    snapshot_key = keys.snapshot_key("a")
    snapshot = world.snapshot("a")
    there = ItemKey(partitions.topic_partition("foxen"), keys.entry_sort(hours(0), "a"))
    tombstone = ItemKey(partitions.topic_partition("foxen"), keys.retracted_sort(hours(0), "a"))
    old = snapshot.model_copy(
        update={"live": (*snapshot.live, there), "tombstones": (tombstone,)},
    )
    items = world.ledger._partitions[snapshot_key.partition].items
    items[keys.SNAPSHOT] = items[keys.SNAPSHOT]._replace(payload=old.model_dump_json())
    for item_key in (there, tombstone):
        world.ledger._write(LedgerItem(item_key, 1, world.newest("a").model_dump_json()))
    world.ingest("a")
    assert world.ledger.get(there) is world.ledger.get(tombstone) is None
    assert world.snapshot("a").live == snapshot.live
    assert world.snapshot("a").tombstones == ()


def test_an_image_that_only_a_version_under_embargo_names_is_hidden_from_now_on() -> None:
    """SPEC V11. An older derivation did not note these images."""
    world = World()
    image = {"key": "images/a.png", "alt": "Someone"}
    world.put("a", hours(0), published="2026-08-01T08:00:00Z", image=image)
    world.ingest("a")
    hidden = keys.image_erased_key("images/a.png", "a")
    age(world, "a")
    world.ledger._drop(hidden)
    world.ingest("a")
    assert world.ledger.get(hidden) is not None
    assert world.snapshot("a").held is not None


def queries_of_a_rederivation(revisions: int) -> int:
    world = World()
    for number in range(revisions):
        world.put("a", hours(number), title=f"Version {number}")
    world.ingest("a")
    age(world, "a")
    world.calls.clear()
    world.ingest("a")
    assert world.snapshot("a").derivation == DERIVATION
    return world.calls["dynamodb.Query"]


def test_a_long_history_is_derived_again_with_as_many_queries_as_a_short_one() -> None:
    assert queries_of_a_rederivation(12) == queries_of_a_rederivation(1)


def test_an_event_whose_text_is_lost_stays_as_it_is() -> None:
    """Release 0.1.0 kept no documents, and S3 has removed the version."""
    world = World()
    world.put("a", hours(0), title="One", topics=["Foxes"])
    world.put("a", hours(1), title="Two", topics=["Foxes"])
    world.ingest("a")
    before = live(world)
    age(world, "a")
    key = identity.event_key("a")
    world.source.remove_version(key, world.source.versions(key)[1].version_id)
    world.ledger._partitions.pop(keys.document_key("a", "", 0).partition)
    assert world.ingest("a").recorded == []
    assert live(world) == before
    assert world.snapshot("a").derivation == DERIVATION


def test_an_event_that_was_withdrawn_twice_keeps_its_number() -> None:
    """An older release recorded a delete marker after a retraction; this one would not."""
    world = World()
    world.put("a", hours(0), title="One")
    world.delete("a", hours(1))
    world.ingest("a")
    age(world, "a")
    last = world.revision("a", 2)
    twice = last.model_copy(update={"entry": last.entry.model_copy(update={"number": 3})})
    world.ledger._write(LedgerItem(keys.revision_key("a", 3), order(3), twice.model_dump_json()))
    snapshot = world.snapshot("a").model_copy(update={"revision": twice})
    items = world.ledger._partitions[partitions.event_partition("a")].items
    items[keys.SNAPSHOT] = items[keys.SNAPSHOT]._replace(payload=snapshot.model_dump_json())
    world.ingest("a")
    assert world.snapshot("a").number == 3
    world.put("a", hours(2), title="Again")
    assert world.ingest("a").recorded == [("a", 4, "update")]


@pytest.mark.parametrize("name", NAMES)
def test_the_newest_items_of_each_event_are_of_this_derivation(name: str) -> None:
    world = old_world()
    world.ingest(name)
    newest = world.records()[keys.snapshot_key(name)]
    assert newest.revision == order(world.snapshot(name).taken, 0, DERIVATION)


def test_a_revision_above_an_old_snapshot_keeps_its_number() -> None:
    """The run of an older release ended before its snapshot."""
    world = World()
    world.put("a", hours(0), title="One", topics=["Foxes"])
    world.ingest("a")
    before = world.records()[keys.snapshot_key("a")]
    older = world.snapshot("a").model_copy(update={"derivation": DERIVATION - 1})
    world.put("a", hours(1), title="Two", topics=["Foxes"])
    world.ingest("a")
    second = world.revision("a", 2)
    world.ledger._write(before._replace(payload=older.model_dump_json()))
    world.ingest("a")
    assert world.revision("a", 2) == second
    assert world.snapshot("a").number == 2
    assert world.newest("a").title == "Two"


def test_a_quarantined_key_has_no_derivation() -> None:
    item_key = keys.quarantine_key("events/a.JSON")
    assert not is_of_older_derivation(item_key, LedgerItem(item_key, 1, "{}"))
