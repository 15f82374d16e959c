"""The index of topics: by initial, and the largest topics."""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from gazette.models import paths
from gazette.models.formats import ViewKind
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.aggregates import FIRST_COARSE_COUNT, InitialCounts, TopicCount
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.partitions import Partition
from gazette.models.product import (
    EVENTS_OF_A_LARGE_TOPIC,
    LARGEST_TOPICS_SHOWN,
    TOPICS_NAMED_IN_INDEX,
    TOPICS_PER_PAGE,
)
from gazette.models.site import Site
from gazette.models.views.list_pages import CalendarPage
from gazette.models.views.page import (
    Link,
)
from gazette.projections.pages.frames import (
    authors_opml_link,
    feed_links,
    home_link,
    make_frame,
    opml_link,
    topics_link,
)

# An initial with many topics has several pages. A page starts at a topic whose hash falls in one
# class of 256, so pages keep their addresses and most of their topics when topics come and go.
_CLASSES = 256
_PLURALS = {"topic": "topics", "category": "categories", "author": "authors"}
_PARTITIONS = {
    "topic": partitions.topic_partition,
    "category": partitions.category_partition,
    "author": partitions.author_partition,
}


class IndexAddress(NamedTuple):
    """Where an index stands, what it is called, what its links lead to, and what it counts."""

    base_path: str
    title: str
    breadcrumb: tuple[Link, ...]
    unit: str = "topic"

    @property
    def timelines(self) -> Callable[[str], Partition]:
        """Make the time line that a slug of the index belongs to."""
        return _PARTITIONS[self.unit]

    @property
    def opml(self) -> Callable[[Site], Link]:
        """Make the link to the list of feeds of what the index names."""
        return authors_opml_link if self.unit == "author" else opml_link


def read_topics(items: Iterable[LedgerItem]) -> list[TopicCount]:
    """Read the topics of an initial that have events, by slug."""
    topics = (TopicCount.model_validate_json(item.payload) for item in items)
    return [topic for topic in topics if topic.count]


def initial_counts(items: Iterable[LedgerItem]) -> InitialCounts:
    """Count the topics of an initial for the index, and name the largest."""
    topics = read_topics(items)
    return InitialCounts(topics=len(topics), largest=tuple(largest(topics)))


def read_initials(items: Iterable[LedgerItem]) -> dict[str, InitialCounts]:
    """Read the initials that have topics, in order."""
    counts_by_initial = {
        item.key.sort.removeprefix(keys.AGGREGATE): InitialCounts.model_validate_json(item.payload)
        for item in items
    }
    return {initial: counts for initial, counts in counts_by_initial.items() if counts.topics}


def largest(topics: Iterable[TopicCount]) -> list[TopicCount]:
    """Return the hundred topics with most events, largest first."""
    return sorted(topics, key=lambda topic: (-topic.count, topic.slug))[:LARGEST_TOPICS_SHOWN]


def initial_name(site: Site, initial: str) -> str:
    """Return the name that readers see; all digits share one initial."""
    return site.texts("topics.digits") if initial == "0" else initial.upper()


def page_paths(initial: str, slugs: Iterable[str]) -> tuple[str, ...]:
    """Return the pages that an initial has or ever had; ``slugs`` are all topics it ever had."""
    starts = (slug for slug in slugs if starts_page(slug))
    return (paths.initial_path(initial), *(paths.initial_path(initial, slug) for slug in starts))


def initial_pages(
    site: Site, initial: str, topics: Sequence[TopicCount]
) -> dict[str, CalendarPage]:
    """Make the pages of an initial by base path; most initials have one page."""
    base_path = paths.initial_path(initial)
    title = site.texts("topics.of_initial", initial=initial_name(site, initial))
    step = Link(title, site.url(f"{base_path}.html"))
    address = IndexAddress(base_path, title, (topics_link(site), step))
    return pages_of(site, topics, partial(paths.initial_path, initial), address)


