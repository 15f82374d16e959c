"""Documents at aliases lead to the event, and stay whatever becomes of it (SPEC P9, V6)."""

import json

import pytest
from lxml import etree, html

from gazette.models.ledger import keys
from tests.unit.publish.worlds import World, hours
from tests.unit.reconcile.reconciling import broken, reconcile
from tests.unit.reconcile.test_event_checks import built, night

BASE = "https://gazette.example"
FORMATS = ("html", "json", "md", "xml")
ATOM = "{http://www.w3.org/2005/Atom}"
ONE = f"{BASE}/news/2026/07/4/one.html"


def put(world: World, hour: int, title: str, *aliases: str, name: str = "a") -> None:
    world.put(name, hours(hour), title=title, aliases=aliases)
    world.settle()


def at(world: World, base_path: str) -> dict[str, bytes]:
    found = {form: world.site().get(f"{base_path}.{form}") for form in FORMATS}
    return {form: body for form, body in found.items() if body is not None}


def target(world: World, base_path: str) -> str | None:
    """Return where the canonical link of a page leads."""
    page = html.fromstring(world.site()[f"{base_path}.html"])
    (link,) = page.findall("./head/link[@rel='canonical']")
    return link.get("href")


def test_an_alias_leads_to_the_event_in_every_format() -> None:
    world = World()
    put(world, 0, "One", "/2019/one/", "/old/one.html")
    for base_path in ("2019/one/index", "old/one"):
        page = html.fromstring(at(world, base_path)["html"])
        (refresh,) = page.findall("./head/meta[@http-equiv='refresh']")
        assert refresh.get("content") == f"0; url={ONE}"
        assert page.findall("./head/meta[@name='robots']") == []
        assert target(world, base_path) == ONE
        assert [link.get("href") for link in page.findall(".//article/p/a")] == [ONE]
        document = json.loads(at(world, base_path)["json"])
        assert (document["url"], document["status"]) == (ONE, "moved")
        assert document["id"] == "tag:gazette.example,2026:event/a"
        assert "last_version" not in document
        assert ONE.replace(".html", ".md") in at(world, base_path)["md"].decode()
        entry = etree.fromstring(at(world, base_path)["xml"])
        assert entry.findtext(f"{ATOM}id") == "tag:gazette.example,2026:event/a"
        (alternate,) = entry.findall(f"{ATOM}link[@rel='alternate']")
        assert alternate.get("href") == ONE
    record = json.loads(world.site()["news/2026/07/4/one.r1.json"])["record"]
    assert record["document"]["aliases"] == ["/2019/one/", "/old/one.html"]


def test_an_alias_stands_in_no_sitemap_list_or_feed() -> None:
    world = World()
    put(world, 0, "One", "/zebra/")
    documents = {
        path
        for path, body in world.site().items()
        if b"zebra" in body and not path.startswith("zebra/")
    }
    assert documents == {"news/2026/07/4/one.r1.json"}


def test_an_alias_that_is_dropped_still_leads_to_the_event() -> None:
    """Addresses never vanish (SPEC P9)."""
    world = World()
    put(world, 0, "One", "/a/", "/b/")
    before = at(world, "a/index")
    put(world, 1, "One, changed", "/b/", "/c/")
    put(world, 2, "One, changed again")
    assert at(world, "a/index") == before
    assert len(before) == len(FORMATS)
    assert target(world, "b/index") == target(world, "c/index") == ONE


def test_the_first_address_leads_from_an_alias_to_the_current_one() -> None:
    world = World()
    put(world, 0, "One", "/a/")
    before = at(world, "a/index")
    put(world, 1, "Two", "/a/")
    assert at(world, "a/index") == before
    assert target(world, "news/2026/07/4/one") == f"{BASE}/news/2026/07/4/two.html"


@pytest.mark.parametrize("kind", ["delete", "retraction"])
def test_an_alias_of_a_withdrawn_event_leads_to_what_became_of_it(kind: str) -> None:
    world = World()
    put(world, 0, "One", "/a/")
    before = at(world, "a/index")
    if kind == "delete":
        world.delete("a", hours(1))
    else:
        note = {"kind": "retraction", "note": "Wrong."}
        world.put("a", hours(1), title="One", revision=note, aliases=["/a/"])
    world.settle()
    assert at(world, "a/index") == before
    put(world, 2, "One, again", "/a/")
    assert at(world, "a/index") == before


