"""The documents of a time line, live and archived: a page, and a feed in three formats."""

from collections.abc import Iterator

from gazette.models import paths
from gazette.models.feed import Feed
from gazette.models.keys import Partition
from gazette.models.page import ListPage
from gazette.models.publication import JSON_FEED, Document, document, live_feed
from gazette.models.site import Site
from gazette.projections import timeline_pages
from gazette.projections.segments import Segment
from gazette.renderers import atom, html, json_feed, rss


def live_paths(partition: Partition) -> tuple[str, ...]:
    """Return the paths of a time line's page and subscription documents."""
    folder = paths.timeline_folder(partition)
    feeds = paths.in_formats(paths.feed_stem(folder), paths.FEED_FORMATS)
    return (f"{paths.index_stem(folder)}.html", *feeds)


def live_documents(partition: Partition, page: ListPage, feed: Feed) -> Iterator[Document]:
    """Write the page and the subscription documents."""
    folder = paths.timeline_folder(partition)
    yield document(f"{paths.index_stem(folder)}.html", html.render_list(page))
    yield from feed_documents(paths.feed_stem(folder), feed)


def archive_documents(site: Site, partition: Partition, segment: Segment) -> Iterator[Document]:
    """Write the page and the archive documents of a closed segment."""
    stem = paths.archive_stem(paths.timeline_folder(partition), segment.ref.name)
    page = timeline_pages.archive_page(site, partition, segment)
    yield document(f"{stem}.html", html.render_list(page))
    yield from feed_documents(stem, timeline_pages.archive_feed(site, partition, segment))


def feed_documents(stem: str, feed: Feed) -> Iterator[Document]:
    """Write a feed in its three formats."""
    yield live_feed(f"{stem}.rss", rss.render_rss(feed), feed.hubs)
    yield live_feed(f"{stem}.atom", atom.render_atom(feed), feed.hubs)
    yield live_feed(f"{stem}.json", json_feed.render_json_feed(feed), feed.hubs, JSON_FEED)
