"""View models of a feed, for RSS, Atom and JSON Feed alike.

All addresses are absolute. All text is plain, except safe HTML in fields whose name ends in
``_html``.
"""

from dataclasses import dataclass
from datetime import datetime
from sys import getsizeof
from typing import NamedTuple

from gazette.models.kinds import RevisionKind


@dataclass(frozen=True, slots=True)
class FeedTopic:
    """A category of an item: ``slug`` is the term, ``scheme`` the address of the vocabulary."""

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
    """The image of an item, as in Media RSS; ``thumbnails`` are the smallest first."""

    url: str
    alt: str
    credit: str | None = None
    media_type: str | None = None
    width: int | None = None
    height: int | None = None
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
class FeedItem:
    """One event in a feed; ``content_html`` is None if the feed has only its summary."""

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
    content_text: str = ""
    note: str | None = None
    language: str | None = None
    author: str | None = None
    topics: tuple[FeedTopic, ...] = ()
    sources: tuple[FeedLink, ...] = ()
    links: tuple[FeedLink, ...] = ()
    image: FeedImage | None = None
    history_url: str | None = None

    @property
    def memory(self) -> int:
        """An estimate of the bytes that the item takes in memory with the entry it was made of."""
        text = getsizeof(self.content_html) + getsizeof(self.content_text) + getsizeof(self.summary)
        return 6_000 + 800 * (len(self.topics) + len(self.sources)) + 2 * text


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A withdrawn event (RFC 6721), with the id that its entry had; ``kind`` says why."""

    id: str
    url: str
    title: str
    published: datetime
    when: datetime
    kind: RevisionKind = RevisionKind.RETRACTION
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A subscription document, or an archive document when ``current`` is set (RFC 5005 §4).

    ``address``, ``previous``, ``next`` and ``current`` are addresses without their extension: each
    format adds its own. ``updated`` is the newest significant change shown. ``max_age`` is seconds.
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
    max_age: int
    items: tuple[FeedItem, ...]
    tombstones: tuple[Tombstone, ...] = ()
    hubs: tuple[str, ...] = ()
    previous: str | None = None
    next: str | None = None
    current: str | None = None
    icon_url: str | None = None
