"""The view models of pages that list events, revisions or smaller pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from gazette.models.branding.brand import DEFAULT_BRAND, Brand
from gazette.models.ledger.entry import CorrectionRef, Entry
from gazette.models.product import LEAD_CANDIDATES
from gazette.models.views.feed import FeedItem
from gazette.models.views.page import MINIMUM, Link, PageFrame, without_title


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
    image_url: str | None = None
    thumbnail_url: str | None = None

    @property
    def teaser(self) -> str:
        """The summary, without the title if it begins with that."""
        return without_title(self.summary, self.title)

    @property
    def corrected(self) -> CorrectionRef | None:
        """The newest correction."""
        return next(iter(self.entry.corrections), None)


class ListedCorrection(NamedTuple):
    """A correction in a list: of which event, when and why; ``url`` leads to it."""

    title: str
    url: str
    at: datetime
    note: str
    language: str


class MonthCount(NamedTuple):
    """The number of events of a month; ``name`` is written out, ``url`` leads to its events."""

    name: str
    events: int
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page that lists events: a day, a topic, a category, the site's home.

    ``count``, ``first``, ``last`` (ISO dates of publication) and ``months`` describe all events,
    not only those shown. ``related_topics`` are topics that often occur with this one,
    ``changes`` its pages of updates and corrections. ``by_date``
    puts a heading above each date; the page of one day has none. ``corrected`` are the newest
    corrections of the events of the site, ``authors`` is the list of authors, ``brand`` what the
    settings of the site say of it, for the home.
    """

    frame: PageFrame
    events: tuple[ListedEvent, ...]
    count: int | None = None
    first: str | None = None
    last: str | None = None
    months: tuple[MonthCount, ...] = ()
    related_topics: tuple[Link, ...] = ()
    changes: tuple[Link, ...] = ()
    by_date: bool = True
    corrected: tuple[ListedCorrection, ...] = ()
    authors: Link | None = None
    brand: Brand = DEFAULT_BRAND

    @property
    def lead(self) -> ListedEvent:
        """The event that the home page begins with; there has to be one."""
        candidates = self.events[:LEAD_CANDIDATES]
        return next((event for event in candidates if event.image_url), candidates[0])


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """Revisions of a time line, newest first, as its feed of updates or corrections has them.

    ``empty`` is the sentence that a page without revisions shows.
    """

    frame: PageFrame
    revisions: tuple[FeedItem, ...]
    empty: str


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The page from which readers search.

    ``years`` with events, newest first, lead to their pages; ``lists`` are other ways to events.
    """

    frame: PageFrame
    script_url: str
    years: Mapping[str, Link]
    lists: tuple[Link, ...]


class CalendarDay(NamedTuple):
    """A day of a month; ``density`` is 1 to 4 where it has ``events``, the more the denser."""

    day: int
    events: Link | None = None
    density: int = 0


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """A month, a year, the whole calendar or the index of topics: a list of smaller pages.

    ``count`` is the total, in ``unit``, a noun that takes an s; ``is_minimum`` as in `Link`. A
    month has its ``weeks``, from Monday to Sunday, and the index of topics the ``largest`` ones.
    """

    frame: PageFrame
    periods: tuple[Link, ...]
    count: int
    unit: str = "event"
    is_minimum: bool = False
    weeks: tuple[tuple[CalendarDay | None, ...], ...] = ()
    largest: tuple[Link, ...] = ()

    @property
    def suffix(self) -> str:
        """What the name of the text ends with that shows the total."""
        return MINIMUM if self.is_minimum else ""
