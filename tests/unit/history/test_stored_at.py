"""What a batch reports of the time at which the change it shows was stored."""

from gazette.models.tasks.reports import PublishReport
from tests.unit.publish.worlds import World, hours


def published(world: World) -> PublishReport:
    positions = list(world.changes)
    world.changes.clear()
    return world.publish(positions)


def test_a_publication_reports_when_the_newest_change_was_stored() -> None:
    world = World()
    world.put("a", hours(0))
    world.put("b", hours(2), published="2026-07-01T00:00:00Z")
    world.ingest("a", "b")
    report = published(world)
    assert report.stored_at == hours(2)
    assert {"feed.atom", "index.html"} <= set(report.written)
    assert len(report.written) == report.documents_written


def test_a_withdrawal_is_a_change_too() -> None:
    world = World()
    world.put("a", hours(0))
    world.settle()
    world.now = hours(5)
    world.delete("a", hours(4))
    world.ingest("a")
    assert published(world).stored_at == hours(4)


def test_publishing_again_reports_no_time_of_storage() -> None:
    world = World()
    world.put("a", hours(0))
    world.ingest("a")
    positions = list(world.changes)
    world.settle()
    again = world.publish(positions)
    assert (again.stored_at, again.written) == (None, [])
