"""Writes derived items: counts, sums, notes on segments. They are computed, never incremented.

A derived item has a revision of its own, which grows by one with each write. It cannot be the sum
of the revisions of its inputs: that sum sinks when deleted inputs expire.

Why no update is lost: every change of an input brings a writer that reads the derived item, then
the inputs, then replaces what it read. A writer with older inputs either replaces first, and the
other one starts over; or it is refused. It may also replace an item that others found right
meanwhile, because the inputs changed and changed back. So each writer reads the inputs again after
its write. Nobody leaves before the derived item says what the inputs say.
"""

from gazette.models.ledger.item import LedgerItem
from gazette.models.work.build_result import RollUp
from gazette.ports import ConflictError, ItemStore, Pause

# Ten publishers may meet at one item; each round lets one of them through.
_ATTEMPTS = 20


def write_roll_up(ledger: ItemStore, roll_up: RollUp, pause: Pause) -> int:
    """Replace a derived item until it says what its inputs say; return the number of writes.

    Raises:
        ConflictError: other writers were faster in every attempt. Try later.
    """
    stored, payload, writes = roll_up.seen, roll_up.payload, 0
    for attempt in range(_ATTEMPTS):
        if stored is not None and stored.payload == payload:
            return writes
        revision = stored.revision if stored else 0
        item = LedgerItem(roll_up.key, revision + 1, payload)
        if ledger.replace(item, revision):
            stored, writes = item, writes + 1
        else:
            pause(attempt)
            stored = ledger.get(roll_up.key)
        payload = roll_up.derive()
    raise ConflictError(str(roll_up.key))
