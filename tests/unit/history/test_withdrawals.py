"""What a withdrawal without a document says of its event (SPEC T7)."""

from pydantic import JsonValue

from gazette.models.contract.canonical import sha256_of
from gazette.models.frozen import rfc3339
from gazette.models.kinds import RevisionKind
from gazette.models.ledger.snapshot import Origin, Revision, Snapshot
from gazette.projections.history.event_history import apply_withdrawal
from gazette.projections.history.occurrences import Occurrence
from tests.unit.erasures.erasing import erase
from tests.unit.publish.worlds import World, hours

CORRECTION = {"kind": "correction", "note": "The river is longer."}
ALIASES = ["/2019/river.html"]


def withdrawn(*, is_erased: bool = False) -> tuple[Revision, Revision]:
    """Delete an event after a correction; return the revision before, and the withdrawal."""
    world = World()
    world.put("a", hours(0), aliases=ALIASES)
    world.put("a", hours(1), aliases=ALIASES, body="Longer.", revision=CORRECTION)
    world.settle()
    if is_erased:
        erase(world, "a", hours(2), [2])
        world.settle()
    world.delete("a", hours(5))
    world.settle()
    return world.revision("a", 2), world.revision("a", 3)


def test_a_deletion_keeps_all_of_the_event_but_its_time_its_kind_and_its_place_in_the_chain() -> (
    None
):
    before, after = withdrawn()
    assert before.entry.note
    link: dict[str, JsonValue] = {
        "id": "a",
        "number": 3,
        "kind": "retraction",
        "at": rfc3339(hours(5)),
    }
    expected = {
        "number": 3,
        "kind": RevisionKind.RETRACTION,
        "note": None,
        "at": hours(5),
        "updated": hours(5),
        "news_at": hours(5),
        "predecessor_path": f"{before.entry.base_path}.r2",
        "sha256": sha256_of(link | {"previous": before.entry.sha256}),
        "corrections": after.entry.corrections,
    }
    assert after.entry == before.entry.model_copy(update=expected)
    assert [one.number for one in after.entry.corrections] == [2]


def test_the_aliases_of_a_deleted_event_still_lead_to_it() -> None:
    before, after = withdrawn()
    assert after.aliases == before.aliases != ()


def test_a_deletion_after_an_erased_revision_is_not_erased() -> None:
    before, after = withdrawn(is_erased=True)
    assert before.entry.erased
    assert after.entry.erased is None
    snapshot = Snapshot(event_id="a", taken=2, revision=before)
    deletion = Occurrence(Origin.DELETE_MARKER, "a marker", "v3", hours(5))
    revision = apply_withdrawal(snapshot, deletion).snapshot.revision
    assert revision
    assert revision.entry.erased is None
