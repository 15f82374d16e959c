"""The `Link` header of a feed says what the feed says of itself (SPEC W1)."""

import json
import re
from dataclasses import replace
from itertools import product
from random import Random
from urllib.parse import quote, unquote
from xml.etree import ElementTree as ET

import pytest

from gazette.models.site import Site
from gazette.models.views.site_document import Document
from gazette_cli.emulators.feed_links import FeedLinks
from tests.property.archives import SMALL
from tests.template.test_edge_functions import code_of, node, responded
from tests.template.test_edge_functions import pytestmark as needs_node
from tests.unit.announce.hubs import FOXES, HUB, OTHER_HUB
from tests.unit.publish.worlds import World, hours

LINK, HUBS = "{http://www.w3.org/2005/Atom}link", f"{HUB},{OTHER_HUB}"
# All media types of feeds; the document of a single entry is none.
FEED = re.compile(r"application/(?:rss\+xml|feed\+json|atom\+xml(?!;type=entry))")
SETTINGS = replace(SMALL, hubs=(HUB, OTHER_HUB), history_part=3)
ADDRESS, DOMAIN = "https://news.example/sub", "https://d111.cloudfront.net"


@pytest.fixture(scope="module")
def world() -> World:
    """Make a site with every kind of feed: archives, long histories, old withdrawals of a day."""
    world = World(SETTINGS)
    for number in range(62):
        world.put(f"a{number}", hours(number / 200), title=f"Fox {number}", topics=["C++ & Ärzte?"])
    correction = {"kind": "correction", "note": "Late."}
    for number in range(6):
        fields = {**FOXES, "title": f"Fox again {number}", "revision": correction}
        world.put("a1", hours(2 + number / 100), **fields)
    for number in range(5, 60):
        world.delete(f"a{number}", hours(40 + number / 100))
    world.settle()
    return world


def said(document: Document) -> list[tuple[str, str]]:
    """Return hubs and own address that stand in a feed, or nothing for another document."""
    if not FEED.match(document.media_type):
        return []
    if document.path.endswith(".json"):
        feed = json.loads(document.body)
        hubs = [("hub", hub["url"]) for hub in feed.get("hubs", ())]
        return [*hubs, ("self", feed["feed_url"])]
    root = ET.fromstring(document.body)  # noqa: S314  # our own document
    links = (root.find("channel") if root.tag == "rss" else root).iterfind(LINK)  # type: ignore[union-attr]  # a channel is there
    found = [(link.get("rel", ""), link.get("href", "")) for link in links]
    return sorted(link for link in found if link[0] in {"hub", "self"})


def read(header: str) -> list[tuple[str, str]]:
    found = re.findall(r'<([^<>"\s]*)>; rel="(\w+)"(?:, |$)', header)
    return sorted((relation, address) for address, relation in found)


def test_each_feed_has_the_links_that_stand_in_it_and_no_other_document_has_any(
    world: World,
) -> None:
    links = FeedLinks(SETTINGS.base_url, (HUB, OTHER_HUB))
    for path, document in world.store.documents.items():
        assert read(links.of(path)) == sorted(said(document)), path
    named = [path for path in world.store.documents if links.of(path)]
    for kind in (
        r"feed\.rss",
        r"\d/index\.xml",
        r"archive/first\.json",
        "withdrawn/",
        r"\.1\.atom",
    ):
        assert any(re.search(kind, path) for path in named), kind


def test_a_site_without_hubs_names_the_feed_itself() -> None:
    assert FeedLinks(ADDRESS).of("feed.rss") == f'<{ADDRESS}/feed.rss>; rel="self"'


def test_hubs_stand_in_their_order() -> None:
    header = FeedLinks(ADDRESS, (OTHER_HUB, HUB)).of("updates.json")
    assert header == (
        f'<{OTHER_HUB}>; rel="hub", <{HUB}>; rel="hub", <{ADDRESS}/updates.json>; rel="self"'
    )


NAMES = (
    *("feed", "updates", "corrections", "archive", "first", "index", "index.a", "withdrawn"),
    *("bridge.history", "bridge.history.2", "bridge.r2", "c++ & co?", "#1", "نور", "a%b", "2026"),
)
FOLDERS = [
    *("", "topics/", "topics/a/", "topics/a/b/", "categories/a b/", "static/topics/a/", "archive/"),
    *("topics/archive/", "topics/a/archive/", "categories/a b/archive/", "updates/archive/"),
    *("topics/a/updates/archive/", "corrections/updates/archive/", "news/2026/archive/"),
    *("news/2026/", "news/2026/11/3/", "news/2026/11/3/withdrawn/", "news/2026/11/3/archive/"),
]
EXTENSIONS = ("rss", "atom", "json", "xml", "html", "rss2")
PATHS = [f"{folder}{name}.{end}" for folder, name, end in product(FOLDERS, NAMES, EXTENSIONS)]


@needs_node
@pytest.mark.parametrize("site", [ADDRESS, ""])
def test_the_edge_makes_the_same_links(world: World, site: str) -> None:
    """SPEC W1: of every document of a site, and of addresses that no site has."""
    paths = [*world.store.documents, *PATHS]
    code = code_of("NameMediaType", Site=site, Hubs=HUBS)
    uris = [f"/{quote(path)}" for path in paths]
    asked = f"{json.dumps(uris)}.map(uri => linksOf(uri, 'd111.cloudfront.net'))"
    links = FeedLinks(site or DOMAIN, (HUB, OTHER_HUB))
    assert node(f"{code}\nconsole.log(JSON.stringify({asked}));") == list(map(links.of, paths))


@needs_node
def test_an_address_that_a_client_writes_in_another_way_is_named_as_the_feed_names_it() -> None:
    """SPEC W1: there is one self."""
    pick, path = Random(7), "topics/نور+c/feed.rss"  # noqa: S311  # the same every time
    own = Site("https://a.example", "a.example,2026").url(path)
    uris = ["/" + "".join(pick.choice(all_ways(sign)) for sign in path) for _ in range(100)]
    assert {unquote(uri) for uri in uris} == {f"/{path}"}
    code = code_of("NameMediaType", Site="https://a.example")
    uris.append("//topics/%D9%86%D9%88%D8%B1+c/feed.rss")
    asked = f"{json.dumps(uris)}.map(uri => linksOf(uri, ''))"
    found = node(f"{code}\nconsole.log(JSON.stringify({asked}));")
    assert set(found) == {f'<{own}>; rel="self"'}


def all_ways(sign: str) -> list[str]:
    """Return how a client may write a sign; the slashes of a path it leaves alone."""
    encoded = "".join(f"%{byte:02X}" for byte in sign.encode())
    ways = [encoded, encoded.lower()] if sign != "/" else []
    return [*ways, sign] if sign.isascii() else ways


@needs_node
def test_the_header_reaches_the_client_next_to_the_others() -> None:
    headers = {"etag": {"value": '"1"'}}
    answer = responded("/feed.atom", headers, Site=ADDRESS, Hubs=HUB)
    links = f'<{HUB}>; rel="hub", <{ADDRESS}/feed.atom>; rel="self"'
    assert answer["headers"] == {"etag": {"value": '"1"'}, "link": {"value": links}}
    assert "link" not in responded("/index.html", headers, Hubs=HUB)["headers"]
