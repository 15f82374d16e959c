"""An erasure document that S3 gave out once, and then does not: what is erased stays so (V10)."""

import json

import pytest

from gazette.models.contract.erasure import parse_erasure, written_erasure
from gazette.models.contract.identity import erasure_key
from gazette.models.ledger.order import order
from gazette.models.limits import MAX_DOCUMENT_PART_BYTES, MAX_ERASED_REVISIONS
from gazette.services.source.document_store import DocumentStore
from tests.unit.erasures.erasing import erase, ingest_erasure, places_of, undo, worded
from tests.unit.publish.worlds import World, hours
from tests.unit.reconcile.reconciling import reconcile

KEY = erasure_key("a")


def erased_and_denied(code: str = "AccessDenied", revisions: list[int] | str = "all") -> World:
    world = World()
    world.put("a", hours(0), **worded("wone"))
    world.put("a", hours(1), **worded("wtwo"))
    world.settle()
    erase(world, "a", hours(2), revisions)
    world.settle()
    deny(world, code)
    return world


def deny(world: World, code: str = "AccessDenied") -> None:
    world.source.deny(KEY, world.source.versions(KEY)[0].version_id, code)


def reason(world: World) -> str:
    quarantined = world.quarantined(KEY)
    return quarantined.problems[0][1] if quarantined else ""


@pytest.mark.parametrize("code", ["AccessDenied", "InvalidObjectState", "KMS.DisabledException"])
def test_what_is_erased_stays_erased_and_the_publisher_is_informed(code: str) -> None:
    world = erased_and_denied(code, [1])
    reconcile(world)
    assert places_of(world, "wone") == []
    assert reason(world).startswith(code)
    world.put("a", hours(3), **worded("wthree"))
    world.settle()
    assert places_of(world, "wone") == []
    assert world.newest("a").title == "wthreetitle of it"


def test_what_it_waits_for_is_erased_when_it_comes() -> None:
    world = erased_and_denied(revisions=[1, 3])
    world.put("a", hours(3), **worded("wthree"))
    world.settle()
    assert places_of(world, "wthree") == []


def test_all_that_was_stored_before_it_stays_erased() -> None:
    world = erased_and_denied(revisions="all")
    world.put("a", hours(3), **worded("wthree"))
    world.settle()
    assert places_of(world, "wone") == places_of(world, "wtwo") == []
    assert places_of(world, "wthree")


def test_a_version_that_replaces_it_is_in_force() -> None:
    world = erased_and_denied(revisions=[1])
    erase(world, "a", hours(3), [2])
    world.settle()
    assert places_of(world, "wone")
    assert places_of(world, "wtwo") == []
    assert reason(world) == ""


def test_an_earlier_one_stays_in_force_while_none_can_be_read() -> None:
    """The newest was never read, and what the one before it says is kept."""
    world = erased_and_denied(revisions=[1])
    erase(world, "a", hours(3), "all")
    deny(world)
    world.settle()
    assert places_of(world, "wone") == []
    assert places_of(world, "wtwo")
    assert reason(world).startswith("AccessDenied")


def test_it_is_undone_as_any_other() -> None:
    world = erased_and_denied(revisions=[1])
    ingest_erasure(world, "a")
    undo(world, "a", hours(3))
    world.settle()
    assert places_of(world, "wone")
    assert reason(world) == ""


def test_it_is_kept_once() -> None:
    world = World()
    world.put("a", hours(0), **worded("wone"))
    erase(world, "a", hours(2), [1])
    world.settle()
    kept = DocumentStore(world.ledger).get_erasure("a", world.snapshot("a").erasure)
    assert kept == parse_erasure(b'{"revisions": [1], "reason": "Personal data."}')
    world.calls.clear()
    ingest_erasure(world, "a")
    assert world.calls["dynamodb.PutItem"] == 0


def test_the_largest_one_is_kept_in_parts() -> None:
    named = [{"number": n, "version": f"{n:x<900}"} for n in range(1, MAX_ERASED_REVISIONS + 1)]
    document = parse_erasure(json.dumps({"revisions": named, "reason": "Asked for."}).encode())
    world = World()
    store = DocumentStore(world.ledger)
    store.put_erasure("a", "1", document)
    assert len(written_erasure(document)) > MAX_DOCUMENT_PART_BYTES
    assert {one.revision for one in world.records().values()} == {order(1)}
    assert len(world.records()) > 1
    assert store.get_erasure("a", "1") == document


@pytest.mark.parametrize(
    "fields",
    [
        {"revisions": "all", "reason": "Asked for."},
        {"revisions": [1, {"version": "v1"}], "reason": "Ä", "date": "2026-11-29"},
    ],
)
def test_a_kept_erasure_says_what_was_written(fields: dict[str, object]) -> None:
    document = parse_erasure(json.dumps(fields).encode())
    assert parse_erasure(written_erasure(document).encode()) == document
