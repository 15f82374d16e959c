"""Brings an event to the derivation of this code: applies its recorded revisions again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.snapshot import Origin, Revision, Snapshot
from gazette.models.object_version import ObjectVersion
from gazette.models.problems.problems import InvalidEventError
from gazette.projections.erasures import erased_items
from gazette.projections.history.linked_images import linked_images
from gazette.projections.items.changed import left_corrections
from gazette.projections.items.entry_items import deleted_items, image_use_items
from gazette.projections.items.tombstones import deleted_tombstones
from gazette.services.ingest.event_fold import EventFold

# What the derivation does not change: which versions were handled, and what became of the newest.
_KEPT = (
    *("known", "known_until", "served", "quarantined"),
    *("erasure", "erasure_problem", "erasures", "is_erasing", "erased_tombstones"),
)


def rederived(
    fold: EventFold, revisions: Iterable[Revision], newest_first: Sequence[ObjectVersion]
) -> EventFold:
    """Return a fold with all items of an event made again, from its records and kept documents.

    ``fold`` has the old snapshot. Numbers, times, identities and paths of the revisions stay. If
    a document cannot be read any more, the items stay as they are.
    """
    before, recorded = fold.snapshot, list(_identified(revisions, newest_first))
    empty = Snapshot(event_id=before.event_id, taken=before.taken + 1, erasures=before.erasures)
    again = replace(fold, snapshot=empty, items={}, documents=[])
    try:
        for revision in recorded:
            again.repeat(revision)
        held = again.hold_again(before.held) if before.held else None
    except InvalidEventError:
        return _as_it_is(fold)
    if again.snapshot.number != before.number:
        return _as_it_is(fold)
    kept = {name: getattr(before, name) for name in _KEPT} | {"held": held}
    again.snapshot = again.snapshot.model_copy(update=kept)
    again.recorded.clear()
    again.write(list(_erased_image_items(again, recorded)))
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
    yield from deleted_tombstones(before.tombstones, after.tombstones, entry, after.live)
    yield from left_corrections(before, after, entry)


def _erased_image_items(fold: EventFold, recorded: Sequence[Revision]) -> Iterator[LedgerItem]:
    """Record the images of texts that an older derivation erased, while S3 has these texts."""
    before = [_with_images(fold, one) for one in recorded]
    if before == recorded:
        return
    event_id = fold.snapshot.event_id
    items = [fold.items[keys.revision_key(event_id, one.number)] for one in recorded]
    history = [Revision.model_validate_json(item.payload) for item in items]
    yield from erased_items.image_items(before, history)


def _with_images(fold: EventFold, revision: Revision) -> Revision:
    if revision.entry.erased is None or revision.content_sha256 is None:
        return revision
    document = fold.reader.read_erased(revision)
    if document is None:
        return revision
    images = linked_images(document, revision.entry.base_path)
    return revision.model_copy(update={"linked_images": images})
