"""Lists of feeds: of the largest topics, of all topics with one initial, of authors."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from gazette.models import paths
from gazette.models.formats import ViewKind
from gazette.models.ledger import partitions
from gazette.models.ledger.aggregates import InitialCounts, TopicCount
from gazette.models.ledger.partitions import Partition
from gazette.models.site import Site
from gazette.models.views.outline import Outline, OutlineList
from gazette.projections.topics.topic_index import initial_name, largest

_CATEGORY, _AUTHORS = "/topics", "/authors"


def largest_outlines(site: Site, initials: Mapping[str, InitialCounts]) -> OutlineList:
    """List the feeds of the largest topics, and the lists for all initials."""
    topics = largest(topic for counts in initials.values() for topic in counts.largest)
    by_initial = (_initial_outline(site, initial) for initial in initials)
    groups = (
        Outline(site.texts("topics.largest"), outlines=_topic_outlines(site, topics)),
        Outline(site.texts("topics.all"), outlines=tuple(by_initial)),
    )
    return _list(site, site.texts("topics.title"), groups if topics else ())


def initial_outlines(site: Site, initial: str, topics: Sequence[TopicCount]) -> OutlineList:
    """List the feeds of the topics with one initial."""
    title = site.texts("topics.of_initial", initial=initial_name(site, initial))
    return _list(site, title, _topic_outlines(site, topics))


def author_outlines(site: Site, authors: Sequence[TopicCount]) -> OutlineList:
    """List the feeds of the authors with most events."""
    outlines = _outlines(site, largest(authors), partitions.author_partition, _AUTHORS)
    return _list(site, site.texts("authors.title"), outlines)


def _list(site: Site, title: str, outlines: tuple[Outline, ...]) -> OutlineList:
    """Make a list; an empty one gets the site's feed, because OPML needs an outline."""
    home = site.url(f"{paths.HOME}.html")
    site_feed = Outline(site.title, _feed_url(site, paths.SITE_FEED), home)
    return OutlineList(
        title=site.texts("feed.title", site=site.title, title=title),
        owner=site.author,
        owner_url=home,
        language=site.language,
        outlines=outlines or (site_feed,),
    )


def _feed_url(site: Site, base_path: str) -> str:
    """Return the address of a feed in the first format that the site has: RSS, else Atom."""
    return site.url(f"{base_path}.{site.formats_of(ViewKind.FEED)[0].extension}")


def _initial_outline(site: Site, initial: str) -> Outline:
    return Outline(initial_name(site, initial), list_url=site.url(paths.initial_opml_path(initial)))


def _topic_outlines(site: Site, topics: Iterable[TopicCount]) -> tuple[Outline, ...]:
    return _outlines(site, topics, partitions.topic_partition, _CATEGORY)


def _outlines(
    site: Site, counted: Iterable[TopicCount], timeline: Callable[[str], Partition], category: str
) -> tuple[Outline, ...]:
    folders = ((one, paths.timeline_folder(timeline(one.slug))) for one in counted)
    return tuple(
        Outline(
            one.label,
            feed_url=_feed_url(site, paths.feed_path(folder)),
            page_url=site.url(f"{paths.index_path(folder)}.html"),
            description=site.texts("topics.events", count=one.count),
            category=category,
        )
        for one, folder in folders
    )
