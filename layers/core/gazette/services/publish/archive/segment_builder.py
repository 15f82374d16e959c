"""The segment desk: archive documents of a time line, each one closed segment (RFC 5005 §4)."""

from dataclasses import dataclass

from gazette.models import paths
from gazette.models.ledger import keys
from gazette.models.ledger.keys import Partition
from gazette.models.site import Site
from gazette.models.work.build_result import BuildResult
from gazette.models.work.tasks import PublishTask
from gazette.projections.feeds.segments import FIRST, Segment, SegmentRef
from gazette.services.publish.archive.archive_reader import ArchiveReader
from gazette.services.publish.archive.segment_notes import SegmentNotes
from gazette.services.publish.topic.timeline_documents import archive_documents


@dataclass(frozen=True, slots=True)
class SegmentBuilder:
    """Composes a segment: its documents when it is closed, their removal when it is not.

    A closed segment sees to it that the older one is closed too; so when many entries arrive at
    once, what they push out of the subscription document is published one after the other.
    """

    site: Site
    archive: ArchiveReader
    notes: SegmentNotes

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        return _paths(task.partition, _ref(task))

    def compose(self, task: PublishTask) -> BuildResult:
        partition, ref = task.partition, _ref(task)
        segment = self._closed(partition, ref)
        if segment is None:
            return BuildResult(
                removals=_paths(partition, ref),
                follow_ups=tuple(self.notes.deleted(partition, ref)),
            )
        return BuildResult(
            documents=tuple(archive_documents(self.site, partition, segment)),
            follow_ups=tuple(self.notes.closed(partition, segment)),
        )

    def _closed(self, partition: Partition, ref: SegmentRef) -> Segment | None:
        """Return the segment if there is one of that name, and it is closed."""
        subscription = self.archive.subscription(partition)
        is_first = ref.boundary == FIRST
        sort = self.archive.oldest_sort(partition) if is_first else keys.ENTRY + ref.boundary
        if subscription.holds(sort):
            return None
        segment = self.archive.segment_at(partition, sort, subscription)
        return segment if segment and segment.ref == ref else None


def _ref(task: PublishTask) -> SegmentRef:
    return SegmentRef(task.sort.removeprefix(keys.SEGMENT))


def _paths(partition: Partition, ref: SegmentRef) -> tuple[str, ...]:
    base_path = paths.archive_path(paths.timeline_folder(partition), ref.name)
    return paths.in_formats(base_path, paths.ARCHIVE_FORMATS)
