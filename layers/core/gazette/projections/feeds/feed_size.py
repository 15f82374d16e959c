"""Keeps a feed below its largest size by leaving out full texts (SPEC P1)."""

from dataclasses import replace
from itertools import accumulate
from typing import NamedTuple

from gazette.models.byte_cache import IdentityCache
from gazette.models.limits import MAX_FEED_BYTES
from gazette.models.text import bytes_in_json
from gazette.models.views.feed import Feed, FeedItem

# Bytes of markup for an item, and for a link or a category, in the format that needs most.
_ITEM_MARKUP, _LINK_MARKUP = 800, 80
# An escaped character takes up to six bytes.
_ESCAPE = 5


def within_bounds(feed: Feed) -> Feed:
    """Keep the full text of the newest items that fit, and the summary of all other items.

    No item is removed, so a reader that fetches rarely still finds every item.
    """
    available = MAX_FEED_BYTES - sum(_SIZES(item, None).base for item in feed.items)
    sizes = accumulate(_SIZES(item, None).text for item in feed.items)
    items = (
        item if size <= available else _SUMMARIES(item, None)
        for item, size in zip(feed.items, sizes, strict=True)
    )
    return replace(feed, items=tuple(items))


class _Size(NamedTuple):
    """The largest number of bytes of an item without its full text, and of that text."""

    base: int
    text: int


def _size(item: FeedItem, _: None) -> _Size:
    """Estimate an upper bound: XML escapes the markup of a text, JSON Feed has the text twice."""
    links = (*item.links, *item.sources)
    base = sum(_in_xml(link.url + (link.title or "")) + _LINK_MARKUP for link in links)
    base += sum(
        _in_xml(topic.slug + topic.label + topic.scheme) + _LINK_MARKUP for topic in item.topics
    )
    base += _in_xml(item.id + item.url + item.title + (item.note or "") + (item.author or ""))
    base += _ITEM_MARKUP + _in_xml(item.summary) + bytes_in_json(item.summary)
    html = item.content_html or ""
    return _Size(base, max(_in_xml(html), bytes_in_json(html) + bytes_in_json(item.content_text)))


def _in_xml(text: str) -> int:
    return len(text.encode()) + _ESCAPE * sum(map(text.count, "<>&"))


def _summary(item: FeedItem, _: None) -> FeedItem:
    return replace(item, content_html=None, content_text=item.summary)


_SIZES = IdentityCache(_size, lambda item, _: item.memory)
_SUMMARIES = IdentityCache(_summary, lambda item, _: item.memory)
