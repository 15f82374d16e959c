"""The message that asks to publish a part of one partition again."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from gazette.models.frozen import Stored
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.limits import MAX_SORT_KEYS_A_MESSAGE


def _partition(value: object) -> Partition:
    return value if isinstance(value, Partition) else Partition.parse(str(value))


PartitionName = Annotated[
    Partition,
    PlainValidator(_partition),
    PlainSerializer(str),
    WithJsonSchema({"type": "string"}),
]


class Retry(Stored):
    """Items of a partition that were written but not published; ``attempt`` is the next attempt.

    The stream made the first attempt, so ``attempt`` begins at 2.
    """

    partition: PartitionName
    sorts: tuple[str, ...]
    attempt: int = 2

    @property
    def item_keys(self) -> tuple[ItemKey, ...]:
        return tuple(ItemKey(self.partition, sort) for sort in self.sorts)


def retries_of(partition: Partition, sorts: Sequence[str], attempt: int = 2) -> list[Retry]:
    """Split the failed items of a partition into messages that fit into the queue."""
    parts = (
        sorts[start : start + MAX_SORT_KEYS_A_MESSAGE]
        for start in range(0, len(sorts), MAX_SORT_KEYS_A_MESSAGE)
    )
    return [Retry(partition=partition, sorts=tuple(part), attempt=attempt) for part in parts]
