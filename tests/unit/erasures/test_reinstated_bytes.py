"""The same bytes uploaded after an erasure are published again (DESIGN.md, "Rulings")."""

from collections.abc import Callable

import pytest

from gazette.models.contract.identity import event_key
from gazette.models.ledger import keys
from gazette.models.ledger.partitions import PartitionKind
from gazette.models.ledger.snapshot import Origin
from gazette.models.tasks.reports import IngestReport
from gazette.services.ingest.ingest import Ingestor
from tests.unit.erasures.erasing import erase, places_of, put_erasure, undo, worded
from tests.unit.publish.worlds import World, hours

KEY = event_key("a")
Act = Callable[[World], object]


def upload(word: str, hour: int) -> Act:
    return lambda world: world.put("a", hours(hour), **worded(word))


def erasure(revisions: object, hour: int) -> Act:
    return lambda world: erase(world, "a", hours(hour), revisions)


def one_by_one(*acts: Act) -> World:
    world = World()
    for act in acts:
        act(world)
        world.settle()
    return world


def all_at_once(*acts: Act) -> World:
    world = World()
    for act in acts:
        act(world)
    world.settle()
    return world


def numbers(world: World) -> list[tuple[str, bool]]:
    """Return the kind of each revision, and whether it is erased."""
    snapshot = world.snapshot("a")
    entries = [world.revision("a", one + 1).entry for one in range(snapshot.number)]
    return [(str(entry.kind), entry.erased is not None) for entry in entries]


@pytest.mark.parametrize("revisions", ["all", [1]])
@pytest.mark.parametrize("publish", [one_by_one, all_at_once])
def test_the_same_bytes_after_an_erasure_are_the_next_revision(
    publish: Callable[..., World], revisions: object
) -> None:
    world = publish(upload("wone", 0), erasure(revisions, 1), upload("wone", 2))
    assert numbers(world) == [("publication", True), ("correction", False)]
    assert world.newest("a").title == "wonetitle of it"
    assert "news/2026/07/4/wonetitle-of-it.html" in world.site()


def test_a_rebuild_gives_the_same_site() -> None:
    acts = (upload("wone", 0), erasure("all", 1), upload("wone", 2), upload("wtwo", 3))
    assert one_by_one(*acts).site() == all_at_once(*acts).site()


def test_the_bytes_of_an_erased_newest_revision_of_several_are_shown_again() -> None:
    acts = (upload("wone", 0), upload("wtwo", 1), erasure([2], 2), upload("wtwo", 3))
    for world in (one_by_one(*acts), all_at_once(*acts)):
        assert [is_erased for _, is_erased in numbers(world)] == [False, True, False]
        assert world.newest("a").title == "wtwotitle of it"


def test_the_same_bytes_once_more_make_no_further_revision() -> None:
    acts = (upload("wone", 0), erasure("all", 1), upload("wone", 2), upload("wone", 3))
    for world in (one_by_one(*acts), all_at_once(*acts)):
        assert world.snapshot("a").number == 2


@pytest.mark.parametrize("hour", [0, 1])
def test_the_same_bytes_before_the_erasure_make_no_revision(hour: int) -> None:
    """What is stored in the second of the erasure is not later."""
    acts = (upload("wone", 0), upload("wone", hour), erasure("all", 1))
    for world in (one_by_one(*acts), all_at_once(*acts)):
        assert numbers(world) == [("publication", True)]
        assert places_of(world, "wone") == []


def test_bytes_that_were_noticed_late_make_no_revision_if_they_were_uploaded_before() -> None:
    world = one_by_one(upload("wone", 0), erasure("all", 2))
    world.put("a", hours(1), **worded("wone"))
    world.settle()
    assert numbers(world) == [("publication", True)]


def test_a_second_erasure_takes_the_bytes_again() -> None:
    acts = (upload("wone", 0), erasure("all", 1), upload("wone", 2), erasure("all", 3))
    for world in (one_by_one(*acts), all_at_once(*acts)):
        assert [is_erased for _, is_erased in numbers(world)] == [True, True]
        assert places_of(world, "wone") == []


def test_the_erasure_in_force_at_the_upload_counts_although_it_was_undone() -> None:
    acts: tuple[Act, ...] = (upload("wone", 0), erasure("all", 1), upload("wone", 2))
    undone: Act = lambda world: undo(world, "a", hours(3))  # noqa: E731
    for world in (one_by_one(*acts, undone), all_at_once(*acts, undone)):
        assert [is_erased for _, is_erased in numbers(world)] == [False, False]


@pytest.mark.parametrize("publish", [one_by_one, all_at_once])
def test_the_same_bytes_after_an_erasure_that_was_undone_make_no_revision(
    publish: Callable[..., World],
) -> None:
    world = publish(
        upload("wone", 0),
        erasure("all", 1),
        lambda world: undo(world, "a", hours(2)),
        upload("wone", 3),
    )
    assert numbers(world) == [("publication", False)]


