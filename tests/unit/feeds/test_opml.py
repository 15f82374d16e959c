"""Lists of the feeds of topics as OPML (SPEC S8)."""

from lxml import etree

from gazette.models.views.outline import Outline, OutlineList
from gazette.renderers.opml import render_opml
from tests.unit.feeds.test_sitemaps import assert_valid
from tests.unit.publish.worlds import World, hours

FOXES = {
    "text": "Red Foxes",
    "type": "rss",
    "version": "RSS2",
    "title": "Red Foxes",
    "xmlUrl": "https://gazette.example/topics/red-foxes/feed.rss",
    "htmlUrl": "https://gazette.example/topics/red-foxes/",
    "language": "en",
    "category": "/topics",
    "description": "2 events",
}


def topics_world() -> World:
    world = World()
    world.put("a", hours(0), topics=["Red Foxes", "1 May"])
    world.put("b", hours(1), title="B", topics=["Red Foxes", "Rivers"])
    world.settle()
    return world


def outlines(document: bytes, path: str) -> list[dict[str, str]]:
    found = etree.fromstring(document).findall(f"body/{path}")
    return [{str(name): str(text) for name, text in one.attrib.items()} for one in found]


def test_the_largest_topics_are_listed_with_their_feeds_and_counts() -> None:
    world = topics_world()
    listed = world.site()["topics.opml"]
    largest = outlines(listed, "outline[1]/outline")
    assert largest[0] == FOXES
    assert [(one["text"], one["description"]) for one in largest[1:]] == [
        ("1 May", "1 event"),
        ("Rivers", "1 event"),
    ]
    assert_valid(listed, "opml-2.0.xsd")


def test_it_links_the_lists_of_all_topics_by_initial() -> None:
    world = topics_world()
    included = outlines(world.site()["topics.opml"], "outline[2]/outline")
    assert included == [
        {
            "text": name,
            "type": "include",
            "url": f"https://gazette.example/topics/a-z/{initial}.opml",
        }
        for name, initial in (("0 to 9", "0"), ("R", "r"))
    ]
    listed = world.site()["topics/a-z/r.opml"]
    assert outlines(listed, "outline")[0] == FOXES
    assert [one["text"] for one in outlines(listed, "outline")] == ["Red Foxes", "Rivers"]
    assert_valid(listed, "opml-2.0.xsd")


def test_it_is_served_as_opml_and_found_from_the_pages() -> None:
    world = topics_world()
    assert world.store.documents["topics.opml"].media_type == "text/x-opml; charset=utf-8"
    for path in ("index.html", "topics/index.html"):
        page = etree.HTML(world.site()[path].decode())
        (link,) = page.findall(".//link[@type='text/x-opml']")
        assert link.get("rel") == "alternate"
        assert link.get("href") == "https://gazette.example/topics.opml"


def test_a_topic_that_lost_its_events_leaves_the_lists() -> None:
    world = topics_world()
    world.put("a", hours(2), topics=["Red Foxes"])
    world.settle()
    listed = world.site()["topics.opml"]
    assert [one["text"] for one in outlines(listed, "outline[2]/outline")] == ["R"]
    assert b"1-may" not in listed
    emptied = world.site()["topics/a-z/0.opml"]
    assert [one["xmlUrl"] for one in outlines(emptied, "outline")] == [
        "https://gazette.example/feed.rss"
    ]
    assert_valid(emptied, "opml-2.0.xsd")


def test_a_site_without_topics_lists_its_own_feed() -> None:
    world = World()
    world.put("a", hours(0))
    world.settle()
    listed = world.site()["topics.opml"]
    assert [one["htmlUrl"] for one in outlines(listed, "outline")] == ["https://gazette.example/"]
    assert_valid(listed, "opml-2.0.xsd")


def test_a_list_has_an_owner_and_escapes_its_texts() -> None:
    outline = Outline('"A" & <B>', feed_url="https://a.example/?a=1&b=2")
    listed = OutlineList("T & U", "Editors", "https://a.example/", "en", (outline,))
    document = render_opml(listed)
    head = etree.fromstring(document).find("head")
    assert head is not None
    assert {field.tag: field.text for field in head} == {
        "title": "T & U",
        "ownerName": "Editors",
        "ownerId": "https://a.example/",
        "docs": "http://opml.org/spec2.opml",
    }
    (one,) = outlines(document, "outline")
    assert (one["text"], one["xmlUrl"]) == ('"A" & <B>', "https://a.example/?a=1&b=2")
    assert "htmlUrl" not in one
