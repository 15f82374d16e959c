"""The index of topics: by initial, and the largest."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from gazette.models import paths
from gazette.models.ledger import keys
from gazette.models.ledger.aggregates import InitialCounts, TopicCount
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey, Partition
from gazette.models.product import LARGEST_TOPICS_SHOWN, TOPICS_PER_PAGE
from gazette.models.site import Site
from gazette.models.views.page import CalendarPage, Link
from gazette.projections.pages.frames import (
    feed_links,
    home_link,
    make_frame,
    opml_link,
    topics_link,
)

# A long initial is cut into pages before the topics whose hash falls in one class of 256; so a page
# keeps its address and its neighbours' topics, whatever topics come and go.
_CLASSES = 256
_FORMATS = ("html", "md", "json")


def read_topics(records: Iterable[LedgerItem]) -> list[TopicCount]:
    """Read the topics of an initial that hold events, by slug."""
    topics = (TopicCount.model_validate_json(record.payload) for record in records)
    return [topic for topic in topics if topic.count]


def initial_record(partition: Partition, records: Sequence[LedgerItem]) -> LedgerItem:
    """Make what an initial leaves in the index above: how many topics, and its largest."""
    topics = read_topics(records)
    counts = InitialCounts(topics=len(topics), largest=tuple(largest(topics)))
    item_key = ItemKey(keys.TOPICS, f"{keys.AGGREGATE}{partition.name}")
    return LedgerItem(
        item_key, sum(record.revision for record in records), counts.model_dump_json()
    )


def read_initials(records: Iterable[LedgerItem]) -> dict[str, InitialCounts]:
    """Read the initials under which there are topics, in order."""
    found = {
        record.key.sort.removeprefix(keys.AGGREGATE): InitialCounts.model_validate_json(
            record.payload
        )
        for record in records
    }
    return {initial: counts for initial, counts in found.items() if counts.topics}


def largest(topics: Iterable[TopicCount]) -> list[TopicCount]:
    """Return the hundred topics with most events, the largest first."""
    return sorted(topics, key=lambda topic: (-topic.count, topic.slug))[:LARGEST_TOPICS_SHOWN]


def initial_name(initial: str) -> str:
    """Call an initial as readers do; digits stand together."""
    return "0 to 9" if initial == "0" else initial.upper()


def page_paths(initial: str, slugs: Iterable[str]) -> tuple[str, ...]:
    """Return every page that an initial has or may have had, of the topics it ever had."""
    starts = (slug for slug in slugs if _starts_page(slug))
    return (paths.initial_path(initial), *(paths.initial_path(initial, slug) for slug in starts))


def initial_pages(
    site: Site, initial: str, topics: Sequence[TopicCount]
) -> dict[str, CalendarPage]:
    """Make the pages of the topics that begin with a character, by stem; most have one."""
    cuts = _cuts(topics)
    base_paths = [paths.initial_path(initial, topics[cut].slug if cut else None) for cut in cuts]
    title = f"Topics: {initial_name(initial)}"
    own = Link(title, site.url(f"{paths.initial_path(initial)}.html"))
    pages: dict[str, CalendarPage] = {}
    for position, (base_path, start) in enumerate(zip(base_paths, cuts, strict=True)):
        end = cuts[position + 1] if position + 1 < len(cuts) else len(topics)
        links = _topic_links(site, topics[start:end])
        page = _page(site, _Head(base_path, title, (own,)), links, len(topics))
        before = _page_link(site, base_paths[position - 1], "Earlier topics") if position else None
        after = (
            _page_link(site, base_paths[position + 1], "Later topics")
            if end < len(topics)
            else None
        )
        pages[base_path] = replace(page, frame=replace(page.frame, previous=before, next=after))
    return pages


def topics_page(site: Site, initials: dict[str, InitialCounts]) -> CalendarPage:
    """Make the index of topics: an initial a line, with how many topics it has."""
    links = [
        Link(
            initial_name(initial),
            site.url(f"{paths.initial_path(initial)}.html"),
            count=counts.topics,
        )
        for initial, counts in initials.items()
    ]
    size = Link("The largest topics", site.url(f"{paths.LARGEST_TOPICS}.html"))
    count = sum(counts.topics for counts in initials.values())
    return _page(site, _Head(paths.TOPICS, "Topics"), [size, *links], count)


def largest_page(site: Site, initials: dict[str, InitialCounts]) -> CalendarPage:
    """Make the page of the largest topics of all."""
    topics = largest(topic for counts in initials.values() for topic in counts.largest)
    own = Link("By size", site.url(f"{paths.LARGEST_TOPICS}.html"))
    title = "The largest topics"
    links = _topic_links(site, topics)
    return _page(site, _Head(paths.LARGEST_TOPICS, title, (own,)), links, len(topics))


def _topic_links(site: Site, topics: Iterable[TopicCount]) -> list[Link]:
    return [
        Link(
            topic.label,
            site.url(
                f"{paths.index_path(paths.timeline_folder(keys.topic_partition(topic.slug)))}.html"
            ),
            count=topic.count,
        )
        for topic in topics
    ]


def _starts_page(slug: str) -> bool:
    return hashlib.sha256(slug.encode()).digest()[0] % _CLASSES == 0


def _cuts(topics: Sequence[TopicCount]) -> list[int]:
    if len(topics) <= TOPICS_PER_PAGE:
        return [0]
    return [0, *(at for at, topic in enumerate(topics) if at and _starts_page(topic.slug))]


def _page_link(site: Site, base_path: str, text: str) -> Link:
    return Link(text, site.url(f"{base_path}.html"))


class _Head(NamedTuple):
    base_path: str
    title: str
    way: tuple[Link, ...] = ()


def _page(site: Site, head: _Head, links: list[Link], count: int) -> CalendarPage:
    frame = make_frame(
        site,
        head.base_path,
        title=head.title,
        description=head.title,
        formats=_FORMATS,
        feeds=(*feed_links(site, paths.SITE_FEED, site.title), opml_link(site)),
        breadcrumb=(home_link(site), topics_link(site), *head.way),
        indexed=bool(links),
    )
    return CalendarPage(frame=frame, periods=tuple(links), count=count, unit="topic")
