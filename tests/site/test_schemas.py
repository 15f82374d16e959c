"""Every document of a whole site is valid by its specification, and a feed reader can read it."""

import json
from pathlib import Path

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


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # feedparser's own
def test_every_feed_can_be_read(published: Published) -> None:
    """SPEC D: what a feed reader cannot parse does not exist."""
    for path in of_kind(published, (".rss")) + of_kind(published, ".atom"):
        feed = feedparser.parse(published.body(path))
        assert not feed.bozo, (path, feed.get("bozo_exception"))
        assert len({entry.id for entry in feed.entries}) == len(feed.entries)


def test_every_json_document_is_json(published: Published) -> None:
    for path in of_kind(published, ".json"):
        assert isinstance(json.loads(published.body(path)), dict)
