"""What failed is passed on by key: alone, later and later, and in the end with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from gazette.models.ledger import keys
from gazette.models.ledger.keys import ItemKey
from gazette.models.work.reports import Failure, IngestReport, PublishReport
from gazette.models.work.retry import Retry
from gazette.models.work.tasks import tasks_for
from gazette.services.ingest.batch import Notification
from gazette.services.publish.batch import StreamRecord
from gazette.services.retries import MOST_ATTEMPTS, DeadLetterSink, Retries, reason_of

HARBOUR, BRIDGES = keys.topic_partition("harbour"), keys.topic_partition("bridges")


@dataclass
class Sent:
    """An outbox that keeps what is sent, or refuses it."""

    refuses: bool = False
    messages: list[tuple[str, str, int]] = field(default_factory=list)

    def send(self, body: str, *, reason: str = "", delay: int = 0) -> None:
        if self.refuses:
            raise ConnectionError("no such queue")
        self.messages.append((body, reason, delay))

    def retries(self) -> list[Retry]:
        return [Retry.model_validate_json(body) for body, _, _ in self.messages]


@dataclass
class Desk:
    """Second tries between two outboxes."""

    retries: Sent = field(default_factory=Sent)
    dead_letters: Sent = field(default_factory=Sent)

    def pass_on(self, records: Sequence[StreamRecord], report: PublishReport) -> list[str]:
        return Retries(self.retries, self.dead_letters, 30).pass_on(records, report)


def entry(number: int, partition: keys.Partition = HARBOUR) -> ItemKey:
    return ItemKey(partition, f"ENTRY#2026-07-04T08:00:00Z#{number}")


def failed(*item_keys: ItemKey) -> PublishReport:
    """Return a report in which all that these places set off has failed."""
    subjects = {str(task): None for item_key in item_keys for task in tasks_for(item_key)}
    return PublishReport(failed=[Failure(subject, ValueError("oh")) for subject in subjects])


def test_what_failed_is_sent_by_partition_and_the_rest_is_not() -> None:
    builder, report = Desk(), failed(entry(1), entry(1, BRIDGES))
    records = [
        StreamRecord("1", entry(1)),
        StreamRecord("2", entry(2)),
        StreamRecord("3", entry(1, BRIDGES)),
        StreamRecord("4", ItemKey(keys.SITE, "ENTRY#2026-07-04T08:00:00Z#1")),
    ]
    assert builder.pass_on(records, report) == []
    assert builder.retries.retries() == [
        # The second record shares the time line that failed with the first.
        Retry(partition=HARBOUR, sorts=(entry(1).sort, entry(2).sort)),
        Retry(partition=BRIDGES, sorts=(entry(1).sort,)),
    ]
    assert builder.dead_letters.messages == []


def test_where_nothing_failed_nothing_is_sent() -> None:
    builder = Desk(Sent(refuses=True), Sent(refuses=True))
    assert builder.pass_on([StreamRecord("1", entry(1))], PublishReport()) == []


def test_every_try_waits_twice_as_long_as_the_one_before() -> None:
    delays = []
    for attempt in range(1, MOST_ATTEMPTS):
        builder = Desk()
        builder.pass_on([StreamRecord("1", entry(1), attempt)], failed(entry(1)))
        ((body, _, delay),) = builder.retries.messages
        assert Retry.model_validate_json(body).attempt == attempt + 1
        delays.append(delay)
    assert delays == [30, 60, 120, 240, 480]


def test_sqs_delays_no_longer_than_a_quarter_of_an_hour() -> None:
    retries = Sent()
    tries = Retries(retries, Sent(), first_delay=900)
    tries.pass_on([StreamRecord("1", entry(1), 4)], failed(entry(1)))
    ((_, _, delay),) = retries.messages
    assert delay == 900


def test_after_the_last_try_it_is_kept_as_if_it_had_never_been_tried() -> None:
    builder = Desk()
    assert builder.pass_on([StreamRecord("1", entry(1), MOST_ATTEMPTS)], failed(entry(1))) == []
    ((body, reason, delay),) = builder.dead_letters.messages
    assert Retry.model_validate_json(body) == Retry(partition=HARBOUR, sorts=(entry(1).sort,))
    assert (reason, delay) == ("ValueError: oh", 0)
    assert builder.retries.messages == []


def test_a_burst_that_fails_fits_into_messages() -> None:
    builder = Desk()
    item_keys = [ItemKey(HARBOUR, f"ENTRY#2026-07-04T08:00:00Z#{'ñ' * 480}{n}") for n in range(500)]
    records = [StreamRecord(item_key.sort, item_key) for item_key in (*item_keys, *item_keys[:9])]
    builder.pass_on(records, failed(*item_keys))
    sent = builder.retries.retries()
    assert [len(retry.sorts) for retry in sent] == [200, 200, 100]
    assert [item_key for retry in sent for item_key in retry.item_keys] == item_keys
    assert all(len(body.encode()) < 262_144 for body, _, _ in builder.retries.messages)


def test_what_cannot_be_passed_on_is_named_and_said() -> None:
    builder, report = Desk(retries=Sent(refuses=True)), failed(entry(1))
    records = [StreamRecord("1", entry(1)), StreamRecord("2", entry(1, BRIDGES))]
    assert builder.pass_on(records, report) == ["1"]
    assert report.failed[-1].subject == "passing on TOPIC#harbour"
    assert isinstance(report.failed[-1].error, ConnectionError)


@pytest.mark.parametrize("partition", [keys.SITE, HARBOUR, keys.updates_partition(HARBOUR)])
def test_a_retry_says_in_words_which_partition_it_is_of(partition: keys.Partition) -> None:
    retry = Retry(partition=partition, sorts=("ENTRY#ñ", "b"), attempt=3)
    assert f'"partition":"{partition}"' in retry.model_dump_json()
    assert Retry.model_validate_json(retry.model_dump_json()) == retry


def ingest_failures(**errors: Exception) -> IngestReport:
    return IngestReport(failed=[Failure(subject, error) for subject, error in errors.items()])


def test_a_hint_is_kept_at_its_last_receive_and_not_before() -> None:
    kept = Sent()
    messages = [
        Notification("1", ("a", "b"), None, "first", 5),
        Notification("2", ("b",), None, "second", 4),
        Notification("3", ("c",), None, "third", 5),
    ]
    report = ingest_failures(b=KeyError("x"))
    assert DeadLetterSink(kept, 5).keep(messages, ["1", "2"], report) == ["2"]
    assert kept.messages == [("first", "KeyError: 'x'", 0)]


def test_a_hint_that_cannot_be_kept_stays_in_its_queue() -> None:
    report = ingest_failures(a=KeyError("x"))
    keeper = DeadLetterSink(Sent(refuses=True), 5)
    assert keeper.keep([Notification("1", ("a",), None, "first", 5)], ["1"], report) == ["1"]
    assert report.failed[-1].subject == "keeping 1"


def test_a_reason_is_one_line_that_any_format_can_carry() -> None:
    told = reason_of(ValueError("a\x00\n\n  b" + " word" * 200))
    assert told.startswith("ValueError: a b word")
    assert told.endswith("…")
    assert len(told) <= 500
