"""Reads once what the page and the feeds of a time line are built from."""

from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import Partition
from gazette.ports import Clock, Ledger
from gazette.projections.feeds.timelines import SegmentRef, Timeline, read_entries
from gazette.projections.history.tombstones import oldest_shown
from gazette.services.publish.archive.archive_reader import ArchiveReader
from gazette.services.publish.archive.segment_notes import SegmentNotes
from gazette.services.publish.updates.update_feeds_builder import partitions_with_changes


class LoadedTimeline(NamedTuple):
    """The newest entries, the newest closed segment, and what was withdrawn.

    ``with_changes`` are the partitions of updates and corrections that hold any; ``follow_ups``
    bring the notes on segments up to date.
    """

    timeline: Timeline
    closed: SegmentRef | None
    withdrawn: tuple[Entry, ...]
    with_changes: tuple[Partition, ...]
    follow_ups: tuple[LedgerItem, ...]

    @property
    def shown(self) -> tuple[Entry, ...]:
        return (*self.timeline.entries, *self.timeline.deleted, *self.withdrawn)


@dataclass(frozen=True, slots=True)
class TombstoneReader:
    """Reads what was withdrawn from a time line in the last ``days`` days, newest first."""

    ledger: Ledger
    days: int
    clock: Clock

    def read(self, partition: Partition) -> tuple[Entry, ...]:
        oldest = oldest_shown(self.clock(), self.days)
        newest_first = self.ledger.newest(partition, keys.RETRACTED)
        shown = takewhile(lambda item: item.key.sort >= oldest, newest_first)
        return read_entries(item for item in shown if not item.deleted)


@dataclass(frozen=True, slots=True)
class TimelineReader:
    """Reads the entries, tombstones and notes on segments of a time line."""

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
