"""The laps: work that racers do as functions do it, such as ingest, publishing and rebuilds."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing.synchronize import Event
from typing import NamedTuple

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey, Partition
from gazette.models.tasks.reconciliation import IngestWork, PublishWork, WorkItem
from gazette.models.tasks.reports import IngestReport
from gazette.models.tasks.tasks import tasks_for
from gazette.models.views.site_document import document
from gazette.ports import ConflictError
from gazette.services.publish.batch import StreamRecord, publish_batch
from tests.races.racers import SECONDS, Racer

_BATCH = 100


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


def publish_again(racer: Racer, item_keys: Sequence[ItemKey], attempt: int) -> None:
    """Publish the same items until all writers have ended, and once after that."""
    _until_written(racer, lambda: publish(racer, item_keys, attempt))


def publish(racer: Racer, item_keys: Iterable[ItemKey], attempt: int) -> bool:
    """Publish a batch; return whether it gave up because of conflicts."""
    records = [StreamRecord("", item_key, attempt) for item_key in item_keys]
    report = publish_batch(racer.publisher, records)
    racer.done["published"] += 1
    racer.done["documents"] += report.documents_written
    return racer.note(report)


def follow_stream(racer: Racer) -> None:
    """Publish the records of the stream until all other racers have ended and it is empty.

    Failed work is retried after the next batch.
    """
    again: list[ItemKey] = []
    for is_over in _turns(racer.signals.over, most=500):
        item_keys = _changed(racer)
        if item_keys and publish(racer, item_keys, 1):
            again += item_keys
        elif again and not publish(racer, again, 2):
            again.clear()
        if is_over and not item_keys and not again:
            return


def _turns(signal: Event, most: int) -> Iterator[bool]:
    """Yield before each turn whether the signal was given. Fail if too many turns follow it."""
    while not signal.is_set():
        yield False
    yield from [True] * most
    raise AssertionError(f"after {most} turns there is still something to do")


def _changed(racer: Racer) -> list[ItemKey]:
    found = (record["dynamodb"]["Keys"] for record in racer.stream.read(_BATCH))
    item_keys = (ItemKey(Partition.parse(key["pk"]["S"]), key["sk"]["S"]) for key in found)
    return [item_key for item_key in dict.fromkeys(item_keys) if tasks_for(item_key)]


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
    """Add one to the number in an object ``steps`` times, each time with the ETag of its read."""
    store = racer.publisher.site
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
