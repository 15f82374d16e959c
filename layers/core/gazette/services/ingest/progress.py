"""Compares the versions of an object with the item that records how far it is ingested."""

from datetime import datetime

from gazette.models.contract.identity import is_erasure_key
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey, PartitionKind
from gazette.models.ledger.snapshot import (
    DERIVATION,
    ImageSnapshot,
    Snapshot,
)
from gazette.ports import ListedKey
from gazette.projections.history.known_versions import is_served, unknown_versions
from gazette.services.ingest.refused_keys import is_recorded


def is_up_to_date(
    listed: ListedKey, item_key: ItemKey, item: LedgerItem | None, now: datetime
) -> bool:
    """Return whether ingest would find nothing to do at the time ``now``.

    ``item`` is what the ledger has under ``item_key``, where ingest records the object.
    """
    kind = item_key.partition.kind
    if kind is PartitionKind.QUARANTINE:
        return is_recorded(item, listed.versions)
    if item is None:
        return False
    if kind is PartitionKind.EVENT:
        snapshot = Snapshot.model_validate_json(item.payload)
        if is_erasure_key(listed.key):
            return snapshot.erasure == listed.versions[0].identity and not snapshot.is_erasing
        return _is_event_up_to_date(listed, snapshot, now)
    image = ImageSnapshot.model_validate_json(item.payload)
    return image.derivation >= DERIVATION and image.served == listed.versions[0].identity


def is_of_older_derivation(item_key: ItemKey, item: LedgerItem) -> bool:
    """Return whether an older release made the item that records how far an object is ingested."""
    if item_key.partition.kind is PartitionKind.QUARANTINE:
        return False
    is_event = item_key.partition.kind is PartitionKind.EVENT
    model = Snapshot if is_event else ImageSnapshot
    return model.model_validate_json(item.payload).derivation < DERIVATION


def _is_event_up_to_date(listed: ListedKey, snapshot: Snapshot, now: datetime) -> bool:
    is_due = snapshot.due is not None and snapshot.due <= now
    return (
        snapshot.derivation >= DERIVATION
        and not is_due
        and not snapshot.is_erasing
        and is_served(snapshot, listed.versions)
        and not unknown_versions(snapshot, listed.versions)
    )
