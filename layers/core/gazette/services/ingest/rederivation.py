"""Brings an event to the derivation of this code: applies its recorded revisions again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from gazette.models.contract.problems import InvalidEventError
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.snapshot import Origin, Revision, Snapshot
from gazette.models.object_version import ObjectVersion
from gazette.projections.history.entry_items import deleted_items, image_use_items
from gazette.projections.history.item_order import item_order
from gazette.services.ingest.event_fold import EventFold

# What the derivation does not change: which versions were handled, and what became of the newest.
_KEPT = (
    *("known", "known_until", "served", "held", "quarantined"),
    *("erasure", "erasure_problem", "erasures", "is_erasing", "erased_tombstones"),
)


def rederived(
    fold: EventFold, revisions: Iterable[Revision], newest_first: Sequence[ObjectVersion]
) -> EventFold:
    """Return a fold with all items of an event made again, from its records and kept documents.

    ``fold`` has the old snapshot. Numbers, times, identities and paths of the revisions stay. If
    a document cannot be read any more, the items stay as they are.
    """
    before = fold.snapshot
    empty = Snapshot(event_id=before.event_id, taken=before.taken + 1, erasures=before.erasures)
    again = replace(fold, snapshot=empty, items={}, documents=[])
    try:
        for revision in _identified(revisions, newest_first):
            again.repeat(revision)
    except InvalidEventError:
        return _as_it_is(fold)
    if again.snapshot.number != before.number:
        return _as_it_is(fold)
    kept = {name: getattr(before, name) for name in _KEPT}
    again.snapshot = again.snapshot.model_copy(update=kept)
    again.recorded.clear()
    again.items = {item.key: item for item in _changed_items(before, again)}
    return again


def _as_it_is(fold: EventFold) -> EventFold:
    taken = fold.snapshot.taken + 1
    return replace(fold, snapshot=fold.snapshot.model_copy(update={"taken": taken}), recorded=[])


def _identified(
    revisions: Iterable[Revision], newest_first: Sequence[ObjectVersion]
) -> Iterator[Revision]:
    """Yield the revisions; add to those of release 0.1.0 what it did not record."""
    listed = {version.version_id: version for version in newest_first}
    for revision in revisions:
        version = listed.get(revision.version_id)
        if revision.stored_at is not None or version is None:
            yield revision
        else:
            added = {"identity": version.identity, "stored_at": version.last_modified}
            if version.is_delete_marker:
                added["origin"] = Origin.DELETE_MARKER
            yield revision.model_copy(update=added)


def _changed_items(before: Snapshot, fold: EventFold) -> Iterator[LedgerItem]:
    """Yield the items to write: all live ones, and deletions of what the old derivation listed.

    What was deleted earlier in the history is deleted already.
    """
    yield from (item for item in fold.items.values() if not item.deleted)
    after = fold.snapshot
    if after.revision is None:
        return
    entry = after.revision.entry
    yield from image_use_items(before, entry, is_shown=after.is_live)
    yield from deleted_items(before, entry, after.live)
    yield from _tombstones_that_go(before, after, entry)


def _tombstones_that_go(before: Snapshot, after: Snapshot, entry: Entry) -> Iterator[LedgerItem]:
    for item_key in before.tombstones:
        if item_key not in after.tombstones:
            yield LedgerItem(item_key, item_order(entry.number), "{}", deleted=True)
