"""An object that is not read is counted, and listed until it is deleted."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.contract.identity import event_key, why_ignored
from gazette.models.ledger import partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.problems.problems import Problem
from gazette.models.tasks.reconciliation import IngestWork
from gazette.models.tasks.reports import IngestReport
from gazette.ports import ConflictError
from gazette.services.ingest.refused_keys import record_refused
from gazette.store.memory import MemoryLedger
from tests.unit.images.image_files import PNG
from tests.unit.publish.worlds import World, document_of, hours
from tests.unit.reconcile.reconciling import always, never, reconcile, reconciler_of

NAME = "is not read: the key of an event ends in .json, in lower case"
FOLDER = (
    "is not read: write events to events/<id>.json, images to images/, other files of the site to"
    " static/"
)
IGNORED = {
    "events/a.JSON": NAME,
    "events/a.Json": NAME,
    "events/a.json.gz": NAME,
    "events/a.txt": NAME,
    "events/a": NAME,
    "a.json": FOLDER,
    "event/a.json": FOLDER,
    "Events/a.json": FOLDER,
    "/events/a.json": FOLDER,
    "Images/a.png": FOLDER,
    "drafts/events/a.json": FOLDER,
    "README.md": FOLDER,
}


def ingest(world: World, key: str) -> IngestReport:
    report = IngestReport()
    world.ingestor.ingest(key, report)
    return report


def put(world: World, key: str, at: float = 0) -> None:
    world.source.put(key, document_of(), hours(at))
    world.notifications.clear()


@pytest.mark.parametrize(("key", "reason"), IGNORED.items())
def test_an_object_that_is_not_read_is_counted_and_on_record(key: str, reason: str) -> None:
    world = World()
    put(world, key)
    report = ingest(world, key)
    assert (report.keys, report.ignored, report.quarantined) == (1, [(key, reason)], [])
    kept = world.quarantined(key)
    assert kept is not None
    assert (kept.version_id, kept.at, kept.problems) == ("v1", hours(0), (("key", reason),))
    assert world.live(partitions.SITE) == []


@pytest.mark.parametrize(
    "key",
    ["", "events/", "events/2026/", "images/", "images/2026/", "drafts/", "static/", "static/a/"],
)
def test_a_folder_is_nothing_to_report(key: str) -> None:
    world = World()
    report = ingest(world, key)
    assert (report.keys, report.ignored) == (1, [])
    assert world.calls.total() == 0


@given(st.text(min_size=1))
def test_the_key_of_an_event_an_image_or_a_file_is_never_ignored(name: str) -> None:
    assert why_ignored(event_key(name)) is None
    assert why_ignored(f"images/{name}") is None
    assert why_ignored(f"static/{name}") is None


def test_it_is_on_record_until_it_is_deleted() -> None:
    world = World()
    put(world, "events/a.JSON")
    ingest(world, "events/a.JSON")
    world.source.delete("events/a.JSON", hours(1))
    assert ingest(world, "events/a.JSON").ignored == []
    assert world.quarantined("events/a.JSON") is None
    put(world, "events/a.JSON", 2)
    assert ingest(world, "events/a.JSON").ignored == [("events/a.JSON", NAME)]
    assert world.quarantined("events/a.JSON") is not None


def test_an_object_that_comes_again_stays_on_record_when_the_stream_is_published() -> None:
    """Its number is above that of the deletion, which would otherwise remove it."""
    world = World()
    put(world, "events/a.JSON")
    ingest(world, "events/a.JSON")
    world.source.delete("events/a.JSON", hours(1))
    ingest(world, "events/a.JSON")
    put(world, "events/a.JSON", 2)
    ingest(world, "events/a.JSON")
    world.settle()
    kept = world.quarantined("events/a.JSON")
    assert kept is not None
    assert kept.at == hours(2)


def test_a_run_that_takes_a_key_off_the_record_sees_that_another_recorded_a_newer_version() -> None:
    world = World()
    put(world, "a.json")
    ingest(world, "a.json")
    world.source.delete("a.json", hours(1))

    class Overtaken(MemoryLedger):
        def put(self, item: LedgerItem) -> bool:
            world.source.put("a.json", document_of(), hours(2))
            world.ingestor.ingest("a.json", IngestReport())
            return world.ledger.put(item)

        def get(self, item_key: ItemKey) -> LedgerItem | None:
            return world.ledger.get(item_key)

    ledger = Overtaken(Counter(), world.changes.append, world.clock)
    with pytest.raises(ConflictError, match="another run wrote the quarantine"):
        record_refused(world.source, ledger, "a.json", (Problem("key", FOLDER),))
    world.settle()
    kept = world.quarantined("a.json")
    assert kept is not None
    assert kept.at == hours(2)


def test_a_notification_of_what_is_gone_leaves_nothing() -> None:
    world = World()
    report = ingest(world, "events/a.JSON")
    assert (report.stale, report.ignored) == (1, [])
    assert world.records() == {}


def test_the_nightly_run_finds_what_no_notification_names() -> None:
    world = World()
    for key in IGNORED:
        put(world, key)
    world.put("good", hours(0))
    reconcile(world)
    assert {key for key in IGNORED if world.quarantined(key)} == set(IGNORED)
    assert len(world.live(partitions.SITE)) == 1


@pytest.mark.parametrize("deleted", [(), ("README.md",)])
def test_what_is_on_record_costs_a_later_run_one_read(deleted: tuple[str, ...]) -> None:
    world = World()
    put(world, "README.md")
    for key in deleted:
        world.source.delete(key, hours(1))
    first = reconcile(world)
    assert first.counts.missing == 0
    world.calls.clear()
    work_item, report = reconciler_of(world).source.ingest(IngestWork(), always)
    assert (work_item.counts.missing, report.keys) == (0, 0)
    assert world.calls == {"s3.ListObjectVersions": 1, "dynamodb.BatchGetItem": 1}


def test_an_event_key_that_was_too_long_and_is_deleted_costs_one_read_too() -> None:
    world = World()
    put(world, event_key("x" * 900))
    world.source.delete(event_key("x" * 900), hours(1))
    assert reconcile(world).counts.missing == 0
    world.calls.clear()
    work_item, report = reconciler_of(world).source.ingest(IngestWork(), always)
    assert (work_item.counts.missing, report.keys) == (0, 0)
    assert world.calls == {"s3.ListObjectVersions": 1, "dynamodb.BatchGetItem": 1}


def test_a_run_records_a_hundred_of_them_and_the_next_run_the_others() -> None:
    world = World()
    for number in range(220):
        put(world, f"logs/{number:03}.txt")
    world.source.put("images/a.png", PNG, hours(0))
    recorded = []
    for _ in range(4):
        work_item, report = reconciler_of(world).source.ingest(IngestWork(), always)
        assert (work_item.is_done, work_item.counts.keys) == (True, 221)
        recorded.append(len(report.ignored))
    assert recorded == [100, 100, 20, 0]


def test_a_run_without_time_records_them_step_by_step() -> None:
    world = World()
    for key in IGNORED:
        put(world, key)
    reconcile(world, has_time=never)
    assert all(world.quarantined(key) for key in IGNORED)
