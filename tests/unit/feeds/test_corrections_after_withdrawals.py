"""The corrections of an event stay on its page when it is withdrawn, and links lead to them."""

import html
import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

import pytest
from lxml import etree

from gazette.models.site import Site
from tests.unit.erasures.erasing import erase
from tests.unit.publish.worlds import SITE, World, hours

PAGE = "news/2026/07/4/river-opens"
LINK = re.compile(re.escape(SITE.base_url) + r"/([^\s\"'<>#]*)#([^\s\"'<>)\\]*)")
NOTES = ["Not seven, eight.", "Not six, seven."]


def put(world: World, hour: int, body: str, kind: str = "", **fields: object) -> None:
    revision = {"revision": {"kind": kind, "note": NOTES[-hour % 2]}} if kind else {}
    world.put("a", hours(hour), body=f"# Closes\n\n{body} [See](#closes).", **revision, **fields)
    world.settle()


def corrected(site: Site = SITE, **last: object) -> World:
    world = World(site)
    put(world, 0, "At six.")
    put(world, 1, "At seven.", "correction")
    put(world, 2, "At eight.", "correction", **last)
    return world


def retracted(world: World) -> None:
    retraction = {"kind": "retraction", "note": "It never closes."}
    world.put("a", hours(3), revision=retraction)


def expired(world: World) -> None:
    world.put("a", hours(3), expires=hours(3).isoformat())


def erased(world: World) -> None:
    world.put("a", hours(3))
    erase(world, "a", hours(4), [4])


WITHDRAWALS = pytest.mark.parametrize(
    "withdraw", [retracted, expired, erased, lambda world: world.delete("a", hours(3))]
)


@WITHDRAWALS
def test_a_withdrawn_event_keeps_its_corrections_in_every_form_of_its_page(
    withdraw: Callable[[World], object],
) -> None:
    """SPEC V12, S7."""
    world = corrected()
    withdraw(world)
    world.settle()
    page = world.newest("a").base_path
    tree = etree.HTML(world.site()[f"{page}.html"].decode())
    notes = tree.findall(".//aside[@class='note correction']")
    assert [note.findtext("p[@class='text']") for note in notes] == NOTES
    assert [note.get("id") for note in notes] == ["correction-3", "correction-2"]
    described = json.loads(tree.findtext(".//script") or "")
    assert [each["text"] for each in described["correction"]] == NOTES
    as_json = json.loads(world.site()[f"{page}.json"])
    assert [each["note"] for each in as_json["corrections"]] == NOTES
    markdown = world.site()[f"{page}.md"].decode()
    assert markdown.index("# Withdrawn" if "# W" in markdown else "# Expired") < markdown.index(
        f" {NOTES[0]}\n"
    )
    assert markdown.index(f" {NOTES[0]}\n") < markdown.index(f" {NOTES[1]}\n")


def test_a_withdrawn_event_without_corrections_lists_none() -> None:
    world = World()
    put(world, 0, "At six.")
    retracted(world)
    world.settle()
    tree = etree.HTML(world.site()[f"{PAGE}.html"].decode())
    assert "correction" not in json.loads(tree.findtext(".//script") or "")
    assert tree.findall(".//aside") == []


def test_the_page_of_a_withdrawn_event_lists_more_corrections_than_its_entry() -> None:
    """SPEC V12: however many there are."""
    world = World()
    put(world, 0, "Text 0.")
    for number in range(1, 12):
        put(world, number, f"Text {number}.", "correction")
    world.delete("a", hours(12))
    world.settle()
    as_json = json.loads(world.site()[f"{PAGE}.json"])
    assert [each["number"] for each in as_json["corrections"]] == [*range(12, 1, -1)]


def dead_anchors(world: World) -> Iterator[tuple[str, str]]:
    """Yield each document of entries with a link to an anchor that is not there."""
    site = world.site()
    for path, body in site.items():
        if path.endswith((".xml", ".atom", ".rss", "feed.json")):
            shown = html.unescape(html.unescape(body.decode()))
            for target, anchor in LINK.findall(shown):
                page = site.get(unquote(target), b"").decode()
                if f'id="{anchor}"' not in page:
                    yield path, f"{target}#{anchor}"


def test_links_of_entries_to_corrections_and_history_find_their_anchors() -> None:
    """SPEC E1, E3: where the event is live, moved, moved again and withdrawn, in any order."""
    world = corrected()
    assert list(dead_anchors(world)) == []
    for hour, title in enumerate(["Lake opens", "Sea opens", "River opens"], 4):
        put(world, hour, "At nine.", title=title)
        assert list(dead_anchors(world)) == []
    world.delete("a", hours(8))
    world.settle()
    assert list(dead_anchors(world)) == []
    shown = world.site()[f"{PAGE}.r3.xml"].decode()
    assert {anchor for _, anchor in LINK.findall(shown)} == {
        *("correction-2", "correction-3", "changes", "text-closes")
    }
