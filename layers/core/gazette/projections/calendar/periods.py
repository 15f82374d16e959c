"""The calendar: counts of days, months and years, and the pages that list them."""

from calendar import Calendar
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from gazette.models import paths
from gazette.models.formats import ViewKind
from gazette.models.ledger import keys
from gazette.models.ledger.aggregates import (
    FIRST_COARSE_COUNT,
    DayCount,
    PeriodCounts,
    coarse_count,
    read_period_counts,
)
from gazette.models.ledger.item import LedgerItem
from gazette.models.limits import MAX_URLSET_EVENTS
from gazette.models.site import Site
from gazette.models.views.list_pages import CalendarDay, CalendarPage
from gazette.models.views.page import (
    Link,
)
from gazette.projections.feeds.timelines import Timeline
from gazette.projections.pages.frames import (
    feed_links,
    home_link,
    make_frame,
    month_link,
    news_link,
    year_link,
)

_DENSITIES = 4


class Neighbours(NamedTuple):
    """The names of the nearest periods of the same kind with events, or None."""

    previous: str | None = None
    following: str | None = None


def day_count(timeline: Timeline) -> DayCount:
    """Count a day."""
    updated = timeline.updated if timeline.entries else None
    return DayCount(count=len(timeline.entries), updated=updated)


def month_counts(items: Iterable[LedgerItem]) -> PeriodCounts:
    """Sum a month from the counts of its days, without empty days."""
    days = {name_of(item): DayCount.model_validate_json(item.payload) for item in items}
    return PeriodCounts(days={name: day for name, day in days.items() if day.count})


def period_counts(items: Iterable[LedgerItem]) -> dict[str, PeriodCounts]:
    """Read the counts of the months of a year, or of all years, by name."""
    return {name_of(item): read_period_counts(item.payload) for item in items}


def merged(periods: Iterable[PeriodCounts]) -> PeriodCounts:
    """Sum the counts of several periods."""
    found = list(periods)
    days = {name: day for period in found for name, day in period.days.items()}
    return PeriodCounts(days=days, total=coarse_count(sum(period.count for period in found)))


def coarse_month(month: PeriodCounts) -> PeriodCounts:
    """Return what the year stores of a month: most events of a day leave it as it is.

    A day has the date of its last change, and the least count that needs as many urlsets.
    """
    days = {name: _coarse_day(day) for name, day in month.days.items()}
    return PeriodCounts(days=days, total=coarse_count(month.count))


def _coarse_day(day: DayCount) -> DayCount:
    full_urlsets = (day.count - 1) // MAX_URLSET_EVENTS
    updated = day.updated and day.updated.replace(hour=0, minute=0, second=0)
    return DayCount(count=full_urlsets * MAX_URLSET_EVENTS + 1, updated=updated)


def month_page(site: Site, name: str, month: PeriodCounts, neighbours: Neighbours) -> CalendarPage:
    """Make the page of a month (``2026-07``), which lists its days."""
    year, number = int(name[:4]), int(name[5:])
    periods = [
        Link(
            site.texts.day_and_month(date.fromisoformat(iso)),
            site.url(f"{paths.day_path(date.fromisoformat(iso))}.html"),
            count=day.count,
        )
        for iso, day in sorted(month.days.items())
    ]
    breadcrumb = (
        home_link(site),
        news_link(site),
        year_link(site, year),
        month_link(site, year, number),
    )
    title = site.texts.month_and_year(year, number)
    page = _page(site, paths.month_path(year, number), title, breadcrumb, periods)
    page = replace(
        page, weeks=_weeks(year, number, dict(zip(sorted(month.days), periods, strict=True)))
    )
    return _with_neighbours(
        page, *(_named_month_link(site, name) if name else None for name in neighbours)
    )


def _weeks(
    year: int, month: int, events: dict[str, Link]
) -> tuple[tuple[CalendarDay | None, ...], ...]:
    """Return the days of a month by weeks; ``events`` are its days with events, by ISO date."""
    most = max((link.count or 0 for link in events.values()), default=0)
    names = {day: f"{year:04d}-{month:02d}-{day:02d}" for day in range(1, 32)}
    return tuple(
        tuple(_calendar_day(day, events.get(names[day]), most) if day else None for day in week)
        for week in Calendar().monthdayscalendar(year, month)
    )


def _calendar_day(day: int, events: Link | None, most: int) -> CalendarDay:
    """Return a day, which is dense in proportion to the day with ``most`` events."""
    if events is None:
        return CalendarDay(day)
    return CalendarDay(day, events, -(-_DENSITIES * (events.count or 0) // most))


def year_page(
    site: Site, name: str, months: dict[str, PeriodCounts], neighbours: Neighbours
) -> CalendarPage:
    """Make the page of a year, which lists its months."""
    year = int(name)
    periods = [
        _with_count(month_link(site, year, int(month[5:])), counts)
        for month, counts in sorted(months.items())
        if counts.days
    ]
    breadcrumb = (home_link(site), news_link(site), year_link(site, year))
    page = _page(site, paths.year_path(year), site.texts.digits(year), breadcrumb, periods)
    return _with_neighbours(
        page, *(year_link(site, int(name)) if name else None for name in neighbours)
    )


def calendar_page(site: Site, years: dict[str, PeriodCounts]) -> CalendarPage:
    """Make the page that lists all years, newest first."""
    periods = [
        _with_count(year_link(site, int(year)), counts)
        for year, counts in sorted(years.items(), reverse=True)
        if counts.days
    ]
    return _page(
        site, paths.NEWS, site.texts("calendar.title"), (home_link(site), news_link(site)), periods
    )


def _page(
    site: Site, base_path: str, title: str, breadcrumb: tuple[Link, ...], periods: list[Link]
) -> CalendarPage:
    count = sum(period.count or 0 for period in periods)
    is_minimum = any(period.is_minimum for period in periods)
    described = "calendar.description.minimum" if is_minimum else "calendar.description"
    frame = make_frame(
        site,
        base_path,
        ViewKind.CALENDAR,
        title=title,
        description=site.texts(described, title=title, count=count),
        feeds=feed_links(site, paths.SITE_FEED, site.title),
        breadcrumb=breadcrumb,
        indexed=bool(count),
    )
    return CalendarPage(frame=frame, periods=tuple(periods), count=count, is_minimum=is_minimum)


def _with_neighbours(
    page: CalendarPage, previous: Link | None, following: Link | None
) -> CalendarPage:
    return replace(page, frame=replace(page.frame, previous=previous, next=following))


def _named_month_link(site: Site, name: str) -> Link:
    year, number = int(name[:4]), int(name[5:])
    return replace(
        month_link(site, year, number),
        text=site.texts.month_and_year(year, number),
    )


def _with_count(link: Link, counts: PeriodCounts) -> Link:
    is_minimum = counts.total >= FIRST_COARSE_COUNT
    return Link(link.text, link.url, count=counts.count, is_minimum=is_minimum)


def name_of(item: LedgerItem) -> str:
    """Return the name of the period whose counts an item holds."""
    return item.key.sort.removeprefix(keys.AGGREGATE)
