"""No document links to a document or an anchor that does not exist, whatever the history."""

import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.property.archives import DAYS, SMALL, TOPICS
from tests.unit.erasures.erasing import erase
from tests.unit.images.image_files import PNG
from tests.unit.publish.worlds import SITE, World, hours
from tests.unit.reconcile.reconciling import emptied, reconcile

WITHIN, ID = re.compile(r' href="#([^"]+)"'), re.compile(r' id="([^"]*)"')
ADDRESS = re.compile(re.escape(SITE.base_url) + r"/[^\s\"'<>)\]`]*")
# It names the vocabulary of the categories; no document is there.
VOCABULARY = frozenset({"categories/index.html"})
_WITH_LINKS = (".html", ".md", ".json", ".xml", ".atom", ".rss", ".opml", ".txt")
RETRACTION = {"kind": "retraction", "note": "It never opened."}
CORRECTION = {"kind": "correction", "note": "It opened later."}


def texts(value: object) -> Iterator[str]:
    """Yield every string of a JSON value."""
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else ():
        yield from texts(part)
    for part in value if isinstance(value, list) else ():
        yield from texts(part)


def links_in(path: str, body: bytes) -> set[tuple[str, str]]:
    """Return the paths of the site that a document links to, with the anchor, empty without one.

    An index serves its folder.
    """
    text = body.decode()
    if path.endswith(".json"):
        text = "\n".join(texts(json.loads(text)))
    found = ADDRESS.findall(html.unescape(html.unescape(text)))
    parts = (urlsplit(address.removeprefix(f"{SITE.base_url}/")) for address in found)
    links = {(unquote(one.path), unquote(one.fragment)) for one in parts}
    links |= {(path, unquote(html.unescape(anchor))) for anchor in WITHIN.findall(text)}
    return {
        (f"{one}index.html" if not one or one.endswith("/") else one, anchor)
        for one, anchor in links
    }


def paths_in(path: str, body: bytes) -> set[str]:
    return {link for link, _ in links_in(path, body)}


def dead_links(site: Mapping[str, bytes]) -> set[tuple[str, str]]:
    """Return pairs of a document and a link of it whose document or anchor does not exist."""
    documents = {path: body for path, body in site.items() if path.endswith(_WITH_LINKS)}
    anchors = {path: anchors_of(body) for path, body in site.items() if path.endswith(".html")}
    links = ((path, link) for path, body in documents.items() for link in links_in(path, body))
    return {
        (path, f"{link}#{anchor}" if anchor else link)
        for path, (link, anchor) in links
        if link not in VOCABULARY
        if link not in site or (anchor and anchor not in anchors.get(link, ()))
    }


def anchors_of(body: bytes) -> set[str]:
    return {html.unescape(one) for one in ID.findall(body.decode())}


def test_links_are_found_in_every_format() -> None:
    world = World(SMALL)
    world.put("a", hours(0), topics=["Foxes"], category="Nature", body="A body.")
    world.settle()
    for form in ("html", "md", "json", "xml"):
        path = f"news/2026/07/4/river-opens.{form}"
        assert paths_in(path, world.site()[path]) >= {"news/2026/07/4/river-opens.html"}, form
    del world.store.documents["topics/foxes/feed.atom"]
    assert ("topics/foxes/index.html", "topics/foxes/feed.atom") in dead_links(world.site())


@pytest.mark.parametrize("revision", [RETRACTION, CORRECTION], ids=["retraction", "correction"])
def test_an_event_that_begins_with_such_a_revision_leads_nowhere_dead(
    revision: dict[str, str],
) -> None:
    world = World(SMALL)
    world.put("a", hours(0), topics=["Foxes"], category="Nature", revision=revision)
    world.settle()
    assert "topics/foxes/index.html" in world.site()
    assert dead_links(world.site()) == set()


def test_a_retraction_may_move_an_event_to_another_topic_day_and_category() -> None:
    world = World(SMALL)
    world.put("a", hours(0), topics=["Foxes"], category="Nature")
    world.settle()
    moved = {"topics": ["Bears"], "category": "Zoo", "date": "2027-01-01"}
    world.put("a", hours(1), **moved, revision=RETRACTION)
    world.settle()
    assert {"topics/bears/feed.rss", "categories/zoo/index.html", "news/2027/01/1/index.html"} <= (
        world.site().keys()
    )
    assert dead_links(world.site()) == set()


def test_an_erasure_of_the_only_revision_leads_nowhere_dead() -> None:
    world = World(SMALL)
    erase(world, "a", hours(0), [1])
    world.put("a", hours(1), topics=["Foxes"], category="Nature")
    world.settle()
    assert dead_links(world.site()) == set()


def corrected(*bodies: str, **fields: object) -> World:
    """Return a world with an event that all versions but the first correct."""
    world = World(SMALL)
    for hour, body in enumerate(bodies):
        revision = CORRECTION if hour else None
        world.put("a", hours(hour), topics=["Foxes"], body=body, revision=revision, **fields)
    world.settle()
    return world


