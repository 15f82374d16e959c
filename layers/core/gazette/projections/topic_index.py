"""The index of topics: by initial, and the largest."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from gazette.models import keys, paths
from gazette.models.keys import Partition, Place
from gazette.models.page import CalendarPage, Link
from gazette.models.record import Record
from gazette.models.rollup import InitialFigures, TopicFigures
from gazette.models.site import Site
from gazette.projections.frames import feed_links, home_link, make_frame, opml_link, topics_link

LARGEST = 100
# A long initial is cut into pages before the topics whose hash falls in one class of 256; so a page
# keeps its address and its neighbours' topics, whatever topics come and go.
MOST_ON_A_PAGE = 500
_CLASSES = 256
_FORMATS = ("html", "md", "json")


def read_topics(records: Iterable[Record]) -> list[TopicFigures]:
    """Read the topics of an initial that hold events, by slug."""
    topics = (TopicFigures.model_validate_json(record.payload) for record in records)
    return [topic for topic in topics if topic.count]


def initial_record(partition: Partition, records: Sequence[Record]) -> Record:
    """Make what an initial leaves in the index above: how many topics, and its largest."""
    topics = read_topics(records)
    figures = InitialFigures(topics=len(topics), largest=tuple(largest(topics)))
    place = Place(keys.TOPICS, f"{keys.ROLLUP}{partition.name}")
    return Record(place, sum(record.revision for record in records), figures.model_dump_json())


def read_initials(records: Iterable[Record]) -> dict[str, InitialFigures]:
    """Read the initials under which there are topics, in order."""
    found = {
        record.place.sort.removeprefix(keys.ROLLUP): InitialFigures.model_validate_json(
            record.payload
        )
        for record in records
    }
    return {initial: figures for initial, figures in found.items() if figures.topics}


def largest(topics: Iterable[TopicFigures]) -> list[TopicFigures]:
    """Return the hundred topics with most events, the largest first."""
    return sorted(topics, key=lambda topic: (-topic.count, topic.slug))[:LARGEST]


def initial_name(initial: str) -> str:
    """Call an initial as readers do; digits stand together."""
    return "0 to 9" if initial == "0" else initial.upper()


def page_stems(initial: str, slugs: Iterable[str]) -> tuple[str, ...]:
    """Return every page that an initial has or may have had, of the topics it ever had."""
    starts = (slug for slug in slugs if _starts_page(slug))
    return (paths.initial_stem(initial), *(paths.initial_stem(initial, slug) for slug in starts))


def initial_pages(
    site: Site, initial: str, topics: Sequence[TopicFigures]
) -> dict[str, CalendarPage]:
    """Make the pages of the topics that begin with a character, by stem; most have one."""
    cuts = _cuts(topics)
    stems = [paths.initial_stem(initial, topics[cut].slug if cut else None) for cut in cuts]
    title = f"Topics: {initial_name(initial)}"
    own = Link(title, site.url(f"{paths.initial_stem(initial)}.html"))
    pages: dict[str, CalendarPage] = {}
    for place, (stem, start) in enumerate(zip(stems, cuts, strict=True)):
        end = cuts[place + 1] if place + 1 < len(cuts) else len(topics)
        links = _topic_links(site, topics[start:end])
        page = _page(site, _Head(stem, title, (own,)), links, len(topics))
        before = _page_link(site, stems[place - 1], "Earlier topics") if place else None
        after = _page_link(site, stems[place + 1], "Later topics") if end < len(topics) else None
        pages[stem] = replace(page, frame=replace(page.frame, previous=before, next=after))
    return pages


def topics_page(site: Site, initials: dict[str, InitialFigures]) -> CalendarPage:
    """Make the index of topics: an initial a line, with how many topics it has."""
    links = [
        Link(
            initial_name(initial),
            site.url(f"{paths.initial_stem(initial)}.html"),
            count=figures.topics,
        )
        for initial, figures in initials.items()
    ]
    size = Link("The largest topics", site.url(f"{paths.LARGEST_TOPICS}.html"))
    count = sum(figures.topics for figures in initials.values())
    return _page(site, _Head(paths.TOPICS, "Topics"), [size, *links], count)


def largest_page(site: Site, initials: dict[str, InitialFigures]) -> CalendarPage:
    """Make the page of the largest topics of all."""
    topics = largest(topic for figures in initials.values() for topic in figures.largest)
    own = Link("By size", site.url(f"{paths.LARGEST_TOPICS}.html"))
    title = "The largest topics"
    links = _topic_links(site, topics)
    return _page(site, _Head(paths.LARGEST_TOPICS, title, (own,)), links, len(topics))


def _topic_links(site: Site, topics: Iterable[TopicFigures]) -> list[Link]:
    return [
        Link(
            topic.label,
            site.url(
                f"{paths.index_stem(paths.timeline_folder(keys.topic_partition(topic.slug)))}.html"
            ),
            count=topic.count,
        )
        for topic in topics
    ]


def _starts_page(slug: str) -> bool:
    return hashlib.sha256(slug.encode()).digest()[0] % _CLASSES == 0


def _cuts(topics: Sequence[TopicFigures]) -> list[int]:
    if len(topics) <= MOST_ON_A_PAGE:
        return [0]
    return [0, *(at for at, topic in enumerate(topics) if at and _starts_page(topic.slug))]


def _page_link(site: Site, stem: str, text: str) -> Link:
    return Link(text, site.url(f"{stem}.html"))


class _Head(NamedTuple):
    stem: str
    title: str
    way: tuple[Link, ...] = ()


def _page(site: Site, head: _Head, links: list[Link], count: int) -> CalendarPage:
    frame = make_frame(
        site,
        head.stem,
        title=head.title,
        description=head.title,
        formats=_FORMATS,
        feeds=(*feed_links(site, paths.SITE_FEED, site.title), opml_link(site)),
        breadcrumb=(home_link(site), topics_link(site), *head.way),
        indexed=bool(links),
    )
    return CalendarPage(frame=frame, periods=tuple(links), count=count, unit="topic")
