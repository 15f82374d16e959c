"""Which feeds name hubs (SPEC W1), and how they are cached then."""

import json

import feedparser

from gazette.models.views.site_document import ANNOUNCED, LIVE
from tests.unit.announce.hubs import (
    CORRECTIONS,
    DAY,
    FORMATS,
    FOXES,
    HISTORY,
    HUB,
    OTHER_HUB,
    TIMELINES,
    UPDATES,
    HubWorld,
    feeds_of,
)
from tests.unit.publish.worlds import World, hours


def test_every_feed_to_subscribe_to_names_its_hubs_and_no_archive_does() -> None:
    world = HubWorld()
    for number in range(150):
        world.put(f"a{number}", hours(number / 100), title=f"Fox {number}", topics=["Foxes"])
    world.settle()
    feeds = {path for path in world.site() if path.endswith(FORMATS) and "feed" in path}
    assert feeds >= feeds_of("feed", "topics/foxes/feed")
    for path, document in world.store.documents.items():
        names = HUB.encode() in document.body
        assert names is (document.hubs == (HUB,)) is (document.cache_control == ANNOUNCED), path
        if "/archive/" in path or path.startswith("archive/"):
            assert not names
    assert {path for path, one in world.store.documents.items() if one.hubs} >= feeds


def test_without_hubs_feeds_are_cached_as_pages_are() -> None:
    world = World()
    world.put("a", hours(0))
    world.settle()
    feeds = [world.store.documents[path] for path in feeds_of("feed")]
    assert {(feed.cache_control, feed.hubs) for feed in feeds} == {(LIVE, ())}


def test_a_reader_finds_both_hubs_and_the_feed_itself_once_in_every_feed() -> None:
    """SPEC W1, by a real client; a JSON Feed names itself in a field of its own."""
    world = HubWorld(HUB, OTHER_HUB)
    world.put("first", hours(0), **FOXES)
    world.put("first", hours(0), revision={"kind": "correction", "note": "Late."}, **FOXES)
    world.settle()
    for path in (*TIMELINES, *UPDATES, *CORRECTIONS, DAY, HISTORY):
        body, url = world.site()[path], world.settings.url(path)
        if path.endswith(".json"):
            feed = json.loads(body)
            hubs = [(hub["type"], hub["url"]) for hub in feed["hubs"]]
            assert (hubs, feed["feed_url"]) == ([("WebSub", HUB), ("WebSub", OTHER_HUB)], url)
        else:
            links = feedparser.parse(body).feed.links
            assert [link.href for link in links if link.rel == "hub"] == [HUB, OTHER_HUB], path
            assert [link.href for link in links if link.rel == "self"] == [url], path
