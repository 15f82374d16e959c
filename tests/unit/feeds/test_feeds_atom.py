from dataclasses import replace
from datetime import timedelta, timezone
from html import escape

import feedparser
import pytest
from hypothesis import given
from lxml import etree

from gazette.models.views.feed import Feed
from gazette.renderers.feeds.atom import render_atom
from tests.unit.feeds.feeds_examples import (
    IMAGE,
    LANG,
    NAMES,
    PUBLISHED,
    SITE,
    UPDATED,
    all_attributes,
    archive,
    attributes,
    bare_item,
    feed,
    find,
    item,
    printable_text,
    schema,
    texts,
    tombstone,
)


def parsed(document: bytes) -> etree._Element:
    return etree.fromstring(document)


def links(element: etree._Element) -> list[dict[str, str]]:
    return all_attributes(element, "a:link")


@pytest.mark.parametrize(
    "document",
    [
        feed(item(), bare_item(1), tombstones=(tombstone(),)),
        archive(item()),
        feed(icon_url=None),
        feed(bare_item(1, summary="", content_html="")),
    ],
)
def test_a_feed_is_valid_atom(document: Feed) -> None:
    """RFC 4287; SPEC A1, A3."""
    relaxng = etree.RelaxNG(etree.parse(schema("atom.rng")))
    relaxng.assertValid(parsed(render_atom(document)))


def test_a_document_is_declared_utf_8_without_bom() -> None:
    """SPEC X1, X3."""
    document = render_atom(feed(item(title="日本")))
    assert document.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    assert "日本".encode() in document
    assert b"CDATA" not in document


def test_a_feed_has_each_of_its_fields_once() -> None:
    """SPEC A1."""
    root = parsed(render_atom(feed(item())))
    assert texts(root, "a:id") == ["tag:example.org,2026:topic/foxes"]
    assert texts(root, "a:title") == ["Foxes & cubs"]
    assert texts(root, "a:subtitle") == ["Events about foxes < 5 kg."]
    assert texts(root, "a:updated") == ["2026-03-02T18:05:07Z"]
    assert texts(root, "a:author/a:name") == ["Example News"]
    assert texts(root, "a:icon") == [f"{SITE}/assets/icon.png"]
    assert root.get(LANG) == "en"


def test_the_generator_has_name_version_and_address() -> None:
    generator = find(parsed(render_atom(feed())), "a:generator")
    assert generator.text == "Gazette"
    assert attributes(generator) == {"uri": "https://gazette.example/", "version": "1.2.3"}


def test_a_subscription_document_links_itself_its_page_its_hubs_and_its_archive() -> None:
    """SPEC A1, P1, W1."""
    root = parsed(render_atom(feed(item())))
    atom = "application/atom+xml"
    assert links(root) == [
        {"rel": "alternate", "href": f"{SITE}/topics/foxes/", "type": "text/html"},
        {"rel": "self", "href": f"{SITE}/topics/foxes/feed.atom", "type": atom},
        {"rel": "hub", "href": "https://hub.example/"},
        {"rel": "hub", "href": "https://other.example/"},
        {"rel": "prev-archive", "href": f"{SITE}/topics/foxes/archive/b.atom", "type": atom},
    ]
    assert root.find("fh:archive", NAMES) is None


def test_an_archive_document_is_marked_and_links_its_neighbours() -> None:
    """SPEC P2, P5; RFC 5005 §4."""
    root = parsed(render_atom(archive(item())))
    by_rel = {link["rel"]: link["href"] for link in links(root)}
    assert len(root.findall("fh:archive", NAMES)) == 1
    assert by_rel["self"] == f"{SITE}/topics/foxes/archive/b.atom"
    assert by_rel["current"] == f"{SITE}/topics/foxes/feed.atom"
    assert by_rel["prev-archive"] == f"{SITE}/topics/foxes/archive/a.atom"
    assert by_rel["next-archive"] == f"{SITE}/topics/foxes/archive/c.atom"


def test_namespaces_are_declared_where_used() -> None:
    root = parsed(render_atom(feed(bare_item(1))))
    assert root.nsmap == {None: NAMES["a"]}


def test_a_withdrawn_event_is_an_entry_that_says_so() -> None:
    """SPEC T1: the same id; no reader knows tombstones, so the feed has none of them (SPEC T2)."""
    stones = (tombstone(), tombstone(id="urn:b", note=None))
    root = parsed(render_atom(feed(bare_item(1), tombstones=stones)))
    assert texts(root, "a:entry/a:id")[1:] == [tombstone().id, "urn:b"]
    assert texts(root, "a:entry/a:title")[1:] == ["Withdrawn: Hare & hounds"] * 2
    assert texts(root, "a:entry/a:content") == [
        "<p>There was no &lt;hare&gt;.</p>",
        "<p>Withdrawn by the publisher.</p>",
    ]
    assert texts(root, "a:entry/a:published")[1] == "2026-03-01T09:30:00Z"
    assert texts(root, "a:entry/a:updated")[1] == "2026-03-02T18:05:07Z"
    assert root.findall("at:deleted-entry", NAMES) == []


