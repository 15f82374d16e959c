"""Brings the deleted items of release 0.1.0 to where deletions are kept now.

They lie in their lists for ever, and every reader pages through them.
"""

from collections.abc import Iterable, Iterator

from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry, read_entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.snapshot import Revision
from gazette.ports import ItemStore, LedgerListing
from gazette.projections.items.entry_items import last_deleted_items


def move_old_deletions(
    listing: LedgerListing, ledger: ItemStore, undated: Iterable[LedgerItem]
) -> None:
    """Give deleted items an expiry; listed ones leave their lists.

    Before an entry leaves, its time line notes what an empty time line shows.
    """
    for item in undated:
        for note in _notes(ledger, item):
            ledger.put(note)
        listing.expire(item._replace(payload="{}") if keys.is_listed(item.key) else item)


def _notes(ledger: ItemStore, item: LedgerItem) -> Iterator[LedgerItem]:
    if item.key.sort.startswith(keys.ENTRY):
        entry = read_entry(item.payload)
        yield from last_deleted_items(item.key.partition, _before(ledger, entry), entry)


def _before(ledger: ItemStore, entry: Entry) -> Entry:
    """Return the entry that the time line showed before; its own revision if that is unknown."""
    stored = ledger.get(keys.revision_key(entry.event_id, entry.number - 1))
    return Revision.model_validate_json(stored.payload).entry if stored else entry
