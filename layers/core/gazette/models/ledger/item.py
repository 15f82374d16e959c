"""One item of the ledger."""

from typing import NamedTuple

from gazette.models.ledger.keys import ItemKey

# The names of the attributes, and two numbers and a flag of at most so many bytes.
_NAMES = "pk sk revision deleted expires_at payload" + 43 * " "


class LedgerItem(NamedTuple):
    """An item under its key: the write with the highest ``revision`` wins.

    ``revision`` orders the writes of one key. Of an item that follows from the source bucket it is
    an `gazette.models.ledger.order`; a derived item counts its own writes. It is no number of a
    revision: that is in the payload.
    A ``deleted`` item says that the event left this key in that revision. It stays in the table
    until no late writer can exist that could bring the event back. ``payload`` is a model as JSON.
    """

    key: ItemKey
    revision: int
    payload: str
    deleted: bool = False

    @property
    def size_bytes(self) -> int:
        """How large DynamoDB counts the item: its keys and its payload, and some names."""
        stored = (str(self.key.partition), self.key.sort, self.payload, _NAMES)
        return sum(len(part.encode()) for part in stored)
