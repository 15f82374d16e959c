"""The project's extension of feedgen: elements that feedgen does not write, or writes wrongly.

These are SPEC A7 (links of entries), P2 (archives), R9 (images), R15, R16 and T2 (tombstones).
feedgen calls the methods of an extension by their names, so it needs no base class. For RSS it
passes the root of a feed but the ``item`` of an entry, for Atom elements without a namespace.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from lxml.etree import SubElement, _Element

from gazette.models.frozen import rfc3339
from gazette.models.views.feed import Feed, FeedImage, FeedItem, FeedLink, Tombstone
from gazette.renderers.feeds.withdrawn import tombstone_comment

ATOM = "http://www.w3.org/2005/Atom"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
GAZETTE = "urn:gazette:1"
HISTORY = "http://purl.org/syndication/history/1.0"
MEDIA = "http://search.yahoo.com/mrss/"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

EXTENSION = "gazette"


@dataclass(frozen=True, slots=True)
class FeedExtension:
    """The elements of a feed before its entries; ``extension`` is ``rss`` or ``atom``."""

    feed: Feed
    extension: str

    def extend_ns(self) -> dict[str, str]:
        """Declare only the prefixes in use: validators report those that they do not know."""
        prefixes = {}
        if self.feed.current:
            prefixes["fh"] = HISTORY
        if any(item.image for item in self.feed.listed):
            prefixes["media"] = MEDIA
        if self.extension == "rss":
            prefixes["dc"] = DUBLIN_CORE
        elif self.feed.deletions:
            prefixes["at"] = TOMBSTONES
        return prefixes

    def extend_atom(self, root: _Element) -> None:
        self._mark_archive(root)
        for tombstone in self.feed.deletions:
            _add_tombstone(root, tombstone)

    def extend_rss(self, root: _Element) -> None:
        channel = root[0]
        _add(channel, "lastBuildDate", rfc822(self.feed.updated))
        _add(channel, f"{{{DUBLIN_CORE}}}creator", self.feed.author)
        for link in feed_links(self.feed, "rss", "application/rss+xml"):
            _add_link(channel, f"{{{ATOM}}}link", link)
        self._mark_archive(channel)

    def _mark_archive(self, parent: _Element) -> None:
        if self.feed.current:
            SubElement(parent, f"{{{HISTORY}}}archive")


@dataclass(frozen=True, slots=True)
class ItemExtension:
    """The elements of an entry. Its Atom form has ``links`` in place of those feedgen writes."""

    item: FeedItem
    links: tuple[FeedLink, ...] = ()
    language: str | None = None

    def extend_atom(self, entry: _Element) -> None:
        for link_by_feedgen in entry.findall("link"):
            entry.remove(link_by_feedgen)
        for link in self.links:
            _add_link(entry, "link", link, language=self.item.language)
        for enclosure in self.item.enclosures:
            link = FeedLink("enclosure", enclosure.url, enclosure.media_type, enclosure.title)
            added = _add_link(entry, "link", link)
            if enclosure.length is not None:
                added.set("length", str(enclosure.length))
        if self.language:
            entry.set(XML_LANG, self.language)
        _add_image(entry, self.item.image)

    def extend_rss(self, item: _Element) -> None:
        _add(item, "pubDate", rfc822(self.item.published))
        _add(item, f"{{{ATOM}}}updated", rfc3339(self.item.updated))
        for name in self.item.authors:
            _add(item, f"{{{DUBLIN_CORE}}}creator", name)
        for link in self.item.sources:
            _add_link(item, f"{{{ATOM}}}link", link)
        _add_image(item, self.item.image)
        for enclosure in self.item.enclosures[:1]:  # RSS readers expect one at most (SPEC R9)
            SubElement(
                item,
                "enclosure",
                url=enclosure.url,
                length=str(enclosure.length or 0),  # RSS wants a number, 0 if nobody knows it
                type=enclosure.media_type,
            )


def feed_links(feed: Feed, extension: str, media_type: str) -> tuple[FeedLink, ...]:
    """Return the links that a feed has but no entry may have (SPEC P5, R16)."""
    neighbours = (
        ("prev-archive", feed.previous),
        ("next-archive", feed.next),
        ("current", feed.current),
    )
    hubs = (FeedLink("hub", hub) for hub in feed.hubs)
    return (
        *hubs,
        *(
            FeedLink(rel, f"{base_path}.{extension}", media_type)
            for rel, base_path in neighbours
            if base_path
        ),
    )


def rfc822(moment: datetime) -> str:
    """Write a moment with English names; feedgen would switch the locale of the process."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def add_revision(entry: _Element, item: FeedItem) -> None:
    """Add which revision an entry shows, and the hashes that chain it to the one before (V5)."""
    element = SubElement(
        entry,
        f"{{{GAZETTE}}}revision",
        nsmap={"gazette": GAZETTE},
        number=str(item.revision),
        kind=item.kind.value,
        sha256=item.sha256,
    )
    if item.previous_sha256:
        element.set("previous-sha256", item.previous_sha256)
    if item.note:
        element.set("note", item.note)


def _add(parent: _Element, tag: str, text: str) -> _Element:
    element = SubElement(parent, tag)
    element.text = text
    return element


def _add_link(parent: _Element, tag: str, link: FeedLink, language: str | None = None) -> _Element:
    element = SubElement(parent, tag, rel=link.rel, href=link.url)
    if link.media_type:
        element.set("type", link.media_type)
    if link.rel == "alternate" and link.language != "" and (link.language or language):
        element.set("hreflang", link.language or language or "")
    if link.title:
        element.set("title", link.title)
    return element


def _add_image(parent: _Element, image: FeedImage | None) -> None:
    """Add an image as Media RSS; RSS has one enclosure at most, which attachments need."""
    if image is None:
        return
    content = SubElement(
        parent, f"{{{MEDIA}}}content", nsmap={"media": MEDIA}, url=image.url, medium="image"
    )
    for name, value in (
        ("fileSize", image.length),
        ("type", image.media_type),
        ("width", image.width),
        ("height", image.height),
    ):
        if value:
            content.set(name, str(value))
    _add(content, f"{{{MEDIA}}}description", image.alt).set("type", "plain")
    if image.credit:
        _add(content, f"{{{MEDIA}}}credit", image.credit)


def _add_tombstone(root: _Element, tombstone: Tombstone) -> None:
    """Add the deleted-entry that replaces an entry (RFC 6721 §3)."""
    deleted = SubElement(
        root, f"{{{TOMBSTONES}}}deleted-entry", ref=tombstone.id, when=rfc3339(tombstone.when)
    )
    if comment := tombstone_comment(tombstone):
        _add(deleted, f"{{{TOMBSTONES}}}comment", comment)
