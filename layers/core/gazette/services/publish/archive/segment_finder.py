"""Finds which closed segments the entries of a batch touch, so that each is published once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gazette.models.ledger import keys
from gazette.models.ledger.keys import ItemKey, Partition
from gazette.models.work.tasks import PublishTask, TaskKind
from gazette.projections.feeds.segments import SegmentRef, is_boundary_sort, ref_of
from gazette.services.publish.archive.archive_reader import (
    ArchiveReader,
    Bounds,
    Subscription,
)
from gazette.services.publish.archive.segment_notes import SegmentNotes


@dataclass(frozen=True, slots=True)
class SegmentFinder:
    """Turns written entries into the segments they stand in."""

    archive: ArchiveReader
    notes: SegmentNotes

    def find(self, tasks: Sequence[PublishTask]) -> dict[PublishTask, tuple[PublishTask, ...]]:
        """Return for each written entry of a time line the segments to publish for it."""
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
        # Most time lines are too short to have an archive, and this tells it in one small read.
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
        """Yield the segment of an entry; a boundary that came or went, the one before it too."""
        if self.subscription.holds(sort):
            yield from self._beyond(sort)
        elif is_boundary_sort(sort):
            yield ref_of(sort)
            yield self.archive.below(ItemKey(self.partition, sort))
        else:
            yield self._ref_at(sort)

    def _beyond(self, sort: str) -> Iterator[SegmentRef]:
        """Yield what an entry touches though the subscription document holds it now."""
        # It may have come as a boundary of the archive, and be the oldest one held only since.
        if self.subscription.closed and sort == self.subscription.start:
            yield self.subscription.closed
        # What was closed and is open now may be closed again before it is seen to be open.
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
