"""The order of the items that this code derives from the source bucket."""

from gazette.models.ledger.order import order
from gazette.models.ledger.snapshot import DERIVATION


def item_order(number: int, erasures: int = 0) -> int:
    """Return the order of an item of a revision, or of the versions taken, in this derivation."""
    return order(number, erasures, DERIVATION)