def test_anchors_are_checked() -> None:
    """The page shows the newest difference itself, and leads to that of the correction before."""
    world = corrected("One.", "Two.", "Three.")
    assert dead_links(world.site()) == set()
    path = "news/2026/07/4/river-opens.r2.html"
    page = world.store.documents[path]
    body = page.body.replace(b'id="difference"', b"")
    world.store.documents[path] = replace(page, body=body)
    sources = {source for source, link in dead_links(world.site()) if link.endswith("#difference")}
    assert {"news/2026/07/4/river-opens.html", "news/2026/07/4/river-opens.json", path} <= sources


@pytest.mark.parametrize("revisions", [[1], [2], [1, 2]])
def test_what_changed_says_that_nothing_can_be_compared_with_an_erased_version(
    revisions: list[int],
) -> None:
    """SPEC V10: the difference would show the erased words."""
    world = corrected("One.", "Two.", "Three.")
    erase(world, "a", hours(3), revisions)
    world.settle()
    assert dead_links(world.site()) == set()
    for form in ("html", "md"):
        of_next = ".r2" if revisions == [1] else ""  # the third is current
        page = world.site()[f"news/2026/07/4/river-opens{of_next}.{form}"].decode()
        assert "The version before shows no text, so nothing can be compared" in page


def test_a_correction_after_a_withdrawal_has_nothing_to_be_compared_with() -> None:
    world = corrected("One.")
    world.delete("a", hours(1))
    world.put("a", hours(2), body="Two.", revision=CORRECTION)
    world.settle()
    assert dead_links(world.site()) == set()
    assert b"nothing can be compared" in world.site()["news/2026/07/4/river-opens.html"]


def test_a_revision_links_to_anchors_of_its_own_page_wherever_the_event_went() -> None:
    world = corrected(WITH_ANCHOR, f"Two. {WITH_ANCHOR}", "Three.")
    revision = world.site()["news/2026/07/4/river-opens.r2.xml"]
    for hour, title in enumerate(("Sea", "Lake"), 3):
        world.put("a", hours(hour), title=title, topics=["Foxes"], revision=CORRECTION)
    world.delete("a", hours(5))
    world.settle()
    assert dead_links(world.site()) == set()
    assert world.site()["news/2026/07/4/river-opens.r2.xml"] == revision


WITH_ANCHOR = "See [below](#water).\n\n## Water"
IMAGES = ("images/a.png", "images/b.png")
REVISIONS = st.fixed_dictionaries(
    {
        "title": st.sampled_from(("River", "Sea")),
        "date": st.sampled_from(DAYS),
        "topics": st.lists(st.sampled_from(TOPICS), unique=True, max_size=2),
        "revision": st.sampled_from((None, RETRACTION, CORRECTION)),
        "body": st.sampled_from(("", WITH_ANCHOR, *map("![A map]({}) and more.".format, IMAGES))),
    },
    optional={
        "category": st.sampled_from(("Nature", "City")),
        "byline": st.sampled_from(("Ada Moss", ["Bo Fern", "ada moss"])),
        "expires": st.sampled_from(("2026-01-01T00:00:00Z", "2026-07-04T10:30:00Z")),
        "published": st.sampled_from(("2026-07-01T00:00:00Z", "2026-07-04T09:30:00Z")),
        "image": st.sampled_from(IMAGES).map(lambda key: {"key": key, "alt": "A map"}),
        "translations": st.sampled_from((["a"], ["b"])),
    },
)
EVENTS = st.sampled_from(("a", "b"))
ACTS: st.SearchStrategy[Callable[[World, datetime], object]] = st.one_of(
    st.builds(
        lambda name, document: lambda world, at: world.put(name, at, **document), EVENTS, REVISIONS
    ),
    EVENTS.map(lambda name: lambda world, at: world.delete(name, at)),
    EVENTS.map(lambda name: lambda world, at: erase(world, name, at, "all")),
    EVENTS.map(lambda name: lambda world, at: erase(world, name, at, [1])),
    st.sampled_from(IMAGES).map(lambda key: lambda world, at: world.source.put(key, PNG, at)),
    st.sampled_from(IMAGES).map(lambda key: lambda world, at: world.source.delete(key, at)),
)


@given(st.lists(ACTS, min_size=1, max_size=6))
def test_no_history_leaves_a_dead_link(acts: list[Callable[[World, datetime], object]]) -> None:
    """Not even between two acts; and a site that is made again has the same documents."""
    world = World(SMALL)
    for hour, act in enumerate(acts):
        act(world, hours(hour))
        world.settle()
        assert dead_links(world.site()) == set()
    reconcile(world)  # withdraws what has expired
    before = world.site()
    assert dead_links(before) == set()
    emptied(world)
    reconcile(world)
    assert world.site() == before