def test_a_withdrawn_event_leaves_a_tombstone_in_an_archive() -> None:
    """SPEC T2; RFC 6721."""
    stones = (tombstone(), tombstone(id="urn:b", note=None))
    root = parsed(render_atom(replace(archive(), tombstones=stones)))
    first, second = root.findall("at:deleted-entry", NAMES)
    assert attributes(first) == {"ref": tombstone().id, "when": "2026-03-02T18:05:07Z"}
    assert texts(first, "at:comment") == ["There was no <hare>."]
    assert attributes(second) == {"ref": "urn:b", "when": "2026-03-02T18:05:07Z"}
    assert len(second) == 0


def test_entries_keep_their_order() -> None:
    """By default feedgen puts the newest first."""
    root = parsed(render_atom(feed(*(bare_item(number) for number in range(5)))))
    assert texts(root, "a:entry/a:title") == [f"Event {number}" for number in range(5)]


def test_the_same_feed_gives_the_same_bytes() -> None:
    """SPEC X6; feedgen alone takes missing dates from the clock."""
    documents = {render_atom(feed(item(), bare_item(1), tombstones=(tombstone(),))) for _ in "ab"}
    assert len(documents) == 1


def test_dates_of_any_zone_and_precision_are_written_as_utc_seconds() -> None:
    """SPEC A5."""
    cairo = timezone(timedelta(hours=2))
    moment = UPDATED.astimezone(cairo).replace(microsecond=999_999)
    root = parsed(render_atom(feed(item(updated=moment), updated=moment)))
    assert texts(root, "a:updated") == ["2026-03-02T18:05:07Z"]
    assert texts(root, "a:entry/a:updated") == ["2026-03-02T18:05:07Z"]


def test_a_reader_gets_back_what_was_given() -> None:
    """SPEC D."""
    read = feedparser.parse(render_atom(feed(item())))
    entry = read.entries[0]
    assert not read.bozo
    assert read.version == "atom10"
    assert (read.feed.id, read.feed.title) == (feed().id, feed().title)
    assert read.feed.updated_parsed[:6] == UPDATED.timetuple()[:6]
    assert (entry.id, entry.link) == (item().id, item().url)
    assert entry.title == "Fox seen at Smith & Sons"
    assert entry.summary == "A fox < 5 kg & its cub."
    assert entry.content[0].value == item().content_html
    assert entry.published_parsed[:6] == PUBLISHED.timetuple()[:6]
    assert entry.updated_parsed[:6] == UPDATED.timetuple()[:6]
    assert entry.author == "Ann Author"
    assert [(tag.term, tag.scheme, tag.label) for tag in entry.tags] == [
        (topic.label, topic.scheme, topic.label) for topic in item().topics
    ]
    assert entry.media_content[0]["url"] == IMAGE.url
    assert {link.rel for link in entry.links} == {
        "alternate",
        "related",
        "via",
        "version-history",
    }


def test_a_feed_may_be_published_under_another_name() -> None:
    """The indexes by day are Atom named .xml."""
    root = parsed(render_atom(feed(), f"{SITE}/news/2026/3/1/index.xml"))
    (own,) = [link["href"] for link in links(root) if link["rel"] == "self"]
    assert own == f"{SITE}/news/2026/3/1/index.xml"


@given(text=printable_text)
def test_any_text_survives(text: str) -> None:
    """SPEC X2, X3."""
    image = replace(IMAGE, alt=text)
    topic = replace(item().topics[0], label=text)
    entry = item(title=text, summary=text, content_html=text, image=image, topics=(topic,))
    stone = tombstone(note=text)
    root = parsed(render_atom(feed(entry, title=text, tombstones=(stone,))))
    assert texts(root, "a:title") == [text or feed().home_url]
    withdrawn = text or "Withdrawn by the publisher."
    assert texts(root, "a:entry/a:title") == [text or item().url, "Withdrawn: Hare & hounds"]
    assert texts(root, "a:entry/a:summary") == [*([text] if text else []), withdrawn]
    content = f"<p>{escape(withdrawn)}</p>"
    assert texts(root, "a:entry/a:content") == [*([text] if text else []), content]
    assert texts(root, ".//media:description") == [text]
    assert [c.get("label", "") for c in root.findall("a:entry/a:category", NAMES)] == [text]
