"""Compares the versions of an object with the item that records how far it is ingested."""

from datetime import datetime
from enum import Enum

from gazette.models.contract import identity
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import PartitionKind
from gazette.models.ledger.snapshot import (
    DERIVATION,
    ImageSnapshot,
    Snapshot,
)
from gazette.models.problems.problems import InvalidEventError
from gazette.ports import ListedKey
from gazette.projections.history.known_versions import is_served, unknown_versions
from gazette.services.ingest.file_ingest import is_file_recorded
from gazette.services.ingest.refused_keys import is_recorded


class Progress(Enum):
    """How far an object is ingested."""

    COMPLETE = "ingest would find nothing to do"
    BEHIND = "ingest would change the ledger"
    UNCERTAIN = "only ingest finds out: S3 may give out what it did not, or an erasure may be gone"


def progress_key(key: str) -> ItemKey | None:
    """Return the key of the item that records how far an object is ingested, None if never."""
    if identity.is_file_key(key):
        return keys.image_key(key)
    if identity.why_ignored(key):
        return keys.quarantine_key(key)
    if not identity.is_event_key(key) and not identity.is_erasure_key(key):
        return None
    try:
        return keys.snapshot_key(identity.event_id(key))
    except InvalidEventError:
        return keys.quarantine_key(key)


def recorded_object(item_key: ItemKey) -> str | None:
    """Return the object key that an item of the ledger is about, None for all other items.

    It is the inverse of `progress_key`. The quarantine also names objects that have a snapshot.
    """
    partition, sort = item_key
    if partition == partitions.QUARANTINE:
        return sort
    if sort != keys.SNAPSHOT:
        return None
    if partition.kind is PartitionKind.IMAGE:
        return partition.name
    return identity.event_key(partition.name)


def progress_of(
    listed: ListedKey, item_key: ItemKey, item: LedgerItem | None, now: datetime
) -> Progress:
    """Compare an object with the item at its `progress_key`; S3 may have no version any more."""
    kind = item_key.partition.kind
    if kind is PartitionKind.QUARANTINE:
        is_complete = is_recorded(item, listed.versions)
        return Progress.COMPLETE if is_complete else Progress.BEHIND
    if kind is PartitionKind.EVENT:
        snapshot = Snapshot.model_validate_json(item.payload) if item else None
        if identity.is_erasure_key(listed.key):
            return _erasure_progress(listed, snapshot)
        is_complete = _is_event_complete(listed, snapshot, now)
        # No listing shows an erasure document of which all versions were removed.
        is_uncertain = snapshot is not None and bool(snapshot.waits_for_access or snapshot.erasure)
    else:
        image = ImageSnapshot.model_validate_json(item.payload) if item else None
        is_complete = is_file_recorded(image, listed.versions)
        is_uncertain = image is not None and image.is_unreadable
    if not is_complete:
        return Progress.BEHIND
    return Progress.UNCERTAIN if is_uncertain else Progress.COMPLETE


def _erasure_progress(listed: ListedKey, snapshot: Snapshot | None) -> Progress:
    served = listed.versions[0].identity if listed.versions else ""
    applied = snapshot.erasure if snapshot else ""
    is_erasing = snapshot is not None and snapshot.is_erasing
    return Progress.BEHIND if is_erasing or applied != served else Progress.COMPLETE


def is_of_older_derivation(item_key: ItemKey, item: LedgerItem) -> bool:
    """Return whether an older release made the item that records how far an object is ingested."""
    if item_key.partition.kind is PartitionKind.QUARANTINE:
        return False
    is_event = item_key.partition.kind is PartitionKind.EVENT
    model = Snapshot if is_event else ImageSnapshot
    return model.model_validate_json(item.payload).derivation < DERIVATION


def _is_event_complete(listed: ListedKey, snapshot: Snapshot | None, now: datetime) -> bool:
    if snapshot is None:
        return not listed.versions
    is_due = snapshot.due is not None and snapshot.due <= now
    if snapshot.derivation < DERIVATION or is_due or snapshot.is_erasing:
        return False
    if not listed.versions:
        return not snapshot.served
    return is_served(snapshot, listed.versions) and not unknown_versions(snapshot, listed.versions)
