"""What every page has: addresses, formats, feeds, the way up."""

from datetime import date

from gazette.models import paths
from gazette.models.contract.languages import direction
from gazette.models.formats import ViewKind
from gazette.models.site import Site
from gazette.models.views.feed import FeedLink
from gazette.models.views.page import Link, PageFrame

# Not from `calendar`, which follows the locale of the process.
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def make_frame(  # noqa: PLR0913  # a frame is put together by name
    site: Site,
    base_path: str,
    kind: ViewKind,
    *,
    title: str,
    description: str,
    feeds: tuple[Link, ...] = (),
    breadcrumb: tuple[Link, ...] = (),
    language: str | None = None,
    indexed: bool = True,
    relations: tuple[FeedLink, ...] = (),
) -> PageFrame:
    """Make the frame of the page at a base path, with links to its formats."""
    return PageFrame(
        title=title,
        description=description,
        url=site.url(f"{base_path}.html"),
        language=language or site.language,
        direction=direction(language or site.language),
        site_title=site.title,
        site_url=site.url("index.html"),
        stylesheet_url=site.url(paths.STYLESHEET),
        formats=tuple(
            Link(format_.title, site.url(f"{base_path}.{format_.extension}"), format_.media_type)
            for format_ in site.formats_of(kind)
        ),
        feeds=feeds,
        breadcrumb=breadcrumb,
        indexed=indexed,
        relations=relations,
        sections=(news_link(site), topics_link(site)),
    )


def feed_links(site: Site, base_path: str, title: str) -> tuple[Link, ...]:
    """Return the links to a feed in its three formats."""
    return tuple(
        Link(
            f"{title} ({format_.title})",
            site.url(f"{base_path}.{format_.extension}"),
            format_.media_type,
        )
        for format_ in site.formats_of(ViewKind.FEED)
    )


def opml_link(site: Site) -> Link:
    """Link the list of the feeds of all topics, which feed readers import (SPEC S8)."""
    return Link("Topics (OPML)", site.url(paths.OPML), "text/x-opml")


def home_link(site: Site) -> Link:
    return Link(site.title, site.url(f"{paths.HOME}.html"))


def news_link(site: Site) -> Link:
    return Link("News", site.url(f"{paths.NEWS}.html"))


def topics_link(site: Site) -> Link:
    return Link("Topics", site.url(f"{paths.TOPICS}.html"))


def year_link(site: Site, year: int) -> Link:
    return Link(f"{year:04d}", site.url(f"{paths.year_path(year)}.html"))


def month_link(site: Site, year: int, month: int) -> Link:
    return Link(MONTHS[month - 1], site.url(f"{paths.month_path(year, month)}.html"))


def day_link(site: Site, day: date) -> Link:
    """Link a day as the pages write it: the month with a leading zero, the day without."""
    return Link(f"{day:%Y-%m}-{day.day}", site.url(f"{paths.day_path(day)}.html"))


def long_date(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
