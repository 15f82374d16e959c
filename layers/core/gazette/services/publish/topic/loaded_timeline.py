"""What a time line's page and feeds are built from, read once."""

from dataclasses import dataclass
from typing import NamedTuple

from gazette.models import paths
from gazette.models.formats import ViewKind
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import Partition
from gazette.models.site import Site
from gazette.models.views.feed import Feed
from gazette.models.views.page import ListPage
from gazette.models.views.view import View
from gazette.ports import Ledger
from gazette.projections.feeds.segments import SegmentRef
from gazette.projections.feeds.timelines import Timeline
from gazette.projections.feeds.update_feeds import with_changes_feeds
from gazette.projections.history.tombstones import with_tombstones
from gazette.projections.pages import timeline_pages
from gazette.services.publish.archive.archive_reader import ArchiveReader
from gazette.services.publish.archive.segment_notes import SegmentNotes
from gazette.services.publish.topic.tombstone_reader import TombstoneReader
from gazette.services.publish.updates.update_feeds_builder import partitions_with_changes


class LoadedTimeline(NamedTuple):
    """The newest entries, the newest closed segment, and what was withdrawn.

    ``with_changes`` are the partitions of updates and corrections that hold any; ``notes``
    are the notes on segments that have to be written.
    """

    timeline: Timeline
    closed: SegmentRef | None
    withdrawn: tuple[Entry, ...]
    with_changes: tuple[Partition, ...]
    notes: tuple[LedgerItem, ...]

    @property
    def shown(self) -> tuple[Entry, ...]:
        return (*self.timeline.entries, *self.timeline.deleted, *self.withdrawn)


@dataclass(frozen=True, slots=True)
class TimelineReader:
    """Loads time lines."""

    ledger: Ledger
    archive: ArchiveReader
    notes: SegmentNotes
    tombstones: TombstoneReader

    def load(self, partition: Partition) -> LoadedTimeline | None:
        """Load a time line, or return None where it never had an entry."""
        subscription = self.archive.subscription(partition)
        timeline, closed = subscription.timeline, subscription.closed
        if not (timeline.entries or timeline.deleted):
            return None
        newest = self.notes.newest(partition, closed) if closed else ()
        return LoadedTimeline(
            timeline,
            closed,
            self.tombstones.read(partition),
            tuple(partitions_with_changes(self.ledger, partition)),
            (*self.notes.opened(partition, subscription), *newest),
        )


def timeline_page(site: Site, partition: Partition, loaded: LoadedTimeline) -> ListPage:
    """Make the page of a time line, which offers its feeds of updates and corrections."""
    page = timeline_pages.timeline_page(site, partition, loaded.timeline, loaded.closed)
    return with_changes_feeds(site, page, loaded.with_changes)


def subscription_feed(site: Site, partition: Partition, loaded: LoadedTimeline) -> Feed:
    """Make the subscription document with its tombstones."""
    feed = timeline_pages.subscription_feed(site, partition, loaded.timeline, loaded.closed)
    return with_tombstones(site, feed, loaded.withdrawn)


def timeline_views(partition: Partition, page: ListPage, feed: Feed) -> tuple[View, View]:
    """Return the views of a time line: its page and its subscription document."""
    folder = paths.timeline_folder(partition)
    kind = timeline_pages.list_kind(partition)
    return (
        View(kind, paths.index_path(folder), page=page),
        View(ViewKind.FEED, paths.feed_path(folder), feed=feed),
    )


def timeline_paths(site: Site, partition: Partition) -> tuple[str, ...]:
    folder = paths.timeline_folder(partition)
    page = site.paths(timeline_pages.list_kind(partition), paths.index_path(folder))
    return (*page, *site.paths(ViewKind.FEED, paths.feed_path(folder)))
