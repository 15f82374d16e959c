"""An alias may have words of a title, so it goes with the last revision that names it."""

import json

import pytest

from gazette.models.contract import identity
from gazette.models.ledger import keys
from gazette.models.tasks.reports import IngestReport
from gazette.services.ingest.ingest import Ingestor
from tests.property.test_event_history import CrashError, Mortal
from tests.unit.erasures.erasing import erase, undo
from tests.unit.publish.worlds import World, hours
from tests.unit.reconcile.reconciling import reconcile

GUID = "https://old.example/?p=1"
FORMATS = ("html", "json", "md", "xml")


def published(*versions: tuple[str, ...]) -> World:
    """Publish versions of an event, each with a title and its aliases."""
    world = World()
    for hour, (title, *aliases) in enumerate(versions):
        world.put("a", hours(hour), title=title, guid=GUID, aliases=aliases)
        world.settle()
    return world


def aliases_in(world: World) -> set[str]:
    """Return the aliases with all their documents; one without any is left out."""
    site, found = world.site(), set()
    for base_path in ("x/index", "y/index", "z"):
        there = [form for form in FORMATS if f"{base_path}.{form}" in site]
        assert len(there) in {0, len(FORMATS)}
        found |= {base_path} if there else set()
    return found


def test_the_aliases_of_an_erased_revision_go_unless_another_one_names_them() -> None:
    world = published(("One", "/x/", "/y/"), ("Two", "/y/", "/z.html"))
    erase(world, "a", hours(5), [1])
    world.settle()
    assert aliases_in(world) == {"y/index", "z"}
    target = json.loads(world.site()["y/index.json"])["url"]
    assert target.removeprefix("https://gazette.example/") in world.site()
    assert "one" not in target
    assert reconcile(world).outcome == "settled"


def test_no_alias_stays_when_everything_is_erased_and_the_id_stays() -> None:
    """Readers must find the withdrawn entry under the id that they have (SPEC T1)."""
    world = published(("One", "/x/"), ("Two", "/y/"))
    erase(world, "a", hours(5), "all")
    world.settle()
    assert aliases_in(world) == set()
    (item,) = json.loads(world.site()["feed.json"])["items"]
    assert item["id"] == GUID
    assert item["title"].startswith("Withdrawn: ")


def test_an_erasure_that_is_undone_brings_the_aliases_back() -> None:
    world = published(("One", "/x/", "/y/"), ("Two", "/y/", "/z.html"))
    site = world.site()
    erase(world, "a", hours(5), "all")
    world.settle()
    undo(world, "a", hours(6))
    world.settle()
    assert aliases_in(world) == {"x/index", "y/index", "z"}
    kept = {path for path in site if path.startswith("x/")}
    assert {path: world.site()[path] for path in kept} == {path: site[path] for path in kept}


def test_an_event_that_was_deleted_before_keeps_no_erased_alias_either() -> None:
    world = published(("One", "/x/"))
    world.delete("a", hours(1))
    world.settle()
    assert aliases_in(world) == {"x/index"}
    erase(world, "a", hours(5), [1])
    world.settle()
    assert aliases_in(world) == set()
    world.put("a", hours(6), title="New", guid=GUID, aliases=["/x/"])
    world.settle()
    assert aliases_in(world) == {"x/index"}


def test_a_path_that_was_left_and_an_alias_are_different_things() -> None:
    world = published(("One",), ("Two",), ("Three", "/news/2026/07/4/two.html", "/x/"), ("Four",))
    erase(world, "a", hours(5), [3])
    world.settle()
    left = json.loads(world.site()["news/2026/07/4/two.json"])
    assert left["last_version"].endswith("/two.r2.html")
    assert aliases_in(world) == set()
    assert reconcile(world).outcome == "settled"


@pytest.mark.parametrize("is_late", [True, False])
def test_a_crash_at_any_write_of_an_erasure_leaves_no_alias(is_late: bool) -> None:
    is_whole = False
    for writes in range(100):
        world = published(("One", "/x/", "/y/"), ("Two", "/y/"))
        erase(world, "a", hours(5), [1])
        world.notifications.clear()
        ingestor = Ingestor(world.source, Mortal(world, writes, late=is_late), world.clock)
        try:
            ingestor.ingest(identity.erasure_key("a"), IngestReport())
            is_whole = True
        except CrashError:
            world.ingest("a")
        world.settle()
        assert aliases_in(world) == {"y/index"}
        if is_whole:
            break
    assert is_whole


def test_versions_and_their_erasure_at_once_make_the_same_site() -> None:
    """SPEC V8: a ledger that was lost never publishes what is erased."""
    one_by_one = published(("One", "/x/", "/y/"), ("Two", "/y/"))
    erase(one_by_one, "a", hours(5), [1])
    one_by_one.settle()
    at_once = World()
    at_once.put("a", hours(0), title="One", guid=GUID, aliases=["/x/", "/y/"])
    at_once.put("a", hours(1), title="Two", guid=GUID, aliases=["/y/"])
    erase(at_once, "a", hours(5), [1])
    at_once.settle()
    assert at_once.site() == one_by_one.site()
    assert keys.former_key("a", "y/index") in at_once.records()


def test_an_alias_that_somebody_else_has_by_now_is_not_restored() -> None:
    """Claims are state next to the bucket: a ledger that was lost may give them to others."""
    world = published(("One", "/x/", "/y/"))
    erase(world, "a", hours(5), "all")
    world.settle()
    claim = keys.claim_key("x/index")
    item = world.records()[claim]
    world.ledger._partitions[claim.partition].items[claim.sort] = item._replace(payload="b")
    undo(world, "a", hours(6))
    world.settle()
    assert world.revision("a", 1).aliases == ("y/index",)
    assert aliases_in(world) == {"y/index"}
