"""Guids and aliases belong to the event that came first, and an id never changes."""

import pytest

from gazette.models.contract import identity
from gazette.models.contract.stored_document import read_stored
from gazette.models.ledger import keys
from gazette.services.ingest.claims import Claims
from gazette.services.ingest.ingest import Ingestor
from gazette.store.memory import MemoryLedger
from tests.unit.publish.worlds import World, hours

GUID = "https://old.example/?p=1"
AUTHORITY = "gazette.example,2026"


def reasons(world: World, name: str) -> dict[str, str]:
    """Return why an event is in quarantine, by field."""
    found = world.quarantined(identity.event_key(name))
    return dict(found.problems) if found else {}


def put(world: World, name: str, hour: float, **fields: object) -> None:
    world.put(name, hours(hour), title=f"Title {name}", **fields)
    world.settle()


def test_the_first_event_with_a_guid_keeps_it_and_the_next_is_quarantined() -> None:
    world = World()
    put(world, "a", 0, guid=GUID)
    put(world, "b", 1, guid=GUID)
    put(world, "c", 2, guid=f"{GUID}2")
    assert (world.newest("a").guid, world.newest("c").guid) == (GUID, f"{GUID}2")
    assert reasons(world, "b") == {"guid": "belongs to events/a.json already; leave it out"}
    put(world, "b", 3)
    assert (world.newest("b").guid, reasons(world, "b")) == (None, {})


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({"aliases": ["/x/"]}, {"aliases": ["/y/", "https://other.example/x"]}),
        ({"aliases": ["/x.html"]}, {"aliases": ["/y/", "/x.md"]}),
        ({}, {"aliases": ["/y/", "/news/2026/07/4/title-a.html"]}),
    ],
)
def test_an_alias_at_an_address_of_another_event_is_quarantined(
    first: dict[str, object], then: dict[str, object]
) -> None:
    world = World()
    put(world, "a", 0, **first)
    put(world, "b", 1, **then)
    reason = "belongs to events/a.json already; leave it out"
    assert reasons(world, "b") == {"aliases.1": reason}
    assert world.ledger.get(keys.claim_key("y/index")) is None
    put(world, "c", 2, aliases=["/y/"])
    assert world.revision("c", 1).aliases == ("y/index",)


def test_an_event_gets_another_path_where_an_alias_has_the_preferred_one() -> None:
    world = World()
    put(world, "a", 0, aliases=["/news/2026/07/4/title-b.html"])
    put(world, "b", 1)
    assert world.newest("b").base_path == "news/2026/07/4/title-b-2"


def test_a_colliding_update_leaves_the_published_revision_as_it_is() -> None:
    world = World()
    put(world, "a", 0, aliases=["/x/"])
    put(world, "b", 1)
    site = world.site()
    put(world, "b", 2, aliases=["/x/"], body="More.")
    assert world.newest("b").number == 1
    assert world.site() == site
    assert list(reasons(world, "b")) == ["aliases.0"]


def test_a_repeated_notification_of_a_collision_changes_nothing() -> None:
    """SPEC V2."""
    world = World()
    put(world, "a", 0, aliases=["/x/"], guid=GUID)
    put(world, "b", 1, aliases=["/x/"], guid=GUID)
    assert list(reasons(world, "b")) == ["guid", "aliases.0"]
    records = world.records()
    report = world.ingest("b", "b")
    assert world.records() == records
    assert report.quarantined == []


def test_an_event_under_embargo_claims_nothing_before_its_release() -> None:
    world = World()
    put(world, "a", 0, guid=GUID, aliases=["/x/"], published="2026-07-04T12:00:00Z")
    put(world, "b", 1, guid=GUID, aliases=["/x/"])
    assert reasons(world, "a") == reasons(world, "b") == {}
    world.now = hours(5)
    world.ingest("a")
    world.settle()
    assert list(reasons(world, "a")) == ["guid", "aliases.0"]
    assert keys.revision_key("a", 1) not in world.records()
    records = world.records()
    world.ingest("a")
    assert world.records() == records
    put(world, "a", 6, guid=f"{GUID}2")
    assert (world.newest("a").number, reasons(world, "a")) == (1, {})


