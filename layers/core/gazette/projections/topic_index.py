"""The index of topics: by initial, and the largest."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gazette.models import keys, paths
from gazette.models.keys import Partition, Place
from gazette.models.page import CalendarPage, Link
from gazette.models.record import Record
from gazette.models.rollup import InitialFigures, TopicFigures
from gazette.models.site import Site
from gazette.projections.frames import feed_links, home_link, make_frame, opml_link, topics_link

LARGEST = 100
# A page of an initial ends where the hash of a topic says so, or it would move with every topic.
_MOST_ON_A_PAGE = 500
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


def initial_page(site: Site, initial: str, topics: Sequence[TopicFigures]) -> CalendarPage:
    """Make the page of the topics that begin with a character."""
    title = f"Topics: {initial_name(initial)}"
    own = Link(title, site.url(f"{paths.initial_stem(initial)}.html"))
    links = _topic_links(site, topics)
    return _page(site, _Head(paths.initial_stem(initial), title, (own,)), links, len(topics))


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
