"""Sitemaps: the pages of one day, and the index of all days (sitemaps.org)."""

from collections.abc import Iterable
from datetime import date

from gazette.models import paths
from gazette.models.ledger.aggregates import PeriodCounts
from gazette.models.ledger.entry import Entry
from gazette.models.site import Site
from gazette.models.views.sitemap import SitemapUrl
from gazette.projections.calendar.periods import merged
from gazette.projections.feeds.event_feeds import feed_image


def day_urlset(site: Site, day: date, entries: Iterable[Entry]) -> list[SitemapUrl]:
    """List the page of a day and its events, with their last significant changes (SPEC S2)."""
    events = [_event_url(site, entry) for entry in entries]
    newest = max((event.lastmod for event in events if event.lastmod), default=None)
    return [SitemapUrl(site.url(f"{paths.day_path(day)}.html"), newest), *events]


def sitemap_index(site: Site, years: Iterable[PeriodCounts]) -> list[SitemapUrl]:
    """List the urlsets of all days with events, newest first."""
    days = merged(years).days
    return [
        SitemapUrl(site.url(paths.urlset_path(date.fromisoformat(name))), days[name].updated)
        for name in sorted(days, reverse=True)
    ]


def _event_url(site: Site, entry: Entry) -> SitemapUrl:
    images = (feed_image(site, entry.image).url,) if entry.image else ()
    return SitemapUrl(site.url(f"{entry.base_path}.html"), entry.updated, images)
