"""Items that hold the state of an event: its snapshot, its revisions and its quarantine."""

from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.snapshot import DERIVATION, QuarantinedVersion, Revision, Snapshot
from gazette.projections.items.item_order import item_order


def quarantine_item(version: QuarantinedVersion, order: int) -> LedgerItem:
    """Return the item that quarantines a version of any object key; ``order`` grows."""
    return LedgerItem(keys.quarantine_key(version.key), order, version.model_dump_json())


def unquarantine_item(key: str, order: int) -> LedgerItem:
    """Return the item that takes an object key out of quarantine."""
    return LedgerItem(keys.quarantine_key(key), order, "{}", deleted=True)


def snapshot_item(snapshot: Snapshot) -> LedgerItem:
    """Return the item of a snapshot; write it last: it says that all others are written."""
    item_key = keys.snapshot_key(snapshot.event_id)
    return LedgerItem(item_key, item_order(snapshot.taken), snapshot.model_dump_json())


def as_stored(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot with the number of the derivation that made it."""
    return snapshot.model_copy(update={"derivation": DERIVATION})


def revision_item(revision: Revision) -> LedgerItem:
    """Return the item that records a revision under its number."""
    item_key = keys.revision_key(revision.entry.event_id, revision.number)
    return LedgerItem(item_key, item_order(revision.number), revision.model_dump_json())
