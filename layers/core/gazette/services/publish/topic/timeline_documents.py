"""The documents of a time line, live and archived: a page, and a feed in three formats."""

from collections.abc import Iterator

from gazette.models import paths
from gazette.models.ledger.keys import Partition
from gazette.models.site import Site
from gazette.models.views.feed import Feed
from gazette.models.views.page import ListPage
from gazette.models.views.site_document import JSON_FEED, Document, document, live_feed
from gazette.projections.feeds.segments import Segment
from gazette.projections.pages import timeline_pages
from gazette.renderers.feeds import atom, json_feed, rss
from gazette.renderers.pages import html


def live_paths(partition: Partition) -> tuple[str, ...]:
    """Return the paths of a time line's page and subscription documents."""
    folder = paths.timeline_folder(partition)
    feeds = paths.in_formats(paths.feed_path(folder), paths.FEED_FORMATS)
    return (f"{paths.index_path(folder)}.html", *feeds)


def live_documents(partition: Partition, page: ListPage, feed: Feed) -> Iterator[Document]:
    """Write the page and the subscription documents."""
    folder = paths.timeline_folder(partition)
    yield document(f"{paths.index_path(folder)}.html", html.render_list(page))
    yield from feed_documents(paths.feed_path(folder), feed)


def archive_documents(site: Site, partition: Partition, segment: Segment) -> Iterator[Document]:
    """Write the page and the archive documents of a closed segment."""
    base_path = paths.archive_path(paths.timeline_folder(partition), segment.ref.name)
    page = timeline_pages.archive_page(site, partition, segment)
    yield document(f"{base_path}.html", html.render_list(page))
    yield from feed_documents(base_path, timeline_pages.archive_feed(site, partition, segment))


def feed_documents(base_path: str, feed: Feed) -> Iterator[Document]:
    """Write a feed in its three formats."""
    yield live_feed(f"{base_path}.rss", rss.render_rss(feed), feed.hubs)
    yield live_feed(f"{base_path}.atom", atom.render_atom(feed), feed.hubs)
    yield live_feed(f"{base_path}.json", json_feed.render_json_feed(feed), feed.hubs, JSON_FEED)
