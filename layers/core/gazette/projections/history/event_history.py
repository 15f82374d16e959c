"""The history of an event: a fold over the versions of its object.

Each step applies one version to a snapshot. It returns the next snapshot and the ledger items that
this version writes. The result depends on the versions alone, so a retry, a rebuild and a late
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
from gazette.models.kinds import RULES, RevisionKind
from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.snapshot import QuarantinedVersion, Revision, Snapshot
from gazette.models.views.diff import FieldChange
from gazette.projections.diff.fields import differences
from gazette.projections.history.entries import Facts, make_entry
from gazette.projections.history.entry_items import (
    deleted_items,
    entry_items,
    image_use_items,
    live_keys,
)
from gazette.projections.history.news_time import news_time
from gazette.projections.history.tombstones import tombstone_keys, tombstone_records
from gazette.projections.history.updates import update_records

# A difference has no links, so the base address does not matter.
_NO_BASE = "https://localhost"


class Transition(NamedTuple):
    """The snapshot after a version, and the items to write before it, in this order."""

    snapshot: Snapshot
    records: tuple[LedgerItem, ...]


def is_compared(snapshot: Snapshot, document: EventDocument) -> bool:
    """Return whether feeds show the changes of a version, so the version before is needed."""
    if snapshot.revision is None or snapshot.revision.is_withdrawn:
        return False
    rules = RULES[_kind(snapshot, document, sha256_of(document_form(document)))]
    return rules.in_updates and not rules.withdraws


def apply_revision(  # noqa: PLR0913  # the facts of a version, its path, and the document before it
    snapshot: Snapshot,
    document: EventDocument,
    version_id: str,
    last_modified: datetime,
    base_path: str,
    *,
    before: EventDocument | None = None,
) -> Transition:
    """Apply a version that meets the contract; ``base_path`` is the path claimed for it.

    ``before`` is the document of the last revision if `is_compared` is true for this version.
    """
    stored_at = to_utc_seconds(last_modified)
    at = min(document.modified or stored_at, stored_at)  # no date in the future (SPEC X8)
    published = min(document.published or snapshot.first_published or at, stored_at)
    form = document_form(document)
    content_sha256 = sha256_of(form)
    kind = _kind(snapshot, document, content_sha256)
    sha256 = sha256_of(_link(snapshot, kind, at) | {"document": form})
    last = snapshot.revision.entry if snapshot.revision else None
    facts = Facts(
        event_id=snapshot.event_id,
        number=snapshot.versions + 1,
        kind=kind,
        at=at,
        published=published,
        updated=_updated(snapshot, kind, at, published),
        news_at=news_time(last, kind, published if last is None else at, stored_at),
        base_path=base_path,
        first_path=last.first_path if last else base_path,
        predecessor_path=paths.revision_path(last.base_path, last.number) if last else None,
        sha256=sha256,
    )
    entry = make_entry(document, facts)
    changes = differences(before, document, _NO_BASE)
    return _apply_entry(snapshot, entry, version_id, content_sha256, stored_at, changes=changes)


def apply_deletion(snapshot: Snapshot, version_id: str, last_modified: datetime) -> Transition:
    """Apply a delete marker: a public event is retracted without a note (SPEC T7).

    A quarantined version of the event leaves the quarantine in any case.
    """
    if snapshot.revision is None or snapshot.revision.is_withdrawn:
        number = snapshot.versions + 1
        after = snapshot.model_copy(update={"versions": number, "quarantined": None})
        return Transition(after, tuple(_unquarantined(snapshot, number)))
    at = to_utc_seconds(last_modified)
    last = snapshot.revision.entry
    entry = last.model_copy(
        update={
            "number": snapshot.versions + 1,
            "kind": RevisionKind.RETRACTION,
            "note": None,
            "at": at,
            "updated": max(at, last.updated),
            "news_at": at,
            "predecessor_path": paths.revision_path(last.base_path, last.number),
            "sha256": sha256_of(_link(snapshot, RevisionKind.RETRACTION, at)),
        },
    )
    return _apply_entry(snapshot, entry, version_id, None, at)


def apply_quarantined(
    snapshot: Snapshot, version_id: str, last_modified: datetime, problems: tuple[Problem, ...]
) -> Transition:
    """Apply a version that breaks the contract: quarantine it, and leave the event as it is."""
    number = snapshot.versions + 1
    key = event_key(snapshot.event_id)
    record = quarantine_record(key, number, problems, version_id, last_modified)
    return Transition(
        snapshot.model_copy(update={"versions": number, "quarantined": number}), (record,)
    )


def quarantine_record(
    key: str,
    number: int,
    problems: tuple[Problem, ...],
    version_id: str,
    at: datetime,
) -> LedgerItem:
    """Return the item that quarantines a version of any object key."""
    payload = QuarantinedVersion(key=key, version_id=version_id, at=at, problems=problems)
    return LedgerItem(keys.quarantine_key(key), number, payload.model_dump_json())


def unquarantine_record(key: str, number: int) -> LedgerItem:
    """Return the item that takes an object key out of quarantine."""
    return LedgerItem(keys.quarantine_key(key), number, "{}", deleted=True)


def snapshot_item(snapshot: Snapshot) -> LedgerItem:
    """Return the item of a snapshot; write it last: it says that all others are written."""
    return LedgerItem(
        keys.snapshot_key(snapshot.event_id), snapshot.versions, snapshot.model_dump_json()
    )


def _kind(snapshot: Snapshot, document: EventDocument, content_sha256: str) -> RevisionKind:
    declared = RevisionKind(document.revision.kind) if document.revision else None
    if declared is RevisionKind.RETRACTION:
        return declared
    if snapshot.revision is None:
        return RevisionKind.PUBLICATION
    if declared is None and content_sha256 == snapshot.revision.content_sha256:
        return RevisionKind.MINOR  # the same content was uploaded again
    return declared or RevisionKind.UPDATE


def _updated(snapshot: Snapshot, kind: RevisionKind, at: datetime, published: datetime) -> datetime:
    before = snapshot.revision.entry.updated if snapshot.revision else published
    return max(before, published, at) if RULES[kind].is_significant else max(before, published)


def _link(snapshot: Snapshot, kind: RevisionKind, at: datetime) -> dict[str, JsonValue]:
    return {
        "id": snapshot.event_id,
        "number": snapshot.versions + 1,
        "kind": str(kind),
        "at": rfc3339(at),
        "previous": snapshot.revision.entry.sha256 if snapshot.revision else None,
    }


def _apply_entry(  # noqa: PLR0913  # private: shared by a new version and a delete marker
    snapshot: Snapshot,
    entry: Entry,
    version_id: str,
    content_sha256: str | None,
    stored_at: datetime,
    *,
    changes: tuple[FieldChange, ...] = (),
) -> Transition:
    revision = Revision(
        version_id=version_id,
        entry=entry.without_body(),
        former_paths=_former_paths(snapshot, entry.base_path),
        previous_sha256=snapshot.revision.entry.sha256 if snapshot.revision else None,
        content_sha256=content_sha256,
    )
    live = () if revision.is_withdrawn else live_keys(entry)
    tombstones = tombstone_keys(snapshot, stored_at) if revision.is_withdrawn else ()
    records = (
        *image_use_items(snapshot, entry, is_shown=not revision.is_withdrawn),
        _revision_item(revision),
        # Updates come before entries: the entries trigger pages that link to feeds of updates.
        *update_records(snapshot, entry, live or tombstones, changes),
        *entry_items(entry, live),
        *deleted_items(snapshot, entry, live),
        *tombstone_records(snapshot, entry, tombstones),
        *_unquarantined(snapshot, entry.number),
    )
    after = Snapshot(
        event_id=snapshot.event_id,
        versions=entry.number,
        revision=revision,
        first_published=snapshot.first_published or entry.published,
        live=live,
        tombstones=tombstones,
    )
    return Transition(after, records)


def _revision_item(revision: Revision) -> LedgerItem:
    item_key = keys.revision_key(revision.entry.event_id, revision.number)
    return LedgerItem(item_key, revision.number, revision.model_dump_json())


def _former_paths(snapshot: Snapshot, base_path: str) -> tuple[str, ...]:
    if snapshot.revision is None:
        return ()
    before = (*snapshot.revision.former_paths, snapshot.revision.entry.base_path)
    return tuple(former for former in dict.fromkeys(before) if former != base_path)


def _unquarantined(snapshot: Snapshot, number: int) -> Iterator[LedgerItem]:
    if snapshot.quarantined is not None:
        yield unquarantine_record(event_key(snapshot.event_id), number)
