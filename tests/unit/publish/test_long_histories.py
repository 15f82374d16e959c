"""A page shows the newest revisions. The history is cut into parts, and full ones never change."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree, html

from gazette.models.ledger import keys, partitions
from gazette.models.tasks.tasks import PublishTask, TaskKind
from tests.unit.publish.worlds import SITE, World, hours
from tests.unit.reconcile.reconciling import broken

SHORT = replace(SITE, history_part=3, revisions_shown=2)
BASE = "https://gazette.example"
FIRST = "news/2026/07/4/river-opens"
HISTORY = f"{FIRST}.history"
ATOM = "{http://www.w3.org/2005/Atom}"
ARCHIVE = "{http://purl.org/syndication/history/1.0}archive"


def published(versions: int) -> World:
    """Publish an event whose text changes each hour."""
    world = World(SHORT)
    for number in range(1, versions + 1):
        world.put("a", hours(number), body=f"Text {number}.")
        world.settle()
    return world


def history(world: World, path: str = f"{HISTORY}.json") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(world.site()[path])
    return found


def numbers(document: dict[str, Any]) -> list[int]:
    return [revision["number"] for revision in document["revisions"]]


def walk(world: World) -> Iterator[dict[str, Any]]:
    """Follow the JSON form of a history to its oldest part."""
    address: str | None = f"{BASE}/{HISTORY}.json"
    while address:
        document = history(world, address.removeprefix(f"{BASE}/"))
        yield document
        address = document.get("previous")


def feed_link(feed: etree._Element, rel: str) -> str | None:
    link = feed.find(f"{ATOM}link[@rel='{rel}']")
    return None if link is None else link.get("href")


def entry_ids(feed: etree._Element) -> list[str | None]:
    return [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]


def histories(world: World) -> dict[str, bytes]:
    return {path: body for path, body in world.site().items() if path.startswith(HISTORY)}


def test_an_event_with_one_revision_has_no_history_and_nothing_leads_to_one() -> None:
    """DESIGN, "Names and paths": nor has its revision pages of its own, only a record."""
    world = published(1)
    assert histories(world) == {}
    assert {path for path in world.site() if ".r1." in path} == {f"{FIRST}.r1.json"}
    assert [path for path, body in world.site().items() if b".history." in body] == []
    assert json.loads(world.site()[f"{FIRST}.json"])["history"] is None


@pytest.mark.parametrize("versions", range(2, 8))
def test_a_revision_has_pages_from_when_it_is_superseded(versions: int) -> None:
    """SPEC V5; its record is there from the beginning."""
    numbers = range(1, versions + 1)
    pages = {f"{FIRST}.r{one}.{form}" for one in numbers[:-1] for form in ("html", "md", "xml")}
    records = {f"{FIRST}.r{one}.json" for one in numbers}
    site = published(versions).site()
    assert {path for path in site if path.startswith(f"{FIRST}.r")} == pages | records


@pytest.mark.parametrize("versions", range(2, 10))
def test_a_walk_through_the_parts_of_a_history_finds_each_revision_once(versions: int) -> None:
    world = published(versions)
    newest_first = [numbers(part) for part in walk(world)]
    assert [one for part in reversed(newest_first) for one in part] == list(range(1, versions + 1))
    assert all(len(part) <= SHORT.history_part for part in newest_first)


@pytest.mark.parametrize("versions", range(2, 10))
def test_each_part_of_a_history_goes_on_with_the_hash_of_the_part_before(versions: int) -> None:
    chain = [one for part in reversed(list(walk(published(versions)))) for one in part["revisions"]]
    assert [one["previous_sha256"] for one in chain] == [None, *(one["sha256"] for one in chain)][
        :-1
    ]


def test_a_full_part_is_written_once_and_its_bytes_never_change() -> None:
    world = published(3)
    assert sorted(histories(world)) == [f"{HISTORY}.atom", f"{HISTORY}.json"]
    world.put("a", hours(3.5), body="Text 4.")
    world.settle()
    full = {f"{HISTORY}.1.{extension}": 0 for extension in ("atom", "json")}
    before = {path: histories(world)[path] for path in full}
    for number in range(4, 8):
        world.put("a", hours(number), title=f"River {number}", body=f"Text {number}.")
        world.settle()
    world.delete("a", hours(8))
    world.settle()
    assert {path: histories(world)[path] for path in full} == before
    assert sorted(histories(world)) == sorted(
        [*full, *(f"{HISTORY}{part}.{form}" for part in ("", ".2") for form in ("atom", "json"))]
    )


def test_a_full_part_leads_to_the_history_and_to_the_first_address_of_the_event() -> None:
    world = published(7)
    part = history(world, f"{HISTORY}.2.json")
    assert (part["current"], part["previous"]) == (
        f"{BASE}/{HISTORY}.json",
        f"{BASE}/{HISTORY}.1.json",
    )
    assert (part["url"], numbers(part)) == (f"{BASE}/{FIRST}.html", [4, 5, 6])
    assert "current" not in history(world)


def test_the_feed_of_a_history_is_an_archived_feed() -> None:
    """RFC 5005 §4: one id, archives that never change, and links from each to the one before."""
    world = published(7)
    current, second, first = (
        etree.fromstring(world.site()[f"{HISTORY}{part}.atom"]) for part in ("", ".2", ".1")
    )
    assert feed_link(current, "prev-archive") == f"{BASE}/{HISTORY}.2.atom"
    assert feed_link(second, "prev-archive") == f"{BASE}/{HISTORY}.1.atom"
    assert feed_link(first, "prev-archive") is None
    assert [feed.find(ARCHIVE) is None for feed in (current, second, first)] == [True, False, False]
    for feed in (second, first):
        assert feed_link(feed, "current") == f"{BASE}/{HISTORY}.atom"
        assert feed_link(feed, "hub") is None
    assert len({feed.findtext(f"{ATOM}id") for feed in (current, second, first)}) == 1
    ids = [one for feed in (current, second, first) for one in entry_ids(feed)]
    assert ids == [f"tag:gazette.example,2026:revision/{number}/a" for number in range(7, 0, -1)]


@pytest.mark.parametrize(("versions", "shown"), [(1, [1]), (2, [2, 1]), (3, [3, 2]), (9, [9, 8])])
def test_a_page_shows_the_newest_revisions_and_leads_to_all_of_them(
    versions: int, shown: list[int]
) -> None:
    world = published(versions)
    page = html.fromstring(world.site()[f"{FIRST}.html"])
    listed = page.findall(".//section[@class='changes']/ol/li")
    assert [int(item.get("value", "")) for item in listed] == shown
    leads = [link.get("href") for link in page.findall(".//section[@class='changes']/p/a")]
    is_cut = versions > SHORT.revisions_shown
    assert leads == [f"{BASE}/{HISTORY}.json"] * is_cut
    assert [one["number"] for one in history(world, f"{FIRST}.json")["changes"]] == shown
    markdown = world.site()[f"{FIRST}.md"].decode()
    assert markdown.count(f"[All versions]({BASE}/{HISTORY}.json)") == is_cut
    assert markdown.count("_Revision ") == len(shown)


def test_a_history_in_which_release_0_1_0_left_numbers_out_has_parts_by_number() -> None:
    world = published(8)
    items = world.ledger._partitions[partitions.event_partition("a")].items
    for number in (3, 4, 5, 6):
        del items[keys.revision_key("a", number).sort]
        world.ledger._partitions[partitions.event_partition("a")].sorts.remove(
            keys.revision_key("a", number).sort
        )
    for path in histories(world):
        broken(world, path, None)
    world.publish(world.records())
    assert [numbers(part) for part in walk(world)] == [[7, 8], [1, 2]]
    assert sorted(path for path in histories(world) if path.endswith("json")) == [
        f"{HISTORY}.1.json",
        f"{HISTORY}.json",
    ]


@pytest.mark.parametrize("kind", [TaskKind.EVENT, TaskKind.HISTORY, TaskKind.MOVED])
def test_an_event_that_an_operator_deleted_publishes_nothing(kind: TaskKind) -> None:
    world = World(SHORT)
    sorts = {
        TaskKind.EVENT: "",
        TaskKind.HISTORY: keys.revision_key("a", 1).sort,
        TaskKind.MOVED: keys.former_key("a", FIRST).sort,
    }
    builder = world.writer.builders[kind]
    task = PublishTask(kind, partitions.event_partition("a"), sorts[kind])
    assert builder.compose(task).documents == ()
    assert kind is TaskKind.MOVED or builder.every_path(task) == ()
