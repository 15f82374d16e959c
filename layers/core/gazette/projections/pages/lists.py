"""Listed events, and the page of a day."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from gazette.models import paths
from gazette.models.contract.languages import direction
from gazette.models.formats import ViewKind
from gazette.models.ledger.entry import Entry
from gazette.models.site import Site
from gazette.models.texts import long_date, text
from gazette.models.views.page import Link, ListedEvent, ListPage
from gazette.projections.calendar.periods import Neighbours
from gazette.projections.pages.event_pages import category_link, topic_link
from gazette.projections.pages.frames import (
    day_breadcrumb,
    day_link,
    feed_links,
    make_frame,
)


def day_page(site: Site, day: date, entries: Iterable[Entry], neighbours: Neighbours) -> ListPage:
    """Make the page of a day, newest event first."""
    events = list_events(site, entries)
    frame = make_frame(
        site,
        paths.day_path(day),
        ViewKind.DAY,
        title=text("day.title", date=long_date(day)),
        description=text("day.description", date=long_date(day), site=site.title),
        feeds=feed_links(site, paths.SITE_FEED, site.title),
        breadcrumb=day_breadcrumb(site, day),
        indexed=bool(events),
    )
    previous, following = (_named_day_link(site, name) if name else None for name in neighbours)
    frame = replace(frame, previous=previous, next=following)
    return ListPage(frame=frame, events=events, count=len(events), by_date=False)


def _named_day_link(site: Site, name: str) -> Link:
    day = date.fromisoformat(name)
    return replace(day_link(site, day), text=long_date(day))


def list_events(site: Site, entries: Iterable[Entry]) -> tuple[ListedEvent, ...]:
    return tuple(_listed_event(site, entry) for entry in entries)


def _listed_event(site: Site, entry: Entry) -> ListedEvent:
    language = entry.language or site.language
    return ListedEvent(
        tag=site.event_tag(entry.event_id),
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
    )
