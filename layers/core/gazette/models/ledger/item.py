"""One item of the ledger."""

from typing import NamedTuple

from gazette.models.ledger.keys import ItemKey


class LedgerItem(NamedTuple):
    """A register at a place: whoever brings the higher revision number wins.

    ``gone`` says that the event has left this place with that revision; the item stays, so that a
    late writer cannot bring it back. ``payload`` is a model as JSON.
    """

    key: ItemKey
    revision: int
    payload: str
    deleted: bool = False
