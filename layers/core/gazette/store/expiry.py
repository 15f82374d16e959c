"""When deleted items expire. Both ledgers use this, so both forget them at the same time."""

from datetime import datetime

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import SNAPSHOT
from gazette.models.limits import DELETED_ITEM_DAYS

_DAY_SECONDS = 24 * 60 * 60


def expiry_of(item: LedgerItem, now: datetime) -> int | None:
    """Return when an item written now expires, in seconds, or None.

    The snapshot of a deleted image stays: it says which version of the image was ingested.
    """
    if not item.deleted or item.key.sort == SNAPSHOT:
        return None
    return int(now.timestamp()) + DELETED_ITEM_DAYS * _DAY_SECONDS
