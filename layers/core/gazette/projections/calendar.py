"""The calendar: what days leave to months, months to years, years to the whole; its pages."""

from collections.abc import Iterable
from datetime import date

from gazette.models import keys, paths
from gazette.models.keys import Partition
from gazette.models.page import CalendarPage, Link
from gazette.models.record import Record
from gazette.models.rollup import DayFigures, PeriodFigures
from gazette.models.site import Site
from gazette.projections.frames import (
    MONTHS,
    feed_links,
    home_link,
    make_frame,
    month_link,
    news_link,
    year_link,
)

_FORMATS = ("html", "md", "json")


def rollup(partition: Partition, figures: DayFigures | PeriodFigures) -> Record:
    """Make the record of a partition's figures."""
    place = keys.rollup_place(partition)
    if place is None:
        reason = f"{partition} has nothing above it"
        raise ValueError(reason)
    return Record(place, 0, figures.model_dump_json())


def month_figures(records: Iterable[Record]) -> PeriodFigures:
    """Sum a month from its days; empty days are left out."""
    days = {_name(record): DayFigures.model_validate_json(record.payload) for record in records}
    return PeriodFigures(days={name: day for name, day in days.items() if day.count})


def period_figures(records: Iterable[Record]) -> dict[str, PeriodFigures]:
    """Read the periods that a year or the calendar is made of, by name; empty ones are left out."""
    periods = {
        _name(record): PeriodFigures.model_validate_json(record.payload) for record in records
    }
    return {name: period for name, period in periods.items() if period.days}


def all_days(periods: Iterable[PeriodFigures]) -> dict[str, DayFigures]:
    """Return the days of several periods as those of the one that holds them."""
    return {name: day for period in periods for name, day in period.days.items()}


def month_page(site: Site, name: str, month: PeriodFigures) -> CalendarPage:
    """Make the page of a month (``2026-07``) from its days."""
    year, number = int(name[:4]), int(name[5:])
    periods = [
        Link(
            _day_text(iso),
            site.url(f"{paths.day_stem(date.fromisoformat(iso))}.html"),
            count=day.count,
        )
        for iso, day in sorted(month.days.items())
    ]
    way = (home_link(site), news_link(site), year_link(site, year), month_link(site, year, number))
    return _page(site, paths.month_stem(year, number), f"{MONTHS[number - 1]} {year}", way, periods)


def year_page(site: Site, name: str, months: dict[str, PeriodFigures]) -> CalendarPage:
    """Make the page of a year from its months."""
    year = int(name)
    periods = [
        _counted(month_link(site, year, int(month[5:])), figures)
        for month, figures in sorted(months.items())
    ]
    way = (home_link(site), news_link(site), year_link(site, year))
    return _page(site, paths.year_stem(year), str(year), way, periods)


def calendar_page(site: Site, years: dict[str, PeriodFigures]) -> CalendarPage:
    """Make the page above all years, newest first."""
    periods = [
        _counted(year_link(site, int(year)), figures)
        for year, figures in sorted(years.items(), reverse=True)
    ]
    return _page(
        site, paths.NEWS, "All events by date", (home_link(site), news_link(site)), periods
    )


def _page(
    site: Site, stem: str, title: str, way: tuple[Link, ...], periods: list[Link]
) -> CalendarPage:
    count = sum(period.count or 0 for period in periods)
    frame = make_frame(
        site,
        stem,
        title=title,
        description=f"{title}: {count} event{'' if count == 1 else 's'}",
        formats=_FORMATS,
        feeds=feed_links(site, paths.SITE_FEED, site.title),
        breadcrumb=way,
        indexed=bool(count),
    )
    return CalendarPage(frame=frame, periods=tuple(periods), count=count)


def _counted(link: Link, figures: PeriodFigures) -> Link:
    return Link(link.text, link.url, count=figures.count)


def _day_text(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {MONTHS[day.month - 1]}"


def _name(record: Record) -> str:
    return record.place.sort.removeprefix(keys.ROLLUP)
