"""Objects of which S3 has no version any more are found, although no listing shows them."""

from dataclasses import replace

import pytest

from gazette.models.contract.identity import event_key
from gazette.models.ledger import keys
from gazette.models.limits import MAX_KEY_BYTES
from gazette.models.tasks.reconciliation import Outcome, UnlistedWork
from gazette.services.reconcile.unlisted import UnlistedObjects
from tests.unit.images.image_files import PNG
from tests.unit.publish.worlds import MORNING, World, hours
from tests.unit.reconcile.reconciling import always, never, reconcile, reconciler_of

WHOLE = UnlistedWork(segment=0, segments=1)
IMAGE = "images/a.png"
# More than one page of the ledger.
MANY = 200


def unlisted_in(world: World, most_keys: int = 1000) -> UnlistedObjects:
    return UnlistedObjects(world.source, world.ledger, world.ingestor, most_keys)


def published(*names: str) -> World:
    world = World()
    for name in names:
        world.put(name, MORNING, title=name)
    world.settle()
    return world


def remove_all(world: World, key: str) -> None:
    """Remove all versions of an object, and lose the notifications."""
    for version in world.source.versions(key):
        world.source.remove_version(key, version.version_id)
    world.notifications.clear()


def test_an_event_whose_removal_nobody_heard_of_is_withdrawn_in_one_iteration() -> None:
    world, other = published("gone", "left"), published("gone", "left")
    for each in (world, other):
        each.now = hours(1)
    remove_all(world, event_key("gone"))
    assert reconcile(world, iterations=1).counts.missing == 1
    for version in other.source.versions(event_key("gone")):
        other.source.remove_version(event_key("gone"), version.version_id)
    other.settle()
    assert world.site() == other.site()
    assert world.newest("gone").kind == "retraction"
    assert reconcile(world, iterations=1).outcome is Outcome.SETTLED


def test_an_event_under_embargo_whose_versions_were_removed_is_never_published() -> None:
    world = published("left")
    world.put("held", hours(1), published="2026-08-04T08:00:00Z")
    world.settle()
    remove_all(world, event_key("held"))
    reconcile(world, iterations=1)
    assert world.snapshot("held").held is None


@pytest.mark.parametrize(
    ("key", "body"),
    [
        ("events/bad.json", b"{"),
        (f"events/{'x' * MAX_KEY_BYTES}.json", b"{}"),
        ("events/a.JSON", b"{}"),
        (IMAGE, b"no image"),
    ],
    ids=["bad document", "bad key", "ignored", "bad image"],
)
def test_a_refused_object_that_was_removed_leaves_the_quarantine(key: str, body: bytes) -> None:
    world = published("left")
    world.source.put(key, body, MORNING)
    world.settle()
    assert world.quarantined(key) is not None
    remove_all(world, key)
    assert reconcile(world, iterations=1).counts.missing == 1
    assert world.quarantined(key) is None
    assert reconcile(world, iterations=1).outcome is Outcome.SETTLED


def test_an_image_whose_versions_were_removed_leaves_the_site() -> None:
    world = World()
    world.source.put(IMAGE, PNG, MORNING)
    world.put("a", MORNING, image={"key": IMAGE, "alt": "A"})
    world.settle()
    assert any("a.png" in path for path in world.site())
    remove_all(world, IMAGE)
    assert reconcile(world, iterations=1).counts.missing == 1
    assert not any("a.png" in path for path in world.site())
    assert reconcile(world, iterations=1).outcome is Outcome.SETTLED


def test_what_the_ledger_knows_to_be_removed_is_not_ingested_again() -> None:
    world = published("a")
    remove_all(world, event_key("a"))
    first, report = unlisted_in(world).ingest(WHOLE, always)
    assert (first.counts.missing, first.counts.revisions, first.is_done) == (1, 1, True)
    before = world.calls.copy()
    again, report = unlisted_in(world).ingest(WHOLE, always)
    assert (again.counts.missing, report.keys) == (0, 0)
    spent = world.calls - before
    assert (spent["dynamodb.Scan"], spent["dynamodb.BatchGetItem"]) == (1, 1)
    assert spent["s3.GetObject"] == spent["dynamodb.PutItem"] == 0