def test_an_erasure_that_cannot_be_read_leaves_the_one_before_it_in_force() -> None:
    world = one_by_one(
        upload("wone", 0),
        erasure("all", 1),
        lambda world: put_erasure(world, "a", hours(2), b"{"),
        upload("wone", 3),
    )
    assert [is_erased for _, is_erased in numbers(world)] == [True, False]


def test_the_same_bytes_bring_back_a_text_that_s3_had_lost() -> None:
    world = one_by_one(upload("wone", 0), erasure("all", 1))
    version = world.source.versions(KEY)[0].version_id
    world.delete("a", hours(2))
    world.source.remove_version(KEY, version)
    world.settle()
    world.source.remove_version(KEY, world.source.versions(KEY)[0].version_id)
    undo(world, "a", hours(3))
    world.settle()
    assert numbers(world)[0] == ("publication", True)
    world.put("a", hours(4), **worded("wone"))
    world.settle()
    assert world.newest("a").erased is None


def test_the_same_bytes_show_an_event_whose_erased_text_is_lost_and_no_marker_was_written() -> None:
    world = one_by_one(upload("wone", 0), erasure("all", 1))
    undo(world, "a", hours(2))
    world.source.remove_version(KEY, world.source.versions(KEY)[0].version_id)
    world.put("a", hours(3), **worded("wone"))
    world.settle()
    assert numbers(world) == [("publication", True), ("correction", False)]


def test_an_erased_version_that_s3_shows_again_makes_no_revision() -> None:
    """The same bytes were uploaded twice before the erasure, and the second upload was removed."""
    world = one_by_one(upload("wone", 0), upload("wone", 1), erasure("all", 2))
    world.source.remove_version(KEY, world.source.versions(KEY)[0].version_id)
    world.now = hours(3)
    world.settle()
    assert numbers(world) == [("publication", True)]


def test_an_erased_version_that_s3_shows_instead_of_a_broken_one_makes_no_revision() -> None:
    """SPEC V10. It is another upload than the one that made the revision, and as old."""
    world = one_by_one(
        upload("wone", 0),
        upload("wone", 1),
        lambda world: world.put_raw("a", hours(2), b"{"),
        erasure("all", 3),
    )
    world.source.remove_version(KEY, world.source.versions(KEY)[0].version_id)
    world.now = hours(4)
    world.settle()
    assert world.snapshot("a").served == world.source.versions(KEY)[0].identity
    assert numbers(world) == [("publication", True)]
    assert places_of(world, "wone") == []


def test_the_erased_revision_stays_at_its_number_with_its_hash() -> None:
    world = one_by_one(upload("wone", 0))
    before = world.revision("a", 1).entry.sha256
    erase(world, "a", hours(1), "all")
    world.settle()
    upload("wone", 2)(world)
    world.settle()
    assert world.revision("a", 1).entry.sha256 == before
    assert world.revision("a", 2).previous_sha256 == before
    assert "Personal data." in world.site()["news/2026/07/4/wonetitle-of-it.r1.html"].decode()


def test_a_version_that_the_erased_revision_shows_itself_is_no_upload_after_it() -> None:
    """A run that ended early has recorded the version as restored, without a snapshot."""
    world = one_by_one(erasure([1, 3], -1), upload("wone", 0), upload("wtwo", 1), upload("wone", 2))
    restored = world.revision("a", 3).model_copy(update={"origin": Origin.RESTORED})
    lost = World()
    lost.source, lost.now = world.source, hours(3)
    lost.ingestor = Ingestor(lost.source, lost.ledger, lost.clock)
    for item in world.records().values():
        is_document = item.key.partition.kind is PartitionKind.DOCUMENT
        if item.key == keys.revision_key("a", 3):
            lost.ledger.put(item._replace(payload=restored.model_dump_json()))
        elif is_document or item.key.sort.startswith(keys.REVISION):
            lost.ledger.put(item)
    lost.ingest("a")
    assert numbers(lost) == numbers(world)


def test_a_second_run_finds_nothing_to_do() -> None:
    world = one_by_one(upload("wone", 0), erasure("all", 1), upload("wone", 2))
    report = IngestReport()
    world.ingestor.ingest(KEY, report)
    assert (report.stale, report.recorded) == (1, [])


def test_the_same_bytes_without_an_erasure_list_the_erasures_once_a_look() -> None:
    world = one_by_one(upload("wone", 0))
    world.put("a", hours(1), **worded("wone"))
    world.calls.clear()
    world.settle()
    assert world.calls["s3.ListObjectVersions"] == 4
    assert world.calls["s3.PutObject"] == 0
