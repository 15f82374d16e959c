"""An erasure that dies between two writes says so in the snapshot, and the next run finishes it."""

from collections.abc import Callable

import pytest

from gazette.models.contract.identity import event_key
from gazette.models.ledger import keys
from gazette.models.ledger.partitions import PartitionKind
from gazette.models.ledger.snapshot import DERIVATION
from tests.unit.erasures.erasing import dies_after, erase, ingest_erasure, places_of, worded
from tests.unit.publish.worlds import World, hours


def withdrawn() -> World:
    """Return a world with a withdrawn event, whose first revision is to be erased."""
    world = World()
    world.put("a", hours(0), **worded("wone"))
    world.settle()
    world.put("a", hours(1), **worded("wtwo") | {"revision": {"kind": "retraction"}})
    world.settle()
    erase(world, "a", hours(2), [1, 2])
    world.notifications.clear()
    return world


def with_images() -> World:
    """Return a world with an event that shows an image and leads to another; it is to be erased."""
    world = World()
    own = {"key": "images/own.png", "alt": "wone"}
    world.put("a", hours(0), **worded("wone") | {"image": own, "body": "![wone](images/text.png)"})
    world.ingest("a")
    erase(world, "a", hours(2), "all")
    world.notifications.clear()
    return world


def dying_after(writes: int, make: Callable[[], World] = withdrawn) -> tuple[World, bool]:
    """Return a world whose erasure died after so many writes, and whether it did."""
    world = make()
    return world, dies_after(writes, world)


def test_the_first_write_of_an_erasure_says_that_it_has_begun() -> None:
    before = withdrawn().snapshot("a")
    world, has_died = dying_after(1)
    begun = world.snapshot("a")
    assert has_died
    assert (begun.is_erasing, begun.erasures) == (True, before.erasures + 1)
    assert begun.taken == before.taken + 1
    assert begun.derivation == DERIVATION
    assert (
        begun.model_copy(
            update={
                "taken": before.taken,
                "is_erasing": False,
                "erasures": before.erasures,
                "erased_tombstones": before.erased_tombstones,
            }
        )
        == before
    )
    ingest_erasure(world, "a")
    done = world.snapshot("a")
    assert begun.erased_tombstones == done.erased_tombstones != ()
    assert done.taken > begun.taken


def test_a_finished_erasure_counts_one_more_change_than_its_beginning() -> None:
    before = withdrawn().snapshot("a")
    world, has_died = dying_after(1000)
    assert not has_died
    after = world.snapshot("a")
    assert (after.taken, after.erasures, after.is_erasing) == (before.taken + 2, 1, False)


def test_an_erasure_that_dies_at_any_write_is_finished_by_the_next_run() -> None:
    whole, _ = dying_after(1000)
    whole.settle()
    writes = 0
    while True:
        world, has_died = dying_after(writes)
        if not has_died:
            break
        world.settle()
        ingest_erasure(world, "a")
        world.settle()
        assert world.site() == whole.site(), writes
        assert places_of(world, "wone") + places_of(world, "wtwo") == [], writes
        writes += 1
    assert writes > 5


def put_next(world: World) -> None:
    world.put("a", hours(3), title="Next")


def put_with_a_note(world: World) -> None:
    note = {"kind": "correction", "note": "Because."}
    world.put("a", hours(3), title="Next", topics=["Beta"], revision=note)


def delete(world: World) -> None:
    world.delete("a", hours(3))


@pytest.mark.parametrize("go_on", [put_next, put_with_a_note, delete])
def test_what_happens_before_an_erasure_is_finished_brings_nothing_of_it_back(
    go_on: Callable[[World], None],
) -> None:
    """The next run starts from the words in the snapshot, while the records have none any more."""
    writes, has_died = 0, True
    hidden = {(key, f"{keys.ERASED}a") for key in ("images/own.png", "images/text.png")}
    while has_died:
        world, has_died = dying_after(writes, with_images)
        go_on(world)
        world.ingest("a")
        assert image_items(world) == hidden, writes
        assert places_of(world, "wone") == [], writes
        writes += 1
    assert writes > 10


def test_a_tombstone_that_an_overtaken_run_writes_late_does_not_stay() -> None:
    """In between, S3 lost all versions, so the run that overtook it found no revision."""
    world, has_died = dying_after(1, first_erased)
    assert has_died
    late, _ = dying_after(1000, first_erased)
    for version in world.source.versions(event_key("a")):
        world.source.remove_version(event_key("a"), version.version_id)
    ingest_erasure(world, "a")
    assert world.snapshot("a").number == 0
    world.put("a", hours(3), title="Next")
    world.ingest("a")
    tombstones = [one for one in late.records().values() if "RETRACTED#" in one.key.sort]
    assert tombstones
    for tombstone in tombstones:
        world.ledger.put(tombstone)
    assert not any(key.sort.startswith(keys.RETRACTED) for key in world.state())


def test_a_tombstone_of_an_erasure_that_died_does_not_stay() -> None:
    """It has the number of a revision that no snapshot knows, and whose version S3 has lost."""
    writes, has_died = 0, True
    while has_died:
        world = World()
        world.put("a", hours(0), **worded("wone"))
        world.ingest("a")
        world.delete("a", hours(1))
        world.ingest("a")
        world.put("a", hours(2), **worded("wtwo"))
        erase(world, "a", hours(3), "all")
        has_died = dies_after(writes, world)
        for version in world.source.versions(event_key("a")):
            world.source.remove_version(event_key("a"), version.version_id)
        world.now = hours(4)
        world.ingest("a")
        tombstones = [key for key in world.state() if key.sort.startswith(keys.RETRACTED)]
        lists = [key.partition for key in tombstones]
        assert len(lists) == len(set(lists)), (writes, tombstones)
        writes += 1
    assert writes > 10


def unfinished() -> World:
    """Return a world with two revisions, of a run that died when it had written them."""
    world = World()
    world.put("a", hours(0), **worded("wone"))
    world.put("a", hours(1), **worded("wtwo"))
    assert dies_after(4, world)
    assert world.revision("a", 2).entry.erased is None
    return world


@pytest.mark.parametrize(("revisions", "word"), [("all", "w"), ([1], "wone"), ([2], "wtwo")])
def test_an_erasure_that_dies_is_finished_when_s3_has_lost_what_it_erases(
    revisions: object, word: str
) -> None:
    """Its revisions are those of a run that died, too: their numbers stay (SPEC V9, V10)."""
    writes, has_died = 0, True
    while has_died:
        world = unfinished()
        erase(world, "a", hours(2), revisions)
        has_died = dies_after(writes, world)
        for version in world.source.versions(event_key("a")):
            world.source.remove_version(event_key("a"), version.version_id)
        world.now = hours(3)
        world.ingest("a")
        assert places_of(world, f"{word}title") == [], writes
        assert world.snapshot("a").number == 3, writes
        world.put("a", hours(4), title="Next")
        world.ingest("a")
        assert world.newest("a").title == "Next", writes
        writes += 1
    world.settle()
    assert places_of(world, f"{word}title") == []
    assert writes > 10


def first_erased() -> World:
    """Return a world with an event that nobody has noticed yet, and that is to be erased."""
    world = World()
    world.put("a", hours(0), **worded("wone"))
    erase(world, "a", hours(1), "all")
    world.notifications.clear()
    return world


def image_items(world: World) -> set[tuple[str, str]]:
    return {
        (item_key.partition.name, item_key.sort)
        for item_key, item in world.records().items()
        if item_key.partition.kind is PartitionKind.IMAGE and not item.deleted
    }