def test_listed_objects_cost_a_listing_and_the_keys_of_the_ledger() -> None:
    world = published("a", "b", "c")
    before = world.calls.copy()
    work_item, _ = unlisted_in(world).ingest(WHOLE, always)
    assert work_item.counts.missing == 0
    assert world.calls - before == {"dynamodb.Scan": 1, "s3.ListObjectVersions": 1}


def test_a_segment_continues_at_its_cursor() -> None:
    names = [f"{number:03}" for number in range(MANY)]
    world = World()
    for name in names:
        world.put(name, MORNING, title=name)
    world.ingest(*names)
    remove_all(world, event_key("007"))
    remove_all(world, event_key("190"))
    work_item, turns = WHOLE, 0
    while not work_item.is_done:
        work_item, _ = unlisted_in(world).ingest(work_item, never)
        turns += 1
    assert (work_item.counts.missing, work_item.counts.failed) == (2, 0)
    assert turns > 1


def test_a_range_of_keys_goes_on_over_the_pages_of_the_ledger() -> None:
    names = [f"{number:03}" for number in range(MANY)]
    world = World()
    for name in names:
        world.put(name, MORNING, title=name)
    world.ingest(*names)
    remove_all(world, event_key("007"))
    remove_all(world, event_key("190"))
    work_item, bounds = WHOLE, []
    while not work_item.is_done:
        work_item, _ = unlisted_in(world, MANY // 2).ingest(work_item, never)
        bounds.append(work_item.keys_until)
    assert (work_item.counts.missing, work_item.counts.failed) == (2, 0)
    assert max(map(bounds.count, filter(None, bounds))) > 1


@pytest.mark.parametrize("has_time", [always, never])
@pytest.mark.parametrize("most_keys", [1, 2, 3, 8])
def test_more_keys_than_are_listed_at_once_are_compared_range_by_range(
    most_keys: int, has_time: "type[bool]"
) -> None:
    names = list("abcdefgh")
    world = published(*names)
    for name in "aceh":
        remove_all(world, event_key(name))
    work_item, ranges = WHOLE, set()
    while not work_item.is_done:
        ranges.add(work_item.keys_after)
        work_item, report = unlisted_in(world, most_keys).ingest(work_item, has_time)
        assert report.failed == []
    assert work_item.counts.missing == 4
    assert len(ranges) == (1 if most_keys == 8 else -(-4 // most_keys))
    assert [name for name in names if world.snapshot(name).served] == list("bdfg")


def test_an_object_that_fails_is_counted_and_the_others_are_ingested() -> None:
    world = published("a", "b")
    remove_all(world, event_key("a"))
    remove_all(world, event_key("b"))

    class Failing:
        def versions(self, key: str, known_until: int | None = None) -> list[object]:
            if key == event_key("a"):
                raise TimeoutError(key)
            return list(world.source.versions(key, known_until))

    ingestor = replace(world.ingestor, source=Failing())  # type: ignore[arg-type]  # reads nothing
    unlisted = replace(unlisted_in(world), ingestor=ingestor)
    work_item, report = unlisted.ingest(WHOLE, always)
    assert (work_item.counts.missing, work_item.counts.failed) == (2, 1)
    assert [name for name, _, _ in report.recorded] == ["b"]


def test_the_state_machine_hands_out_a_work_item_for_each_segment() -> None:
    world = published("a")
    remove_all(world, event_key("a"))
    done = reconciler_of(world).work(WHOLE, always)
    assert [name for name, _, _ in done.ingested.recorded] == ["a"]
    assert isinstance(done.answer, UnlistedWork)
    assert world.ledger.get(keys.snapshot_key("a")) is not None
