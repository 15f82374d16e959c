"""Finds the closed segments that the entries of a batch touch, so each is built once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gazette.models.ledger import keys
from gazette.models.ledger.keys import ItemKey, Partition
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.projections.feeds.segments import SegmentRef, is_boundary_sort, ref_of
from gazette.services.publish.archive.archive_reader import (
    ArchiveReader,
    Bounds,
    Subscription,
)
from gazette.services.publish.archive.segment_notes import SegmentNotes


@dataclass(frozen=True, slots=True)
class SegmentFinder:
    """Turns tasks for written entries into tasks for the segments that hold them."""

    archive: ArchiveReader
    notes: SegmentNotes

    def find(self, tasks: Sequence[PublishTask]) -> dict[PublishTask, tuple[PublishTask, ...]]:
        """Return for each task of a written entry the tasks of the segments to build."""
        searches: dict[Partition, _Search | None] = {}
        found: dict[PublishTask, tuple[PublishTask, ...]] = {}
        for task in tasks:
            partition, sort = task.partition, task.sort
            if not sort.startswith(keys.ENTRY):
                found[task] = (task,)
                continue
            if partition not in searches:
                searches[partition] = self._search(partition)
            search = searches[partition]
            refs = dict.fromkeys(search.touched(sort)) if search else ()
            found[task] = tuple(_segment(partition, ref) for ref in refs)
        return found

    def _search(self, partition: Partition) -> "_Search | None":
        # Most time lines are too short for an archive, and this read says so.
        if not self.archive.has_closed(partition):
            return None
        return _Search(self.archive, self.notes, partition, self.archive.subscription(partition))


@dataclass(slots=True)
class _Search:
    """What is known of a time line within one batch."""

    archive: ArchiveReader
    notes: SegmentNotes
    partition: Partition
    subscription: Subscription
    known: list[Bounds] = field(default_factory=list)

    def touched(self, sort: str) -> Iterator[SegmentRef]:
        """Yield the segment of an entry, and for a new or removed boundary the one below it."""
        if self.subscription.holds(sort):
            yield from self._beyond(sort)
        elif is_boundary_sort(sort):
            yield ref_of(sort)
            yield self.archive.below(ItemKey(self.partition, sort))
        else:
            yield self._ref_at(sort)

    def _beyond(self, sort: str) -> Iterator[SegmentRef]:
        """Yield the segments that an entry of the subscription document still touches."""
        # It may have arrived as a boundary of the archive, and be the oldest live entry only now.
        if self.subscription.closed and sort == self.subscription.start:
            yield self.subscription.closed
        # A segment that was closed and is open now may be closed again before a batch sees it.
        yield from self.notes.wrongly_closed(self.partition, self.subscription)

    def _ref_at(self, sort: str) -> SegmentRef:
        for bounds in self.known:
            if bounds.low <= sort < bounds.high:
                return bounds.ref
        bounds = self.archive.bounds(self.partition, sort)
        self.known.append(bounds)
        return bounds.ref


def _segment(partition: Partition, ref: SegmentRef) -> PublishTask:
    return PublishTask(TaskKind.SEGMENT, partition, f"{keys.SEGMENT}{ref.boundary}")
