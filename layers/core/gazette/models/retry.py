"""Work of one partition that failed, as it stands in the queue: enough to be done at any time."""

from typing import Annotated

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from gazette.models.frozen import Frozen
from gazette.models.keys import Partition, Place


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
    def places(self) -> tuple[Place, ...]:
        return tuple(Place(self.partition, sort) for sort in self.sorts)
