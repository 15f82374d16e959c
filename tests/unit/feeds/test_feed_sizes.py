"""A feed has short texts and the newest long ones in full, and summaries of others (SPEC P1)."""

import json
from collections.abc import Callable
from html import unescape
from pathlib import Path

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gazette.models.limits import (
    ALWAYS_FULL_TEXT_BYTES,
    MAX_ENTRY_BODY_BYTES,
    MAX_FEED_BYTES,
    MAX_NEWEST_TEXTS_FEED_BYTES,
)
from gazette.models.product import NEWEST_ALWAYS_IN_FULL, NEWEST_IN_FULL
from gazette.models.views.feed import Feed, FeedItem
from gazette.projections.feeds.feed_size import within_bounds
from gazette.renderers.feeds.atom import render_atom
from gazette.renderers.feeds.json_feed import render_json_feed
from gazette.renderers.feeds.rss import render_rss
from tests.unit.feeds.feeds_examples import bare_item, feed, item
from tests.unit.publish.worlds import World, hours

WRITERS = (render_rss, render_atom, render_json_feed)
# Text that grows when it is written: markup in XML, quotes in JSON, letters beyond ASCII in UTF-8.
GROWING = ("<br>", 'a "word" ', "plain ", "\u4e2d\u6587", "&amp;", "\n")
ATOM = "{http://www.w3.org/2005/Atom}"
CASE = Path(__file__).parents[4] / "shared" / "cases" / "case-14-long-text.json"


def long_item(number: int, size: int, text: str = "plain ") -> FeedItem:
    words = text * (size // len(text.encode()))
    return item(
        id=f"tag:example.org,2026:{number}",
        content_html=words,
        content_text=words,
        summary_html="<p>A summary.</p>",
        text_bytes=size,
    )


def in_full(whole: Feed) -> list[bool]:
    return [one.content_html is not None for one in whole.items]


def full_of(size: int, count: int) -> int:
    """Return how many of the newest items are in full, where all have texts of one size."""
    full = in_full(within_bounds(feed(*(long_item(number, size) for number in range(count)))))
    assert full == sorted(full, reverse=True), "the newest are in full"
    return sum(full)


def test_a_feed_below_the_bound_is_not_changed() -> None:
    small = feed(*(bare_item(number) for number in range(114)))
    assert within_bounds(small) == small


@pytest.mark.parametrize("text", GROWING)
@pytest.mark.parametrize("render", WRITERS)
def test_no_format_is_larger_than_the_bound(render: Callable[[Feed], bytes], text: str) -> None:
    large = feed(*(long_item(number, 15_000, text) for number in range(90)))
    assert len(render(large)) > MAX_NEWEST_TEXTS_FEED_BYTES
    bounded = within_bounds(large)
    assert len(render(bounded)) <= MAX_NEWEST_TEXTS_FEED_BYTES
    full = in_full(bounded)
    assert full == sorted(full, reverse=True), "the newest are in full"
    assert NEWEST_ALWAYS_IN_FULL < sum(full) < len(full)


@pytest.mark.parametrize("render", WRITERS)
def test_the_size_is_not_overestimated_too_much(render: Callable[[Feed], bytes]) -> None:
    """If the estimate is too large, texts are left out without need."""
    bounded = within_bounds(feed(*(long_item(number, 10_000) for number in range(90))))
    longest = max(len(writer(bounded)) for writer in WRITERS)
    assert longest > 0.75 * MAX_FEED_BYTES
    assert len(render(bounded)) <= longest


def test_the_newest_twenty_may_fill_a_megabyte_and_the_older_ones_half_of_it() -> None:
    assert full_of(20_000, 90) == NEWEST_IN_FULL  # 20 take 800 kB, in JSON Feed
    assert NEWEST_ALWAYS_IN_FULL < full_of(40_000, 90) < NEWEST_IN_FULL
    assert NEWEST_IN_FULL < full_of(9_000, 40) < 40


def test_the_newest_five_are_in_full_whatever_their_size() -> None:
    assert full_of(MAX_NEWEST_TEXTS_FEED_BYTES, 30) == NEWEST_ALWAYS_IN_FULL


def test_short_texts_are_always_in_full() -> None:
    """SPEC P8: a reader that has the whole text would replace it by a summary."""
    sizes = [MAX_ENTRY_BODY_BYTES, ALWAYS_FULL_TEXT_BYTES] * 57
    bounded = within_bounds(feed(*(long_item(*each) for each in enumerate(sizes))))
    full = in_full(bounded)
    assert all(full[1::2])
    assert full[::2] == [True] * 3 + [False] * 54  # the short ones fill the feed
    one_more = within_bounds(
        feed(*(long_item(number, ALWAYS_FULL_TEXT_BYTES + 1) for number in range(114)))
    )
    assert not in_full(one_more)[-1]


def test_a_shortened_item_loses_only_its_text() -> None:
    large = feed(*(long_item(number, 60_000) for number in range(20)))
    last, before = within_bounds(large).items[-1], large.items[-1]
    assert (last.content_html, last.content_text) == (None, "A summary.")
    assert (last.id, last.url, last.updated, last.links, last.topics) == (
        before.id,
        before.url,
        before.updated,
        before.links,
        before.topics,
    )


def test_an_item_without_another_form_keeps_its_summary() -> None:
    whole = [long_item(number, 60_000) for number in range(20)]
    bare = bare_item(20, content_html="x" * 60_000, text_bytes=60_000)
    last = within_bounds(feed(*whole, bare)).items[-1]
    assert (last.content_html, last.content_text) == (None, bare.summary)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 100_000), max_size=20))
