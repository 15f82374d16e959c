"""View models of the pages: what a page shows, without a format.

All addresses are absolute; all text is plain except where a name ends in ``_html`` (safe already)
or ``_markdown``.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from gazette.models.ledger.entry import Entry, SourceRef
from gazette.models.ledger.snapshot import Revision
from gazette.models.views.diff import FieldChange
from gazette.models.views.feed import FeedImage, FeedLink


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its text; ``media_type`` for alternates, ``count`` where a list tells sizes."""

    text: str
    url: str
    media_type: str | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class PageFrame:
    """What every page has: its title, its addresses, where it stands.

    ``formats`` are the page itself in its formats (HTML, Markdown, JSON, XML), ``feeds`` the feeds
    to subscribe to. ``previous`` and ``next`` lead along a time line. A page that is not
    ``indexed`` tells search engines so.
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
    """A revision in the list of changes; ``label`` is what its kind is called."""

    number: int
    label: str
    at: datetime
    title: str
    url: str
    sha256: str
    note: str | None = None
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class RelatedEvent:
    """An event that shares topics; ``context`` are those it shares."""

    title: str
    url: str
    date: date
    language: str
    direction: str
    context: tuple[Link, ...]


class PageContext(NamedTuple):
    """What a page shows of other events: those related, and itself in other languages."""

    related: tuple[RelatedEvent, ...] = ()
    translations: tuple[FeedLink, ...] = ()


NO_CONTEXT = PageContext()


@dataclass(frozen=True, slots=True)
class EventPage:
    """The page of an event in its newest revision; ``body_markdown`` is the publisher's text.

    ``extra`` are the fields of the document that the contract does not know, as JSON values.
    ``sources`` are all of them where the entry carries only the first.
    """

    frame: PageFrame
    tag: str
    revision: Revision
    day: Link
    topics: tuple[Link, ...]
    category: Link | None
    body_markdown: str
    image: FeedImage | None
    language: str
    document_json: dict[str, object]
    sources: tuple[SourceRef, ...] | None = None
    changes: tuple[ListedRevision, ...] = ()
    related: tuple[RelatedEvent, ...] = ()

    @property
    def all_sources(self) -> tuple[SourceRef, ...]:
        return self.revision.entry.sources if self.sources is None else self.sources


@dataclass(frozen=True, slots=True)
class RevisionPage:
    """One revision at its own, permanent address.

    ``event`` is the event as it was then, its frame that of this page; ``current`` leads to the
    event as it is; ``record`` is what ``sha256`` of the revision was computed from (RFC 8785).
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
    """The chain of an event's revisions, oldest first."""

    tag: str
    event_id: str
    title: str
    url: str
    revisions: tuple[ListedRevision, ...]


@dataclass(frozen=True, slots=True)
class MovedPage:
    """What stays at a path that an event has left."""

    frame: PageFrame
    target: Link
    tag: str


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
    """How many events a month holds; ``name`` is written out."""

    name: str
    events: int


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page that lists events: a day, a topic, a category, the site's home.

    ``count``, ``first`` and ``last`` (ISO dates of publication) and ``months`` are of all events,
    not only of those shown; ``together`` are topics that stand beside this one. ``by_date`` puts a
    heading above each date; the page of one day goes without.
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
    """A month, a year, the whole calendar, the index of topics: what lies below, with its size.

    ``count`` is of the whole, in ``unit``, a noun that takes an s.
    """

    frame: PageFrame
    periods: tuple[Link, ...]
    count: int
    unit: str = "event"
