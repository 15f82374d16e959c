"""A feed as Atom (RFC 4287), and one event as an Atom Entry Document (§2)."""

from dataclasses import replace
from datetime import UTC, datetime

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml.etree import _Element, tostring

from gazette.models.frozen import to_utc_seconds
from gazette.models.identity_cache import IdentityCache
from gazette.models.views.feed import Feed, FeedItem, FeedLink
from gazette.models.views.view import EntryView
from gazette.renderers.feeds.entry_cache import MOST_FRAGMENTS, Fragment
from gazette.renderers.feeds.feedgen_extension import (
    ATOM,
    EXTENSION,
    FeedExtension,
    ItemExtension,
    head_links,
)

_MEDIA_TYPE = "application/atom+xml"
_ENTRY_MEDIA_TYPE = "application/atom+xml;type=entry"
_HTML = "text/html"


class _AtomDate(datetime):
    """A moment in UTC that says Z, as feedgen, which calls `isoformat`, should (SPEC A5)."""

    def isoformat(self, sep: str = "T", timespec: str = "seconds") -> str:
        return super().isoformat(sep, timespec).removesuffix("+00:00") + "Z"


def render_atom(feed: Feed, self_url: str | None = None) -> bytes:
    """Render a subscription or archive document; ``self_url`` where it is not named ``.atom``."""
    generator = _generator(feed, self_url or f"{feed.address}.atom")
    for item in feed.items:
        generator.add_entry(Fragment(_RENDERED(item, feed.language)), order="append")
    return bytes(generator.atom_str(pretty=True))


def render_atom_entry(item: FeedItem, language: str, self_url: str) -> bytes:
    """Render one event as a document of its own, in ``language`` where it does not say its own.

    Raises:
        ValueError: the item has no author, which only a feed may name for its entries (§4.2.1).
    """
    if not item.author:
        raise ValueError(f"{item.id} has no author")
    own = FeedLink("self", self_url, _ENTRY_MEDIA_TYPE)
    entry = _entry(item, None, item.language or language, own)
    root: _Element = entry.atom_entry()
    root.set("xmlns", ATOM)  # feedgen, too, names the namespace as if it were an attribute
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
    for link in head_links(feed, "atom", _MEDIA_TYPE):
        generator.link(
            href=link.url, rel=link.rel, **({"type": link.media_type} if link.media_type else {})
        )
    return generator


def _rendered(item: FeedItem, around: str) -> _Element:
    element: _Element = _entry(item, around).atom_entry()
    return element


# One for each revision and language of a feed (SPEC A9).
_RENDERED = IdentityCache(_rendered, MOST_FRAGMENTS)


def _entry(
    item: FeedItem, around: str | None, language: str | None = None, own: FeedLink | None = None
) -> FeedEntry:
    """Make an entry; ``around`` is the language of the feed, which need not be said again."""
    if item.language != around:
        language = language or item.language
    links = _links_in_feed(item, around) if around else _links(item, own)
    entry = FeedEntry()
    entry.register_extension(EXTENSION, lambda: ItemExtension(item, links, language))
    entry.id(item.id)
    entry.title(item.title or item.url)
    entry.published(_moment(item.published))
    entry.updated(_moment(item.updated))
    entry.link(href=item.url)
    if item.summary:
        entry.summary(item.summary)
    if item.content_html:
        entry.content(item.content_html, type="html")
    if item.author:
        entry.author(name=item.author)
    for topic in item.topics:
        entry.category(term=topic.slug, scheme=topic.scheme, label=topic.label)
    return entry


def _links(item: FeedItem, own: FeedLink | None) -> tuple[FeedLink, ...]:
    """Return every link once: the page, its other forms, its sources (SPEC A3, A7)."""
    page = FeedLink("alternate", item.url, _HTML)
    links = (*((own,) if own else ()), page, *item.links, *item.sources)
    return tuple({(link.rel, link.url): link for link in reversed(links)}.values())[::-1]


def _links_in_feed(item: FeedItem, around: str) -> tuple[FeedLink, ...]:
    """Name the page first and last: most readers open the first alternate, newsboat the last.

    Two of one type need different languages (§4.2.7), so the first goes without.
    """
    first, *others = _links(item, None)
    last = replace(first, language=item.language or around)
    return (replace(first, language=""), *others, last)


def _moment(moment: datetime) -> _AtomDate:
    utc = to_utc_seconds(moment)
    return _AtomDate.combine(utc.date(), utc.time(), tzinfo=UTC)
