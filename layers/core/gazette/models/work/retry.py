"""Work of one partition that failed, as it stands in the queue: enough to be done at any time."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from gazette.models.frozen import Frozen
from gazette.models.ledger.keys import ItemKey, Partition

# A sort key has at most 1,024 bytes, and a message 262,144.
_SORTS_A_MESSAGE = 200


def _partition(value: object) -> Partition:
    return value if isinstance(value, Partition) else Partition.parse(str(value))


PartitionName = Annotated[
    Partition,
    PlainValidator(_partition),
    PlainSerializer(str),
    WithJsonSchema({"type": "string"}),
]


class Retry(Frozen):
    """The places of a partition that were written and not published, and which try comes next.

    The first try was that of the stream, so ``attempt`` begins with 2.
    """

    partition: PartitionName
    sorts: tuple[str, ...]
    attempt: int = 2

    @property
    def item_keys(self) -> tuple[ItemKey, ...]:
        return tuple(ItemKey(self.partition, sort) for sort in self.sorts)


def retries_of(partition: Partition, sorts: Sequence[str], attempt: int = 2) -> list[Retry]:
    """Return the work of a partition in parts that fit into a message each."""
    parts = (
        sorts[start : start + _SORTS_A_MESSAGE] for start in range(0, len(sorts), _SORTS_A_MESSAGE)
    )
    return [Retry(partition=partition, sorts=tuple(part), attempt=attempt) for part in parts]
