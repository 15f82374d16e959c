"""Pages that list events: a day, a topic, a category, the site's home."""

from collections.abc import Iterable
from datetime import date

from gazette.models import paths
from gazette.models.entry import Entry, TopicRef
from gazette.models.languages import direction
from gazette.models.page import Link, ListedEvent, ListPage
from gazette.models.site import Site
from gazette.projections.event_pages import category_link, topic_link
from gazette.projections.frames import (
    ATOM_FEED,
    day_link,
    feed_links,
    home_link,
    long_date,
    make_frame,
    month_link,
    news_link,
    year_link,
)


def home_page(site: Site, entries: Iterable[Entry]) -> ListPage:
    """Make the site's home from its newest entries."""
    frame = make_frame(
        site,
        paths.HOME,
        title=site.title,
        description=site.description,
        formats=("html",),
        feeds=feed_links(site, paths.SITE_FEED, site.title),
    )
    return ListPage(frame=frame, events=listed(site, entries))


def topic_page(site: Site, topic: TopicRef, folder: str, entries: Iterable[Entry]) -> ListPage:
    """Make the page of a topic or a category; ``folder`` is ``topics`` or ``categories``."""
    events = listed(site, entries)
    frame = make_frame(
        site,
        f"{folder}/{topic.slug}/index",
        title=topic.label,
        description=f"{topic.label}: the newest events, and feeds to follow them.",
        formats=("html",),
        feeds=feed_links(site, f"{folder}/{topic.slug}/feed", topic.label),
        breadcrumb=(
            home_link(site),
            Link(topic.label, site.url(f"{folder}/{topic.slug}/index.html")),
        ),
        indexed=bool(events),
    )
    return ListPage(frame=frame, events=events)


def day_page(site: Site, day: date, entries: Iterable[Entry]) -> ListPage:
    """Make the index of a day, newest first."""
    events = listed(site, entries)
    frame = make_frame(
        site,
        paths.day_stem(day),
        title=f"Events of {long_date(day)}",
        description=f"What happened on {long_date(day)}, as {site.title} has it.",
        feeds=feed_links(site, paths.SITE_FEED, site.title),
        breadcrumb=(
            home_link(site),
            news_link(site),
            year_link(site, day.year),
            month_link(site, day.year, day.month),
            day_link(site, day),
        ),
        indexed=bool(events),
        xml=ATOM_FEED,
    )
    return ListPage(frame=frame, events=events, count=len(events), by_date=False)


def listed(site: Site, entries: Iterable[Entry]) -> tuple[ListedEvent, ...]:
    return tuple(_listed_event(site, entry) for entry in entries)


def _listed_event(site: Site, entry: Entry) -> ListedEvent:
    language = entry.language or site.language
    return ListedEvent(
        tag=site.event_tag(entry.event_id),
        title=entry.title,
        url=site.url(f"{entry.stem}.html"),
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
