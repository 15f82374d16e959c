"""The ledger items of a history of which words were erased, or restored."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from gazette.models.kinds import RevisionKind
from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry, Erasure
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.left_path import LeftPath
from gazette.models.ledger.partitions import PartitionKind
from gazette.models.ledger.snapshot import Revision, Snapshot
from gazette.models.ledger.update import read_update
from gazette.models.views.diff import FieldChange
from gazette.projections.history.kinds import is_compared_kind
from gazette.projections.items.changed import (
    corrected_items,
    corrected_keys,
    left_corrections,
)
from gazette.projections.items.entry_items import deleted_items, entry_items, live_keys
from gazette.projections.items.item_order import item_order
from gazette.projections.items.tombstones import tombstone_keys, written_tombstones
from gazette.projections.items.updates import update_items
from gazette.projections.pages.event_image import image_key_of


def is_compared(last: Revision, revision: Revision) -> bool:
    """Return whether a feed may show what a revision changed: neither side is erased."""
    are_there = not last.is_withdrawn and revision.entry.erased is None
    return are_there and is_compared_kind(revision.entry.kind)


def updates_of(
    history: Sequence[Revision], changes: Mapping[int, tuple[FieldChange, ...]]
) -> Iterator[LedgerItem]:
    """Return the items of all updates and corrections; ``changes`` are shortened already."""
    listed: tuple[ItemKey, ...] = ()
    last: Revision | None = None
    for revision in history:
        entry = revision.entry
        if not revision.withdraws:
            listed = live_keys(entry)
        snapshot = Snapshot(event_id=entry.event_id, revision=last)
        for item in update_items(snapshot, entry, listed, ()):
            update = {"changes": changes.get(entry.number, ())}
            payload = read_update(item.payload).model_copy(update=update).model_dump_json()
            yield item._replace(payload=payload)
        last = revision


def shown_items(snapshot: Snapshot, entry: Entry) -> Iterator[LedgerItem]:
    """Return the items that show an event with the words of its newest revision."""
    yield from corrected_items(entry, corrected_keys(snapshot))
    yield from entry_items(entry, snapshot.live)
    if key := image_key_of(entry):
        use = keys.image_use_key(key, entry.event_id)
        yield LedgerItem(use, item_order(entry.number), "{}")


def withdrawn_items(history: Sequence[Revision], snapshot: Snapshot) -> Iterator[LedgerItem]:
    """Return the tombstones of an event that its newest revision withdraws."""
    if len(history) > 1:
        last, entry = history[-2].entry, history[-1].entry
        yield from written_tombstones(last, entry, snapshot.tombstones)


def erased_tombstone_keys(snapshot: Snapshot, current: Revision) -> tuple[ItemKey, ...]:
    """Return the keys of the tombstones of an event whose newest revision is erased."""
    erasure = current.entry.erased
    if erasure is None or current.withdraws:
        return ()
    return tombstone_keys(snapshot, erasure.at)


def former_tombstone_keys(revisions: Iterable[Revision]) -> Iterator[ItemKey]:
    """Yield the keys of the tombstones that each had while it was the newest revision."""
    for one in revisions:
        snapshot = Snapshot(event_id=one.entry.event_id, live=live_keys(one.entry))
        yield from erased_tombstone_keys(snapshot, one)


def erased_items(
    snapshot: Snapshot, current: Entry, erasure: Erasure, before: Entry
) -> Iterator[LedgerItem]:
    """Return the items that withdraw an event whose newest revision is erased.

    ``before`` is that revision as it was recorded until now.
    """
    notified = current.model_copy(update={"news_at": erasure.at})
    yield from deleted_items(snapshot, notified, ())
    times = {"at": erasure.at, "updated": max(current.updated, erasure.at)}
    withdrawn = notified.model_copy(update={"kind": RevisionKind.RETRACTION, **times})
    yield from written_tombstones(current, withdrawn, tombstone_keys(snapshot, erasure.at))
    hidden = snapshot.model_copy(update={"corrected": None})
    yield from left_corrections(snapshot, hidden, notified)
    if key := image_key_of(before):
        use = keys.image_use_key(key, current.event_id)
        yield LedgerItem(use, item_order(current.number), "{}", deleted=True)


def image_items(
    recorded: Sequence[Revision], history: Sequence[Revision], written: Iterable[ItemKey] = ()
) -> Iterator[LedgerItem]:
    """Record of each image whether superseded revisions or texts show it, or only erased ones did.

    ``recorded`` is the history as it was until now: later its erased revisions name no image.
    ``written`` are keys of items that would be written otherwise. A run that follows one that died
    names images there of revisions that are recorded as erased already.
    """
    entry = history[-1].entry
    used = {image_key_of(one.entry) for one in history[:-1]} | _linked(history)
    shown = used | {image_key_of(entry)}
    before = {image_key_of(one.entry) for one in recorded} | _linked(recorded)
    before |= {key.partition.name for key in written if key.partition.kind is PartitionKind.IMAGE}
    for key in sorted(filter(None, shown | before)):
        for item_key, is_so in (
            (keys.image_used_key(key, entry.event_id), key in used),
            (keys.image_erased_key(key, entry.event_id), key not in shown),
        ):
            yield LedgerItem(item_key, item_order(entry.number), "{}", deleted=not is_so)


def _linked(history: Sequence[Revision]) -> set[str | None]:
    return {key for one in history for key in one.linked_images}


def left_path_items(
    left: Mapping[str, LeftPath], recorded: Sequence[Revision], history: Sequence[Revision]
) -> Iterator[LedgerItem]:
    """Record where documents of revisions were that are elsewhere now, so that they are removed.

    ``left`` is what was recorded so before, by path.
    """
    addresses = {(path, number) for path, one in left.items() for number in one.numbers}
    addresses |= {(one.entry.base_path, one.number) for one in recorded}
    addresses -= {(one.entry.base_path, one.number) for one in history}
    entry = history[-1].entry
    for path in sorted({*left, *(path for path, _ in addresses)}):
        numbers = tuple(sorted(number for other, number in addresses if other == path))
        payload = LeftPath(numbers=numbers).model_dump_json()
        key = keys.left_path_key(entry.event_id, path)
        yield LedgerItem(key, item_order(entry.number), payload, deleted=not numbers)
