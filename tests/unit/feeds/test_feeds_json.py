import json
from typing import Any

import fastjsonschema
import pytest
from hypothesis import given

from gazette.models.views.feed import Feed
from gazette.renderers.feeds.json_feed import render_json_feed
from tests.unit.feeds.feeds_examples import (
    IMAGE,
    SITE,
    archive,
    bare_item,
    feed,
    item,
    printable_text,
    schema,
    tombstone,
)


def parsed(document: Feed) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(render_json_feed(document))
    return loaded


@pytest.mark.parametrize(
    "document",
    [
        feed(item(), bare_item(1), tombstones=(tombstone(),)),
        archive(item()),
        feed(),
        feed(bare_item(1, summary="", title="")),
    ],
)
def test_a_feed_is_a_valid_json_feed(document: Feed) -> None:
    """JSON Feed 1.1; SPEC J1."""
    validate = fastjsonschema.compile(json.loads(schema("jsonfeed-1.1.schema.json").read_bytes()))
    validate(parsed(document))


def test_the_fields_of_a_feed_have_this_order() -> None:
    """SPEC J1, J7."""
    head = parsed(feed(item()))
    head.pop("items")
    assert list(head.items()) == [
        ("version", "https://jsonfeed.org/version/1.1"),
        ("title", "Foxes & cubs"),
        ("home_page_url", f"{SITE}/topics/foxes/"),
        ("feed_url", f"{SITE}/topics/foxes/feed.json"),
        ("description", "Events about foxes < 5 kg."),
        ("language", "en"),
        ("icon", f"{SITE}/assets/icon.png"),
        ("authors", [{"name": "Example News"}]),
        (
            "hubs",
            [
                {"type": "WebSub", "url": "https://hub.example/"},
                {"type": "WebSub", "url": "https://other.example/"},
            ],
        ),
        ("next_url", f"{SITE}/topics/foxes/archive/b.json"),
    ]


def test_the_oldest_document_has_no_next_url() -> None:
    """SPEC P6."""
    assert "next_url" not in parsed(feed(previous=None))


def test_an_item_has_its_fields_in_this_order() -> None:
    """SPEC J2 to J6, J8."""
    (shown,) = parsed(feed(item()))["items"]
    assert list(shown.items()) == [
        ("id", item().id),
        ("url", item().url),
        ("external_url", "https://source.example/?a=1&b=2"),
        ("title", "Fox seen at Smith & Sons"),
        ("summary", "A fox < 5 kg & its cub."),
        ("content_html", "<p>A fox &lt; 5 kg &amp; its cub.</p>"),
        ("content_text", "A fox < 5 kg & its cub."),
        ("image", IMAGE.url),
        ("date_published", "2026-03-01T09:30:00Z"),
        ("date_modified", "2026-03-02T18:05:07Z"),
        ("authors", [{"name": "Ann Author"}]),
        ("tags", ["Foxes & cubs", "Nature"]),
        ("language", "en-GB"),
        (
            "_gazette",
            {
                "about": f"{SITE}/about.html",
                "revision": 3,
                "kind": "correction",
                "note": "It was one cub.",
                "history_url": f"{SITE}/history/fox.html",
                "sha256": "ab" * 32,
            },
        ),
    ]


def test_absent_fields_of_an_item_are_left_out() -> None:
    (shown,) = parsed(feed(bare_item(1)))["items"]
    assert set(shown) == {
        *("id", "url", "title", "summary", "content_text"),
        *("date_published", "date_modified", "_gazette"),
    }
    assert set(shown["_gazette"]) == {"about", "revision", "kind", "sha256"}


@pytest.mark.parametrize(
    ("summary", "title", "text"),
    [("Short.", "Title", "Short."), ("", "Title", "Title"), ("", "", bare_item(1).url)],
)
def test_every_item_has_text(summary: str, title: str, text: str) -> None:
    """SPEC J3: an item needs content_html or content_text."""
    (shown,) = parsed(feed(bare_item(1, summary=summary, title=title)))["items"]
    assert shown["content_text"] == text


def test_a_withdrawn_event_is_an_item_that_says_so() -> None:
    """SPEC T1, J8."""
    stones = (tombstone(), tombstone(id="urn:b", note=None))
    live, noted, silent = parsed(feed(bare_item(1), tombstones=stones))["items"]
    assert live["id"] == bare_item(1).id
    assert noted == {
        "id": tombstone().id,
        "url": tombstone().url,
        "title": "Withdrawn: Hare & hounds",
        "summary": "There was no <hare>.",
        "content_html": "<p>There was no &lt;hare&gt;.</p>",
        "content_text": "There was no <hare>.",
        "date_published": "2026-03-01T09:30:00Z",
        "date_modified": "2026-03-02T18:05:07Z",
        "_gazette": {
            "about": f"{SITE}/about.html",
            "revision": 2,
            "kind": "retraction",
            "note": "There was no <hare>.",
            "history_url": f"{SITE}/history/hare.json",
            "sha256": "ef" * 32,
        },
    }
    assert silent["content_text"] == "Withdrawn by the publisher."
    assert "note" not in silent["_gazette"]


def test_items_keep_their_order() -> None:
    shown = parsed(feed(*(bare_item(number) for number in range(5))))["items"]
    assert [entry["title"] for entry in shown] == [f"Event {number}" for number in range(5)]


def test_every_item_is_a_line_of_readable_text() -> None:
    document = render_json_feed(feed(item(title="日本"), bare_item(1))).decode()
    assert sum(line.startswith('{"id":') for line in document.splitlines()) == 2
    assert "日本" in document
    assert document.endswith("}\n")


def test_the_same_feed_gives_the_same_bytes() -> None:
    """SPEC X6."""
    assert render_json_feed(feed(item())) == render_json_feed(feed(item()))


@given(text=printable_text)
def test_any_text_survives(text: str) -> None:
    topic = item().topics[0].__class__("t", text, "s")
    entry = item(title=text, summary=text, note=text, topics=(topic,))
    document = parsed(feed(entry, title=text, tombstones=(tombstone(note=text),)))
    shown, withdrawn = document["items"]
    assert document["title"] == (text or feed().home_url)
    assert shown.get("title", "") == text
    assert shown.get("summary", "") == text
    assert shown["tags"] == [text]
    assert shown["_gazette"].get("note", "") == text
    assert withdrawn["content_text"] == (text or "Withdrawn by the publisher.")
