"""One item of the ledger."""

from typing import NamedTuple

from gazette.models.ledger.keys import ItemKey


class LedgerItem(NamedTuple):
    """An item under its key: the write with the highest revision number wins.

    A ``deleted`` item says that the event left this key in that revision. It stays in the table
    until no late writer can exist that could bring the event back. ``payload`` is a model as JSON.
    """

    key: ItemKey
    revision: int
    payload: str
    deleted: bool = False