def test_all_items_stay_in_their_order(sizes: list[int]) -> None:
    """SPEC P4: an item whose text is too long is still in the document."""
    whole = feed(*(long_item(number, size) for number, size in enumerate(sizes)))
    bounded = within_bounds(whole)
    assert [one.id for one in bounded.items] == [one.id for one in whole.items]
    assert all(one.content_html or one.summary_html for one in bounded.items if one.text_bytes)
    most = MAX_NEWEST_TEXTS_FEED_BYTES + 2 * sum(sizes[:NEWEST_ALWAYS_IN_FULL])
    assert all(len(render(bounded)) <= most for render in WRITERS)


def put_text(world: World, name: str, at: float, body: str) -> None:
    world.put(name, hours(at), title=f"Fox {name}", summary="A & B.", body=body)
    world.settle()


@pytest.mark.skipif(not CASE.exists(), reason="the cases are not here")
def test_a_text_of_25_kilobytes_stands_in_every_feed_in_full() -> None:
    """SPEC P1, case 14."""
    world = World()
    document = json.loads(CASE.read_text(encoding="utf-8"))
    world.put_raw("case", hours(1), json.dumps(document).encode())
    world.settle()
    last_word = document["body"].split()[-1]
    for form in ("rss", "atom"):
        (entry,) = feedparser.parse(world.site()[f"feed.{form}"]).entries
        assert last_word in entry.content[0].value
    (listed,) = json.loads(world.site()["feed.json"])["items"]
    assert last_word in listed["content_html"]


def test_a_text_of_64_kilobytes_is_in_full_and_a_longer_one_is_a_summary_with_a_link() -> None:
    """SPEC P1, P8: in all formats alike."""
    world = World()
    whole = "plain " * (MAX_ENTRY_BODY_BYTES // len("plain "))
    put_text(world, "whole", 1, whole)
    put_text(world, "longer", 2, f"{whole}and more")
    url = next(path for path in world.site() if path.endswith("longer.html"))
    expected = f'<p>A &amp; B.</p>\n<p><a href="https://gazette.example/{url}">Fox longer</a></p>'
    atom = etree.fromstring(world.site()["feed.atom"])
    longer, kept = atom.iter(f"{ATOM}entry")
    assert kept.find(f"{ATOM}content") is not None
    assert longer.find(f"{ATOM}content") is None
    summary = longer.find(f"{ATOM}summary")
    assert summary is not None
    assert (summary.text, summary.attrib["type"]) == (expected, "html")
    item_of_longer, _ = etree.fromstring(world.site()["feed.rss"]).iter("item")
    assert unescape(item_of_longer.findtext("description") or "") == unescape(expected)
    assert item_of_longer.find("{http://purl.org/rss/1.0/modules/content/}encoded") is None
    as_json = json.loads(world.site()["feed.json"])["items"][0]
    assert as_json["content_html"] == expected
    assert as_json["content_text"].split() == ["A", "&", "B.", "Fox", "longer"]
