"""The bounds of items and their keys, alike in every store."""

from gazette.models.ledger.item import LedgerItem
from gazette.models.limits import (
    MAX_DYNAMODB_ITEM_BYTES,
    MAX_PARTITION_KEY_BYTES,
    MAX_SORT_KEY_BYTES,
)


def expect_bounds(item: LedgerItem) -> None:
    """Refuse what DynamoDB refuses, and what it would refuse of an item without compression.

    Raises:
        ValueError: a key or the item is too long.
    """
    partition, sort = item.key
    sizes = (
        ("partition key", len(str(partition).encode()), MAX_PARTITION_KEY_BYTES),
        ("sort key", len(sort.encode()), MAX_SORT_KEY_BYTES),
        ("item", item.size_bytes, MAX_DYNAMODB_ITEM_BYTES),
    )
    for name, size, most in sizes:
        if size > most:
            raise ValueError(f"{size:,} bytes of {name} in {partition}: at most {most:,} are taken")
