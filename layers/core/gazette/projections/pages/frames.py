"""The frame of every page: addresses, formats, feeds, breadcrumb."""

from dataclasses import replace
from datetime import date

from gazette.models import paths
from gazette.models.branding.static_files import file_path, static_media_type
from gazette.models.branding.zones import in_zone
from gazette.models.formats import CARD_TYPE, ViewKind
from gazette.models.identifiers.languages import direction
from gazette.models.ledger import partitions
from gazette.models.ledger.keys import published_of
from gazette.models.ledger.partitions import Partition
from gazette.models.product import CARD_PIXELS
from gazette.models.site import Site
from gazette.models.views.feed import FeedImage, FeedLink
from gazette.models.views.page import Link, PageFrame
from gazette.projections.feeds.segments import Segment
from gazette.projections.pages.masthead import (
    corrections_policy_url,
    footer_of,
    icon_path,
    logo_of,
)


def make_frame(  # noqa: PLR0913  # all but two are passed by name
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
    frame = PageFrame(
        title=title,
        description=description,
        url=site.url(f"{base_path}.html"),
        language=language or site.language,
        direction=direction(language or site.language),
        texts=site.texts,
        site_title=site.title,
        site_url=site.url("index.html"),
        stylesheet_url=site.url(paths.STYLESHEET),
        icon_url=site.url(icon_path(site)),
        formats=format_links(site, base_path, kind),
        feeds=feeds,
        breadcrumb=breadcrumb,
        indexed=indexed,
        relations=relations,
        sections=_sections(site),
    )
    return _branded(site, frame)


def format_links(site: Site, base_path: str, *kinds: ViewKind) -> tuple[Link, ...]:
    """Return the links to the formats in which a base path is published."""
    return tuple(
        Link(format_.title, site.url(f"{base_path}.{format_.extension}"), format_.media_type)
        for format_ in site.formats_of(*kinds)
    )


def _sections(site: Site) -> tuple[Link, ...]:
    """Return the links to the lists that every page leads to."""
    lists = [news_link(site), topics_link(site), categories_link(site)]
    lists += [search_link(site)] if site.brand.search else []
    return (*lists, *changes_links(site, partitions.SITE))


def _branded(site: Site, frame: PageFrame) -> PageFrame:
    """Add what the settings of the brand put on every page."""
    own = site.brand.stylesheet
    return replace(
        frame,
        icon_type=static_media_type(icon_path(site)).partition(";")[0],
        own_stylesheet_url=site.url(file_path(own)) if own else None,
        tagline=site.brand.tagline or site.shown_description,
        logo=logo_of(site),
        footer=footer_of(site),
        time_zone=site.brand.time_zone,
        site_language=site.language,
        corrections_policy_url=corrections_policy_url(site),
        search_url=search_link(site).url if site.brand.search else "",
        card=_card(site),
    )


def _card(site: Site) -> FeedImage:
    width, height = CARD_PIXELS
    return FeedImage(
        url=site.url(paths.CARD),
        alt=site.title,
        media_type=CARD_TYPE,
        width=width,
        height=height,
    )


def shown_days(site: Site, segment: Segment) -> tuple[str, str]:
    """Return the days of the oldest and the newest entry of a segment, written out."""
    oldest, newest = (
        site.texts.long_date(
            in_zone(published_of(segment.items[end].key.sort), site.brand.time_zone)
        )
        for end in (-1, 0)
    )
    return oldest, newest


def feed_links(site: Site, base_path: str, title: str) -> tuple[Link, ...]:
    """Return the links to a feed in its three formats."""
    return tuple(
        Link(
            site.texts("subscribe.link", title=title, format=format_.title),
            site.url(f"{base_path}.{format_.extension}"),
            format_.media_type,
        )
        for format_ in site.formats_of(ViewKind.FEED)
    )


def opml_link(site: Site) -> Link:
    """Return the link to the list of all topics' feeds, which feed readers import (SPEC S8)."""
    return Link(site.texts("subscribe.opml_link"), site.url(paths.OPML), "text/x-opml")


def authors_opml_link(site: Site) -> Link:
    """Return the link to the list of the feeds of the authors."""
    return Link(site.texts("subscribe.authors_link"), site.url(paths.AUTHORS_OPML), "text/x-opml")


def home_link(site: Site) -> Link:
    return Link(site.title, site.url(f"{paths.HOME}.html"))


def news_link(site: Site) -> Link:
    return Link(site.texts("section.news"), site.url(f"{paths.NEWS}.html"))


def topics_link(site: Site) -> Link:
    return Link(site.texts("section.topics"), site.url(f"{paths.TOPICS}.html"))


def categories_link(site: Site) -> Link:
    return Link(site.texts("section.categories"), site.url(f"{paths.CATEGORIES}.html"))


def authors_link(site: Site) -> Link:
    return Link(site.texts("authors.title"), site.url(f"{paths.AUTHORS}.html"))


def search_link(site: Site) -> Link:
    return Link(site.texts("search.title"), site.url(f"{paths.SEARCH}.html"))


def changes_links(site: Site, timeline: Partition) -> tuple[Link, Link]:
    """Return the links to the pages of updates and of corrections of a time line (SPEC S10)."""
    updates, corrections = (
        Link(
            site.texts(f"section.{partition.kind.lower()}"),
            site.url(f"{paths.changes_page_path(partition)}.html"),
        )
        for partition in partitions.changes_partitions(timeline)
    )
    return updates, corrections


def year_link(site: Site, year: int) -> Link:
    return Link(site.texts.digits(f"{year:04d}"), site.url(f"{paths.year_path(year)}.html"))


def month_link(site: Site, year: int, month: int) -> Link:
    return Link(site.texts.month_name(month), site.url(f"{paths.month_path(year, month)}.html"))


def day_breadcrumb(site: Site, day: date) -> tuple[Link, ...]:
    """Return the links from the home page to a day."""
    return (
        home_link(site),
        news_link(site),
        year_link(site, day.year),
        month_link(site, day.year, day.month),
        named_day_link(site, day),
    )


def day_link(site: Site, day: date) -> Link:
    """Return the link to a day; its text has a leading zero in the month, not in the day."""
    return Link(f"{day:%Y-%m}-{day.day}", site.url(f"{paths.day_path(day)}.html"))


def named_day_link(site: Site, day: date) -> Link:
    """Return the link to a day with the day written out."""
    return replace(day_link(site, day), text=site.texts.long_date(day))
