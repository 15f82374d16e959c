"""The corrections of an event: all of them apart, and the newest ones in its entry (SPEC E1, V12).

A page reads all corrections with one read. A feed of fifty entries reads none: each entry carries
those that a feed shows, from revision to revision.
"""

from collections.abc import Iterator
from itertools import accumulate

from gazette.models.kinds import RevisionKind
from gazette.models.ledger import keys
from gazette.models.ledger.entry import CorrectionRef, Entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.limits import MAX_ENTRY_CORRECTIONS_BYTES
from gazette.models.product import CORRECTIONS_IN_FEEDS
from gazette.projections.items.item_order import item_order


def with_corrections(entry: Entry, last: Entry | None) -> Entry:
    """Return an entry with its own correction and those of the entry before it, newest first."""
    before = last.corrections if last else ()
    own = _correction_of(entry)
    newest = ((own, *before) if own else before)[:CORRECTIONS_IN_FEEDS]
    sizes = accumulate(len(each.model_dump_json().encode()) for each in newest)
    kept = tuple(
        each
        for each, size in zip(newest, sizes, strict=True)
        if size <= MAX_ENTRY_CORRECTIONS_BYTES
    )
    return entry.model_copy(update={"corrections": kept})


def correction_items(entry: Entry) -> Iterator[LedgerItem]:
    """Record a correction apart from its revision; that of an erased one is deleted (SPEC V10)."""
    if entry.kind is RevisionKind.CORRECTION:
        own = _correction_of(entry)
        yield LedgerItem(
            keys.correction_key(entry.event_id, entry.number),
            item_order(entry.number),
            own.model_dump_json() if own else "{}",
            deleted=own is None,
        )


def _correction_of(entry: Entry) -> CorrectionRef | None:
    """Return what a revision corrects; an erased one names nothing of it."""
    if entry.kind is not RevisionKind.CORRECTION or entry.erased:
        return None
    return CorrectionRef(
        number=entry.number, at=entry.at, note=entry.note or "", base_path=entry.base_path
    )
