"""Makes the entries for the feeds of updates and corrections.

Ingest computes the difference to the revision before, so publishing a feed of fifty updates reads
no documents of events.
"""

import json
from collections.abc import Iterable, Iterator

from gazette.models.kinds import RULES, RevisionKind
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import TIMELINES, Partition
from gazette.models.ledger.snapshot import Snapshot
from gazette.models.ledger.update import UpdateEntry
from gazette.models.limits import MAX_CHANGES_BYTES
from gazette.models.product import CONTEXT_CHARACTERS_SHOWN, UNCHANGED_CHARACTERS_SHOWN
from gazette.models.views.diff import DiffKind, DiffRun, FieldChange
from gazette.projections.diff.spans import paragraph_groups
from gazette.projections.items.item_order import item_order

_LEFT_OUT = (DiffRun(DiffKind.KEPT, "…"),)


def update_items(
    snapshot: Snapshot, entry: Entry, listed: Iterable[ItemKey], changes: Iterable[FieldChange]
) -> Iterator[LedgerItem]:
    """Return the items for the updates and corrections of every time line in ``listed`` (SPEC V4).

    A first version gets none: the feeds of the time lines themselves list it.
    """
    rules = RULES[entry.kind]
    if snapshot.revision is None or not rules.in_updates:
        return
    filed_under = snapshot.revision.entry if rules.withdraws else entry
    is_in_corrections = rules.in_corrections or _ends_a_retraction(snapshot, entry)
    payload = _update_entry(entry, filed_under, changes).model_dump_json()
    for timeline in (
        item_key.partition for item_key in listed if item_key.partition.kind in TIMELINES
    ):
        yield _item(partitions.updates_partition(timeline), entry, payload)
        if is_in_corrections:
            yield _item(partitions.corrections_partition(timeline), entry, payload)


def _ends_a_retraction(snapshot: Snapshot, entry: Entry) -> bool:
    """Return whether an event comes back that was withdrawn (SPEC V4)."""
    last = snapshot.revision
    is_retracted = last is not None and last.entry.kind is RevisionKind.RETRACTION
    return entry.kind is RevisionKind.RESTORED and is_retracted


def shortened(changes: Iterable[FieldChange]) -> Iterator[FieldChange]:
    """Shorten a difference for a feed; a field with too much text keeps only its label."""
    bytes_left = MAX_CHANGES_BYTES
    for change in changes:
        short = FieldChange(change.label, tuple(_shortened_paragraphs(change)))
        size = len(json.dumps(short, ensure_ascii=False).encode())
        if size <= bytes_left:
            bytes_left -= size
            yield short
        else:
            yield FieldChange(change.label, ())


def _update_entry(entry: Entry, filed_under: Entry, changes: Iterable[FieldChange]) -> UpdateEntry:
    return UpdateEntry(
        event_id=entry.event_id,
        number=entry.number,
        kind=entry.kind,
        note=entry.note,
        title=entry.title,
        at=entry.at,
        news_at=entry.news_at,
        base_path=entry.base_path,
        first_path=entry.first_path,
        predecessor_path=entry.predecessor_path,
        topics=filed_under.topics,
        category=filed_under.category,
        language=entry.language,
        byline=entry.byline,
        author_slugs=filed_under.author_slugs,
        sha256=entry.sha256,
        erased=entry.erased,
        changes=tuple(shortened(changes)),
    )


def _item(partition: Partition, entry: Entry, payload: str) -> LedgerItem:
    item_key = keys.change_key(partition, entry.at, entry.event_id, entry.number)
    return LedgerItem(item_key, item_order(entry.number), payload)


def _shortened_paragraphs(change: FieldChange) -> Iterator[tuple[DiffRun, ...]]:
    for paragraphs, is_left_out in paragraph_groups(change):
        if is_left_out:
            yield _LEFT_OUT
        else:
            yield from (tuple(map(_shortened_run, runs)) for runs in paragraphs)


def _shortened_run(run: DiffRun) -> DiffRun:
    """Cut a long unchanged run to its beginning and end, at whole words."""
    if run.kind is not DiffKind.KEPT or len(run.text) <= UNCHANGED_CHARACTERS_SHOWN:
        return run
    start, end = run.text[:CONTEXT_CHARACTERS_SHOWN], run.text[-CONTEXT_CHARACTERS_SHOWN:]
    start, end = start.rpartition(" ")[0] or start, end.partition(" ")[2] or end
    return DiffRun(DiffKind.KEPT, f"{start} … {end}")
