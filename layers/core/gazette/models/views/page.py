"""View models of the pages, for all formats.

All addresses are absolute. All text is plain, except in fields whose name ends in ``_html`` (safe).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from gazette.models.contract.document import EventDocument
from gazette.models.ledger.entry import Entry, Erasure, SourceRef
from gazette.models.ledger.snapshot import Revision
from gazette.models.views.diff import FieldChange
from gazette.models.views.feed import FeedImage, FeedLink


@dataclass(frozen=True, slots=True)
class Link:
    """A link; alternates have a ``media_type``, lists of sizes a ``count``."""

    text: str
    url: str
    media_type: str | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class PageFrame:
    """The parts that every page has.

    ``formats`` are links to the page in its formats (HTML, Markdown, JSON, XML), ``feeds`` links to
    feeds to subscribe to. ``previous`` and ``next`` are neighbours on a time line. A page that is
    not ``indexed`` asks search engines to leave it out.
    """

    title: str
    description: str
    url: str
    language: str
    direction: str
    site_title: str
    site_url: str
    stylesheet_url: str
    formats: tuple[Link, ...] = ()
    feeds: tuple[Link, ...] = ()
    breadcrumb: tuple[Link, ...] = ()
    previous: Link | None = None
    next: Link | None = None
    indexed: bool = True
    relations: tuple[FeedLink, ...] = ()
    sections: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class ListedRevision:
    """A revision in the list of changes; ``label`` names its kind."""

    number: int
    label: str
    at: datetime
    title: str
    url: str
    sha256: str
    note: str | None = None
    is_current: bool = False
    erased: Erasure | None = None


@dataclass(frozen=True, slots=True)
class RelatedEvent:
    """An event that shares topics with the page; ``context`` are the shared topics."""

    title: str
    url: str
    date: date
    language: str
    direction: str
    context: tuple[Link, ...]


class PageContext(NamedTuple):
    """What a page shows of other events: related ones and translations."""

    related: tuple[RelatedEvent, ...] = ()
    translations: tuple[FeedLink, ...] = ()


NO_CONTEXT = PageContext()


@dataclass(frozen=True, slots=True)
class EventPage:
    """The page of an event in its newest revision.

    ``document`` is what the publisher wrote, or None for a withdrawn event: a field that needs no
    preparation is shown from there. Its ``body`` is Markdown. ``sources`` are all of its sources;
    the entry of the revision may have fewer. ``all_changes_url`` is the history, where ``changes``
    leave out older revisions.
    """

    frame: PageFrame
    tag: str
    revision: Revision
    day: Link
    topics: tuple[Link, ...]
    category: Link | None
    document: EventDocument | None
    image: FeedImage | None
    language: str
    sources: tuple[SourceRef, ...] = ()
    changes: tuple[ListedRevision, ...] = ()
    all_changes_url: str | None = None
    related: tuple[RelatedEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class RevisionPage:
    """One revision at its own, permanent address.

    ``event`` is the event as it was then, with the frame of this page; ``current`` links to the
    event as it is now. The ``sha256`` of the revision is the hash of ``record`` (RFC 8785).
    """

    event: EventPage
    current: Link
    is_current: bool
    differences: tuple[FieldChange, ...]
    record: dict[str, object]
    history_url: str
    predecessor_url: str | None = None
    successor_url: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A part of the history of an event, oldest revision first.

    ``previous_url`` is the part before it, and ``previous_sha256`` the hash of the last revision
    there. ``current_url`` is the history itself, and None where this is it.
    """

    tag: str
    event_id: str
    title: str
    url: str
    revisions: tuple[ListedRevision, ...]
    previous_sha256: str | None = None
    previous_url: str | None = None
    current_url: str | None = None


@dataclass(frozen=True, slots=True)
class MovedPage:
    """The page at a former path of an event; ``target`` is the current or the first one.

    ``last_version_url`` is the last revision that the event had at this path.
    """

    frame: PageFrame
    target: Link
    tag: str
    last_version_url: str | None = None


@dataclass(frozen=True, slots=True)
class ListedEvent:
    """An event in an index or on a topic page; ``tag`` is its permanent id."""

    tag: str
    title: str
    url: str
    date: date
    published: datetime
    updated: datetime
    summary: str
    language: str
    direction: str
    topics: tuple[Link, ...]
    category: Link | None
    entry: Entry


class MonthCount(NamedTuple):
    """The number of events of a month; ``name`` is written out."""

    name: str
    events: int


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page that lists events: a day, a topic, a category, the site's home.

    ``count``, ``first``, ``last`` (ISO dates of publication) and ``months`` describe all events,
    not only those shown. ``related_topics`` are topics that often occur with this one. ``by_date``
    puts a heading above each date; the page of one day has none.
    """

    frame: PageFrame
    events: tuple[ListedEvent, ...]
    count: int | None = None
    first: str | None = None
    last: str | None = None
    months: tuple[MonthCount, ...] = ()
    related_topics: tuple[Link, ...] = ()
    by_date: bool = True


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """A month, a year, the whole calendar or the index of topics: a list of smaller pages.

    ``count`` is the total, in ``unit``, a noun that takes an s.
    """

    frame: PageFrame
    periods: tuple[Link, ...]
    count: int
    unit: str = "event"
