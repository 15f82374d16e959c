"""Files of the publisher on the site: versions, deletions, conflicts, reconciliation."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.branding.brand import Brand
from gazette.models.ledger import keys
from gazette.models.limits import MAX_STATIC_BYTES
from gazette.models.tasks.reports import IngestReport
from gazette.models.views.site_document import LIVE
from tests.unit.images.image_files import image_file
from tests.unit.publish.worlds import SITE, World, hours
from tests.unit.reconcile.reconciling import broken, reconcile

KEY, PATH = "static/about.html", "about.html"
FIRST, SECOND = b"<h1>About", b"<h1>About us"


def world_with(key: str = KEY, body: bytes = FIRST) -> World:
    world = World()
    world.put("a", hours(0))
    world.source.put(key, body, hours(0))
    world.settle()
    return world


def reasons(world: World, key: str = KEY) -> tuple[str, ...]:
    """Return why the newest version of a file is in quarantine, nothing if it is not."""
    item = world.ledger.get(keys.quarantine_key(key))
    problems = json.loads(item.payload)["problems"] if item and not item.deleted else []
    return tuple(reason for _, reason in problems)


def test_a_file_is_at_the_root_with_its_type_and_changes_at_once() -> None:
    world = world_with()
    document = world.store.documents[PATH]
    assert (document.body, document.cache_control) == (FIRST, LIVE)
    assert document.media_type == document.stored_type == "text/html; charset=utf-8"
    world.source.put(KEY, SECOND, hours(1))
    world.settle()
    assert world.site()[PATH] == SECOND


def test_a_deleted_file_leaves_the_site_and_comes_back_with_its_version() -> None:
    world = world_with()
    world.source.delete(KEY, hours(1))
    world.settle()
    assert PATH not in world.site()
    marker = world.source.versions(KEY)[0]
    world.source.remove_version(KEY, marker.version_id)
    world.settle()
    assert world.site()[PATH] == FIRST


def test_a_version_that_is_refused_leaves_the_one_before() -> None:
    world = world_with()
    world.source.put(KEY, b"\xff", hours(1))
    world.settle()
    assert world.site()[PATH] == FIRST
    assert reasons(world) == (
        "is not UTF-8, as which it would be served; save it in this encoding",
    )
    world.source.put(KEY, SECOND, hours(2))
    world.settle()
    assert (world.site()[PATH], reasons(world)) == (SECOND, ())


def test_a_file_that_is_too_large_is_not_read() -> None:
    world = world_with()
    world.calls.clear()
    world.source.put(KEY, bytes(MAX_STATIC_BYTES + 1), hours(1))
    world.ingestor.ingest(KEY, IngestReport())
    assert world.calls["s3.GetObject"] == 0
    assert "is 5,242,881 bytes; at most 5,242,880 are taken" in reasons(world)[0]


@pytest.mark.parametrize("path", ["index.html", "robots.txt", "favicon.ico", "assets/gazette.css"])
def test_a_file_replaces_nothing_of_the_site(path: str) -> None:
    world = World()
    world.put("a", hours(0))
    world.settle()
    before = world.site()
    world.source.put(f"static/{path}", b"mine", hours(1))
    world.settle()
    assert world.site() == before
    assert "which Gazette publishes itself" in reasons(world, f"static/{path}")[0]


def test_a_file_does_not_replace_the_alias_of_an_event() -> None:
    world = World()
    world.put("a", hours(0), aliases=["/about.html"])
    world.settle()
    moved = world.site()[PATH]
    world.source.put(KEY, FIRST, hours(1))
    world.settle()
    assert world.site()[PATH] == moved
    assert reasons(world) == ("belongs to events/a.json already; choose another name",)


def test_an_alias_does_not_replace_a_file() -> None:
    world = world_with()
    world.put("b", hours(1), title="Bees", aliases=["/about.html"])
    world.settle()
    assert world.site()[PATH] == FIRST
    assert reasons(world, "events/b.json") == (
        "belongs to static/about.html already; leave it out",
    )


def test_a_file_of_another_ending_claims_nothing() -> None:
    world = world_with("static/about.txt", FIRST)
    world.put("b", hours(1), title="Bees", aliases=["/about.html"])
    world.settle()
    assert {PATH, "about.txt"} <= world.site().keys()


def test_a_reconciliation_finds_what_sent_no_notification_and_no_orphan() -> None:
    world = world_with()
    world.source.put("static/.well-known/security.txt", b"Contact: x", hours(1))
    world.source.delete(KEY, hours(1))
    world.notifications.clear()
    world.now = hours(2)
    done = reconcile(world)
    assert world.site()[".well-known/security.txt"] == b"Contact: x"
    assert PATH not in world.site()
    assert done.counts.orphans == 0


def test_a_reconciliation_repairs_a_file_and_reports_what_nobody_wrote() -> None:
    world = world_with()
    before = world.site()
    broken(world, PATH, b"changed")
    broken(world, "stray.txt", b"who wrote this?")
    done = reconcile(world)
    assert world.site() == before | {"stray.txt": b"who wrote this?"}
    assert done.orphans == ("stray.txt",)
    world.source.delete(KEY, hours(1))
    world.settle()
    broken(world, PATH, b"left over")
    reconcile(world)
    assert PATH not in world.site()


def test_a_file_whose_versions_are_all_removed_leaves_the_site() -> None:
    world = world_with()
    (version,) = world.source.versions(KEY)
    world.source.remove_version(KEY, version.version_id)
    world.notifications.clear()
    reconcile(world)
    assert PATH not in world.site()


def test_a_file_that_cannot_be_read_is_in_quarantine_until_it_can() -> None:
    world = World()
    version_id = world.source.put(KEY, FIRST, hours(0))
    world.source.deny(KEY, version_id)
    world.settle()
    assert PATH not in world.site()
    assert reasons(world)


def test_an_icon_below_static_is_at_the_usual_address_too_but_no_drawing() -> None:
    for name, body, is_copied in (
        ("icon.png", image_file(8, 8), True),
        ("icon.svg", b"<svg/>", False),
    ):
        world = World(replace(SITE, brand=Brand(icon=f"static/{name}")))
        world.put("a", hours(0))
        world.source.put(f"static/{name}", body, hours(0))
        world.settle()
        assert (world.site()["favicon.ico"] == world.site()[name]) == is_copied


def test_pages_load_the_stylesheet_of_the_publisher_last() -> None:
    world = World(replace(SITE, brand=Brand(stylesheet="static/site.css")))
    world.put("a", hours(0))
    world.source.put("static/site.css", b"body{}", hours(0))
    world.settle()
    home = world.site()["index.html"].decode()
    own = home.index('<link rel="stylesheet" href="https://gazette.example/site.css">')
    assert home.index("assets/gazette.css") < own
    assert world.site()["site.css"] == b"body{}"


BODIES = st.lists(st.sampled_from([FIRST, SECOND, b"\xff", None]), min_size=1, max_size=6)


@given(bodies=BODIES, data=st.data())
def test_the_site_does_not_depend_on_the_order_of_notifications(
    bodies: list[bytes | None], data: st.DataObject
) -> None:
    world = World()
    for hour, body in enumerate(bodies):
        if body is None:
            world.source.delete(KEY, hours(hour))
        else:
            world.source.put(KEY, body, hours(hour))
    world.notifications = data.draw(st.permutations(world.notifications))
    world.settle()
    good = [body for body in bodies if body != b"\xff"]
    assert world.site().get(PATH) == (good[-1] if good else None)
