"""Listed events, and the page of a day."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from sys import getsizeof

from gazette.models import paths
from gazette.models.byte_cache import IdentityCache
from gazette.models.formats import ViewKind
from gazette.models.identifiers.languages import direction
from gazette.models.ledger.entry import Entry
from gazette.models.product import THUMBNAIL_WIDTHS_PIXELS
from gazette.models.site import Site
from gazette.models.views.list_pages import ListedEvent, ListPage
from gazette.models.views.page import (
    Link,
)
from gazette.projections.calendar.day_parts import DayPart
from gazette.projections.calendar.periods import Neighbours
from gazette.projections.pages.event_image import image_key_of
from gazette.projections.pages.event_pages import category_link, topic_link
from gazette.projections.pages.frames import (
    day_breadcrumb,
    feed_links,
    make_frame,
    named_day_link,
)


def day_pages(
    site: Site, day: date, parts: Sequence[DayPart], neighbours: Neighbours
) -> list[ListPage]:
    """Make the pages of a day, newest event first.

    They are linked from the newest to the oldest, between the day after and the day before.
    """
    pages = [_day_page(site, day, part) for part in parts]
    before, after = (
        named_day_link(site, date.fromisoformat(name)) if name else None for name in neighbours
    )
    urls = [page.frame.url for page in pages]
    older = [*(Link(site.texts("list.older"), url) for url in urls[1:]), before]
    newer = [after, *(Link(site.texts("list.newer"), url) for url in urls[:-1])]
    linked = [
        replace(page, frame=replace(page.frame, previous=previous, next=following))
        for page, previous, following in zip(pages, older, newer, strict=True)
    ]
    count = sum(len(part.entries) for part in parts)
    return [replace(linked[0], count=count), *linked[1:]]


def _day_page(site: Site, day: date, part: DayPart) -> ListPage:
    events = list_events(site, part.entries)
    frame = make_frame(
        site,
        paths.day_path(day, part.name),
        ViewKind.DAY,
        title=site.texts(
            "day.older_title" if part.name else "day.title", date=site.texts.long_date(day)
        ),
        description=site.texts("day.description", date=site.texts.long_date(day), site=site.title),
        feeds=feed_links(site, paths.SITE_FEED, site.title),
        breadcrumb=day_breadcrumb(site, day),
        indexed=bool(events),
    )
    return ListPage(frame=frame, events=events, by_date=False)


def list_events(site: Site, entries: Iterable[Entry]) -> tuple[ListedEvent, ...]:
    """List events under the dates that head them, the newest date first.

    Events of a date stay in the order of the entries, which is that of their publication.
    """
    by_date = sorted(entries, key=lambda entry: entry.date, reverse=True)
    return tuple(_LISTED(entry, site) for entry in by_date)


def _listed_event(entry: Entry, site: Site) -> ListedEvent:
    language = entry.language or site.language
    key = image_key_of(entry)
    small, large = THUMBNAIL_WIDTHS_PIXELS
    return ListedEvent(
        tag=site.event_tag(entry.event_id, entry.guid),
        title=entry.title,
        url=site.url(f"{entry.base_path}.html"),
        date=entry.date,
        published=entry.published,
        updated=entry.updated,
        summary=entry.summary,
        language=language,
        direction=direction(language),
        topics=tuple(topic_link(site, topic) for topic in entry.topics),
        category=category_link(site, entry.category) if entry.category else None,
        entry=entry,
        image_url=site.url(paths.thumbnail_path(key, large)) if key else None,
        thumbnail_url=site.url(paths.thumbnail_path(key, small)) if key else None,
    )


def _memory(entry: Entry, _event: ListedEvent) -> int:
    """Estimate the bytes that an entry takes in memory with the event listed of it."""
    return 2 * getsizeof(entry.body or "") + 4_000 + 1_000 * len(entry.topics)


# The pages of all time lines list the same entries, again and again.
_LISTED: IdentityCache[Entry, Site, ListedEvent] = IdentityCache(_listed_event, _memory)
