"""Sitemaps: the pages of one day, and the index of all days (sitemaps.org)."""

from collections.abc import Iterable
from datetime import date
from html import escape
from typing import TypeVar

from gazette.models import paths
from gazette.models.ledger.aggregates import PeriodCounts
from gazette.models.ledger.entry import Entry
from gazette.models.limits import MAX_SITEMAP_URL_BYTES, MAX_SITEMAP_URLS, MAX_URLSET_EVENTS
from gazette.models.site import Site
from gazette.models.views.sitemap import SitemapUrl
from gazette.projections.calendar.periods import merged
from gazette.projections.feeds.event_feeds import feed_image

Item = TypeVar("Item")


def day_urlsets(site: Site, day: date, entries: Iterable[Entry]) -> dict[str, list[SitemapUrl]]:
    """List the page of a day and its events, with their last significant changes (SPEC S2).

    Returns:
        The urlsets by path: one, unless the day has more events than a urlset may hold.
    """
    events = [_event_url(site, entry) for entry in entries]
    newest = max((event.lastmod for event in events if event.lastmod), default=None)
    page = SitemapUrl(site.url(f"{paths.day_path(day)}.html"), newest)
    first, *older = blocks(events, MAX_URLSET_EVENTS)
    urlsets = ([page, *first], *older)
    return {paths.urlset_path(day, number): urls for number, urls in enumerate(urlsets)}


def urlset_paths(day: date, events: int) -> list[str]:
    """Return the paths of the urlsets of a day with so many events."""
    return [paths.urlset_path(day, number) for number in range(_count(events, MAX_URLSET_EVENTS))]


def sitemap_indexes(site: Site, years: Iterable[PeriodCounts]) -> dict[str, list[SitemapUrl]]:
    """List the urlsets of all days with events, newest first, by the path of the index."""
    days = merged(years).days
    urls = [
        SitemapUrl(site.url(path), days[name].updated)
        for name in sorted(days, reverse=True)
        for path in urlset_paths(date.fromisoformat(name), days[name].count)
    ]
    indexes = blocks(urls, MAX_SITEMAP_URLS)
    return {paths.sitemap_path(number): listed for number, listed in enumerate(indexes)}


def sitemap_paths(years: Iterable[PeriodCounts]) -> list[str]:
    """Return the paths of the sitemap indexes, for robots.txt."""
    days = merged(years).days.values()
    urlsets = sum(_count(day.count, MAX_URLSET_EVENTS) for day in days)
    return [paths.sitemap_path(number) for number in range(_count(urlsets, MAX_SITEMAP_URLS))]


def blocks(newest_first: list[Item], most: int) -> list[list[Item]]:
    """Cut a list: the first block is the newest, the others are full and start with the oldest.

    So what is added at the newer end changes the first block only.
    """
    length = len(newest_first)
    ends = [length - most * number for number in range(_count(length, most))]
    newest, *older = [newest_first[max(end - most, 0) : end] for end in reversed(ends)]
    return [newest, *reversed(older)]


def _count(length: int, most: int) -> int:
    return max(-(-length // most), 1)


def _event_url(site: Site, entry: Entry) -> SitemapUrl:
    images = (feed_image(site, entry.image).url,) if entry.image else ()
    # Google reads addresses of up to 2,048 bytes.
    short = tuple(url for url in images if len(escape(url)) <= MAX_SITEMAP_URL_BYTES)
    return SitemapUrl(site.url(f"{entry.base_path}.html"), entry.updated, short)
