"""Notes on segments in the ledger: which are closed, and what their neighbours are.

Every builder that finds a note wrong rewrites it. The write starts a task for that segment,
which is then built from what the ledger holds. So a change reaches the neighbouring segments, and
no builder needs to know how far it reaches.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.tasks.build_result import Replacement
from gazette.ports import Ledger
from gazette.projections.feeds.segments import (
    FIRST,
    Segment,
    SegmentNote,
    SegmentRef,
    further_parts,
)
from gazette.services.publish.archive.archive_reader import Subscription

# What a note says of a segment.
_Said: TypeAlias = bool | str | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class SegmentNotes:
    """Reads notes, and returns the ones that have to be written."""

    ledger: Ledger

    def closed(self, partition: Partition, segment: Segment) -> Iterator[Replacement]:
        """Mark a segment closed and correct the links of its neighbours to it.

        Below the oldest one is `FIRST`, which is empty then and forwards to it.
        """
        older, newer = _name(segment.older), _name(segment.newer)
        own = segment.ref.boundary
        if older:
            yield from self._note(partition, older, is_closed=True, newer=own)
        if newer:
            yield from self._note(partition, newer, is_closed=True, older=own)
        if not older and own != FIRST:
            yield from self._first(partition)
        yield from self._note(
            partition,
            own,
            is_closed=True,
            older=older,
            newer=newer,
            newest=segment.items[0].key.sort,
            former=(yield from self._still_led_to(partition, segment)),
        )

    def forwarded(
        self, partition: Partition, ref: SegmentRef, to: SegmentRef | None
    ) -> Iterator[Replacement]:
        """Mark a segment as gone that forwards to another one, which has to know it."""
        yield from self.deleted(partition, ref, _name(to))
        if to and ref.boundary != FIRST:
            former = self._read(to.note_key(partition)).former
            known = former if ref.boundary in former else (*former, ref.boundary)
            yield from self._note(partition, to.boundary, former=known)

    def newest_entry(self, partition: Partition, ref: SegmentRef) -> str | None:
        """Return the sort key of the newest entry of a segment when it was last closed."""
        return self._read(ref.note_key(partition)).newest

    def newest(self, partition: Partition, ref: SegmentRef) -> Iterator[Replacement]:
        """Mark a segment closed, with no newer closed segment."""
        return self._note(partition, ref.boundary, is_closed=True, newer=None)

    def deleted(
        self, partition: Partition, ref: SegmentRef, to: str | None = None
    ) -> Iterator[Replacement]:
        """Mark a segment as not closed and remove the links of its neighbours to it."""
        own = ref.boundary
        seen = self._read(ref.note_key(partition))
        if seen.older and self._read(SegmentRef(seen.older).note_key(partition)).newer == own:
            yield from self._note(partition, seen.older, newer=None)
        if seen.newer and self._read(SegmentRef(seen.newer).note_key(partition)).older == own:
            yield from self._note(partition, seen.newer, older=None)
        yield from self._note(partition, own, is_closed=False, older=to, newer=None)

    def further_parts(self, partition: Partition, interval: str) -> list[SegmentRef]:
        """Return the parts behind the first one for which an interval has notes."""
        return [_ref(note) for note in self.ledger.scan(partition, further_parts(interval))]

    def wrongly_closed(self, partition: Partition, subscription: Subscription) -> list[SegmentRef]:
        """Return the segments marked closed that the subscription document holds."""
        notes = self._from(partition, subscription)
        closed = (_ref(note) for note in notes if _read(note).is_closed)
        return [ref for ref in closed if not _is_behind(ref, subscription)]

    def _from(self, partition: Partition, subscription: Subscription) -> Iterator[LedgerItem]:
        """Return the notes that may be on segments of the subscription document, and few more."""
        ref, closed = subscription.ref, subscription.closed
        if closed is None or ref.is_first:
            return self.ledger.after(ItemKey(partition, keys.SEGMENT))
        start = ref.note_key(partition).sort
        # The note on the closed segment is needed, too, and the same read brings it.
        first = min(start, closed.note_key(partition).sort)
        notes = self.ledger.after(ItemKey(partition, first[:-1]))
        return (note for note in notes if note.key.sort >= start)

    def opened(self, partition: Partition, subscription: Subscription) -> Iterator[Replacement]:
        """Mark segments as not closed that the subscription document holds."""
        for ref in self.wrongly_closed(partition, subscription):
            yield from self._note(partition, ref.boundary, is_closed=False)

    def _first(self, partition: Partition) -> Iterator[Replacement]:
        """Note that there is a segment before all boundaries: the write makes its documents."""
        item_key = SegmentRef(FIRST).note_key(partition)
        if self.ledger.get(item_key) is None:
            yield Replacement(item_key, SegmentNote().model_dump_json(), None)

    def _still_led_to(
        self, partition: Partition, segment: Segment
    ) -> Generator[Replacement, None, tuple[str, ...]]:
        """Request documents that forward to a segment wrongly; return those that do so rightly."""
        former = self._read(segment.ref.note_key(partition)).former
        newest = {each: self.newest_entry(partition, SegmentRef(each)) for each in former}
        right = tuple(each for each in former if segment.is_led_to_by(newest[each] or ""))
        for each in former:
            if each not in right:
                yield from self._note(partition, each, older=None)
        return right

    def _read(self, item_key: ItemKey) -> SegmentNote:
        record = self.ledger.get(item_key)
        return _read(record) if record else SegmentNote()

    def _note(self, partition: Partition, boundary: str, **what: _Said) -> Iterator[Replacement]:
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


def _ref(note: LedgerItem) -> SegmentRef:
    return SegmentRef(note.key.sort.removeprefix(keys.SEGMENT))


def _is_behind(ref: SegmentRef, subscription: Subscription) -> bool:
    """Return whether a segment before all boundaries lies behind the subscription document.

    The notes on these sort after all others.
    """
    oldest = subscription.ref
    is_in_one_interval = oldest.is_first and ref.part >= oldest.part
    return ref.is_first and subscription.closed is not None and not is_in_one_interval