@pytest.mark.parametrize("guid", [GUID, None])
def test_the_id_of_a_public_event_never_changes(guid: str | None) -> None:
    world = World()
    put(world, "a", 0, guid=guid)
    shown = guid or f"tag:{AUTHORITY}:event/a"
    put(world, "a", 1, guid="another", body="More.")
    assert reasons(world, "a") == {
        "guid": f"cannot change; leave it out, or write the id that the event has: {shown}"
    }
    assert world.newest("a").number == 1
    put(world, "a", 2, guid=shown, body="Even more.")
    put(world, "a", 3, body="Without it.")
    world.delete("a", hours(4))
    put(world, "a", 5, body="Again.")
    assert (world.newest("a").number, world.newest("a").guid) == (5, guid)
    assert reasons(world, "a") == {}


@pytest.mark.parametrize("end", ["event/b", "event/c", "revision/1/a", "site", "guid/x"])
def test_no_guid_is_an_id_that_the_site_gives_itself(end: str) -> None:
    """Whether or not there is such an event by now."""
    world = World()
    put(world, "b", 0)
    put(world, "a", 1, guid=f"tag:{AUTHORITY}:{end}")
    (reason,) = reasons(world, "a").values()
    assert reason == (
        "is an id that this site gives to something else; leave it out, and the event is "
        f"tag:{AUTHORITY}:event/a"
    )


def test_the_own_id_of_an_event_and_ids_of_other_sites_are_guids_like_others() -> None:
    world = World()
    put(world, "a", 0, guid=f"tag:{AUTHORITY}:event/a")
    put(world, "b", 1, guid="tag:other.example,2020:event/a")
    assert (reasons(world, "a"), reasons(world, "b")) == ({}, {})
    assert b"tag:other.example,2020:event/a" in world.site()["feed.atom"]


def test_an_event_without_guid_and_aliases_costs_what_it_cost_before() -> None:
    """One claim of its path, and one more for each guid and alias, after a look at them."""

    def calls(**fields: object) -> dict[str, int]:
        world = World()
        world.put("a", hours(0), **fields)
        world.ingest("a")
        return dict(world.calls)

    plain, named = calls(), calls(guid=GUID, aliases=["/x/", "/y/"])
    more = {name: named[name] - plain[name] for name in plain if named[name] != plain[name]}
    # Three claims, and the records of two aliases.
    assert more == {"dynamodb.GetItem": 3, "dynamodb.PutItem": 5}


def test_aliases_that_an_event_has_already_are_not_claimed_again() -> None:
    world = World()
    put(world, "a", 0, aliases=["/x/"])
    world.calls.clear()
    put(world, "a", 1, aliases=["/x/"], body="More.")
    with_alias = world.calls.copy()
    plain = World()
    put(plain, "a", 0)
    plain.calls.clear()
    put(plain, "a", 1, body="More.")
    assert with_alias == plain.calls


class Overtaken(MemoryLedger):
    """A ledger in which another event claims each guid first, right before the claim."""

    def claim(self, base_path: str, event_id: str) -> str:
        if base_path.startswith("/guid/") and event_id != "b":
            super().claim(base_path, "b")
        return super().claim(base_path, event_id)


def test_of_two_events_at_the_same_time_one_gets_the_guid() -> None:
    world = World()
    world.ledger = Overtaken(world.calls, world.changes.append, world.clock)
    world.ingestor = Ingestor(world.source, world.ledger, world.clock)
    world.put("a", hours(0), guid=GUID)
    world.ingest("a")
    assert reasons(world, "a") == {"guid": "belongs to events/b.json already; leave it out"}


def test_what_an_older_release_took_for_an_unknown_field_is_never_a_path() -> None:
    """S3 shows a version again that was accepted before aliases had rules."""
    world = World()
    put(world, "a", 0)
    document = read_stored('{"title": "A", "date": "2026-07-04", "aliases": ["../../x", "/b/"]}')
    claims = Claims(world.ledger, AUTHORITY)
    with pytest.raises(ValueError, match=r"^aliases\.0: is no path of this site; leave it out$"):
        claims.claim_names(world.snapshot("a"), document)
