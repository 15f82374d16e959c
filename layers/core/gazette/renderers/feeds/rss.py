"""A feed as RSS 2.0, by its specification and its profile (rssboard.org)."""

from datetime import UTC, datetime
from html import escape

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml.etree import _Element

from gazette.models.byte_cache import IdentityCache
from gazette.models.product import MINUTES_BETWEEN_POLLS, MINUTES_BETWEEN_POLLS_WITH_HUB
from gazette.models.views.feed import Feed, FeedItem
from gazette.renderers.feeds.entry_cache import RenderedEntry, element_memory
from gazette.renderers.feeds.feedgen_extension import EXTENSION, FeedExtension, ItemExtension
from gazette.renderers.feeds.withdrawn import withdrawn_item

_MEDIA_TYPE = "application/rss+xml"
_SPECIFICATION = "https://www.rssboard.org/rss-specification"


class _NoDate(datetime):
    """A date that feedgen does not write, because `FeedExtension` writes it."""

    def __bool__(self) -> bool:
        return False


def render_rss(feed: Feed) -> bytes:
    """Render a feed; withdrawn events come last.

    Titles are plain text and escaped once: readers decode a title once (SPEC R8).
    """
    generator = _generator(feed)
    for item in feed.listed:
        generator.add_entry(RenderedEntry(_ELEMENTS(item, None)), order="append")
    for tombstone in feed.notices:
        generator.add_entry(RenderedEntry(_entry(withdrawn_item(tombstone))), order="append")
    return _with_profile_references(generator.rss_str(pretty=True))


def _generator(feed: Feed) -> FeedGenerator:
    generator = FeedGenerator()
    generator.register_extension(EXTENSION, lambda: FeedExtension(feed, "rss"))
    title = feed.title or feed.home_url
    generator.title(title)
    generator.description(feed.description or title)
    generator.updated(_NoDate(1, 1, 1, tzinfo=UTC))
    generator.language(feed.language)
    generator.ttl(MINUTES_BETWEEN_POLLS_WITH_HUB if feed.hubs else MINUTES_BETWEEN_POLLS)
    generator.docs(_SPECIFICATION)
    generator.generator(f"{feed.generator}/{feed.generator_version} ({feed.generator_url})")
    generator.link(href=f"{feed.address}.rss", rel="self", type=_MEDIA_TYPE)
    generator.link(
        href=feed.home_url, rel="alternate"
    )  # feedgen takes the last link for the channel's
    if feed.icon_url:
        generator.image(feed.icon_url, title=title, link=feed.home_url)
    return generator


def _entry(item: FeedItem) -> _Element:
    entry = FeedEntry()
    entry.register_extension(EXTENSION, lambda: ItemExtension(item))
    entry.guid(item.guid or item.id, permalink=False)
    entry.title(item.title or item.url)
    entry.link(href=item.url)
    if item.summary_html and not item.content_html:
        entry.description(item.summary_html)
    elif item.summary:
        entry.description(escape(item.summary, quote=False))
    if item.content_html:
        entry.content(item.content_html)
    for topic in item.topics:
        entry.category(term=topic.label, scheme=topic.scheme, label=topic.label)
    element: _Element = entry.rss_entry()
    return element


_ELEMENTS: IdentityCache[FeedItem, None, _Element] = IdentityCache(
    lambda item, _: _entry(item), element_memory
)


def _with_profile_references(document: bytes) -> bytes:
    """Write ``&`` and ``<`` as the RSS profile recommends (Character Data) for most readers."""
    return document.replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")
