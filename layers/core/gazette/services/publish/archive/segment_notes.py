"""Notes on segments in the ledger: which are closed, and what their neighbours are.

Every builder that finds a note wrong rewrites it. The write starts a task for that segment,
which is then built from what the ledger holds. So a change reaches the neighbouring segments, and
no builder needs to know how far it reaches.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey, Partition
from gazette.models.tasks.build_result import Replacement
from gazette.ports import Ledger
from gazette.projections.feeds.segments import (
    FIRST,
    Segment,
    SegmentNote,
    SegmentRef,
    ref_of,
)
from gazette.services.publish.archive.archive_reader import Subscription


@dataclass(frozen=True, slots=True)
class SegmentNotes:
    """Reads notes, and returns the ones that have to be written."""

    ledger: Ledger

    def closed(self, partition: Partition, segment: Segment) -> Iterator[Replacement]:
        """Mark a segment closed and correct the links of its neighbours to it."""
        older, newer = _name(segment.older), _name(segment.newer)
        own = segment.ref.boundary
        if older:
            yield from self._note(partition, older, is_closed=True, newer=own)
        if newer:
            yield from self._note(partition, newer, is_closed=True, older=own)
        yield from self._note(partition, own, is_closed=True, older=older, newer=newer)

    def newest(self, partition: Partition, ref: SegmentRef) -> Iterator[Replacement]:
        """Mark a segment closed, with no newer closed segment."""
        return self._note(partition, ref.boundary, is_closed=True, newer=None)

    def deleted(self, partition: Partition, ref: SegmentRef) -> Iterator[Replacement]:
        """Mark a segment as not closed and remove the links of its neighbours to it."""
        own = ref.boundary
        seen = self._read(ref.note_key(partition))
        if seen.older and self._read(SegmentRef(seen.older).note_key(partition)).newer == own:
            yield from self._note(partition, seen.older, newer=None)
        if seen.newer and self._read(SegmentRef(seen.newer).note_key(partition)).older == own:
            yield from self._note(partition, seen.newer, older=None)
        yield from self._note(partition, own, is_closed=False, older=None, newer=None)

    def wrongly_closed(self, partition: Partition, subscription: Subscription) -> list[SegmentRef]:
        """Return the segments marked closed that the subscription document holds."""
        start = ref_of(subscription.start).note_key(partition)
        own = self.ledger.get(start)
        return [
            SegmentRef(mark.key.sort.removeprefix(keys.SEGMENT))
            for mark in chain([own] if own else [], self.ledger.after(start))
            if _read(mark).is_closed and not (subscription.closed and _is_first(mark.key))
        ]

    def opened(self, partition: Partition, subscription: Subscription) -> Iterator[Replacement]:
        """Mark segments as not closed that the subscription document holds."""
        for ref in self.wrongly_closed(partition, subscription):
            yield from self._note(partition, ref.boundary, is_closed=False)

    def _read(self, item_key: ItemKey) -> SegmentNote:
        record = self.ledger.get(item_key)
        return _read(record) if record else SegmentNote()

    def _note(
        self, partition: Partition, boundary: str, **what: bool | str | None
    ) -> Iterator[Replacement]:
        item_key = SegmentRef(boundary).note_key(partition)
        record = self.ledger.get(item_key)
        seen = _read(record) if record else SegmentNote()
        note = seen.model_copy(update=what)
        if note != seen:
            yield Replacement(item_key, note.model_dump_json(), record)


def _read(record: LedgerItem) -> SegmentNote:
    return SegmentNote.model_validate_json(record.payload)


def _name(ref: SegmentRef | None) -> str | None:
    return ref.boundary if ref else None


def _is_first(item_key: ItemKey) -> bool:
    return item_key.sort == f"{keys.SEGMENT}{FIRST}"
