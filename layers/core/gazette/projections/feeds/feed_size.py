"""Decides which items of a feed have their full text, once for all formats (SPEC P1, P8)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from gazette.models.byte_cache import IdentityCache
from gazette.models.characters import bytes_in_json
from gazette.models.limits import (
    ALWAYS_FULL_TEXT_BYTES,
    MAX_FEED_BYTES,
    MAX_NEWEST_TEXTS_FEED_BYTES,
)
from gazette.models.product import NEWEST_ALWAYS_IN_FULL, NEWEST_IN_FULL
from gazette.models.views.feed import Enclosure, Feed, FeedItem, FeedLink
from gazette.projections.markup.body import plain_text

# Bytes of markup for an item, and for a link or a category, in the format that needs most.
_ITEM_MARKUP, _LINK_MARKUP = 800, 80
# An escaped character takes up to six bytes.
_ESCAPE = 5


def within_bounds(feed: Feed) -> Feed:
    """Keep the full text of short items and of the newest that fit; others become summaries.

    No item is removed, so a reader that fetches rarely still finds every item.
    """
    shown = tuple(
        item if is_full else _SUMMARIES(item, None)
        for item, is_full in zip(feed.listed, _in_full(feed.listed), strict=True)
    )
    newest = len(feed.items)
    return replace(feed, items=shown[:newest], corrected=shown[newest:])


def _in_full(items: tuple[FeedItem, ...]) -> Iterator[bool]:
    """Yield for each item whether its full text stays: newest first, while there is space.

    A reader overwrites its copy of an entry, so a short text never gives way to a summary.
    """
    sizes = [_SIZES(item, None) for item in items]
    taken = sum(size.base for size in sizes)
    taken += sum(size.text for size in sizes if size.is_short)
    for position, size in enumerate(sizes):
        if size.is_short:
            yield True
            continue
        is_full = position < NEWEST_ALWAYS_IN_FULL or taken + size.text <= _space(position)
        taken += size.text if is_full else 0
        yield is_full


def _space(position: int) -> int:
    return MAX_NEWEST_TEXTS_FEED_BYTES if position < NEWEST_IN_FULL else MAX_FEED_BYTES


class _Size(NamedTuple):
    """The largest number of bytes of an item without its full text, and of that text."""

    base: int
    text: int
    is_short: bool


def _size(item: FeedItem, _: None) -> _Size:
    """Estimate an upper bound: XML escapes the markup of a text, JSON Feed has the text twice."""
    links: tuple[FeedLink | Enclosure, ...] = (*item.links, *item.sources, *item.enclosures)
    base = sum(_in_xml(link.url + (link.title or "")) + _LINK_MARKUP for link in links)
    base += sum(
        _in_xml(topic.slug + topic.label + topic.scheme) + _LINK_MARKUP for topic in item.topics
    )
    base += sum(_in_xml(name) + _LINK_MARKUP for name in item.coauthors)
    base += _in_xml(item.id + item.url + item.title + (item.note or "") + (item.author or ""))
    shorter = item.summary_html or ""
    base += 2 * (_in_xml(shorter) + bytes_in_json(shorter))
    base += _ITEM_MARKUP + _in_xml(item.summary) + bytes_in_json(item.summary)
    html = item.content_html or ""
    text = max(_in_xml(html), bytes_in_json(html) + bytes_in_json(item.content_text))
    return _Size(base, text, item.text_bytes <= ALWAYS_FULL_TEXT_BYTES)


def _in_xml(text: str) -> int:
    return len(text.encode()) + _ESCAPE * sum(map(text.count, "<>&"))


def _summary(item: FeedItem, _: None) -> FeedItem:
    text = plain_text(item.summary_html) if item.summary_html else item.summary
    return replace(item, content_html=None, content_text=text)


_SIZES = IdentityCache(_size, lambda item, _: item.memory)
_SUMMARIES = IdentityCache(_summary, lambda item, _: item.memory)
