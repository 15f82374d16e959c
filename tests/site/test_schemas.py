"""Every document of a whole site is valid by its specification, and a feed reader can read it."""

import json
import time
from pathlib import Path
from typing import Any

import fastjsonschema
import feedparser
import pytest
from lxml import etree

from tests.site.conftest import Published


def of_kind(published: Published, kind: str) -> list[str]:
    found = [path for path in published.documents if path.endswith(kind)]
    assert found
    return found


def is_sitemap(path: str) -> bool:
    return path.startswith(("sitemap", "news-sitemap"))


def test_atom_is_valid(published: Published, schemas: Path) -> None:
    """SPEC A1 to A6; RFC 4287."""
    schema = etree.RelaxNG(etree.parse(schemas / "atom.rng"))
    paths = of_kind(published, ".atom")
    paths += [path for path in of_kind(published, ".xml") if not is_sitemap(path)]
    for path in paths:
        schema.assertValid(etree.fromstring(published.body(path)))


def test_sitemaps_are_valid(published: Published, schemas: Path) -> None:
    """SPEC S1, S2, S4, S5."""
    urlset = etree.XMLSchema(etree.parse(schemas / "sitemap-all.xsd"))
    index = etree.XMLSchema(etree.parse(schemas / "siteindex.xsd"))
    for path in filter(is_sitemap, of_kind(published, ".xml")):
        schema = index if path == "sitemap.xml" else urlset
        schema.assertValid(etree.fromstring(published.body(path)))


def test_lists_of_feeds_are_valid(published: Published, schemas: Path) -> None:
    """SPEC S8."""
    schema = etree.XMLSchema(etree.parse(schemas / "opml-2.0.xsd"))
    for path in of_kind(published, ".opml"):
        schema.assertValid(etree.fromstring(published.body(path)))


def test_json_feeds_are_valid(published: Published, schemas: Path) -> None:
    """SPEC J1."""
    text = (schemas / "jsonfeed-1.1.schema.json").read_text(encoding="utf-8")
    validate = fastjsonschema.compile(json.loads(text))
    feeds = [path for path in of_kind(published, ".json") if is_json_feed(published, path)]
    assert feeds
    for path in feeds:
        validate(json.loads(published.body(path)))


def is_json_feed(published: Published, path: str) -> bool:
    return published.documents[path].media_type.startswith("application/feed+json")


@pytest.fixture(scope="module")
def feeds(published: Published) -> dict[str, Any]:
    """Return what feedparser finds in each feed; reading takes longer than the tests."""
    paths = of_kind(published, ".rss") + of_kind(published, ".atom")
    return {path: feedparser.parse(published.body(path)) for path in paths}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # feedparser's own
def test_every_feed_can_be_read(feeds: dict[str, Any]) -> None:
    """SPEC D: a feed that a reader cannot parse is useless."""
    for path, feed in feeds.items():
        assert not feed.bozo, (path, feed.get("bozo_exception"))
        assert len({entry.id for entry in feed.entries}) == len(feed.entries)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # feedparser's own
def test_a_feed_parser_reads_rss_and_atom_like_the_json_feed(
    published: Published, feeds: dict[str, Any]
) -> None:
    """SPEC D: feedparser finds in RSS and Atom every field that JSON Feed has."""
    compared = 0
    for path, feed in feeds.items():
        neighbours = json.loads(published.body(f"{path.rpartition('.')[0]}.json"))
        if not neighbours.get("version", "").startswith("https://jsonfeed.org/"):
            continue
        read = {entry.id: entry for entry in feed.entries}
        items = [item for item in neighbours["items"] if item["id"] in read]
        assert len(items) == len(read), path
        for item in items:
            entry = read[item["id"]]
            assert entry.link == item["url"], path
            assert moment(entry.published_parsed) == item["date_published"], path
            assert moment(entry.updated_parsed) == item["date_modified"], path
            assert [tag.label or tag.term for tag in entry.get("tags", [])] == item.get(
                "tags", []
            ) or path.endswith(".rss"), path
            assert len(entry.get("tags", [])) == len(item.get("tags", [])), path
            assert bool(entry.get("content")) == ("content_html" in item), path
            compared += 1
    assert compared > 40


def moment(parsed: time.struct_time) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", parsed)


def test_every_json_document_is_json(published: Published) -> None:
    for path in of_kind(published, ".json"):
        assert isinstance(json.loads(published.body(path)), dict)
