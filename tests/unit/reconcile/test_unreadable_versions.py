"""A version that S3 did not give out is tried again each night: access sends no notification."""

import pytest

from gazette.models.contract.identity import event_key
from gazette.models.tasks.reconciliation import IngestWork, Outcome
from gazette.models.tasks.reports import IngestReport
from tests.unit.images.image_files import PNG
from tests.unit.publish.worlds import MORNING, World, document_of, hours
from tests.unit.reconcile.reconciling import always, reconcile, reconciler_of

EVENT, IMAGE = event_key("a"), "images/a.png"


def denied(key: str, body: bytes, world: World) -> None:
    """Upload a version that S3 lists and does not give out."""
    world.source.deny(key, world.source.put(key, body, hours(1)))
    world.settle()


def night(world: World) -> tuple[int, IngestReport]:
    """Return the number of differences that a night finds, and what it ingests."""
    work_item, report = reconciler_of(world).source.ingest(IngestWork(), always)
    return work_item.counts.missing, report


@pytest.mark.parametrize(("key", "body"), [(EVENT, document_of()), (IMAGE, PNG)])
def test_a_denied_version_is_tried_each_night_and_published_when_it_can_be_read(
    key: str, body: bytes
) -> None:
    world = World()
    denied(key, body, world)
    for _ in range(2):
        before = world.calls.copy()
        missing, report = night(world)
        assert (missing, report.stale, report.quarantined) == (0, 1, [])
        spent = world.calls - before
        assert (spent["s3.GetObject"], spent["dynamodb.PutItem"]) == (1, 0)
    assert reconcile(world, iterations=1).outcome is Outcome.SETTLED
    world.source.contents.denied.clear()
    missing, report = night(world)
    assert missing == len(report.recorded) + report.images == 1
    assert world.quarantined(key) is None
    before = world.calls.copy()
    assert night(world)[0] == 0
    assert (world.calls - before)["s3.GetObject"] == 0


@pytest.mark.parametrize(("key", "body"), [(EVENT, b"{"), (IMAGE, b"no image")])
def test_a_version_that_breaks_the_contract_is_not_read_again(key: str, body: bytes) -> None:
    world = World()
    world.source.put(key, body, MORNING)
    world.settle()
    before = world.calls.copy()
    assert night(world)[0] == 0
    assert (world.calls - before)["s3.GetObject"] == 0


@pytest.mark.parametrize(("key", "body"), [(EVENT, b"{"), (IMAGE, b"no image")])
def test_a_version_that_can_be_read_and_breaks_the_contract_gets_that_reason(
    key: str, body: bytes
) -> None:
    world = World()
    denied(key, body, world)
    first = world.quarantined(key)
    assert first is not None
    assert "AccessDenied" in first.problems[0][1]
    world.source.contents.denied.clear()
    _, report = night(world)
    assert len(report.quarantined) == 1
    second = world.quarantined(key)
    assert second is not None
    assert "AccessDenied" not in second.problems[0][1]
    before = world.calls.copy()
    night(world)
    assert (world.calls - before)["s3.GetObject"] == 0


def test_an_unreadable_image_behind_a_bad_one_is_shown_when_it_can_be_read() -> None:
    world = World()
    world.source.put(IMAGE, PNG, MORNING)
    denied(IMAGE, PNG + b" ", world)
    world.source.put(IMAGE, b"no image", hours(2))
    world.settle()
    world.source.contents.denied.clear()
    assert night(world)[0] == 1


def test_a_good_version_ends_the_attempts() -> None:
    world = World()
    denied(EVENT, document_of(), world)
    world.put("a", hours(2), title="Two")
    world.settle()
    before = world.calls.copy()
    assert night(world)[0] == 0
    assert (world.calls - before)["s3.GetObject"] == 0
