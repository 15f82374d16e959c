from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
from lxml import etree

from gazette.renderers.feeds.rss import render_rss
from tests.unit.feeds.feeds_examples import (
    IMAGE,
    SITE,
    all_attributes,
    bare_item,
    channel,
    feed,
    item,
    texts,
    tombstone,
)


def test_an_item_has_its_fields() -> None:
    """SPEC R3, R4, R7, R15."""
    head = channel(render_rss(feed(item())))
    assert texts(head, "item/title") == ["Fox seen at Smith & Sons"]
    assert texts(head, "item/link") == [item().url]
    assert texts(head, "item/guid") == [item().id]
    assert all_attributes(head, "item/guid") == [{"isPermaLink": "false"}]
    assert texts(head, "item/pubDate") == ["Sun, 01 Mar 2026 09:30:00 GMT"]
    assert texts(head, "item/a:updated") == ["2026-03-02T18:05:07Z"]
    assert texts(head, "item/dc:creator") == ["Ann Author"]
    assert texts(head, "item/author") == []


def test_description_comes_before_the_full_text() -> None:
    """SPEC R6: both are HTML, so that the plain summary is escaped once more."""
    (shown,) = channel(render_rss(feed(item()))).findall("item")
    tags = [etree.QName(element).localname for element in shown]
    assert tags.index("description") < tags.index("encoded")
    assert texts(shown, "description") == ["A fox &lt; 5 kg &amp; its cub."]
    assert texts(shown, "content:encoded") == ["<p>A fox &lt; 5 kg &amp; its cub.</p>"]


def test_an_item_without_full_text_has_its_summary() -> None:
    """SPEC P1."""
    head = channel(render_rss(feed(bare_item(1))))
    assert texts(head, "item/description") == ["Summary 1"]
    assert texts(head, "item/content:encoded") == []


def test_an_item_without_summary_has_its_full_text() -> None:
    head = channel(render_rss(feed(item(summary=""))))
    assert texts(head, "item/description") == [item().content_html]


@pytest.mark.parametrize(
    "title",
    [
        *("AT&T", "R & D", "I <3 N.Y.", "a < b", "less than <5%", "&", "<", "The &amp; entity"),
        *("<b>bold</b>", "5 &lt 6", "<!-- x -->", "How AT&T uses the <details> element: 5 < 6"),
    ],
)
def test_a_title_is_escaped_once(title: str) -> None:
    """SPEC R8: every parser of feeds decodes a title once and shows what is left."""
    head = channel(render_rss(feed(item(title=title))))
    assert texts(head, "item/title") == [title]
    assert texts(channel(render_rss(feed(title=title))), "title") == [title]


def test_topics_are_categories_with_a_domain() -> None:
    """SPEC R10."""
    head = channel(render_rss(feed(item())))
    assert texts(head, "item/category") == ["Foxes & cubs", "Nature"]
    assert all_attributes(head, "item/category") == [
        {"domain": f"{SITE}/topics/"},
        {"domain": f"{SITE}/categories/"},
    ]


def test_an_image_is_media_rss_and_no_enclosure() -> None:
    """SPEC R9."""
    head = channel(render_rss(feed(item())))
    (media,) = all_attributes(head, "item/media:content")
    assert (media["url"], media["medium"], media["type"]) == (IMAGE.url, "image", "image/jpeg")
    assert (media["width"], media["height"]) == ("640", "480")
    assert texts(head, "item/media:content/media:description") == ["A <red> fox & cub"]
    assert texts(head, "item/media:content/media:credit") == ["J. Doe"]
    assert texts(head, "item/enclosure") == []


def test_sources_are_via_links() -> None:
    (via,) = all_attributes(channel(render_rss(feed(item()))), "item/a:link")
    assert via == {
        "rel": "via",
        "href": "https://source.example/?a=1&b=2",
        "title": "The <Source>",
    }


def test_a_withdrawn_event_is_an_item_that_says_so() -> None:
    """SPEC T4, R4: the same id, the date of its first publication."""
    stones = (tombstone(), tombstone(id="urn:b", note=None))
    head = channel(render_rss(feed(bare_item(1), tombstones=stones)))
    assert texts(head, "item/guid") == [bare_item(1).id, tombstone().id, "urn:b"]
    assert texts(head, "item/title")[1:] == ["Withdrawn: Hare & hounds"] * 2
    assert texts(head, "item/description")[1:] == [
        "There was no &lt;hare&gt;.",
        "Withdrawn by the publisher.",
    ]
    assert texts(head, "item/pubDate")[1] == "Sun, 01 Mar 2026 09:30:00 GMT"
    assert texts(head, "item/a:updated")[1] == "2026-03-02T18:05:07Z"


@pytest.mark.parametrize("month", range(1, 13))
def test_dates_are_english_and_read_back(month: int) -> None:
    """SPEC R4."""
    moment = datetime(2026, month, 9, 1, 2, 3, tzinfo=UTC)
    (written,) = texts(channel(render_rss(feed(bare_item(1, published=moment)))), "item/pubDate")
    assert parsedate_to_datetime(written) == moment
    assert written.isascii()
