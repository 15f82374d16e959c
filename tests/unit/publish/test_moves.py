"""Addresses that an event has left: each leads to its first one, and that one to the current."""

import json
from collections.abc import Mapping, Sequence

import pytest
from lxml import etree, html

from gazette.delivery.memory import MemorySiteStore
from gazette.models.ledger import keys, partitions
from gazette.models.views.site_document import Document
from tests.unit.publish.worlds import World, hours
from tests.unit.reconcile.reconciling import broken

BASE = "https://gazette.example"
DAY = "news/2026/07/4"
ATOM = "{http://www.w3.org/2005/Atom}"
FORMATS = ("html", "json", "md", "xml")


def move(world: World, *titles: str, start: int = 0) -> None:
    for hour, title in enumerate(titles, start):
        world.put("a", hours(hour), title=title)
        world.settle()


def at(world: World, name: str) -> dict[str, bytes]:
    return {form: world.site()[f"{DAY}/{name}.{form}"] for form in FORMATS}


def target(world: World, name: str) -> str | None:
    """Return where the canonical link of a page leads."""
    page = html.fromstring(world.site()[f"{DAY}/{name}.html"])
    (link,) = page.findall("./head/link[@rel='canonical']")
    return (link.get("href") or "").removeprefix(f"{BASE}/{DAY}/").removesuffix(".html")


def test_a_former_address_leads_to_the_first_one_and_that_one_to_the_current() -> None:
    world = World()
    move(world, "One", "Two", "Three", "Four")
    assert [target(world, name) for name in ("one", "two", "three", "four")] == [
        "four",
        "one",
        "one",
        "four",
    ]


def test_a_move_rewrites_the_first_address_and_the_one_it_leaves_and_no_other() -> None:
    world = World()
    move(world, "One", "Two", "Three")
    before = at(world, "two")
    world.calls.clear()
    move(world, "Four", start=3)
    calls = world.calls.copy()
    world.calls.clear()
    move(world, "Five", start=4)
    assert world.calls == calls
    assert at(world, "two") == before


def test_an_update_leaves_the_notices_at_former_addresses_as_they_are() -> None:
    world = World()
    move(world, "One", "Two", "Three")
    before = at(world, "two")
    world.put("a", hours(5), title="Three", body="More.")
    world.delete("a", hours(6))
    world.settle()
    assert at(world, "two") == before


def test_a_former_address_says_in_each_format_where_the_event_is_and_was() -> None:
    """SPEC V6: the id stays. No title is shown, which an erasure would have to remove."""
    world = World()
    move(world, "One", "Two", "Three")
    first, last_version = f"{BASE}/{DAY}/one.html", f"{BASE}/{DAY}/two.r2.html"
    page = html.fromstring(world.site()[f"{DAY}/two.html"])
    links = [link.get("href") for link in page.findall(".//article[@class='moved']/p/a")]
    assert links == [first, last_version]
    document = json.loads(world.site()[f"{DAY}/two.json"])
    assert (document["url"], document["last_version"]) == (first, last_version)
    assert (document["status"], document["title"]) == ("moved", "This page has moved")
    markdown = at(world, "two")["md"].decode()
    assert f"({DAY}/one.md)" in markdown.replace(f"{BASE}/", "")
    assert f"({DAY}/two.r2.md)" in markdown.replace(f"{BASE}/", "")
    entry = etree.fromstring(at(world, "two")["xml"])
    assert entry.findtext(f"{ATOM}id") == "tag:gazette.example,2026:event/a"
    assert entry.findtext(f"{ATOM}updated") == "2026-07-04T10:00:00Z"
    hrefs = {link.get("rel"): link.get("href") for link in entry.findall(f"{ATOM}link")}
    assert (hrefs["alternate"], hrefs["predecessor-version"]) == (first, last_version)
    assert not any(b"Two" in body or b"Three" in body for body in at(world, "two").values())


def test_an_event_that_returns_to_a_former_address_has_its_page_there() -> None:
    world = World()
    move(world, "One", "Two", "Three", "Two")
    assert (target(world, "two"), target(world, "three"), target(world, "one")) == (
        "two",
        "one",
        "two",
    )
    before = world.site()
    world.publish(world.records())
    assert world.site() == before
    move(world, "One", start=4)
    assert (target(world, "two"), target(world, "one")) == ("one", "one")


@pytest.mark.parametrize("titles", [("One", "Two", "Three", "Two"), ("One", "Two", "Three")])
def test_moves_that_arrive_at_once_and_in_any_order_make_the_same_site(
    titles: tuple[str, ...],
) -> None:
    """SPEC V8."""
    one_by_one, at_once = World(), World()
    move(one_by_one, *titles)
    for hour, title in enumerate(titles):
        at_once.put("a", hours(hour), title=title)
    at_once.settle_backwards("a")
    assert at_once.site() == one_by_one.site()


class Slow(MemorySiteStore):
    """A site store whose next write comes only after the event has moved on."""

    def __init__(self, world: World, titles: Sequence[str]) -> None:
        super().__init__(world.calls)
        self.documents, self._etags = world.store.documents, world.store._etags
        self._world = world
        self._titles = titles

    def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
        titles, self._titles = self._titles, ()
        move(self._world, *titles, start=10)
        super().write(documents, seen)


@pytest.mark.parametrize("later", [("Two",), ("Two", "Three"), ("Two", "Four", "Two", "Five")])
def test_a_slow_writer_of_a_notice_never_overwrites_the_page_of_an_event_that_is_back(
    later: tuple[str, ...],
) -> None:
    """The notice names the revision that left, so its bytes never return (docs/concurrency.md)."""
    world, whole = World(), World()
    move(world, "One", "Two")
    world.put("a", hours(2), title="Three")
    world.ingest("a")
    world.notifications.clear()
    waiting, former = list(world.changes), keys.former_key("a", f"{DAY}/two")
    world.changes.clear()
    world.publish([former], Slow(world, later))
    world.publish(waiting)
    move(whole, "One", "Two", "Three")
    move(whole, *later, start=10)
    assert world.site() == whole.site()


def test_a_former_path_whose_revision_is_missing_gets_no_notice() -> None:
    world = World()
    move(world, "One", "Two", "Three")
    partition = world.ledger._partitions[partitions.event_partition("a")]
    sort = keys.revision_key("a", 3).sort
    del partition.items[sort]
    partition.sorts.remove(sort)
    for form in FORMATS:
        broken(world, f"{DAY}/two.{form}", None)
    world.publish([keys.former_key("a", f"{DAY}/two")])
    assert f"{DAY}/two.html" not in world.site()
