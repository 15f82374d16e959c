"""What the ledger lacks is found in the listing of the source bucket, part by part."""

from dataclasses import replace

import pytest

from gazette.models.contract.identity import event_key
from gazette.models.ledger import keys
from gazette.models.limits import MAX_KEY_BYTES
from gazette.models.object_version import ObjectVersion
from gazette.models.tasks.reconciliation import IngestWork
from gazette.ports import SourceArchive
from gazette.services.reconcile.source import SourceReconciler
from tests.unit.images.image_files import PNG
from tests.unit.publish.worlds import MORNING, World, hours
from tests.unit.reconcile.reconciling import always, never, reconciler_of

# More than one step.
MANY = 120


def source_of(world: World) -> SourceReconciler:
    return reconciler_of(world).source


def filled(number: int) -> World:
    world = World()
    for name in range(number):
        world.put(f"{name:04d}", MORNING)
    world.notifications.clear()
    return world


def test_only_missing_versions_are_ingested() -> None:
    world = filled(3)
    world.ingest("0000", "0002")
    world.put("0002", hours(1), body="More.")
    before = world.calls.copy()
    work_item, report = source_of(world).ingest(IngestWork(), always)
    assert [name for name, _, _ in report.recorded] == ["0001", "0002"]
    assert (work_item.counts.keys, work_item.counts.missing, work_item.is_done) == (3, 2, True)
    spent = world.calls - before
    assert spent["s3.GetObject"] == 2
    assert spent["dynamodb.BatchGetItem"] == 1


def test_for_recorded_keys_only_the_snapshots_are_read() -> None:
    world = filled(MANY)
    world.ingest(*(f"{name:04d}" for name in range(MANY)))
    before = world.calls.copy()
    work_item, _ = source_of(world).ingest(IngestWork(), always)
    assert (work_item.counts.keys, work_item.counts.missing) == (MANY, 0)
    assert world.calls - before == {"s3.ListObjectVersions": 1, "dynamodb.BatchGetItem": 2}


def test_a_part_reaches_from_after_a_key_up_to_another() -> None:
    world = filled(5)
    work_item = IngestWork(after=event_key("0001"), until=event_key("0003"))
    done, report = source_of(world).ingest(work_item, always)
    assert [name for name, _, _ in report.recorded] == ["0002", "0003"]
    assert (done.is_done, done.counts.keys) == (True, 2)


def test_a_work_item_continues_at_its_cursor_and_adds_to_its_counts() -> None:
    world = filled(MANY)
    source, work_item, steps = source_of(world), IngestWork(), 0
    while not work_item.is_done:
        work_item, _ = source.ingest(work_item, never)
        steps += 1
    assert (work_item.counts.keys, work_item.counts.revisions) == (MANY, MANY)
    assert steps == 3  # the last one finds that nothing follows


class Unreadable:
    """A source bucket that does not give away one object."""

    def __init__(self, source: SourceArchive) -> None:
        self._source = source

    def versions(self, key: str, known_until: int | None = None) -> list[ObjectVersion]:
        return self._source.versions(key, known_until)

    def read(self, key: str, version_id: str) -> bytes:
        if key == event_key("0000"):
            raise TimeoutError(key)
        return self._source.read(key, version_id)


def test_a_key_that_fails_is_counted_and_the_others_are_taken() -> None:
    world = filled(2)
    ingestor = replace(world.ingestor, source=Unreadable(world.source))
    source = replace(source_of(world), ingestor=ingestor)
    work_item, report = source.ingest(IngestWork(), always)
    assert [name for name, _, _ in report.recorded] == ["0001"]
    assert (work_item.counts.missing, work_item.counts.failed) == (2, 1)
    assert [failure.subject for failure in report.failed] == [event_key("0000")]


@pytest.mark.parametrize(
    ("key", "body"),
    [
        ("images/a.png", PNG),
        ("images/bad.png", b"no image"),
        ("events/bad.json", b"{"),
        (f"events/{'x' * MAX_KEY_BYTES}.json", b"{}"),
    ],
    ids=["image", "bad image", "bad document", "bad key"],
)
def test_an_ingested_or_quarantined_version_is_not_missing_again(key: str, body: bytes) -> None:
    world = World()
    world.source.put(key, body, MORNING)
    first, report = source_of(world).ingest(IngestWork(), always)
    assert first.counts.missing == 1
    assert len(report.recorded) + report.images + len(report.quarantined) == 1
    again, _ = source_of(world).ingest(IngestWork(), always)
    assert again.counts.missing == 0


def test_an_image_whose_quarantine_ended_without_the_image_is_missing() -> None:
    """A crash between the two records of a good version that follows a bad one."""
    world = World()
    world.source.put("images/a.png", b"no image", MORNING)
    source_of(world).ingest(IngestWork(), always)
    world.source.put("images/a.png", PNG, hours(1))
    bad = world.records()[keys.quarantine_key("images/a.png")]
    world.ledger.put(bad._replace(revision=2, deleted=True))
    work_item, report = source_of(world).ingest(IngestWork(), always)
    assert (work_item.counts.missing, report.images) == (1, 1)


@pytest.mark.parametrize("key", ["static/", "images/", "events/2026/"])
def test_the_key_of_a_folder_is_skipped(key: str) -> None:
    world = World()
    world.source.put(key, b"", MORNING)
    work_item, report = source_of(world).ingest(IngestWork(), always)
    assert (work_item.counts.keys, work_item.counts.missing, report.keys) == (1, 0, 0)


def test_the_parts_hold_every_key_once_and_are_not_too_many() -> None:
    world = filled(MANY)
    parts = replace(source_of(world), versions_a_part=2, most_parts=6).parts(always)
    assert 3 <= len(parts) <= 6
    assert (parts[0].after, parts[-1].until) == ("", None)
    assert [part.until for part in parts[:-1]] == [part.after for part in parts[1:]]
    taken = [source_of(world).ingest(part, always)[0].counts.keys for part in parts]
    assert sum(taken) == MANY
    assert min(taken) > 0


def test_keys_that_the_plan_had_no_time_for_are_in_the_last_part() -> None:
    world = filled(3)
    assert source_of(world).parts(never) == (IngestWork(),)


def test_a_refused_key_that_was_deleted_is_up_to_date() -> None:
    world = World()
    key = f"events/{'x' * MAX_KEY_BYTES}.json"
    world.source.put(key, b"{}", MORNING)
    source_of(world).ingest(IngestWork(), always)
    world.source.delete(key, hours(1))
    first, _ = source_of(world).ingest(IngestWork(), always)
    again, _ = source_of(world).ingest(IngestWork(), always)
    assert (first.counts.missing, again.counts.missing) == (1, 0)
