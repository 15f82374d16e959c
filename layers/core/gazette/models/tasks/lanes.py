"""Which lane publishes a change: at once what readers wait for, later what it changes elsewhere.

The filters of both functions in the template say the same, and a test compares them.
"""

from enum import StrEnum

from gazette.models.ledger import keys
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import PartitionKind

# Pages of related events, and indexes above a day, a topic or a category.
_LATER = frozenset(
    {
        PartitionKind.RELATED,
        PartitionKind.MONTH,
        PartitionKind.YEAR,
        PartitionKind.CALENDAR,
        PartitionKind.INITIAL,
        PartitionKind.TOPICS,
        PartitionKind.SEARCH_MONTH,
        PartitionKind.SEARCH_YEAR,
    }
)


class Lane(StrEnum):
    """A consumer of the stream of the ledger."""

    NOW = "now"
    LATER = "later"


def lane_of(item_key: ItemKey) -> Lane:
    """Return the lane that gets the changes of an item.

    The first page of a site asks for the index of topics, which all pages lead to.
    """
    kind = item_key.partition.kind
    waits = kind in _LATER and not (kind is PartitionKind.TOPICS and keys.is_request(item_key))
    return Lane.LATER if waits else Lane.NOW
