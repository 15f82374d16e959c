"""What is erased while it is held was never public, and leaves no trace (SPEC V10, V11)."""

from collections.abc import Callable

import pytest

from gazette.models.contract.identity import erasure_key, event_key
from gazette.models.frozen import rfc3339
from gazette.models.ledger import keys, partitions
from gazette.ports import ListedKey
from gazette.services.reconcile.progress import Progress, progress_of
from gazette.services.release.release import held_events
from tests.unit.erasures.erasing import erase, ingest_erasure, places_of, undo, worded
from tests.unit.publish.worlds import World, hours
from tests.unit.reconcile.reconciling import emptied, reconcile

RELEASE = 4
FIELDS = worded("wone") | {"published": rfc3339(hours(RELEASE))}
NAMES: dict[str, Callable[[World], object]] = {
    "all": lambda _: "all",
    "the number that it would get": lambda _: [1],
    "version": lambda world: [{"version": world.source.versions(event_key("a"))[0].version_id}],
    "hash of the document": lambda world: [{"sha256": held_hash(world)}],
}


def held_hash(world: World) -> str:
    held = world.snapshot("a").held
    assert held is not None
    assert held.content_sha256
    return held.content_sha256


def held_world(**fields: object) -> World:
    """Return a world with a public event, and one under embargo until `RELEASE`."""
    world = World()
    world.put("b", hours(0), topics=["Alpha"])
    world.put("a", hours(0), **FIELDS | fields)
    world.settle()
    return world


def settle_at(world: World, hour: float) -> None:
    world.now = hours(hour)
    world.ingest("a")
    world.settle()


def is_held_back(world: World) -> bool:
    held = world.snapshot("a").held
    return held is not None and held.is_erased


@pytest.mark.parametrize("name", NAMES)
def test_what_is_erased_before_its_release_is_never_public(name: str) -> None:
    world = held_world()
    before = world.site()
    erase(world, "a", hours(1), NAMES[name](world))
    world.settle()
    assert world.site() == before
    settle_at(world, RELEASE + 1)
    assert world.site() == before
    assert world.snapshot("a").number == 0
    assert is_held_back(world)
    assert places_of(world, "wone") == []


def test_an_erasure_in_the_second_of_the_release_comes_before_it() -> None:
    world = held_world()
    erase(world, "a", hours(RELEASE), "all")
    settle_at(world, RELEASE)
    assert world.snapshot("a").number == 0


def test_an_erasure_after_the_release_leaves_the_number_even_if_both_are_noticed_late() -> None:
    world = held_world()
    erase(world, "a", hours(RELEASE + 1), "all")
    settle_at(world, RELEASE + 2)
    assert world.snapshot("a").number == 1
    assert world.newest("a").erased is not None
    assert places_of(world, "wone") == []


def test_what_was_uploaded_after_all_was_erased_is_released() -> None:
    world = World()
    erase(world, "a", hours(0), "all")
    world.put("a", hours(1), **FIELDS)
    world.settle()
    settle_at(world, RELEASE)
    assert world.newest("a").title == "wonetitle of it"


def test_a_held_version_has_the_hash_that_its_revision_will_have() -> None:
    """So the hash by which a publisher erases it does not change at the release."""
    world = held_world()
    held = held_hash(world)
    settle_at(world, RELEASE)
    assert world.revision("a", 1).content_sha256 == held


@pytest.mark.parametrize("published", [None, rfc3339(hours(-1)), rfc3339(hours(0))])
def test_a_date_that_is_not_ahead_of_the_upload_is_no_embargo(published: str | None) -> None:
    """An erasure that came first finds the version public, and leaves its number."""
    world = World()
    erase(world, "a", hours(-1), [1])
    world.put("a", hours(0), **FIELDS | {"published": published})
    world.settle()
    assert world.snapshot("a").held is None
    assert world.newest("a").number == 1
    assert world.newest("a").erased is not None
    assert places_of(world, "wone") == []


