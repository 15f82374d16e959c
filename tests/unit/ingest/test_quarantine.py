"""A bad document harms nobody else, and is on record until a good one comes or it is deleted."""

import pytest

from gazette.models.ledger import partitions
from gazette.models.limits import MAX_DOCUMENT_BYTES
from gazette.models.tasks.reports import IngestReport
from tests.unit.publish.worlds import World, document_of, hours


def ingest(world: World, key: str) -> IngestReport:
    report = IngestReport()
    world.ingestor.ingest(key, report)
    return report


def test_a_bad_version_is_quarantined_and_the_published_one_stays() -> None:
    world = World()
    world.put("a", hours(0))
    world.ingest("a")
    before = world.live(partitions.SITE)
    world.put_raw("a", hours(1), b'{"title": "B"}')
    report = world.ingest("a")
    assert report.quarantined == [
        ("events/a.json", "date: is missing; write the day of the event like 2026-03-04")
    ]
    assert report.recorded == []
    assert world.live(partitions.SITE) == before
    kept = world.quarantined("events/a.json")
    assert kept is not None
    assert (kept.key, kept.version_id, kept.at) == ("events/a.json", "v2", hours(1))
    assert kept.problems == (("date", "is missing; write the day of the event like 2026-03-04"),)
    assert (kept.number, world.snapshot("a").quarantined) == (2, 2)


def test_a_good_version_heals_and_gets_the_first_number() -> None:
    world = World()
    world.put_raw("a", hours(0), b"{}")
    world.ingest("a")
    world.put_raw("a", hours(1), b"[]")
    world.put("a", hours(2))
    report = world.ingest("a")
    assert report.recorded == [("a", 1, "publication")]
    assert world.quarantined("events/a.json") is None
    assert world.snapshot("a").quarantined is None
    assert world.newest("a").published == hours(2)


@pytest.mark.parametrize("at_once", [True, False])
def test_a_deleted_event_without_a_good_version_leaves_quarantine(at_once: bool) -> None:
    world = World()
    world.put_raw("a", hours(0), b"{}")
    if not at_once:
        world.ingest("a")
    world.delete("a", hours(1))
    assert world.ingest("a").recorded == []
    assert world.quarantined("events/a.json") is None
    assert world.snapshot("a").quarantined is None


def test_a_bad_version_of_a_withdrawn_event_waits_until_it_is_deleted_too() -> None:
    world = World()
    world.put("a", hours(0))
    world.delete("a", hours(1))
    world.put_raw("a", hours(2), b"{}")
    world.ingest("a")
    assert world.quarantined("events/a.json") is not None
    world.delete("a", hours(3))
    world.ingest("a")
    assert world.quarantined("events/a.json") is None
    assert world.newest("a").number == 2


def test_an_object_too_large_is_quarantined_unread() -> None:
    world = World()
    largest = document_of().ljust(MAX_DOCUMENT_BYTES)
    world.put_raw("a", hours(0), largest + b" ")
    report = world.ingest("a")
    assert "document: is 1,048,577 bytes; at most 1,048,576" in report.quarantined[0].reason
    assert world.calls["s3.GetObject"] == 0
    world.put_raw("a", hours(1), largest)
    assert world.ingest("a").quarantined == []
    assert world.newest("a").number == 1


def test_a_key_that_cannot_name_an_event_is_quarantined_too() -> None:
    world = World()
    key = f"events/{'ä' * 500}.json"
    world.source.put(key, document_of(), hours(0))
    report = ingest(world, key)
    assert report.quarantined == [(key, "key: is longer than 900 bytes; shorten it")]
    kept = world.quarantined(key)
    assert kept is not None
    assert (kept.key, kept.version_id) == (key, "v1")
    assert len(world.records()) == 1


def test_a_key_that_cannot_name_an_event_waits_until_it_is_deleted() -> None:
    world = World()
    key = f"events/{'ä' * 500}.json"
    assert ingest(world, key).stale == 1
    world.source.put(key, document_of(), hours(0))
    ingest(world, key)
    world.source.delete(key, hours(1))
    assert ingest(world, key).quarantined == []
    assert world.quarantined(key) is None
    world.source.put(key, document_of(), hours(2))
    ingest(world, key)
    assert world.quarantined(key) is not None
