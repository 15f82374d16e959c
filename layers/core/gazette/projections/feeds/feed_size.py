"""How large a subscription document may get, and what of it gives way (SPEC P1)."""

import json
from dataclasses import replace
from itertools import accumulate
from typing import NamedTuple

from gazette.models.identity_cache import IdentityCache
from gazette.models.limits import MAX_FEED_BYTES
from gazette.models.views.feed import Feed, FeedItem

_MOST_KEPT = 4096
# Markup around a field, a link or a category, in the format that needs most.
_AROUND_ITEM, _AROUND_LINK = 800, 80
# A sign of markup takes up to six bytes where it is escaped.
_ESCAPE = 5


def within_bounds(feed: Feed) -> Feed:
    """Keep the newest items in full as far as they fit, and of all others the summaries.

    Nothing leaves the document: a reader that fetches seldom still finds every item. What all
    items take without their texts is taken off first.
    """
    room = MAX_FEED_BYTES - sum(_SIZES(item, None).head for item in feed.items)
    taken = accumulate(_SIZES(item, None).text for item in feed.items)
    items = (
        item if size <= room else _SUMMARIES(item, None)
        for item, size in zip(feed.items, taken, strict=True)
    )
    return replace(feed, items=tuple(items))


class _Size(NamedTuple):
    """Bytes an item takes at most: without its full text, and that text."""

    head: int
    text: int


def _size(item: FeedItem, _: None) -> _Size:
    """Estimate from above: XML escapes the markup of a text, JSON Feed carries it twice."""
    links = (*item.links, *item.sources)
    head = sum(_in_xml(link.url + (link.title or "")) + _AROUND_LINK for link in links)
    head += sum(
        _in_xml(topic.slug + topic.label + topic.scheme) + _AROUND_LINK for topic in item.topics
    )
    head += _in_xml(item.id + item.url + item.title + (item.note or "") + (item.author or ""))
    head += _AROUND_ITEM + _in_xml(item.summary) + _in_json(item.summary)
    html = item.content_html or ""
    return _Size(head, max(_in_xml(html), _in_json(html) + _in_json(item.content_text)))


def _in_xml(text: str) -> int:
    return len(text.encode()) + _ESCAPE * sum(map(text.count, "<>&"))


def _in_json(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode())


def _summary(item: FeedItem, _: None) -> FeedItem:
    return replace(item, content_html=None, content_text=item.summary)


_SIZES = IdentityCache(_size, _MOST_KEPT)
_SUMMARIES = IdentityCache(_summary, _MOST_KEPT)
