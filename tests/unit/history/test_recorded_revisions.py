"""An erased revision is applied again from its record, as if it had its document (SPEC V7)."""

import pytest

from gazette.models.ledger import partitions
from gazette.models.ledger.snapshot import Origin, Revision, Snapshot
from gazette.projections.history.event_history import Transition, apply_recorded
from gazette.projections.history.occurrences import Names, Occurrence, occurrence_of
from gazette.projections.items.state_items import revision_item
from tests.unit.erasures.erasing import erase
from tests.unit.publish.worlds import World, hours

UNTIL = hours(240)
CORRECTION = {"kind": "correction", "note": "The river is longer."}


@pytest.fixture(scope="module")
def world() -> World:
    """Publish an event of one topic with a correction, and erase both revisions."""
    world = World()
    for hour, fields in enumerate(({}, {"revision": CORRECTION})):
        expires = UNTIL.isoformat()
        world.put("a", hours(hour), topics=["Foxes"], body=f"{hour}.", expires=expires, **fields)
    world.settle()
    erase(world, "a", hours(3), [1, 2])
    world.settle()
    return world


def applied(world: World, *numbers: int) -> list[tuple[Revision, Transition]]:
    """Apply recorded revisions one after another."""
    found: list[tuple[Revision, Transition]] = []
    snapshot = Snapshot(event_id="a")
    for number in numbers:
        revision = world.revision("a", number)
        found.append((revision, apply_recorded(snapshot, revision)))
        snapshot = found[-1][1].snapshot
    return found


def test_the_snapshot_has_the_revision_as_it_was_recorded(world: World) -> None:
    """The newest revision keeps when its document expires."""
    for revision, transition in applied(world, 1, 2):
        assert revision.entry.erased
        assert min(revision.content_sha256 or "", revision.path_hash) > ""
        assert revision.erasures == 1
        assert transition.snapshot.revision == revision
        assert transition.snapshot.expires == revision.expires
    assert transition.snapshot.expires == UNTIL


def test_the_revision_is_written_as_it_was_recorded_and_all_its_entries_are_too(
    world: World,
) -> None:
    ((revision, transition),) = applied(world, 1)
    written = {item.key: item for item in transition.items}
    assert len(written) == len(transition.items)
    item = revision_item(revision)
    assert written[item.key] == item
    topic = partitions.topic_partition("foxes")
    assert {key.partition for key in written} > {topic, partitions.SITE, item.key.partition}


def test_the_chain_leads_to_the_revision_that_is_there_now(world: World) -> None:
    """A release may derive another record of the revision before, with another hash."""
    (_, first), (second, _) = applied(world, 1, 2)
    assert first.snapshot.revision
    entry = first.snapshot.revision.entry.model_copy(update={"sha256": "0" * 64})
    before = first.snapshot.revision.model_copy(update={"entry": entry})
    again = apply_recorded(first.snapshot.model_copy(update={"revision": before}), second)
    assert again.snapshot.revision == second.model_copy(update={"previous_sha256": "0" * 64})
    assert revision_item(again.snapshot.revision) in again.items


def test_what_led_to_a_revision_is_all_in_its_record() -> None:
    world = World()
    world.put("a", hours(0), guid="https://old.example/?p=1", aliases=["/2019/river.html"])
    world.settle()
    revision = world.revision("a", 1).model_copy(update={"stored_at": hours(9)})
    names = Names("https://old.example/?p=1", ("2019/river",))
    identity, version_id = revision.identity, revision.version_id
    expected = Occurrence(Origin.UPLOAD, identity, version_id, hours(9), 1, names)
    assert occurrence_of(revision) == expected


def test_release_0_1_0_did_not_record_when_a_version_was_stored() -> None:
    world = World()
    world.put("a", hours(0))
    world.settle()
    revision = world.revision("a", 1)
    old = revision.model_copy(update={"stored_at": None})
    assert occurrence_of(old).stored_at == revision.entry.at
