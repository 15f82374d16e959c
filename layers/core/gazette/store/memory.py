"""The ledger in memory, held to the contract of the one on DynamoDB, call counts too."""

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

from gazette.models.keys import Partition, Place, claim_place
from gazette.models.record import Record
from gazette.ports import ConflictError
from gazette.store.pages import NEWEST_PAGE, PAGE_BYTES


class MemoryLedger:
    """A `Ledger` of dictionaries; ``on_write`` hears every place written, as the stream would."""

    def __init__(self, calls: Counter[str], on_write: Callable[[Place], None]) -> None:
        self._records: dict[Place, Record] = {}
        self._sorts: defaultdict[Partition, list[str]] = defaultdict(list)
        self._calls = calls
        self._on_write = on_write

    def get(self, place: Place) -> Record | None:
        self._calls["dynamodb.GetItem"] += 1
        return self._records.get(place)

    def scan(self, partition: Partition, prefix: str = "") -> Iterator[Record]:
        yield from self._pages(self._slice(partition, prefix))

    def newest(self, partition: Partition, prefix: str) -> Iterator[Record]:
        yield from self._pages(self._slice(partition, prefix)[::-1], NEWEST_PAGE)

    def put(self, record: Record) -> bool:
        self._calls["dynamodb.PutItem"] += 1
        held = self._records.get(record.place)
        if held is not None and held.revision >= record.revision:
            return False
        self._write(record)
        return True

    def swap(self, record: Record, seen: Record | None) -> None:
        self._calls["dynamodb.PutItem"] += 1
        held = self._records.get(record.place)
        if (held and held.payload) != (seen and seen.payload):
            raise ConflictError(str(record.place))
        self._write(record)

    def claim(self, stem: str, event_id: str) -> str:
        place = claim_place(stem)
        self._calls["dynamodb.PutItem"] += 1
        if place not in self._records:
            self._write(Record(place, 0, event_id))
            return event_id
        self._calls["dynamodb.GetItem"] += 1
        return self._records[place].payload

    def _pages(self, records: Sequence[Record], most: int | None = None) -> Iterator[Record]:
        """Count a Query for every page: ``most`` records at most, or a megabyte."""
        self._calls["dynamodb.Query"] += 1
        count = size = 0
        for record in records:
            if count == most or size + _size(record) > PAGE_BYTES:
                self._calls["dynamodb.Query"] += 1
                count = size = 0
            count, size = count + 1, size + _size(record)
            yield record
        if count == most:  # only an empty page tells that nothing follows
            self._calls["dynamodb.Query"] += 1

    def _write(self, record: Record) -> None:
        if record.place not in self._records:
            insort(self._sorts[record.place.partition], record.place.sort)
        self._records[record.place] = record
        self._on_write(record.place)

    def _slice(self, partition: Partition, prefix: str) -> Sequence[Record]:
        sorts = self._sorts.get(partition, [])
        start = bisect_left(sorts, prefix)
        end = bisect_left(sorts, prefix + "\U0010ffff") if prefix else len(sorts)
        return [self._records[Place(partition, sort)] for sort in sorts[start:end]]


def _size(record: Record) -> int:
    return len(record.payload.encode())
