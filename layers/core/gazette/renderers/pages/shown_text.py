"""Dates, hosts and names of formats, as all pages show them."""

from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from markupsafe import Markup

from gazette.models.branding.zones import DEFAULT_ZONE, in_zone, zone_label
from gazette.models.formats import FORMATS, ViewKind
from gazette.models.frozen import rfc3339
from gazette.models.texts.catalogue import Catalogue
from gazette.models.views.page import Link, PageFrame

_TITLES = {
    format_.media_type: format_.title
    for format_ in FORMATS
    if {ViewKind.FEED, ViewKind.FEED_LIST} & format_.renders.keys()
}

_LONG_CHARACTERS = 90


def shown_day(texts: Catalogue, day: date | str, zone: str = DEFAULT_ZONE) -> str:
    """Return a day written out; it may be an ISO date, or a moment of that day in a zone."""
    return texts.long_date(_date(day, zone))


def iso_day(day: date | str, zone: str = DEFAULT_ZONE) -> str:
    return f"{_date(day, zone):%Y-%m-%d}".rjust(len("2026-07-04"), "0")


def shown_moment(texts: Catalogue, moment: datetime, zone: str = DEFAULT_ZONE) -> str:
    """Return a moment written out, as clocks in a zone show it."""
    local = in_zone(moment, zone)
    return texts.moment(local, zone_label(local))


def source_time(texts: Catalogue, published: str, zone: str = DEFAULT_ZONE) -> Markup | str:
    """Return when a source was published: a day or a moment of its contract, written out.

    What is neither is shown as it is.
    """
    try:
        moment = datetime.fromisoformat(published)
        utc = moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return published
    shown = shown_moment(texts, utc, zone) if utc else shown_day(texts, moment)
    machine = rfc3339(utc) if utc else iso_day(moment)
    return Markup('<time datetime="{}" dir="auto">{}</time>').format(machine, shown)


def host(url: str) -> str:
    """Return the host of an address as readers know it."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def headline_size(title: str) -> Markup:
    """Return the class of a headline: the longer it is, the smaller it is set."""
    if len(title) <= _LONG_CHARACTERS:
        return Markup()
    return Markup(' class="{}"').format("longest" if len(title) > 2 * _LONG_CHARACTERS else "long")


def short_feeds(frame: PageFrame) -> tuple[Link, ...]:
    """Return the first feed of a page in each format, under the name of the format."""
    first: dict[str, Link] = {}
    for feed in frame.feeds:
        title = _TITLES.get(feed.media_type or "")
        if title:
            first.setdefault(title, Link(title, feed.url, feed.media_type))
    return tuple(first.values())


def _date(day: date | str, zone: str) -> date:
    if isinstance(day, datetime):
        return in_zone(day, zone)
    return date.fromisoformat(day) if isinstance(day, str) else day
