"""Records objects that Gazette does not publish because of their key, for `gazette failures`.

The key cannot name an event, or is in a folder that Gazette does not read. Without this record the
publisher would not learn why the object is not published.
"""

from gazette.models.contract.problems import Problem
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.snapshot import QuarantinedVersion
from gazette.models.object_version import ObjectVersion
from gazette.ports import ConflictError, Ledger, SourceArchive
from gazette.projections.history.state_items import quarantine_item, unquarantine_item


def record_refused(
    source: SourceArchive, ledger: Ledger, key: str, problems: tuple[Problem, ...]
) -> bool:
    """Quarantine an object until it is deleted; return whether its current version is new.

    Raises:
        ConflictError: another run recorded the same key. Try later.
    """
    versions = source.versions(key)
    newest = versions[0] if versions and not versions[0].is_delete_marker else None
    stored = ledger.get(keys.quarantine_key(key))
    if _recorded_version(stored) == (newest.version_id if newest else None):
        return False
    order = stored.revision if stored else 0
    if not ledger.replace(_item(key, order + 1, newest, problems), order):
        reason = f"another run wrote the quarantine of {key}"
        raise ConflictError(reason)
    return newest is not None


def _recorded_version(stored: LedgerItem | None) -> str | None:
    if stored is None or stored.deleted:
        return None
    return QuarantinedVersion.model_validate_json(stored.payload).version_id


def _item(
    key: str, order: int, newest: ObjectVersion | None, problems: tuple[Problem, ...]
) -> LedgerItem:
    if newest is None:
        return unquarantine_item(key, order)
    return quarantine_item(key, order, problems, newest.version_id, newest.last_modified)
