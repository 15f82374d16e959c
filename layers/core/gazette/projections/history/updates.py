"""Revisions that readers are told of: what the feeds of updates and corrections keep of them.

The difference to the revision before is made when the revision is recorded, so that a feed of fifty
needs no document of any event.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby

from gazette.models.kinds import RULES
from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey, Partition, PartitionKind
from gazette.models.ledger.snapshot import Snapshot
from gazette.models.ledger.update import UpdateEntry
from gazette.models.views.diff import DiffKind, DiffRun, FieldChange
from gazette.projections.diff.spans import is_kept

# Fifty of them stay below the half megabyte that a subscription document may have (SPEC P1).
MAX_CHANGES_BYTES = 8 * 1024
# Characters that stayed: about three lines are shown, of more only what stands beside a change.
_LONG, _CONTEXT = 300, 100
_LEFT_OUT = (DiffRun(DiffKind.KEPT, "…"),)
_FOLLOWED = {PartitionKind.SITE, PartitionKind.TOPIC, PartitionKind.CATEGORY}


def update_records(
    snapshot: Snapshot, entry: Entry, stood: Iterable[ItemKey], changes: Iterable[FieldChange]
) -> Iterator[LedgerItem]:
    """Tell the followers of every time line the event stands on, or stood on last (SPEC V4).

    A first version is told by the time lines themselves.
    """
    rules = RULES[entry.kind]
    if snapshot.revision is None or not rules.in_updates:
        return
    filed = snapshot.revision.entry if rules.withdraws else entry
    payload = _update_entry(entry, filed, changes).model_dump_json()
    for timeline in (
        item_key.partition for item_key in stood if item_key.partition.kind in _FOLLOWED
    ):
        yield _record(keys.updates_partition(timeline), entry, payload)
        if rules.in_corrections:
            yield _record(keys.corrections_partition(timeline), entry, payload)


def carried(changes: Iterable[FieldChange]) -> Iterator[FieldChange]:
    """Shorten a difference to what a feed carries; a field that is too much is only named."""
    left = MAX_CHANGES_BYTES
    for change in changes:
        short = FieldChange(change.label, tuple(_passages(change)))
        size = len(json.dumps(short, ensure_ascii=False).encode())
        if size <= left:
            left -= size
            yield short
        else:
            yield FieldChange(change.label, ())


def _update_entry(entry: Entry, filed: Entry, changes: Iterable[FieldChange]) -> UpdateEntry:
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
        topics=filed.topics,
        category=filed.category,
        language=entry.language,
        byline=entry.byline,
        sha256=entry.sha256,
        changes=tuple(carried(changes)),
    )


def _record(partition: Partition, entry: Entry, payload: str) -> LedgerItem:
    item_key = keys.change_key(partition, entry.at, entry.event_id, entry.number)
    return LedgerItem(item_key, entry.number, payload)


def _passages(change: FieldChange) -> Iterator[tuple[DiffRun, ...]]:
    for is_unchanged, group in groupby(change.paragraphs, key=is_kept):
        paragraphs = list(group)
        if is_unchanged and sum(len(run.text) for runs in paragraphs for run in runs) > _LONG:
            yield _LEFT_OUT
        else:
            yield from (tuple(map(_gist, runs)) for runs in paragraphs)


def _gist(run: DiffRun) -> DiffRun:
    """Leave of a long run that stayed what stands beside its neighbours, cut at words."""
    if run.kind is not DiffKind.KEPT or len(run.text) <= _LONG:
        return run
    head, tail = run.text[:_CONTEXT], run.text[-_CONTEXT:]
    head, tail = head.rpartition(" ")[0] or head, tail.partition(" ")[2] or tail
    return DiffRun(DiffKind.KEPT, f"{head} … {tail}")
