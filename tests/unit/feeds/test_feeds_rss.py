import locale
import sys
from dataclasses import replace
from html import unescape
from types import FrameType

import feedparser
import pytest
from feedgen.feed import FeedGenerator
from hypothesis import given

from gazette.renderers.feeds.rss import render_rss
from tests.unit.feeds.feeds_examples import (
    IMAGE,
    PUBLISHED,
    SITE,
    UPDATED,
    all_attributes,
    archive,
    bare_item,
    channel,
    feed,
    item,
    printable_text,
    texts,
    tombstone,
)


def test_a_channel_has_title_page_and_description() -> None:
    """SPEC R1: the link is the page, never the feed, though feedgen takes the last link given."""
    head = channel(render_rss(feed(item())))
    assert texts(head, "title") == ["Foxes & cubs"]
    assert texts(head, "link") == [f"{SITE}/topics/foxes/"]
    assert texts(head, "description") == ["Events about foxes < 5 kg."]


def test_feedgen_alone_would_link_the_last_address_given() -> None:
    """Why the order of links matters; when this fails, feedgen has changed its mind."""
    generator = FeedGenerator()
    generator.title("x")
    generator.description("x")
    generator.link(href="https://a.example/", rel="alternate")
    generator.link(href="https://a.example/feed", rel="self")
    assert texts(channel(generator.rss_str()), "link") == ["https://a.example/feed"]


def test_a_channel_says_how_it_is_served_and_made() -> None:
    """SPEC R5, R11, R12, R14: no build time anywhere."""
    head = channel(render_rss(feed(item())))
    assert texts(head, "language") == ["en"]
    assert texts(head, "ttl") == ["60"]
    assert texts(head, "docs") == ["https://www.rssboard.org/rss-specification"]
    assert texts(head, "generator") == ["Gazette/1.2.3 (https://gazette.example/)"]
    assert texts(head, "lastBuildDate") == ["Mon, 02 Mar 2026 18:05:07 GMT"]
    assert texts(head, "dc:creator") == ["Example News"]
    assert texts(head, "pubDate") == []


@pytest.mark.parametrize(("hubs", "minutes"), [((), "15"), (("https://hub.example/",), "60")])
def test_a_reader_polls_less_often_where_a_hub_says_what_is_new(
    hubs: tuple[str, ...], minutes: str
) -> None:
    """SPEC R12."""
    assert texts(channel(render_rss(feed(hubs=hubs))), "ttl") == [minutes]


def test_the_image_of_a_channel_repeats_its_title_and_link() -> None:
    """SPEC R13."""
    head = channel(render_rss(feed(title="<b>Foxes</b>")))
    assert texts(head, "image/url") == [f"{SITE}/assets/icon.png"]
    assert texts(head, "image/title") == texts(head, "title") == ["<b>Foxes</b>"]
    assert texts(head, "image/link") == texts(head, "link")
    assert texts(channel(render_rss(feed(icon_url=None))), "image") == []


def test_a_subscription_document_links_itself_its_hubs_and_its_past() -> None:
    """SPEC R2, R16, P1."""
    head = channel(render_rss(feed(item(sources=()))))
    rss = "application/rss+xml"
    assert all_attributes(head, ".//a:link") == [
        {"rel": "self", "href": f"{SITE}/topics/foxes/feed.rss", "type": rss},
        {"rel": "hub", "href": "https://hub.example/"},
        {"rel": "hub", "href": "https://other.example/"},
        {"rel": "prev-archive", "href": f"{SITE}/topics/foxes/archive/b.rss", "type": rss},
    ]
    assert texts(head, "fh:archive") == []


def test_an_archive_document_is_marked_and_links_its_neighbours() -> None:
    """SPEC R16, P2, P6."""
    head = channel(render_rss(archive(item())))
    by_rel = {link["rel"]: link["href"] for link in all_attributes(head, "a:link")}
    assert texts(head, "fh:archive") == [""]
    assert by_rel["self"] == f"{SITE}/topics/foxes/archive/b.rss"
    assert by_rel["current"] == f"{SITE}/topics/foxes/feed.rss"
    assert by_rel["prev-archive"] == f"{SITE}/topics/foxes/archive/a.rss"
    assert by_rel["next-archive"] == f"{SITE}/topics/foxes/archive/c.rss"


def test_ampersands_are_written_as_the_profile_says() -> None:
    """The RSS profile's Character Data; the W3C validator warns of any other form."""
    document = render_rss(feed(item()))
    assert b"Smith &#x26; Sons" in document
    assert b"&amp;" not in document
    assert b"&lt;" not in document
    assert b"CDATA" not in document


def test_items_keep_their_order() -> None:
    head = channel(render_rss(feed(*(bare_item(number) for number in range(5)))))
    assert texts(head, "item/title") == [f"Event {number}" for number in range(5)]


def test_the_same_feed_gives_the_same_bytes() -> None:
    """SPEC X6; feedgen would fill lastBuildDate in from the clock."""
    documents = {render_rss(feed(item(), bare_item(1), tombstones=(tombstone(),))) for _ in "ab"}
    assert len(documents) == 1


def test_no_date_touches_the_locale_of_the_process() -> None:
    """The dates of feedgen switch it, which another thread would notice."""
    switched = []

    def watch(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code is locale.setlocale.__code__:
            switched.append(frame)

    sys.setprofile(watch)
    try:
        render_rss(feed(item(), tombstones=(tombstone(),)))
    finally:
        sys.setprofile(None)
    assert switched == []


def test_a_reader_gets_back_what_was_given() -> None:
    """SPEC D."""
    read = feedparser.parse(render_rss(feed(item())))
    entry = read.entries[0]
    assert not read.bozo
    assert read.version == "rss20"
    assert (read.feed.title, read.feed.link) == (feed().title, feed().home_url)
    assert read.feed.updated_parsed[:6] == UPDATED.timetuple()[:6]
    assert (entry.id, entry.link, entry.guidislink) == (item().id, item().url, False)
    assert entry.title == "Fox seen at Smith & Sons"
    assert unescape(entry.summary) == "A fox < 5 kg & its cub."
    assert entry.content[0].value == item().content_html
    assert entry.published_parsed[:6] == PUBLISHED.timetuple()[:6]
    assert entry.updated_parsed[:6] == UPDATED.timetuple()[:6]
    assert entry.author == "Ann Author"
    assert [(tag.term, tag.scheme) for tag in entry.tags] == [
        (topic.label, topic.scheme) for topic in item().topics
    ]
    assert entry.media_content[0]["url"] == IMAGE.url
    assert {link.rel for link in entry.links} == {"alternate", "via"}


@given(text=printable_text)
def test_any_text_survives(text: str) -> None:
    """SPEC X2, X3, R8."""
    image = replace(IMAGE, alt=text)
    topic = replace(item().topics[0], label=text)
    entry = item(title=text, summary=text, content_html="<p>", image=image, topics=(topic,))
    stone = tombstone(title=text, note=text)
    head = channel(render_rss(feed(entry, title=text, tombstones=(stone,))))
    assert texts(head, "title") == [text or feed().home_url]
    title, withdrawn = texts(head, "item/title")
    assert title == (text or item().url)
    assert withdrawn == f"Withdrawn: {text}"
    assert unescape(texts(head, "item/description")[0]) == (text or "<p>")
    assert texts(head, ".//media:description") == [text]
    assert texts(head, "item/category") == [text]
