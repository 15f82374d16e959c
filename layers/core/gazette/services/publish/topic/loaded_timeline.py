"""What a time line's page and feeds are built from, read once."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from gazette.models import paths
from gazette.models.formats import ViewKind
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.changed import LastChange
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.partitions import Partition
from gazette.models.ledger.update import TimelineHead
from gazette.models.site import Site
from gazette.models.tasks.build_result import Replacement
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.feed import Feed
from gazette.models.views.list_pages import ListPage
from gazette.models.views.view import View
from gazette.ports import Ledger
from gazette.projections.feeds.segments import SegmentRef, live_items
from gazette.projections.feeds.timelines import Timeline, read_timeline
from gazette.projections.feeds.update_feeds import with_changes_feeds
from gazette.projections.items.tombstones import with_tombstones
from gazette.projections.pages import timeline_pages
from gazette.services.publish.archive.archive_reader import ArchiveReader, Subscription
from gazette.services.publish.archive.segment_notes import SegmentNotes
from gazette.services.publish.images.event_images import with_images
from gazette.services.publish.topic.named_timelines import published_timeline
from gazette.services.publish.topic.notice_reader import NoticeReader, Notices


@dataclass(frozen=True, slots=True)
class LoadedTimeline:
    """The newest entries, the newest closed segment, and what was withdrawn or corrected.

    ``notes`` are the notes on segments, and on the time line for its updates and corrections, that
    have to be written. They are not compared: once they are written, none has to be.
    """

    timeline: Timeline
    closed: SegmentRef | None
    notices: Notices
    notes: tuple[Replacement, ...] = field(compare=False)

    @property
    def shown(self) -> tuple[Entry, ...]:
        return (*self.timeline.known, *self.notices.withdrawn, *self.notices.corrected)


@dataclass(frozen=True, slots=True)
class TimelineReader:
    """Loads time lines."""

    ledger: Ledger
    archive: ArchiveReader
    notes: SegmentNotes
    notices: NoticeReader

    def load(self, task: PublishTask) -> LoadedTimeline | None:
        """Load the time line of a task, or return None where it publishes nothing."""
        partition = task.partition
        subscription = self.archive.subscription(partition)
        closed = subscription.closed
        last_deleted = self.ledger.get(keys.last_deleted_key(partition))
        listed = read_timeline(live_items(subscription.items), last_deleted)
        timeline = published_timeline(self.ledger, task, listed)
        if timeline is None:
            return None
        newest = self.notes.newest(partition, closed) if closed else ()
        entries = with_images(self.ledger, partition, timeline.entries)
        live = {entry.event_id for entry in entries}
        changed = self._changed(partition)
        notices = self.notices.read(partition, live, changed)
        left = timeline.last_deleted.updated if timeline.last_deleted else None
        last = max(filter(None, (changed, left, notices.changed)), default=None)
        return LoadedTimeline(
            replace(timeline, entries=entries, changed=last),
            closed,
            notices,
            (
                *self.notes.opened(partition, subscription),
                *newest,
                *self._heads(partition, timeline, subscription),
            ),
        )

    def _changed(self, partition: Partition) -> datetime | None:
        item = self.ledger.get(keys.last_changed_key(partition))
        return LastChange.model_validate_json(item.payload).at if item else None

    def _heads(
        self, partition: Partition, timeline: Timeline, subscription: Subscription
    ) -> Iterator[Replacement]:
        """Say to updates and corrections what the time line is called, and since when it exists.

        The first write makes their empty feeds and pages (SPEC P7). Once it is right, nothing is
        written.
        """
        oldest = next(iter(subscription.items[::-1]), None)
        if subscription.closed:
            oldest = self.archive.oldest(partition)
        first = keys.published_of(oldest.key.sort) if oldest else timeline.known[-1].published
        label = timeline_pages.topic_of(partition, timeline.known).label
        payload = TimelineHead(label=label, first=first).model_dump_json()
        for changes in partitions.changes_partitions(partition):
            item_key = keys.timeline_head_key(changes)
            yield Replacement(item_key, payload, self.ledger.get(item_key))


def timeline_page(site: Site, partition: Partition, loaded: LoadedTimeline) -> ListPage:
    """Make the page of a time line, which offers its feeds of updates and corrections."""
    page = timeline_pages.timeline_page(site, partition, loaded.timeline, loaded.closed)
    return with_changes_feeds(site, partition, page)


def subscription_feed(site: Site, partition: Partition, loaded: LoadedTimeline) -> Feed:
    """Make the subscription document with its notices."""
    notices = loaded.notices
    feed = timeline_pages.subscription_feed(
        site, partition, loaded.timeline, loaded.closed, notices.corrected
    )
    return with_tombstones(site, feed, notices.withdrawn)


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
