"""A view model with the place it is published at; the table of formats turns it into documents."""

from dataclasses import dataclass
from typing import NamedTuple

from gazette.models.formats import ViewKind
from gazette.models.views.feed import Feed, FeedItem
from gazette.models.views.list_pages import (
    CalendarPage,
    ChangesPage,
    ListPage,
    SearchPage,
)
from gazette.models.views.outline import OutlineList
from gazette.models.views.page import (
    EventPage,
    HistoryPage,
    MovedPage,
    PageFrame,
    RecordPage,
    RevisionPage,
)
from gazette.models.views.site_document import LIVE

Page = (
    EventPage
    | MovedPage
    | RecordPage
    | RevisionPage
    | HistoryPage
    | ListPage
    | CalendarPage
    | ChangesPage
    | SearchPage
    | PageFrame
)


class EntryView(NamedTuple):
    """One event as an Atom Entry Document; ``language`` holds where the item names none."""

    item: FeedItem
    language: str


@dataclass(frozen=True, slots=True)
class View:
    """What is published at ``base_path`` in all formats of its kind.

    A format renders one of the parts: the page, the entry, the feed, or the list of feeds.
    """

    kind: ViewKind
    base_path: str
    page: Page | None = None
    entry: EntryView | None = None
    feed: Feed | None = None
    feeds: OutlineList | None = None
    cache_control: str = LIVE
