"""The pages of updates and corrections show what their feeds show (SPEC S10, P7)."""

import json
import re
from collections.abc import Iterator
from urllib.parse import unquote

import feedparser
import pytest
from lxml import etree, html

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.update import TimelineHead
from gazette.models.product import FEED_ENTRIES
from tests.unit.publish.worlds import SITE, World, hours

FOLDERS = ("", "topics/foxes/", "categories/nature/")
NAMES = ("updates", "corrections")
CORRECTION = {"kind": "correction", "note": "Six & <seven>."}
RETRACTION = {"kind": "retraction", "note": "It never opened."}
READS_AGAIN = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # feedparser's own


def put(world: World, hour: float, of: str = "a", **fields: object) -> None:
    world.put(of, hours(hour), **({"topics": ["Foxes"], "category": "Nature"} | fields))
    world.settle()


def step(world: World, hour: int) -> None:
    put(world, hour, "a", **STEPS[hour])


def page(world: World, path: str) -> html.HtmlElement:
    return html.fromstring(world.site()[f"{path}/index.html"])


def headings(world: World, path: str) -> list[str]:
    return [heading.text_content() for heading in page(world, path).findall(".//article/h2")]


def internal_links(world: World) -> Iterator[tuple[str, str]]:
    """Yield each page with the path of each of the site's documents that it links to."""
    for path, raw in world.site().items():
        if path.endswith(".html"):
            for element in html.fromstring(raw).iter("a", "link"):
                address = str(element.get("href")).partition("#")[0]
                if address.startswith(f"{SITE.base_url}/"):
                    target = unquote(address.removeprefix(f"{SITE.base_url}/"))
                    is_folder = target.endswith("/") or not target
                    yield path, f"{target}index.html" if is_folder else target


STEPS: tuple[dict[str, object], ...] = (
    {"body": "Five."},
    {"body": "Five!", "revision": {"kind": "minor"}},
    {"body": "Six.", "revision": CORRECTION},
    {"title": "River closes", "body": "Six."},
    {"title": "River closes", "topics": ["Bears"], "category": "Animals"},
    {"title": "River closes", "revision": RETRACTION},
    {"title": "River closes", "body": "Seven."},
)


def test_every_link_of_a_site_leads_to_a_document_after_each_step_of_a_life() -> None:
    world = World()
    for hour in range(len(STEPS)):
        step(world, hour)
        broken = [link for link in internal_links(world) if link[1] not in world.site()]
        assert broken == [], hour
    world.delete("a", hours(len(STEPS)))
    world.settle()
    assert [link for link in internal_links(world) if link[1] not in world.site()] == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("folder", FOLDERS)
def test_a_page_says_that_there_is_nothing_yet(folder: str, name: str) -> None:
    world = World()
    put(world, 0)
    shown = page(world, f"{folder}{name}")
    (sentence,) = (text for text in shown.xpath("//main/p/text()") if "so far" in text)
    assert sentence.startswith("Nothing was ")
    links = {str(link.get("href")) for link in shown.iter("link")}
    feeds = {f"{SITE.base_url}/{folder}{name}.{form}" for form in ("rss", "atom", "json")}
    assert feeds <= links


@READS_AGAIN
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("folder", FOLDERS)
def test_an_empty_feed_dates_from_the_first_publication(folder: str, name: str) -> None:
    """SPEC R5, P7."""
    world = World()
    put(world, 3, "b", title="B")
    put(world, 4, "a", published="2026-07-01T00:00:00Z")
    first = "2026-07-01T00:00:00Z"
    assert etree.fromstring(world.site()[f"{folder}{name}.atom"]).findtext("{*}updated") == first
    feed = feedparser.parse(world.site()[f"{folder}{name}.rss"])
    assert (feed.bozo, feed.entries) == (False, [])
    assert feed.feed.updated_parsed[:4] == (2026, 7, 1, 0)
    assert json.loads(world.site()[f"{folder}{name}.json"])["items"] == []


def test_an_empty_feed_of_a_long_time_line_dates_from_its_oldest_entry() -> None:
    world = World()
    names = [f"e{number}" for number in range(2 * FEED_ENTRIES + 64)]
    for number, name in enumerate(names):
        world.put(name, hours(number / 60), title=name, topics=["Foxes"])
    world.ingest(*names)
    timeline = partitions.topic_partition("foxes")
    world.publish([key for key in world.changes if key.partition == timeline])
    world.publish([keys.timeline_head_key(partitions.updates_partition(timeline))])
    feed = etree.fromstring(world.site()["topics/foxes/updates.atom"])
    assert feed.findtext("{*}updated") == "2026-07-04T08:00:00Z"


def test_an_empty_feed_goes_by_the_newest_name_of_its_topic() -> None:
    """SPEC A12."""
    world = World()
    put(world, 0)
    put(world, 1, "b", title="B", topics=["FOXES"])
    title = json.loads(world.site()["topics/foxes/updates.json"])["title"]
    assert title == "Gazette: FOXES: updates"
    assert page(world, "topics/foxes/updates").findtext(".//h1") == "FOXES: updates"


def test_a_time_line_writes_its_name_once() -> None:
    world = World()
    put(world, 0)
    head_key = keys.timeline_head_key(partitions.updates_partition(partitions.SITE))
    before = world.records()[head_key]
    put(world, 1, "b", title="B")
    assert world.records()[head_key] == before
    assert TimelineHead.model_validate_json(before.payload).first == hours(0)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_page_shows_each_revision_with_time_note_and_difference(folder: str) -> None:
    world = World()
    for hour in range(4):
        step(world, hour)
    assert headings(world, f"{folder}updates") == [
        "Update: River closes",
        "Correction: River opens",
    ]
    assert headings(world, f"{folder}corrections") == ["Correction: River opens"]
    (article,) = page(world, f"{folder}corrections").iter("article")
    (link,) = article.findall("h2/a")
    assert link.get("href") == f"{SITE.base_url}/news/2026/07/4/river-opens.html"
    (moment,) = article.iter("time")
    assert moment.get("datetime") == "2026-07-04T10:00:00Z"
    words = re.sub(r"\s+", " ", article.text_content())
    assert CORRECTION["note"] in words
    assert [mark.text for mark in article.iter("del", "ins")] == ["Five!", "Six."]


def test_a_revision_in_another_language_says_so() -> None:
    world = World()
    put(world, 0, language="ar", body="Five.")
    put(world, 1, language="ar", body="Six.")
    (heading,) = page(world, "updates").findall(".//article/h2")
    assert (heading.get("lang"), heading.get("dir")) == ("ar", "rtl")


def test_every_page_links_to_the_pages_of_the_site_and_a_topic_to_its_own() -> None:
    world = World()
    put(world, 0)
    for path, raw in world.site().items():
        if path.endswith(".html"):
            menu = html.fromstring(raw).findall(".//nav[@class='sections']//a")
            addresses = [link.get("href") for link in menu]
            assert addresses[-2:] == [f"{SITE.base_url}/{name}/" for name in NAMES], path
    for folder in FOLDERS[1:]:
        own = page(world, folder.rstrip("/")).findall(".//nav[@class='changes']//a")
        assert [link.get("href") for link in own] == [
            f"{SITE.base_url}/{folder}{name}/" for name in NAMES
        ]
    assert html.fromstring(world.site()["index.html"]).find(".//nav[@class='changes']") is None
