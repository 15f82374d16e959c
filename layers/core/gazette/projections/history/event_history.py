"""The history of an event: a fold over what happened to its object in the source bucket.

Each step applies one occurrence to a snapshot. It returns the next snapshot and the ledger items
that this step writes. The result depends on the occurrences alone, so a retry, a rebuild and a late
notification write the same items.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from pydantic import JsonValue

from gazette.models import paths
from gazette.models.contract.canonical import document_form, sha256_of
from gazette.models.contract.document import EventDocument
from gazette.models.contract.identity import event_key
from gazette.models.contract.parsing import Problem
from gazette.models.frozen import rfc3339, to_utc_seconds
from gazette.models.kinds import RevisionKind
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.snapshot import Origin, QuarantinedVersion, Revision, Snapshot
from gazette.models.views.diff import FieldChange
from gazette.projections.diff.fields import differences
from gazette.projections.history import times
from gazette.projections.history.entries import Facts, make_entry
from gazette.projections.history.kinds import is_compared_kind, kind_of
from gazette.projections.history.linked_images import linked_images
from gazette.projections.history.news_time import news_time
from gazette.projections.history.occurrences import Occurrence, names_of, occurrence_of
from gazette.projections.items.changed import changed_items, corrected_at, left_corrections
from gazette.projections.items.corrections import correction_items, with_corrections
from gazette.projections.items.entry_items import (
    deleted_items,
    entry_items,
    image_use_items,
    linked_image_items,
    live_keys,
    named_items,
)
from gazette.projections.items.item_order import item_order
from gazette.projections.items.long_histories import alias_items, former_items
from gazette.projections.items.remarks import remark_items, remarks_on
from gazette.projections.items.state_items import (
    quarantine_item,
    revision_item,
    unquarantine_item,
)
from gazette.projections.items.tombstones import left_entries, tombstone_items, tombstone_keys
from gazette.projections.items.updates import update_items

# A difference has no links, so the base address does not matter.
NO_BASE = "https://localhost"
_WITHDRAWALS = {
    Origin.DELETE_MARKER: RevisionKind.RETRACTION,
    Origin.REMOVED: RevisionKind.RETRACTION,
    Origin.EXPIRED: RevisionKind.EXPIRED,
}


class Transition(NamedTuple):
    """The snapshot after an occurrence, and the items to write before it, in this order."""

    snapshot: Snapshot
    items: tuple[LedgerItem, ...]


def is_same_content(revision: Revision, document: EventDocument) -> bool:
    """Return whether a revision shows a document, or did so before it was erased."""
    return revision.content_sha256 == sha256_of(document_form(document))


def is_compared(snapshot: Snapshot, document: EventDocument, origin: Origin) -> bool:
    """Return whether feeds show the changes of a version, so the document before is needed."""
    return snapshot.is_live and is_compared_kind(kind_of(snapshot, document, origin))


def apply_revision(
    snapshot: Snapshot,
    occurrence: Occurrence,
    document: EventDocument,
    base_path: str,
    before: EventDocument | None = None,
) -> Transition:
    """Apply a version that meets the contract; ``base_path`` is the path claimed for it.

    ``before`` is the document of the last revision if `is_compared` is true for this version.
    """
    form = document_form(document)
    return _apply_entry(
        snapshot,
        occurrence,
        make_entry(document, _facts(snapshot, occurrence, document, form, base_path)),
        sha256_of(form),
        expires=document.expires,
        changes=differences(before, document, NO_BASE),
        images=linked_images(document, base_path),
        remarks=remarks_on(document, base_path),
        aliases=(occurrence.names or names_of(document)).aliases,
    )


def _facts(
    snapshot: Snapshot,
    occurrence: Occurrence,
    document: EventDocument,
    form: dict[str, JsonValue],
    base_path: str,
) -> Facts:
    """Return what the entry of a revision says that its document does not."""
    stored_at = to_utc_seconds(occurrence.stored_at)
    kind = kind_of(snapshot, document, occurrence.origin)
    last = snapshot.revision.entry if snapshot.revision else None
    dated = min(document.modified or stored_at, stored_at)  # no date in the future (SPEC X8)
    published = times.published_once(snapshot.first_published, document.published, dated, stored_at)
    at = times.revised_at(last, kind, dated, stored_at)
    names = occurrence.names or names_of(document)
    return Facts(
        event_id=snapshot.event_id,
        number=occurrence.number_after(snapshot),
        kind=kind,
        at=at,
        published=published,
        updated=times.updated(last, kind, at, published),
        news_at=news_time(last, kind, published if last is None else at, stored_at),
        base_path=base_path,
        first_path=last.first_path if last else base_path,
        predecessor_path=paths.revision_path(last.base_path, last.number) if last else None,
        sha256=sha256_of(_link(snapshot, occurrence, kind, at) | {"document": form}),
        guid=last.guid if last else names.guid,
    )


def apply_withdrawal(snapshot: Snapshot, occurrence: Occurrence) -> Transition:
    """Withdraw an event without a document: a delete marker, expiry, or no version left (SPEC T7).

    An event that is not live leaves the quarantine, and nothing else changes.
    """
    if snapshot.revision is None or snapshot.revision.withdraws:
        return apply_without_revision(snapshot)
    kind = _WITHDRAWALS[occurrence.origin]
    last = snapshot.revision.entry
    at = max(to_utc_seconds(occurrence.stored_at), last.at)
    entry = last.model_copy(
        update={
            "number": occurrence.number_after(snapshot),
            "kind": kind,
            "note": None,
            "erased": None,
            "at": at,
            "updated": max(at, last.updated),
            "news_at": at,
            "predecessor_path": paths.revision_path(last.base_path, last.number),
            "sha256": sha256_of(_link(snapshot, occurrence, kind, at)),
        },
    )
    return _apply_entry(snapshot, occurrence, entry, None, aliases=snapshot.revision.aliases)


def apply_recorded(snapshot: Snapshot, revision: Revision) -> Transition:
    """Apply an erased revision again, from its record: its document is gone.

    Its entry has the times and topics that it was given; only words are missing.
    """
    occurrence, content = occurrence_of(revision), revision.content_sha256
    after, items = _apply_entry(
        snapshot, occurrence, revision.entry, content, expires=revision.expires
    )
    kept = {name: getattr(revision, name) for name in ("path_hash", "expires", "erasures")}
    recorded = Revision.model_copy(after.revision or revision, update=kept)
    item = revision_item(recorded)
    again = tuple(item if one.key == item.key else one for one in items)
    return Transition(after.model_copy(update={"revision": recorded}), again)


def apply_without_revision(snapshot: Snapshot) -> Transition:
    """Apply a version that makes no revision: the same bytes again, or one that is held."""
    taken = snapshot.taken + 1
    after = snapshot.model_copy(update={"taken": taken, "quarantined": None})
    return Transition(after, tuple(_unquarantined(snapshot, taken)))


def apply_quarantined(
    snapshot: Snapshot, occurrence: Occurrence, problems: tuple[Problem, ...]
) -> Transition:
    """Apply a version that cannot be published: quarantine it, and leave the event as it is."""
    taken = snapshot.taken + 1
    key = event_key(snapshot.event_id)
    version = QuarantinedVersion(
        key=key,
        number=taken,
        version_id=occurrence.version_id,
        at=occurrence.stored_at,
        problems=problems,
    )
    item = quarantine_item(version, item_order(taken))
    return Transition(snapshot.model_copy(update={"taken": taken, "quarantined": taken}), (item,))


def _link(
    snapshot: Snapshot, occurrence: Occurrence, kind: RevisionKind, at: datetime
) -> dict[str, JsonValue]:
    return {
        "id": snapshot.event_id,
        "number": occurrence.number_after(snapshot),
        "kind": str(kind),
        "at": rfc3339(at),
        "previous": snapshot.revision.entry.sha256 if snapshot.revision else None,
    }


def _apply_entry(  # noqa: PLR0913  # private: shared by documents and withdrawals
    snapshot: Snapshot,
    occurrence: Occurrence,
    entry: Entry,
    content_sha256: str | None,
    *,
    expires: datetime | None = None,
    changes: tuple[FieldChange, ...] = (),
    images: tuple[str, ...] = (),
    remarks: tuple[Problem, ...] = (),
    aliases: tuple[str, ...] = (),
) -> Transition:
    entry = with_corrections(entry, snapshot.revision.entry if snapshot.revision else None)
    made = _make_revision(snapshot, occurrence, entry, content_sha256, images)
    revision = made.model_copy(update={"aliases": aliases}) if aliases else made
    stored_at = to_utc_seconds(occurrence.stored_at)
    live = () if revision.withdraws else live_keys(entry)
    tombstones = tombstone_keys(snapshot, stored_at) if revision.withdraws else ()
    after = snapshot.model_copy(
        update={
            "taken": snapshot.taken + 1,
            "revision": revision,
            "first_published": snapshot.first_published or entry.published,
            "expires": None if revision.withdraws else expires,
            "live": live,
            "tombstones": tombstones,
            "corrected": corrected_at(snapshot, entry, live),
            "quarantined": None,
            "has_remarks": bool(remarks),
        }
    )
    items = _revision_items(snapshot, after, revision, entry, changes)
    return Transition(after, (*items, *remark_items(snapshot, entry.number, remarks)))


def _revision_items(
    before: Snapshot,
    after: Snapshot,
    revision: Revision,
    entry: Entry,
    changes: tuple[FieldChange, ...],
) -> Iterator[LedgerItem]:
    """Yield all items of a revision; ``entry`` has the text, which its own item leaves out."""
    yield from image_use_items(before, entry, is_shown=not revision.withdraws)
    yield from linked_image_items(before, revision)
    yield revision_item(revision)
    yield from alias_items(before.revision, revision)
    yield from former_items(before.revision, revision)
    yield from correction_items(entry)
    # Updates come before entries: the entries trigger pages that link to feeds of updates.
    yield from update_items(before, entry, after.live or after.tombstones, changes)
    yield from changed_items(before, after, entry)
    yield from entry_items(entry, after.live)
    # What keeps the place of an entry comes before its deletion, so it is never free.
    yield from tombstone_items(before, entry, after.tombstones, after.live)
    if not revision.withdraws:
        yield from left_entries(before, entry, after.live)
    yield from deleted_items(before, entry, after.live)
    yield from left_corrections(before, after, entry)
    yield from named_items(before, entry, after.live)
    yield from _unquarantined(before, after.taken)


def _make_revision(
    snapshot: Snapshot,
    occurrence: Occurrence,
    entry: Entry,
    content_sha256: str | None,
    images: tuple[str, ...],
) -> Revision:
    return Revision(
        version_id=occurrence.version_id,
        entry=entry.without_body(),
        previous_sha256=snapshot.revision.entry.sha256 if snapshot.revision else None,
        content_sha256=content_sha256,
        identity=occurrence.identity,
        origin=occurrence.origin,
        stored_at=to_utc_seconds(occurrence.stored_at),
        erasures=snapshot.erasures,
        linked_images=images,
    )


def _unquarantined(snapshot: Snapshot, taken: int) -> Iterator[LedgerItem]:
    if snapshot.quarantined is not None:
        yield unquarantine_item(event_key(snapshot.event_id), item_order(taken))