def test_an_erasure_that_names_another_version_holds_nothing_back() -> None:
    world = held_world()
    erase(world, "a", hours(1), [{"version": "another"}, 2])
    world.settle()
    settle_at(world, RELEASE)
    assert world.newest("a").title == "wonetitle of it"


def test_a_later_good_version_is_the_first_revision() -> None:
    world = held_world()
    erase(world, "a", hours(1), "all")
    world.settle()
    settle_at(world, RELEASE)
    world.put("a", hours(5), title="Good")
    world.settle()
    assert (world.newest("a").number, world.newest("a").title) == (1, "Good")
    assert places_of(world, "wone") == []
    assert not is_held_back(world)


def test_a_good_version_is_not_compared_with_one_that_waits_for_its_release() -> None:
    world = held_world()
    erase(world, "a", hours(1), "all")
    world.put("a", hours(2), title="Good", published=rfc3339(hours(RELEASE + 2)))
    world.settle()
    settle_at(world, RELEASE)
    assert world.snapshot("a").number == 0
    settle_at(world, RELEASE + 2)
    assert (world.newest("a").number, world.newest("a").title) == (1, "Good")


@pytest.mark.parametrize("undone", [2, RELEASE + 2])
def test_an_undone_erasure_leads_to_the_publication_at_its_time(undone: int) -> None:
    """Before the release it is published then; afterwards it is news when the erasure ends."""
    world = held_world()
    erase(world, "a", hours(1), "all")
    world.settle()
    settle_at(world, undone - 1)
    undo(world, "a", hours(undone))
    world.now = hours(undone)
    world.settle()
    settle_at(world, RELEASE + 3)
    assert world.newest("a").at == hours(max(RELEASE, undone))
    assert world.newest("a").published == hours(RELEASE)
    assert "wonebody" in world.records()[document_key(world)].payload


def document_key(world: World) -> keys.ItemKey:
    return keys.document_key("a", world.revision("a", 1).identity, 0)


def test_a_narrower_erasure_ends_the_one_before() -> None:
    world = held_world()
    erase(world, "a", hours(1), "all")
    world.settle()
    erase(world, "a", hours(2), [7])
    world.settle()
    assert [event.event_id for event in held_events(world.ledger)] == ["a"]
    settle_at(world, RELEASE)
    assert world.newest("a").at == hours(RELEASE)


def test_an_erasure_after_an_undone_one_does_not_take_the_number_away() -> None:
    """The version was public in between, whether somebody noticed that or not."""
    worlds = [held_world(), held_world()]
    for world, is_handled in zip(worlds, (True, False), strict=True):
        erase(world, "a", hours(1), "all")
        undo(world, "a", hours(5))
        if is_handled:
            settle_at(world, 5)
        erase(world, "a", hours(6), "all")
        settle_at(world, 7)
        assert world.newest("a").erased is not None
    assert worlds[0].site() == worlds[1].site()


def test_nothing_is_scheduled_for_what_is_erased() -> None:
    world = held_world()
    erase(world, "a", hours(1), "all")
    world.settle()
    assert list(held_events(world.ledger)) == []
    world.now = hours(RELEASE + 1)
    item = world.records()[keys.snapshot_key("a")]
    listed = ListedKey(event_key("a"), tuple(world.source.versions(event_key("a"))))
    assert progress_of(listed, item.key, item, world.now) is not Progress.BEHIND


def test_a_version_that_s3_shows_again_is_held_back_again() -> None:
    world = held_world()
    before = world.site()
    erase(world, "a", hours(1), "all")
    world.delete("a", hours(2))
    settle_at(world, RELEASE + 1)
    world.source.remove_version(event_key("a"), world.source.versions(event_key("a"))[0].version_id)
    settle_at(world, RELEASE + 2)
    assert world.site() == before
    assert is_held_back(world)
    undo(world, "a", hours(RELEASE + 3))
    settle_at(world, RELEASE + 3)
    assert world.newest("a").at == hours(RELEASE + 3)


