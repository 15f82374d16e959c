"""Archive documents of a time line: each is one closed segment (RFC 5005 §4)."""

from dataclasses import dataclass, field

from gazette.models import paths
from gazette.models.formats import ViewKind
from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.partitions import Partition
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult, Replacement
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.view import View
from gazette.projections.feeds.segments import (
    FIRST,
    Segment,
    SegmentRef,
    forwarding,
    live_items,
    read_entries,
)
from gazette.projections.items.tombstones import read_withdrawn
from gazette.projections.pages import timeline_pages
from gazette.services.publish.archive.archive_reader import ArchiveReader
from gazette.services.publish.archive.segment_notes import SegmentNotes
from gazette.services.publish.builder import ViewBuilder
from gazette.services.publish.images.event_images import with_images
from gazette.services.publish.updates.changes_builder import archive_views


@dataclass(frozen=True, slots=True)
class LoadedSegment:
    """A segment, or None where none was ever closed, and the notes that this makes necessary.

    ``entries`` are its live events, of a time line. The notes are not compared: once they are
    written, none is necessary.
    """

    segment: Segment | None
    notes: tuple[Replacement, ...] = field(compare=False)
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentBuilder(ViewBuilder[LoadedSegment]):
    """Builds the documents of a segment when it is closed.

    When it is closed no longer, they forward to the segment that has its entries now: an address
    that was published once always answers (SPEC P9).

    A closed segment notes that the older one is closed too. So when many entries arrive at once,
    the segments that they push out of the subscription document are published one after another.
    """

    site: Site
    archive: ArchiveReader
    notes: SegmentNotes

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        base_path = _base_path(task.partition, _ref(task))
        page = self.site.paths(ViewKind.LIST, base_path)
        return (*page, *self.site.paths(ViewKind.FEED, base_path))

    def load(self, task: PublishTask) -> LoadedSegment:
        partition, ref = task.partition, _ref(task)
        segment = self.archive.segment(partition, ref, self.archive.subscription(partition))
        if segment is None:
            return self._load_forwarding(partition, ref)
        notes = tuple(self.notes.closed(partition, segment))
        return LoadedSegment(segment, notes, self._entries(partition, segment))

    def build(self, task: PublishTask, loaded: LoadedSegment) -> BuildResult:
        segment, partition = loaded.segment, task.partition
        if segment is None:
            return BuildResult(removals=self.paths(task), replacements=loaded.notes)
        base_path = _base_path(partition, segment.ref)
        if _has_entries(partition):
            views = _timeline_views(self.site, partition, segment, loaded.entries)
        else:
            views = archive_views(self.site, partition, base_path, segment)
        return BuildResult(views=views, replacements=loaded.notes)

    def _load_forwarding(self, partition: Partition, ref: SegmentRef) -> LoadedSegment:
        newest = self.notes.newest_entry(partition, ref)
        subscription = self.archive.subscription(partition)
        oldest = self.archive.oldest(partition)
        if ref.boundary == FIRST and subscription.closed and oldest:
            newest = oldest.key.sort
        if newest is None:
            return LoadedSegment(None, tuple(self.notes.deleted(partition, ref)))
        to = self.archive.holder(partition, newest, subscription)
        notes = tuple(self.notes.forwarded(partition, ref, to))
        return LoadedSegment(forwarding(partition, ref, newest, to), notes)

    def _entries(self, partition: Partition, segment: Segment) -> tuple[Entry, ...]:
        if not _has_entries(partition):
            return ()
        entries = read_entries(live_items(segment.items))
        return with_images(self.archive.ledger, partition, entries)


def _has_entries(partition: Partition) -> bool:
    return keys.timeline_prefix(partition) == keys.ENTRY


def _timeline_views(
    site: Site, partition: Partition, segment: Segment, entries: tuple[Entry, ...]
) -> tuple[View, View]:
    base_path = _base_path(partition, segment.ref)
    withdrawn = read_withdrawn(item for item in segment.items if item.deleted)
    page = timeline_pages.archive_page(site, partition, segment, entries, withdrawn)
    feed = timeline_pages.archive_feed(site, partition, segment, entries, withdrawn)
    return (
        View(ViewKind.LIST, base_path, page=page),
        View(ViewKind.FEED, base_path, feed=feed),
    )


def _ref(task: PublishTask) -> SegmentRef:
    return SegmentRef(task.sort.removeprefix(keys.SEGMENT))


def _base_path(partition: Partition, ref: SegmentRef) -> str:
    return paths.archive_path(paths.archive_folder(partition), ref.name)
