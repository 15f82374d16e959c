"""Every source of an event is in every form of it (SPEC A7, case 40)."""

import json

import feedparser
import pytest

from gazette.models.limits import MAX_SOURCES
from tests.unit.publish.worlds import MORNING, World, document_of

PAGE = "news/2026/07/4/river-opens"


@pytest.mark.parametrize("count", [1, 21, 30, MAX_SOURCES])
def test_every_source_is_on_the_page_and_in_its_feed_entries(count: int) -> None:
    world = World()
    urls = [f"https://ref{number}.example/" for number in range(count)]
    sources = [{"url": url, "title": f"Ref {number}"} for number, url in enumerate(urls)]
    world.put_raw("a", MORNING, document_of(sources=sources, topics=["Parser"]))
    world.settle()
    site = world.site()
    for extension in ("html", "md", "xml"):
        text = site[f"{PAGE}.{extension}"].decode()
        assert [url for url in urls if url not in text] == []
    assert [source["url"] for source in json.loads(site[f"{PAGE}.json"])["sources"]] == urls
    for path in ("feed.atom", "feed.rss", "topics/parser/feed.atom", "topics/parser/feed.rss"):
        (entry,) = feedparser.parse(site[path]).entries
        assert [link["href"] for link in entry.links if link["rel"] == "via"] == urls
