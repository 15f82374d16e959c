"""The laps: work that racers do as functions do it, such as ingest, publishing and rebuilds."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from multiprocessing.synchronize import Event
from random import Random
from time import sleep
from typing import NamedTuple
from zlib import crc32

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.product import FEED_ENTRIES
from gazette.models.tasks.messages import StreamRecord
from gazette.models.tasks.reconciliation import IngestWork, PublishWork, WorkItem
from gazette.models.tasks.reports import IngestReport
from gazette.models.tasks.tasks import tasks_for
from gazette.models.views.site_document import document
from gazette.ports import ConflictError
from gazette.services.publish.batch import publish_batch
from tests.races.racers import SECONDS, Lap, Racer

_BATCH = 100
_IDLE_SECONDS = 0.05


class Change(NamedTuple):
    """A change of an object of the source bucket; without a body it is deleted."""

    key: str
    body: bytes | None


def write_and_ingest(racer: Racer, changes: Sequence[Change]) -> None:
    """Write, and ingest after each write, as S3 notifies ingest of each."""
    for change in changes:
        write(racer, change)
        ingest(racer, change.key)


def write(racer: Racer, change: Change) -> None:
    bucket = racer.ground.source_bucket
    if change.body is None:
        racer.s3.delete_object(Bucket=bucket, Key=change.key)
    else:
        racer.s3.put_object(Bucket=bucket, Key=change.key, Body=change.body)
    racer.done["written"] += 1


def ingest(racer: Racer, key: str) -> None:
    report = IngestReport()
    racer.ingestor.ingest(key, report)
    racer.done["revisions"] += len(report.recorded)


class Lane(NamedTuple):
    """One of several lanes of a stream, by the hash of the item: an item keeps its lane.

    Each record comes to ``copies`` lanes, so partitions are shared even where items are few.
    """

    number: int = 0
    lanes: int = 1
    copies: int = 1

    def takes(self, item_key: ItemKey) -> bool:
        first = crc32(f"{item_key.partition} {item_key.sort}".encode()) % self.lanes
        return (self.number - first) % self.lanes < self.copies


def lanes(number: int, copies: int = 1, entries: int = FEED_ENTRIES) -> list[Lap]:
    """Return laps that follow the stream in so many lanes; feeds have so many entries."""
    return [
        partial(follow_stream, lane=Lane(lane, number, copies), entries=entries)
        for lane in range(number)
    ]


def follow_stream(racer: Racer, lane: Lane = Lane(), entries: int = FEED_ENTRIES) -> None:  # noqa: B008  # it is immutable
    """Publish what a lane brings, until all others have ended and no lane has anything to do.

    Nothing is tried again: a writer that gives up is counted, and what it left out is missing.
    """
    random = Random(lane.number)  # noqa: S311  # an order that can be had again
    while not racer.signals.over.is_set():
        if not _publish_next(racer, lane, random, entries):
            sleep(_IDLE_SECONDS)
    barrier, before = racer.signals.starts[lane.lanes], -1
    while True:
        while _publish_next(racer, lane, random, entries):
            pass
        barrier.wait(SECONDS)
        worked = racer.signals.worked.value
        barrier.wait(SECONDS)  # nobody goes on before all have read it
        if worked == before:
            return
        before = worked


def _publish_next(racer: Racer, lane: Lane, random: Random, entries: int) -> bool:
    """Publish what comes next, in any order; say whether there was anything in the stream."""
    changed = _changed(racer)
    item_keys = [item_key for item_key in changed or () if lane.takes(item_key)]
    if item_keys:
        random.shuffle(item_keys)
        with racer.signals.worked.get_lock():
            racer.signals.worked.value += 1
        publish(racer, item_keys, entries)
    return changed is not None


def publish(racer: Racer, item_keys: Iterable[ItemKey], entries: int) -> None:
    """Publish a batch, as of the first attempt."""
    report = publish_batch(
        racer.site_writer(entries), [StreamRecord("", item_key) for item_key in item_keys]
    )
    racer.done["published"] += 1
    racer.done["documents"] += report.documents_written
    racer.done["conflicts"] += report.conflicts
    racer.note(report)


def _changed(racer: Racer) -> list[ItemKey] | None:
    """Return what the next records require work for, each once; None at the end."""
    records = racer.stream.read(_BATCH)
    if not records:
        return None
    found = (record["dynamodb"]["Keys"] for record in records)
    item_keys = (ItemKey(Partition.parse(key["pk"]["S"]), key["sk"]["S"]) for key in found)
    return [item_key for item_key in dict.fromkeys(item_keys) if tasks_for(item_key)]


def _turns(signal: Event, most: int) -> Iterator[bool]:
    """Yield before each turn whether the signal was given. Fail if too many turns follow it."""
    while not signal.is_set():
        yield False
    yield from [True] * most
    raise AssertionError(f"after {most} turns there is still something to do")


def reconcile(racer: Racer) -> None:
    """Reconcile until all writers have ended, and once after that."""
    _until_written(racer, lambda: reconcile_once(racer))


def _until_written(racer: Racer, work: Callable[[], bool]) -> None:
    """Repeat work until the signal; repeat it after that until it does not fail."""
    for is_written in _turns(racer.signals.written, most=20):
        has_failed = work()
        if is_written and not has_failed:
            return


def reconcile_once(racer: Racer) -> bool:
    """Do an iteration of the state machine; return whether it gave up because of conflicts."""
    work_items: tuple[WorkItem, ...] = (IngestWork(), PublishWork(segment=0, segments=1))
    racer.done["iterations"] += 1
    has_failed = False
    for work_item in work_items:
        work = racer.reconciler.work(work_item, lambda: True)
        racer.done["documents"] += work.published.documents_written
        racer.done["conflicts"] += work.published.conflicts
        for report in (work.ingested, work.published):
            has_failed |= racer.note(report)
    return has_failed


def rebuild(racer: Racer) -> None:
    """Reconcile until an iteration finds no difference."""
    for _ in _turns(racer.signals.written, most=20):
        before = racer.done["documents"]
        if not reconcile_once(racer) and racer.done["documents"] == before:
            return


def ingest_in_step(racer: Racer, changes: Sequence[Change], parties: int) -> None:
    """Write everything, then ingest the keys; all racers begin each key at the same time."""
    for change in changes:
        write(racer, change)
    for change in changes:
        racer.signals.starts[parties].wait(SECONDS)
        ingest(racer, change.key)


def count_up(racer: Racer, steps: int) -> None:
    """Add one to a number in an object so many times, each by the entity tag that was seen."""
    store = racer.site_writer().site
    while racer.done["counted"] < steps:
        tag = store.etags(["counter.txt"])["counter.txt"]
        number = _read_number(racer) if tag else 0
        try:
            store.write([document("counter.txt", b"%d" % (number + 1))], {"counter.txt": tag})
        except ConflictError:
            continue
        racer.done["counted"] += 1


def _read_number(racer: Racer) -> int:
    answer = racer.s3.get_object(Bucket=racer.ground.site_bucket, Key="counter.txt")
    return int(answer["Body"].read())


def claim_in_step(racer: Racer, base_paths: Sequence[str], name: str, parties: int) -> None:
    """Claim the paths; all racers begin each path at the same time."""
    for base_path in base_paths:
        racer.signals.starts[parties].wait(SECONDS)
        racer.done["claimed"] += racer.ingestor.ledger.claim(base_path, name) == name


def put_in_step(racer: Racer, item_keys: Sequence[ItemKey], revision: int, parties: int) -> None:
    """Write the items; all racers begin each item at the same time."""
    for item_key in item_keys:
        racer.signals.starts[parties].wait(SECONDS)
        racer.done["put"] += racer.ingestor.ledger.put(LedgerItem(item_key, revision, "{}"))