def test_an_alias_at_an_address_of_the_event_itself_changes_nothing_there() -> None:
    world, plain = World(), World()
    own = "/news/2026/07/4/one.html"
    for one, aliases in ((world, [own, "/news/2026/07/4/two.html"]), (plain, [])):
        put(one, 0, "One", *aliases)
    page = html.fromstring(world.site()["news/2026/07/4/one.html"])
    assert page.findtext(".//h1") == "One"
    put(world, 1, "Two", own, "/news/2026/07/4/two.html")
    assert html.fromstring(world.site()["news/2026/07/4/two.html"]).findtext(".//h1") == "Two"
    put(world, 2, "Three")
    put(world, 3, "Three", "/news/2026/07/4/two.html")
    left = json.loads(world.site()["news/2026/07/4/two.json"])
    assert left["url"] == ONE
    assert target(world, "news/2026/07/4/one") == f"{BASE}/news/2026/07/4/three.html"


def test_an_alias_that_is_named_again_begins_again() -> None:
    world = World()
    put(world, 0, "One", "/a/")
    put(world, 1, "One", "/b/")
    put(world, 2, "One", "/a/")
    entry = etree.fromstring(at(world, "a/index")["xml"])
    assert entry.findtext(f"{ATOM}updated") == "2026-07-04T10:00:00Z"
    page = html.fromstring(at(world, "a/index")["html"])
    assert [link.get("href") for link in page.findall(".//article/p/a")] == [ONE]


def test_an_alias_whose_revision_is_missing_gets_no_document() -> None:
    world = World()
    put(world, 0, "One")
    put(world, 1, "One", "/a/")
    put(world, 2, "One more")
    for form in FORMATS:
        broken(world, f"a/index.{form}", None)
    missing = keys.revision_key("a", 2)
    partition = world.ledger._partitions[missing.partition]
    del partition.items[missing.sort]
    partition.sorts.remove(missing.sort)
    world.publish([keys.former_key("a", "a/index")])
    assert at(world, "a/index") == {}


def test_a_rebuild_finds_nothing_to_do_and_knows_every_document_of_an_alias() -> None:
    world = World()
    put(world, 0, "One", "/a/", "/old/one.html", "/news/one/")
    put(world, 1, "Two", "/b/")
    site = world.site()
    state = reconcile(world)
    assert (state.outcome, state.orphans) == ("settled", ())
    assert world.site() == site


def test_a_rebuild_brings_back_documents_of_aliases_and_reports_those_of_nobody() -> None:
    world = World()
    put(world, 0, "One", "/a/", "/old/one.html")
    site = world.site()
    broken(world, "a/index.html", None)
    broken(world, "old/one.json", b"{}")
    broken(world, "old/nobody.html", b"stranger")
    broken(world, "a/index.htm", b"stranger")
    state = reconcile(world)
    assert set(state.orphans) == {"a/index.htm", "old/nobody.html"}
    strangers = {"old/nobody.html": b"stranger", "a/index.htm": b"stranger"}
    assert world.site() == site | strangers


def test_versions_at_once_and_one_by_one_make_the_same_site() -> None:
    """SPEC V8."""
    versions = (("One", "/a/"), ("Two", "/b/", "/a/"), ("One", "/c.html"), ("Three", "/a/"))
    one_by_one, at_once = World(), World()
    for hour, (title, *aliases) in enumerate(versions):
        put(one_by_one, hour, title, *aliases)
        at_once.put("a", hours(hour), title=title, aliases=aliases)
    at_once.settle_backwards("a")
    assert at_once.site() == one_by_one.site()


def test_a_page_says_which_aliases_and_which_guid_a_revision_changed() -> None:
    world = World()
    world.put("a", hours(0), title="One", guid="urn:x-old:1", aliases=["/a/"])
    world.put("a", hours(1), title="One", aliases=["/a/", "/b/"])
    world.settle()
    page = html.fromstring(world.site()["news/2026/07/4/one.html"])
    (section,) = page.findall(".//*[@id='difference']")
    difference = "".join(map(str, section.itertext()))
    assert "Earlier addresses" in difference
    assert "/b/" in difference
    assert "Earlier id" in difference
    assert "Other" not in difference


def test_a_night_believes_the_check_of_an_event_with_aliases_and_sees_what_changed() -> None:
    world = World()
    put(world, 0, "One", "/a/", "/old/one.html")
    put(world, 1, "Two", name="b")
    night(world)
    world.now = hours(24)
    assert built(world) == []
    assert night(world).orphans == ()
    site = world.site()
    broken(world, "a/index.md", b"?")
    assert built(world) != []
    broken(world, "old/one.xml", None)
    night(world)
    assert world.site() == site
