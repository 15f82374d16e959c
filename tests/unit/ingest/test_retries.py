"""Retries and dead letters of publishing and ingest."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from gazette.models.ledger import partitions
from gazette.models.ledger.keys import ItemKey
from gazette.models.limits import MAX_TASK_ATTEMPTS
from gazette.models.tasks.messages import Notification, StreamRecord
from gazette.models.tasks.reports import Failure, IngestReport, PublishReport
from gazette.models.tasks.retry import Retry
from gazette.models.tasks.tasks import tasks_for
from gazette.services.failures.dead_letters import DeadLetterSink, reason_of
from gazette.services.failures.retries import Retries
from gazette.services.ingest.batch import failed_notifications
from tests.unit.announce.outboxes import FakeOutbox

HARBOUR, BRIDGES = partitions.topic_partition("harbour"), partitions.topic_partition("bridges")


@dataclass
class Queues:
    """Retries between a retry queue and a dead-letter queue."""

    retries: FakeOutbox = field(default_factory=FakeOutbox)
    dead_letters: FakeOutbox = field(default_factory=FakeOutbox)

    def queue(self, records: Sequence[StreamRecord], report: PublishReport) -> list[str]:
        return Retries(self.retries, self.dead_letters, 30).queue(records, report)


def entry(number: int, partition: partitions.Partition = HARBOUR) -> ItemKey:
    return ItemKey(partition, f"ENTRY#2026-07-04T08:00:00Z#{number}")


def failed(*item_keys: ItemKey) -> PublishReport:
    """Return a report in which every task for these keys has failed."""
    subjects = {str(task): None for item_key in item_keys for task in tasks_for(item_key)}
    return PublishReport(failed=[Failure(subject, ValueError("oh")) for subject in subjects])


def test_failed_work_is_queued_by_partition() -> None:
    queues, report = Queues(), failed(entry(1), entry(1, BRIDGES))
    records = [
        StreamRecord("1", entry(1)),
        StreamRecord("2", entry(2)),
        StreamRecord("3", entry(1, BRIDGES)),
        StreamRecord("4", ItemKey(partitions.SITE, "ENTRY#2026-07-04T08:00:00Z#1")),
    ]
    assert queues.queue(records, report) == []
    assert queues.retries.retries() == [
        # Both records need the time line that failed.
        Retry(partition=HARBOUR, sorts=(entry(1).sort, entry(2).sort)),
        Retry(partition=BRIDGES, sorts=(entry(1).sort,)),
    ]
    assert queues.dead_letters.messages == []


def test_a_batch_without_failures_queues_nothing() -> None:
    queues = Queues(FakeOutbox(refuses=True), FakeOutbox(refuses=True))
    assert queues.queue([StreamRecord("1", entry(1))], PublishReport()) == []


def test_the_delay_doubles_with_each_attempt() -> None:
    delays = []
    for attempt in range(1, MAX_TASK_ATTEMPTS):
        queues = Queues()
        queues.queue([StreamRecord("1", entry(1), attempt)], failed(entry(1)))
        ((body, _, delay),) = queues.retries.messages
        assert Retry.model_validate_json(body).attempt == attempt + 1
        delays.append(delay)
    assert delays == [30, 60, 120, 240, 480]


def test_the_delay_never_exceeds_the_maximum_of_sqs() -> None:
    retries = FakeOutbox()
    service = Retries(retries, FakeOutbox(), first_delay=900)
    service.queue([StreamRecord("1", entry(1), 4)], failed(entry(1)))
    ((_, _, delay),) = retries.messages
    assert delay == 900


def test_a_dead_letter_starts_again_at_the_first_retry() -> None:
    queues = Queues()
    assert queues.queue([StreamRecord("1", entry(1), MAX_TASK_ATTEMPTS)], failed(entry(1))) == []
    ((body, reason, delay),) = queues.dead_letters.messages
    assert Retry.model_validate_json(body) == Retry(partition=HARBOUR, sorts=(entry(1).sort,))
    assert (reason, delay) == ("ValueError: oh", 0)
    assert queues.retries.messages == []


def test_a_failed_burst_is_split_into_messages_that_sqs_accepts() -> None:
    queues = Queues()
    item_keys = [ItemKey(HARBOUR, f"ENTRY#2026-07-04T08:00:00Z#{'ñ' * 480}{n}") for n in range(500)]
    records = [StreamRecord(item_key.sort, item_key) for item_key in (*item_keys, *item_keys[:9])]
    queues.queue(records, failed(*item_keys))
    sent = queues.retries.retries()
    assert [len(retry.sorts) for retry in sent] == [200, 200, 100]
    assert [item_key for retry in sent for item_key in retry.item_keys] == item_keys
    assert all(len(body.encode()) < 262_144 for body, _, _ in queues.retries.messages)


def test_work_that_cannot_be_queued_is_returned_and_reported() -> None:
    queues, report = Queues(retries=FakeOutbox(refuses=True)), failed(entry(1))
    records = [StreamRecord("1", entry(1)), StreamRecord("2", entry(1, BRIDGES))]
    assert queues.queue(records, report) == ["1"]
    assert report.failed[-1].subject == "retry of TOPIC#harbour"
    assert isinstance(report.failed[-1].error, ConnectionError)


@pytest.mark.parametrize(
    "partition", [partitions.SITE, HARBOUR, partitions.updates_partition(HARBOUR)]
)
def test_a_retry_names_its_partition_in_plain_text(partition: partitions.Partition) -> None:
    retry = Retry(partition=partition, sorts=("ENTRY#ñ", "b"), attempt=3)
    assert f'"partition":"{partition}"' in retry.model_dump_json()
    assert Retry.model_validate_json(retry.model_dump_json()) == retry


def ingest_failures(**errors: Exception) -> IngestReport:
    return IngestReport(failed=[Failure(subject, error) for subject, error in errors.items()])


def test_a_notification_becomes_a_dead_letter_at_its_last_attempt_only() -> None:
    dead_letters = FakeOutbox()
    messages = [
        Notification("1", ("a", "b"), None, "first", 5),
        Notification("2", ("b",), None, "second", 4),
        Notification("3", ("c",), None, "third", 5),
    ]
    report = ingest_failures(b=KeyError("x"))
    failed = failed_notifications(messages, report)
    assert DeadLetterSink(dead_letters, 5).collect(failed, report.failed) == ["2"]
    assert dead_letters.messages == [("first", "KeyError: 'x'", 0)]


def test_a_notification_that_cannot_be_moved_is_delivered_again() -> None:
    report = ingest_failures(a=KeyError("x"))
    sink = DeadLetterSink(FakeOutbox(refuses=True), 5)
    failed = failed_notifications([Notification("1", ("a",), None, "first", 5)], report)
    assert sink.collect(failed, report.failed) == ["1"]
    assert report.failed[-1].subject == "dead letter 1"


def test_a_reason_is_one_printable_line() -> None:
    reason = reason_of(ValueError("a\x00\n\n  b" + " word" * 200))
    assert reason.startswith("ValueError: a b word")
    assert reason.endswith("…")
    assert len(reason) <= 500
