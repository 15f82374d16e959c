"""View models of a feed, for RSS, Atom and JSON Feed alike.

All addresses are absolute. All text is plain, except safe HTML in fields whose name ends in
``_html``.
"""

from dataclasses import dataclass
from datetime import datetime
from sys import getsizeof
from typing import NamedTuple

from gazette.models.kinds import RevisionKind
from gazette.models.texts.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class FeedTopic:
    """A category of an item: readers show ``label``, ``scheme`` is the address of the topics."""

    slug: str
    label: str
    scheme: str


class SmallImage(NamedTuple):
    """A smaller copy of an image; width and height are pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class FeedImage:
    """The image of an item, as in Media RSS; ``thumbnails`` are the smallest first.

    ``length`` is in bytes.
    """

    url: str
    alt: str
    credit: str | None = None
    media_type: str | None = None
    width: int | None = None
    height: int | None = None
    length: int | None = None
    thumbnails: tuple[SmallImage, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A link; ``rel`` is registered with IANA."""

    rel: str
    url: str
    media_type: str | None = None
    title: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that belongs to an item; ``length`` is in bytes, None if nobody knows it."""

    url: str
    media_type: str
    title: str
    length: int | None = None


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One event in a feed; ``content_html`` is None if the feed has only its summary.

    ``summary_html`` then stands in its place (SPEC P8). ``text_bytes`` is the size of the
    publisher's text. ``guid`` is the id in RSS, where it is another one.
    """

    id: str
    url: str
    title: str
    summary: str
    published: datetime
    updated: datetime
    revision: int
    kind: RevisionKind
    sha256: str
    content_html: str | None = None
    summary_html: str | None = None
    content_text: str = ""
    note: str | None = None
    language: str | None = None
    author: str | None = None
    coauthors: tuple[str, ...] = ()
    topics: tuple[FeedTopic, ...] = ()
    sources: tuple[FeedLink, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    links: tuple[FeedLink, ...] = ()
    image: FeedImage | None = None
    history_url: str | None = None
    previous_sha256: str | None = None
    text_bytes: int = 0
    guid: str | None = None

    @property
    def authors(self) -> tuple[str, ...]:
        """All authors."""
        return (self.author, *self.coauthors) if self.author else self.coauthors

    @property
    def memory(self) -> int:
        """An estimate of the bytes that the item takes in memory with the entry it was made of."""
        text = getsizeof(self.content_html) + getsizeof(self.content_text) + getsizeof(self.summary)
        parts = len(self.topics) + len(self.sources) + len(self.enclosures)
        return 6_000 + 800 * parts + 2 * text


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A withdrawn event, with the id that its entry had; ``kind`` says why.

    ``texts`` are the words of its notice, in its language.

    A subscription document shows it as an item, an archive document as a deleted-entry (RFC 6721).
    """

    id: str
    url: str
    title: str
    published: datetime
    when: datetime
    texts: Catalogue
    kind: RevisionKind = RevisionKind.RETRACTION
    note: str | None = None
    revision: int = 0
    sha256: str = ""
    history_url: str | None = None
    guid: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A subscription document, or an archive document when ``current`` is set (RFC 5005 §4).

    ``address``, ``previous``, ``next`` and ``current`` are addresses without their extension: each
    format adds its own. ``updated`` is the newest significant change shown.
    ``corrected`` are items of closed segments, which nobody fetches again (SPEC T4).
    The document of a day ``shows_notices`` as little as an archive document.
    """

    id: str
    title: str
    description: str
    home_url: str
    address: str
    language: str
    author: str
    updated: datetime
    generator: str
    generator_version: str
    generator_url: str
    about_url: str
    items: tuple[FeedItem, ...]
    corrected: tuple[FeedItem, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    hubs: tuple[str, ...] = ()
    previous: str | None = None
    next: str | None = None
    current: str | None = None
    icon_url: str | None = None
    shows_notices: bool = True

    @property
    def listed(self) -> tuple[FeedItem, ...]:
        """All items: the newest ones, then those corrected lately."""
        return (*self.items, *self.corrected)

    @property
    def notices(self) -> tuple[Tombstone, ...]:
        """The withdrawn events that a subscriber sees as items (SPEC T1)."""
        return self.tombstones if self.shows_notices and not self.current else ()

    @property
    def deletions(self) -> tuple[Tombstone, ...]:
        """The withdrawn events that stand as deleted-entries in Atom (SPEC T2)."""
        return () if self.notices else self.tombstones
