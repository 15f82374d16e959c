"""Lays the events of a list out: the newest in full, the others as headlines, under their days."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import NamedTuple

from gazette.models.product import (
    EVENTS_UNDER_LEAD,
    HOME_EVENTS_IN_FULL,
    LIST_EVENTS_IN_FULL,
)
from gazette.models.views.list_pages import ListedEvent, ListPage


class Stories(NamedTuple):
    """Adjacent events under one heading.

    ``day`` is None below the heading that they share with the stories before them, and on pages
    without headings. ``anchor`` names the month of its newest day.
    """

    day: date | None
    anchor: str
    is_brief: bool
    events: tuple[ListedEvent, ...]


def stories(page: ListPage) -> tuple[Stories, ...]:
    """Return the events of a list in their order."""
    return tuple(_grouped(page, page.events, LIST_EVENTS_IN_FULL))


class HomeStories(NamedTuple):
    """The events of the home page below the lead story: the newest ones, then all by day."""

    newest: tuple[ListedEvent, ...]
    by_day: tuple[Stories, ...]


def home_stories(page: ListPage) -> HomeStories:
    below = [event for event in page.events if event is not page.lead]
    newest, older = below[:EVENTS_UNDER_LEAD], below[EVENTS_UNDER_LEAD:]
    return HomeStories(tuple(newest), tuple(_grouped(page, older, HOME_EVENTS_IN_FULL)))


def _grouped(page: ListPage, events: Iterable[ListedEvent], in_full: int) -> Iterator[Stories]:
    last_day, last_month = None, ""
    numbered = [(event, position >= in_full) for position, event in enumerate(events)]
    by_day = groupby(numbered, lambda each: (each[0].date if page.by_date else None, each[1]))
    for (day, is_brief), group in by_day:
        month = f"{day:%Y-%m}" if day else ""
        is_new = day != last_day
        anchor = month if month != last_month else ""
        yield Stories(day if is_new else None, anchor, is_brief, tuple(event for event, _ in group))
        last_day, last_month = day, month
