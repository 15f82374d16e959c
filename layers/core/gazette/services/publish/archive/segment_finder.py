"""Finds the closed segments that the entries of a batch touch, so each is built once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from gazette.models.ledger import keys
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.projections.feeds.segments import SegmentRef, is_boundary_sort, part_of, ref_of
from gazette.services.publish.archive.archive_reader import (
    ArchiveReader,
    Found,
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
            # The place of an entry that left is where the entry was.
            partition, sort = task.partition, task.sort.replace(keys.LEFT_ENTRY, keys.ENTRY, 1)
            if sort.startswith(keys.SEGMENT):
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
    known: list[tuple[Found, list[SegmentRef]]] = field(default_factory=list)

    def touched(self, sort: str) -> Iterator[SegmentRef]:
        """Yield the segments of an entry, and for a new or removed boundary those below it."""
        if self.subscription.holds(sort):
            yield from self._beyond(sort)
        elif is_boundary_sort(sort):
            yield from self._segments(ref_of(sort).interval, [ref_of(sort)])
            yield from self._segments_at(sort)
            below = self.archive.below(ItemKey(self.partition, sort))
            yield from self._segments(below.name, below.refs or [part_of(below.name, 0)])
        else:
            yield from self._segments_at(sort)

    def _beyond(self, sort: str) -> Iterator[SegmentRef]:
        """Yield the segments that an entry of the subscription document still touches."""
        # It may have arrived as a boundary of the archive, and be the oldest live entry only now.
        if self.subscription.closed and self.subscription.starts_at(sort):
            yield self.subscription.closed
        # A segment that was closed and is open now may be closed again before a batch sees it.
        yield from self.notes.wrongly_closed(self.partition, self.subscription)

    def _segments_at(self, sort: str) -> list[SegmentRef]:
        """Return the segments of the interval in which an entry is or was: it shifts their cuts."""
        for found, refs in self.known:
            if found.holds(sort):
                return refs
        found = self.archive.interval_at(self.partition, sort)
        closed = [
            ref
            for ref in found.interval.refs
            if not self.subscription.holds(found.interval.items_of(ref.part)[0].key.sort)
        ]
        refs = self._segments(found.interval.name, closed)
        self.known.append((found, refs))
        return refs

    def _segments(self, interval: str, refs: Iterable[SegmentRef]) -> list[SegmentRef]:
        """Add the parts that an interval had when it was longer."""
        return list(dict.fromkeys((*refs, *self.notes.further_parts(self.partition, interval))))


def _segment(partition: Partition, ref: SegmentRef) -> PublishTask:
    return PublishTask(TaskKind.SEGMENT, partition, f"{keys.SEGMENT}{ref.boundary}")
