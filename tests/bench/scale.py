"""What bursts on one topic and on many use, for docs/scale.md: counted on the memory engine.

DynamoDB limits each partition, so the units of the busiest one say how many events a second a time
line can take. Lambda has one lane a shard of the stream, so the processor time says how many events
a lane can take.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from gazette.delivery.memory import MemorySiteStore
from gazette.models.contract.identity import event_key
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.site import Site
from gazette.ports import Clock
from gazette_cli.engines.acts import Change
from tests.bench.numbers import tenths, whole
from tests.cost.meter import READ_UNITS, WRITE_UNITS, MeteredEngine, MeteredLedger
from tests.cost.report import Sheet
from tests.cost.workload import paragraphs
from tests.processor_time import timed

EVENTS = 600
BURSTS = (1, 10, 100, 500)
# Units a second of one partition key of DynamoDB, and requests a second of one prefix of S3.
PARTITION_WRITES, PARTITION_READS = 1_000, 3_000
_TOPICS = 50
_START = datetime(2026, 1, 1, tzinfo=UTC)


class Use(NamedTuple):
    """What one event of a burst uses.

    ``partition`` is the one with most write units; ``partition_reads`` are those of the one with
    most read units.
    """

    documents: float
    writes: float
    reads: float
    partition: Partition
    partition_writes: float
    partition_reads: float
    milliseconds: float


class PartitionLedger(MeteredLedger):
    """A ledger that counts units by partition as well."""

    def __init__(
        self, calls: Counter[str], on_write: Callable[[ItemKey], None], clock: Clock
    ) -> None:
        super().__init__(calls, on_write, clock)
        self.writes: Counter[Partition] = Counter()
        self.reads: Counter[Partition] = Counter()

    def _charge_write(self, item: LedgerItem) -> None:
        before = self._calls[WRITE_UNITS]
        super()._charge_write(item)
        self.writes[item.key.partition] += self._calls[WRITE_UNITS] - before

    def _read(self, records: Iterable[LedgerItem]) -> None:
        found, before = list(records), self._calls[READ_UNITS]
        super()._read(found)
        for record in found[:1]:
            self.reads[record.key.partition] += self._calls[READ_UNITS] - before


class Archive(MeteredEngine):
    """An archive to which bursts are published."""

    by_partition: PartitionLedger

    def __init__(self) -> None:
        calls: Counter[str] = Counter()
        site = Site(base_url="https://gazette.example", tag_authority="gazette.example,2026")
        super().__init__(site, MemorySiteStore(calls), calls)
        self.events = 0

    def _make_ledger(self, on_write: Callable[[ItemKey], None], clock: Clock) -> PartitionLedger:
        self.by_partition = PartitionLedger(self.calls, on_write, clock)
        return self.by_partition

    def write(self, many: int, topics: Callable[[int], Sequence[str]]) -> None:
        """Upload events, a minute apart, each on the topics of its number."""
        for _ in range(many):
            at = _START + timedelta(minutes=self.events)
            fields = {
                "title": f"Event {self.events}",
                "date": at.date().isoformat(),
                "topics": topics(self.events),
                "body": paragraphs(self.events),
            }
            key = event_key(f"{at.year}/{self.events}")
            self.apply(Change(at, key, json.dumps(fields).encode()))
            self.events += 1

    def use(self, many: int, topics: Callable[[int], Sequence[str]]) -> Use:
        """Publish a burst, and return what each of its events used."""
        self.write(many, topics)
        self.by_partition.writes.clear()
        self.by_partition.reads.clear()
        with timed() as taken:
            usage = self.measure()
        ((partition, writes),) = self.by_partition.writes.most_common(1)
        ((_, reads),) = self.by_partition.reads.most_common(1)
        return Use(
            usage.total("s3.PutObject") / many,
            usage.total(WRITE_UNITS) / many,
            usage.total(READ_UNITS) / many,
            partition,
            writes / many,
            reads / many,
            taken.seconds * 1000 / many,
        )


def one_topic(_: int) -> Sequence[str]:
    return ["Harbour"]


def many_topics(number: int) -> Sequence[str]:
    """Return three of fifty topics."""
    return [f"Topic {(number + 1) * step % _TOPICS}" for step in (1, 3, 7)]


def scale_sheets() -> Iterator[Sheet]:
    """Yield a table for events on one topic, and one for events on three of fifty topics."""
    columns = (
        *("events at once", "documents an event", "write units", "read units"),
        *(
            "most written partition",
            "its write units",
            "read units of the most read",
            "ms an event",
        ),
        *("events a second by writes", "by reads"),
    )
    for title, topics in (("On one topic", one_topic), ("On three of 50 topics", many_topics)):
        archive = Archive()
        archive.write(EVENTS, topics)
        archive.measure()
        uses = [(many, archive.use(many, topics)) for many in BURSTS]
        yield Sheet(title, columns, [_row(many, use) for many, use in uses])


def _row(many: int, use: Use) -> tuple[str, ...]:
    return (
        whole(many),
        tenths(use.documents),
        tenths(use.writes),
        tenths(use.reads),
        str(use.partition),
        tenths(use.partition_writes),
        tenths(use.partition_reads),
        tenths(use.milliseconds),
        whole(PARTITION_WRITES / use.partition_writes),
        whole(PARTITION_READS / use.partition_reads),
    )