def test_a_version_in_quarantine_is_held_back_when_it_can_be_published() -> None:
    """S3 did not give it out at first."""
    world = World()
    world.put("a", hours(0), **FIELDS)
    version_id = world.source.versions(event_key("a"))[0].version_id
    world.source.deny(event_key("a"), version_id)
    settle_at(world, 1)
    assert world.quarantined(event_key("a")) is not None
    erase(world, "a", hours(2), "all")
    world.source.contents.denied.clear()
    settle_at(world, RELEASE + 1)
    assert world.quarantined(event_key("a")) is None
    assert world.snapshot("a").number == 0
    assert is_held_back(world)
    undo(world, "a", hours(RELEASE + 2))
    settle_at(world, RELEASE + 2)
    assert world.newest("a").at == hours(RELEASE + 2)


def test_a_release_that_is_refused_after_an_undone_erasure_goes_into_quarantine() -> None:
    world = held_world(guid="https://old.example/a")
    erase(world, "a", hours(1), "all")
    world.put("c", hours(2), guid="https://old.example/a")
    world.settle()
    undo(world, "a", hours(5))
    world.settle()
    settle_at(world, 5)
    assert world.quarantined(event_key("a")) is not None
    before = world.records()
    assert world.ingest("a").stale == 1
    assert world.records() == before


def test_a_held_version_that_s3_has_lost_by_the_end_of_the_erasure_is_refused() -> None:
    """Its document has left the ledger with the erasure."""
    world = held_world()
    erase(world, "a", hours(1), "all")
    world.settle()
    world.source.deny(event_key("a"), world.source.versions(event_key("a"))[0].version_id)
    undo(world, "a", hours(2))
    world.settle()
    settle_at(world, RELEASE)
    assert world.quarantined(event_key("a")) is not None
    assert world.snapshot("a").number == 0


def test_the_publisher_hears_that_a_number_is_under_embargo() -> None:
    world = held_world()
    erase(world, "a", hours(1), [1])
    report, _ = world.settle()
    waits = "number 1 is under embargo: it is not published as long as this erasure is there"
    assert report.notices == {erasure_key("a"): f"revisions: {waits}"}


def test_no_address_is_claimed_for_what_is_never_public() -> None:
    world = held_world()
    erase(world, "a", hours(1), "all")
    settle_at(world, RELEASE + 1)
    paths = [key.partition.name for key in world.records() if key.sort == keys.CLAIM]
    assert not any("wone" in path for path in paths)


def test_a_run_that_died_after_it_removed_the_document_is_finished() -> None:
    world = held_world()
    before = world.site()
    erase(world, "a", hours(1), "all")
    stored = world.records()[keys.snapshot_key("a")]
    world.settle()
    taken = world.snapshot("a").taken
    begun = world.snapshot("a").model_copy(update={"is_erasing": True})
    held = begun.held
    assert held is not None
    begun = begun.model_copy(update={"held": held.model_copy(update={"is_erased": False})})
    newest = world.records()[stored.key]
    world.ledger.replace(
        newest._replace(revision=newest.revision + 1, payload=begun.model_dump_json()),
        newest.revision,
    )
    ingest_erasure(world, "a")
    assert is_held_back(world)
    assert world.snapshot("a").taken > taken
    settle_at(world, RELEASE + 1)
    assert world.site() == before


def test_a_rebuild_publishes_nothing_of_it_either() -> None:
    world = held_world()
    erase(world, "a", hours(1), "all")
    world.settle()
    world.now = hours(RELEASE + 1)
    before = world.site()
    reconcile(world)
    assert world.site() == before
    emptied(world)
    reconcile(world)
    assert world.site() == before
    assert list(world.ledger.scan(partitions.event_partition("a"), keys.REVISION)) == []
