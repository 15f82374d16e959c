"""Compares the versions of an object with the item that records how far it is ingested."""

from datetime import datetime

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey, PartitionKind
from gazette.models.ledger.snapshot import (
    DERIVATION,
    ImageSnapshot,
    QuarantinedVersion,
    Snapshot,
)
from gazette.ports import ListedKey
from gazette.projections.history.known_versions import is_served, unknown_versions


def is_up_to_date(
    listed: ListedKey, item_key: ItemKey, item: LedgerItem | None, now: datetime
) -> bool:
    """Return whether ingest would find nothing to do at the time ``now``.

    ``item`` is what the ledger has under ``item_key``, where ingest records the object.
    """
    kind = item_key.partition.kind
    newest = listed.versions[0]
    if item is None:
        # A refused object that was deleted before any run saw it leaves no item.
        return kind is PartitionKind.QUARANTINE and newest.is_delete_marker
    if kind is PartitionKind.EVENT:
        return _is_event_up_to_date(listed, Snapshot.model_validate_json(item.payload), now)
    if kind is PartitionKind.IMAGE:
        return ImageSnapshot.model_validate_json(item.payload).served == newest.identity
    if item.deleted:
        return newest.is_delete_marker
    recorded = QuarantinedVersion.model_validate_json(item.payload)
    return recorded.version_id == newest.version_id


def _is_event_up_to_date(listed: ListedKey, snapshot: Snapshot, now: datetime) -> bool:
    is_due = snapshot.due is not None and snapshot.due <= now
    return (
        snapshot.derivation >= DERIVATION
        and not is_due
        and is_served(snapshot, listed.versions)
        and not unknown_versions(snapshot, listed.versions)
    )
