"""A feed over 500 kB has full texts of the newest items, and summaries of the rest (SPEC P1)."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazette.models.limits import MAX_FEED_BYTES
from gazette.models.views.feed import Feed, FeedItem
from gazette.projections.feeds.feed_size import within_bounds
from gazette.renderers.feeds.atom import render_atom
from gazette.renderers.feeds.json_feed import render_json_feed
from gazette.renderers.feeds.rss import render_rss
from tests.unit.feeds.feeds_examples import bare_item, feed, item

WRITERS = (render_rss, render_atom, render_json_feed)
# Text that grows when it is written: markup in XML, quotes in JSON, letters beyond ASCII in UTF-8.
GROWING = ("<br>", 'a "word" ', "plain ", "\u4e2d\u6587", "&amp;", "\n")


def long_item(number: int, size: int, text: str = "plain ") -> FeedItem:
    words = text * (size // len(text.encode()))
    return item(id=f"tag:example.org,2026:{number}", content_html=words, content_text=words)


def in_full(whole: Feed) -> list[bool]:
    return [one.content_html is not None for one in whole.items]


def test_a_feed_below_the_bound_is_not_changed() -> None:
    small = feed(*(bare_item(number) for number in range(200)))
    assert within_bounds(small) == small


@pytest.mark.parametrize("text", GROWING)
@pytest.mark.parametrize("render", WRITERS)
def test_no_format_is_larger_than_the_bound(render: Callable[[Feed], bytes], text: str) -> None:
    large = feed(*(long_item(number, 15_000, text) for number in range(70)))
    assert len(render(large)) > MAX_FEED_BYTES
    bounded = within_bounds(large)
    assert len(render(bounded)) <= MAX_FEED_BYTES
    full = in_full(bounded)
    assert full == sorted(full, reverse=True), "the newest are in full"
    assert 0 < sum(full) < len(full)


@pytest.mark.parametrize("render", WRITERS)
def test_the_size_is_not_overestimated_too_much(render: Callable[[Feed], bytes]) -> None:
    """If the estimate is too large, texts are left out without need."""
    bounded = within_bounds(feed(*(long_item(number, 10_000) for number in range(90))))
    longest = max(len(writer(bounded)) for writer in WRITERS)
    assert longest > 0.75 * MAX_FEED_BYTES
    assert len(render(bounded)) <= longest


def test_a_shortened_item_loses_only_its_text() -> None:
    large = feed(*(long_item(number, 60_000) for number in range(20)))
    last, before = within_bounds(large).items[-1], large.items[-1]
    assert (last.content_html, last.content_text) == (None, before.summary)
    assert (last.id, last.url, last.updated, last.links, last.topics) == (
        before.id,
        before.url,
        before.updated,
        before.links,
        before.topics,
    )


@settings(max_examples=25)
@given(st.lists(st.integers(0, 100_000), max_size=20))
def test_all_items_stay_in_their_order(sizes: list[int]) -> None:
    """SPEC P4: an item whose text is too long is still in the document."""
    whole = feed(*(long_item(number, size) for number, size in enumerate(sizes)))
    bounded = within_bounds(whole)
    assert [one.id for one in bounded.items] == [one.id for one in whole.items]
    assert all(len(render(bounded)) <= MAX_FEED_BYTES for render in WRITERS)
