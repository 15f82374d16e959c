"""Records objects that Gazette does not publish because of their key, for `gazette failures`.

The key cannot name an event, or is in a folder that Gazette does not read. Without this record the
publisher would not learn why the object is not published.
"""

from collections.abc import Sequence

from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.snapshot import QuarantinedVersion
from gazette.models.object_version import ObjectVersion
from gazette.models.problems.problems import Problem
from gazette.ports import ConflictError, Ledger, SourceArchive
from gazette.projections.items.state_items import quarantine_item, unquarantine_item


def record_refused(
    source: SourceArchive, ledger: Ledger, key: str, problems: tuple[Problem, ...]
) -> bool:
    """Quarantine an object until it is deleted; return whether its current version is new.

    The last look at S3 is needed: the object may be deleted meanwhile, and the run with that
    notification may have found nothing to take out.

    Raises:
        ConflictError: another run recorded the same key. Try later.
    """
    is_new = False
    while True:
        stored = ledger.get(keys.quarantine_key(key))
        versions = source.versions(key)
        if is_recorded(stored, versions):
            return is_new
        newest = current_version(versions)
        if not _record(ledger, key, problems, newest, stored):
            reason = f"another run wrote the quarantine of {key}"
            raise ConflictError(reason)
        is_new = newest is not None


def _record(
    ledger: Ledger,
    key: str,
    problems: tuple[Problem, ...],
    newest: ObjectVersion | None,
    stored: LedgerItem | None,
) -> bool:
    """Write the current version to the quarantine, or take the key out; return if nobody else did.

    The order of what is written grows with each call.
    """
    order = _next_order(ledger, key, stored)
    if newest is None:
        return _unquarantine(ledger, key, order)
    version = QuarantinedVersion(
        key=key,
        number=order,
        version_id=newest.version_id,
        at=newest.last_modified,
        problems=problems,
    )
    return ledger.replace(quarantine_item(version, order), stored.revision if stored else 0)


def is_recorded(stored: LedgerItem | None, newest_first: Sequence[ObjectVersion]) -> bool:
    """Return whether the quarantine holds the current version of an object, or none of both is."""
    newest = current_version(newest_first)
    recorded = QuarantinedVersion.model_validate_json(stored.payload) if stored else None
    return (recorded and recorded.version_id) == (newest and newest.version_id)


def current_version(newest_first: Sequence[ObjectVersion]) -> ObjectVersion | None:
    """Return the version that S3 shows, or None for a deleted object."""
    newest = newest_first[0] if newest_first else None
    return None if newest is None or newest.is_delete_marker else newest


def _next_order(ledger: Ledger, key: str, stored: LedgerItem | None) -> int:
    """Return a number above those of the item and of its deletion, which has an item of its own."""
    deletion = ledger.get(keys.deletion_key(keys.quarantine_key(key)))
    return 1 + max(item.revision if item else 0 for item in (stored, deletion))


def _unquarantine(ledger: Ledger, key: str, order: int) -> bool:
    """Take a key out of quarantine; return whether nothing newer is there."""
    ledger.put(unquarantine_item(key, order))
    return ledger.get(keys.quarantine_key(key)) is None
