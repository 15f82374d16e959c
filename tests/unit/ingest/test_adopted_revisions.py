"""What came after a revision whose run ended before its snapshot (docs/decisions/0093)."""

from collections.abc import Callable, Mapping

import pytest

from gazette.models.contract import identity
from gazette.models.frozen import rfc3339
from gazette.models.ledger import keys, partitions
from tests.unit.publish.worlds import World, hours

KEY = identity.event_key("a")
Later = Callable[[World], None]


def withdraw(world: World) -> None:
    world.delete("a", hours(2))


def put_invalid(world: World) -> None:
    world.put_raw("a", hours(2), b"{}")


def put_unreadable(world: World) -> None:
    world.put("a", hours(2), title="Two")
    world.source.deny(KEY, world.source.versions(KEY)[0].version_id)


def put_under_embargo(world: World) -> None:
    world.put("a", hours(2), title="Two", published="2026-09-01T00:00:00Z")


def put_expired(world: World) -> None:
    world.put("a", hours(2), title="Two", expires="2026-07-01T00:00:00Z")


def put_same_bytes_as_before(world: World) -> None:
    """They make no revision as long as nobody knows of the one in between."""
    world.put("a", hours(2), title="Zero")


def put_nothing(_world: World) -> None:
    """S3 shows the version before, or none."""


LATER: Mapping[str, Later] = {
    "a delete marker": withdraw,
    "an invalid version": put_invalid,
    "an unreadable version": put_unreadable,
    "a version under embargo": put_under_embargo,
    "a version that has expired": put_expired,
    "the bytes of the revision before": put_same_bytes_as_before,
    "nothing": put_nothing,
}


def end_before_the_snapshot(world: World, before: str | None) -> None:
    """Bring the snapshot back to what it was, as if the run had ended before it wrote it."""
    items = world.ledger._partitions[partitions.event_partition("a")]
    if before is None:
        del items.items[keys.SNAPSHOT]
        items.sorts.remove(keys.SNAPSHOT)
    else:
        stored = items.items[keys.SNAPSHOT]
        items.items[keys.SNAPSHOT] = stored._replace(payload=before)


# What the snapshot holds when the run ends. The version that S3 loses replaces a held one in time.
EARLIER: Mapping[str, dict[str, object] | None] = {
    "nothing before": None,
    "a revision before": {},
    "a held version before": {"published": rfc3339(hours(1.5))},
}


def published(later: Later, earlier: dict[str, object] | None, *, has_ended: bool) -> World:
    """Publish a version that S3 loses before the next run, and then what came later."""
    world = World()
    before = None
    if earlier is not None:
        world.put("a", hours(0), title="Zero", **earlier)
        world.ingest("a")
        before = world.snapshot("a").model_dump_json()
    world.put("a", hours(1), title="One")
    world.ingest("a")
    if has_ended:
        end_before_the_snapshot(world, before)
    world.source.remove_version(KEY, world.source.versions(KEY)[0].version_id)
    later(world)
    world.now = hours(9)
    world.ingest("a")
    world.settle()
    return world


@pytest.mark.parametrize("earlier", EARLIER.values(), ids=EARLIER)
@pytest.mark.parametrize("later", LATER.values(), ids=LATER)
def test_what_came_later_is_handled_again_at_its_own_time(
    later: Later, earlier: dict[str, object] | None
) -> None:
    """The first attempt has handled it without the revision that the next one adopts (V9)."""
    in_order = published(later, earlier, has_ended=False)
    world = published(later, earlier, has_ended=True)
    assert world.site() == in_order.site()
    assert world.snapshot("a").served == in_order.snapshot("a").served
    assert (world.quarantined(KEY) is None) == (in_order.quarantined(KEY) is None)


def test_a_later_version_that_made_a_revision_keeps_its_number() -> None:
    """An upload in parts is dated before it: S3 shows the later one, which is restored (V9)."""
    world = World()
    world.put("a", hours(2), title="Two")
    world.ingest("a")
    before = world.snapshot("a").model_dump_json()
    world.put("a", hours(1), title="One")
    world.ingest("a")
    end_before_the_snapshot(world, before)
    world.ingest("a")
    kinds = [str(world.revision("a", number).entry.kind) for number in (1, 2, 3)]
    assert kinds == ["publication", "update", "restored"]
    assert world.snapshot("a").number == 3
