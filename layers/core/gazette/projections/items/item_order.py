"""The order of the items that this code derives from the source bucket."""

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.order import order
from gazette.models.ledger.snapshot import DERIVATION


def item_order(number: int, erasures: int = 0) -> int:
    """Return the order of an item of a revision, or of the versions taken, in this derivation."""
    return order(number, erasures, DERIVATION)


def with_erasures(item: LedgerItem, erasures: int) -> LedgerItem:
    """Return an item with the count of erasures in its order, which has none yet."""
    return item._replace(revision=item.revision + order(0, erasures))
