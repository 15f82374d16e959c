"""The segment desk: archive documents of a time line, each one closed segment (RFC 5005 §4)."""

from dataclasses import dataclass

from gazette.models import keys, paths
from gazette.models.assignments import Assignment
from gazette.models.edition import Edition
from gazette.models.keys import Partition
from gazette.models.site import Site
from gazette.projections.segments import FIRST, Segment, SegmentRef
from gazette.services.archive_reader import ArchiveReader
from gazette.services.segment_notes import SegmentNotes
from gazette.services.timeline_documents import archive_documents


@dataclass(frozen=True, slots=True)
class SegmentDesk:
    """Composes a segment: its documents when it is closed, their removal when it is not.

    A closed segment sees to it that the older one is closed too; so when many entries arrive at
    once, what they push out of the subscription document is published one after the other.
    """

    site: Site
    archive: ArchiveReader
    notes: SegmentNotes

    def paths(self, assignment: Assignment) -> tuple[str, ...]:
        return _paths(assignment.partition, _ref(assignment))

    def compose(self, assignment: Assignment) -> Edition:
        partition, ref = assignment.partition, _ref(assignment)
        segment = self._closed(partition, ref)
        if segment is None:
            return Edition(
                removals=_paths(partition, ref), marks=tuple(self.notes.gone(partition, ref))
            )
        return Edition(
            documents=tuple(archive_documents(self.site, partition, segment)),
            marks=tuple(self.notes.closed(partition, segment)),
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


def _ref(assignment: Assignment) -> SegmentRef:
    return SegmentRef(assignment.sort.removeprefix(keys.SEGMENT))


def _paths(partition: Partition, ref: SegmentRef) -> tuple[str, ...]:
    stem = paths.archive_stem(paths.timeline_folder(partition), ref.name)
    return paths.in_formats(stem, paths.ARCHIVE_FORMATS)