def pages_of(
    site: Site,
    counted: Sequence[TopicCount],
    path_of: Callable[[str | None], str],
    address: IndexAddress,
) -> dict[str, CalendarPage]:
    """Make the pages of a list by base path, which ``path_of`` makes from its first slug."""
    cuts = _cuts(counted)
    base_paths = [path_of(counted[cut].slug if cut else None) for cut in cuts]
    pages: dict[str, CalendarPage] = {}
    for position, (base_path, start) in enumerate(zip(base_paths, cuts, strict=True)):
        end = cuts[position + 1] if position + 1 < len(cuts) else len(counted)
        links = _links(site, address.timelines, counted[start:end])
        page = index_page(site, address._replace(base_path=base_path), links, len(counted))
        before = (
            _page_link(
                site, base_paths[position - 1], site.texts(f"{_PLURALS[address.unit]}.earlier")
            )
            if position
            else None
        )
        after = (
            _page_link(
                site, base_paths[position + 1], site.texts(f"{_PLURALS[address.unit]}.later")
            )
            if end < len(counted)
            else None
        )
        pages[base_path] = replace(page, frame=replace(page.frame, previous=before, next=after))
    return pages


def topics_page(site: Site, initials: dict[str, InitialCounts]) -> CalendarPage:
    """Make the index of topics: the large topics, and every initial with its number of topics."""
    links = [
        Link(
            initial_name(site, initial),
            site.url(f"{paths.initial_path(initial)}.html"),
            count=counts.topics,
        )
        for initial, counts in sorted(initials.items(), key=_folded)
    ]
    size = Link(site.texts("topics.largest"), site.url(f"{paths.LARGEST_TOPICS}.html"))
    count = sum(counts.topics for counts in initials.values())
    address = IndexAddress(paths.TOPICS, site.texts("topics.title"), (topics_link(site),))
    page = index_page(site, address, [size, *links], count)
    named = (
        replace(link, count=None) for link in _links(site, address.timelines, _named(initials))
    )
    return replace(page, largest=tuple(named))


def _named(initials: dict[str, InitialCounts]) -> list[TopicCount]:
    """Return the topics that the index names, the largest first.

    Topics of about the same size are in the order of their slugs. So the index changes when a topic
    has twice as many events, and not with each event.
    """
    topics = (topic for counts in initials.values() for topic in counts.largest)
    large = [topic for topic in topics if topic.count >= EVENTS_OF_A_LARGE_TOPIC]
    large.sort(key=lambda topic: (-topic.count.bit_length(), topic.slug))
    return large[:TOPICS_NAMED_IN_INDEX]


def _folded(item: tuple[str, InitialCounts]) -> tuple[str, str]:
    """Return where an initial stands in the index: Á follows A."""
    return unicodedata.normalize("NFKD", item[0])[:1], item[0]


def largest_page(site: Site, initials: dict[str, InitialCounts]) -> CalendarPage:
    """Make the page of the largest topics."""
    topics = largest(topic for counts in initials.values() for topic in counts.largest)
    step = Link(site.texts("topics.by_size"), site.url(f"{paths.LARGEST_TOPICS}.html"))
    title = site.texts("topics.largest")
    address = IndexAddress(paths.LARGEST_TOPICS, title, (topics_link(site), step))
    return index_page(site, address, _links(site, address.timelines, topics), len(topics))


def _links(
    site: Site, timeline: Callable[[str], Partition], counted: Iterable[TopicCount]
) -> list[Link]:
    return [
        Link(
            one.label,
            site.url(f"{paths.index_path(paths.timeline_folder(timeline(one.slug)))}.html"),
            count=one.count,
            is_minimum=one.count >= FIRST_COARSE_COUNT,
        )
        for one in counted
    ]


def starts_page(slug: str) -> bool:
    """Return whether a page starts at a topic, category or author, if there are several pages."""
    return hashlib.sha256(slug.encode()).digest()[0] % _CLASSES == 0


def _cuts(topics: Sequence[TopicCount]) -> list[int]:
    if len(topics) <= TOPICS_PER_PAGE:
        return [0]
    return [0, *(at for at, topic in enumerate(topics) if at and starts_page(topic.slug))]


def _page_link(site: Site, base_path: str, text: str) -> Link:
    return Link(text, site.url(f"{base_path}.html"))


def index_page(site: Site, address: IndexAddress, links: list[Link], count: int) -> CalendarPage:
    """Make a page of an index; ``count`` is of the whole."""
    frame = make_frame(
        site,
        address.base_path,
        ViewKind.CALENDAR,
        title=address.title,
        description=address.title,
        feeds=(*feed_links(site, paths.SITE_FEED, site.title), address.opml(site)),
        breadcrumb=(home_link(site), *address.breadcrumb),
        indexed=bool(links),
    )
    return CalendarPage(frame=frame, periods=tuple(links), count=count, unit=address.unit)
