"""Archive documents of a time line: each is one closed segment (RFC 5005 §4)."""

from dataclasses import dataclass
from typing import NamedTuple

from gazette.models import paths
from gazette.models.formats import ViewKind
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import Partition
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.view import View
from gazette.projections.feeds.segments import FIRST, Segment, SegmentRef
from gazette.projections.pages import timeline_pages
from gazette.services.publish.archive.archive_reader import ArchiveReader
from gazette.services.publish.archive.segment_notes import SegmentNotes
from gazette.services.publish.builder import ViewBuilder


class LoadedSegment(NamedTuple):
    """A segment, or None where it is not closed, and the notes that this makes necessary."""

    segment: Segment | None
    notes: tuple[LedgerItem, ...]


@dataclass(frozen=True, slots=True)
class SegmentBuilder(ViewBuilder[LoadedSegment]):
    """Builds the documents of a segment when it is closed, and removes them when it is not.

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
        segment = self._closed(partition, ref)
        if segment is None:
            return LoadedSegment(None, tuple(self.notes.deleted(partition, ref)))
        return LoadedSegment(segment, tuple(self.notes.closed(partition, segment)))

    def build(self, task: PublishTask, loaded: LoadedSegment) -> BuildResult:
        segment, partition = loaded.segment, task.partition
        if segment is None:
            return BuildResult(removals=self.paths(task), replacements=loaded.notes)
        base_path = _base_path(partition, segment.ref)
        page = timeline_pages.archive_page(self.site, partition, segment)
        feed = timeline_pages.archive_feed(self.site, partition, segment)
        return BuildResult(
            views=(
                View(ViewKind.LIST, base_path, page=page),
                View(ViewKind.FEED, base_path, feed=feed),
            ),
            replacements=loaded.notes,
        )

    def _closed(self, partition: Partition, ref: SegmentRef) -> Segment | None:
        """Return the segment if one of that name exists and is closed."""
        subscription = self.archive.subscription(partition)
        is_first = ref.boundary == FIRST
        sort = self.archive.oldest_sort(partition) if is_first else keys.ENTRY + ref.boundary
        if subscription.holds(sort):
            return None
        segment = self.archive.segment_at(partition, sort, subscription)
        return segment if segment and segment.ref == ref else None


def _ref(task: PublishTask) -> SegmentRef:
    return SegmentRef(task.sort.removeprefix(keys.SEGMENT))


def _base_path(partition: Partition, ref: SegmentRef) -> str:
    return paths.archive_path(paths.timeline_folder(partition), ref.name)
