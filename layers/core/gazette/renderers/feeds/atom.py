"""A feed as Atom (RFC 4287), and one event as an Atom Entry Document (§2)."""

from dataclasses import replace
from datetime import UTC, datetime

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml.etree import _Element, tostring

from gazette.models.byte_cache import IdentityCache
from gazette.models.frozen import to_utc_seconds
from gazette.models.views.feed import Feed, FeedItem, FeedLink
from gazette.models.views.view import EntryView
from gazette.renderers.feeds.entry_cache import RenderedEntry, element_memory
from gazette.renderers.feeds.feedgen_extension import (
    ATOM,
    EXTENSION,
    FeedExtension,
    ItemExtension,
    add_revision,
    feed_links,
)
from gazette.renderers.feeds.withdrawn import withdrawn_item

_MEDIA_TYPE = "application/atom+xml"
_ENTRY_MEDIA_TYPE = "application/atom+xml;type=entry"
_HTML = "text/html"


class _AtomDate(datetime):
    """A UTC moment that feedgen, which calls `isoformat`, writes with Z (SPEC A5)."""

    def isoformat(self, sep: str = "T", timespec: str = "seconds") -> str:
        return super().isoformat(sep, timespec).removesuffix("+00:00") + "Z"


def render_atom(feed: Feed, self_url: str | None = None) -> bytes:
    """Render a feed; pass ``self_url`` if its path does not end in ``.atom``.

    Withdrawn events come last, as entries: no feed reader knows tombstones (SPEC T1).
    """
    generator = _generator(feed, self_url or f"{feed.address}.atom")
    for item in feed.listed:
        generator.add_entry(RenderedEntry(_ELEMENTS(item, feed.language)), order="append")
    for item in map(withdrawn_item, feed.notices):
        element = _entry_of_feed(item, feed.language)
        generator.add_entry(RenderedEntry(element), order="append")
    return bytes(generator.atom_str(pretty=True))


def render_atom_entry(item: FeedItem, language: str, self_url: str) -> bytes:
    """Render one event as an Entry Document; ``language`` is the site's, for items without one.

    Raises:
        ValueError: the item has no author; an entry outside a feed needs one (§4.2.1).
    """
    if not item.author:
        raise ValueError(f"{item.id} has no author")
    links = _unique((FeedLink("self", self_url, _ENTRY_MEDIA_TYPE), *_links(item)))
    root = _entry(item, links, item.language or language)
    add_revision(root, item)
    root.set("xmlns", ATOM)  # feedgen sets the namespace of a feed as an attribute, too
    return tostring(root, pretty_print=True, encoding="UTF-8", xml_declaration=True)


def render_entry_document(entry: EntryView, self_url: str) -> bytes:
    """Render the event's own Atom form."""
    return render_atom_entry(entry.item, entry.language, self_url)


def _generator(feed: Feed, self_url: str) -> FeedGenerator:
    generator = FeedGenerator()
    generator.register_extension(EXTENSION, lambda: FeedExtension(feed, "atom"))
    generator.id(feed.id)
    generator.title(feed.title or feed.home_url)
    generator.subtitle(feed.description)
    generator.updated(_moment(feed.updated))
    generator.author(name=feed.author)
    generator.language(feed.language)
    generator.generator(feed.generator, feed.generator_version, feed.generator_url)
    if feed.icon_url:
        generator.icon(feed.icon_url)
    generator.link(href=feed.home_url, rel="alternate", type=_HTML)
    generator.link(href=self_url, rel="self", type=_MEDIA_TYPE)
    # The Atom document of a day has another extension, and so have those that it links to.
    for link in feed_links(feed, self_url.rpartition(".")[2], _MEDIA_TYPE):
        generator.link(href=link.url, rel=link.rel, type=link.media_type)
    return generator


def _entry_of_feed(item: FeedItem, feed_language: str) -> _Element:
    """Make the entry of a feed, with a language only if it differs from the feed's."""
    language = item.language if item.language != feed_language else None
    return _entry(item, _links_of_feed(item, feed_language), language)


# An entry depends on its item and on the language of the feed (SPEC A9).
_ELEMENTS = IdentityCache(_entry_of_feed, element_memory)


def _entry(item: FeedItem, links: tuple[FeedLink, ...], language: str | None) -> _Element:
    entry = FeedEntry()
    entry.register_extension(EXTENSION, lambda: ItemExtension(item, links, language))
    entry.id(item.id)
    entry.title(item.title or item.url)
    entry.published(_moment(item.published))
    entry.updated(_moment(item.updated))
    entry.link(href=item.url)
    if item.summary_html and not item.content_html:
        entry.summary(item.summary_html, type="html")
    elif item.summary:
        entry.summary(item.summary)
    if item.content_html:
        entry.content(item.content_html, type="html")
    for name in item.authors:
        entry.author(name=name)
    for topic in item.topics:
        entry.category(term=topic.label, scheme=topic.scheme, label=topic.label)
    element: _Element = entry.atom_entry()
    return element


def _links(item: FeedItem) -> tuple[FeedLink, ...]:
    """Return the links of an item: its page, the other formats, its sources (SPEC A3, A7)."""
    return (FeedLink("alternate", item.url, _HTML), *item.links, *item.sources)


def _unique(links: tuple[FeedLink, ...]) -> tuple[FeedLink, ...]:
    return tuple({(link.rel, link.url): link for link in reversed(links)}.values())[::-1]


def _links_of_feed(item: FeedItem, feed_language: str) -> tuple[FeedLink, ...]:
    """List the page first and last: most readers open the first alternate, newsboat the last.

    Two alternates of one type need different languages (§4.2.7), so the first has none.
    """
    first, *others = _unique(_links(item))
    last = replace(first, language=item.language or feed_language)
    return (replace(first, language=""), *others, last)


def _moment(moment: datetime) -> _AtomDate:
    utc = to_utc_seconds(moment)
    return _AtomDate.combine(utc.date(), utc.time(), tzinfo=UTC)
