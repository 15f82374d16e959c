import json
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError

from functions.release_due import app
from gazette.models.contract.identity import event_key
from gazette.models.ledger import keys
from gazette.models.tasks.messages import Notification
from gazette.models.tasks.reports import IngestReport
from gazette.runtime.bootstrap.ingest import ingestor
from gazette.runtime.bootstrap.once import forget
from gazette.runtime.triggers import read_notifications
from gazette.services.ingest.batch import ingest_batch
from gazette.services.release.release import Releaser, UnsentError
from gazette.store.dynamodb import DynamoLedger
from tests.emulators.lambda_pollers import Context
from tests.emulators.moto_stack import INGEST, LEDGER
from tests.functions.conftest import MORNING, Deployed, Payload, log_of, payload

FERRY = "2026/ferry & café"
# The payload is for noon.
NOON = MORNING + timedelta(hours=4)
MINUTE = timedelta(minutes=1)


def ingest(hour: int, *object_keys: str) -> IngestReport:
    """Ingest object keys as at an hour after the morning."""

    def clock() -> datetime:
        return MORNING + timedelta(hours=hour)

    messages = [Notification(str(number), (key,)) for number, key in enumerate(object_keys)]
    return ingest_batch(ingestor(clock), messages)


@pytest.fixture
def held(deployed: Deployed) -> Deployed:
    """An event is held until noon, and its own notification is gone from the queue."""
    event = {"title": "Ferry", "date": "2026-07-04", "published": "2026-07-04T12:00:00Z"}
    deployed.put(event_key(FERRY), json.dumps(event).encode(), MORNING)
    ingest(0, event_key(FERRY))
    deployed.stack.sqs.purge_queue(QueueUrl=deployed.stack.queue_url)
    return deployed


def at(minutes: int) -> Payload:
    time = (NOON + minutes * MINUTE).isoformat()
    return payload("release_due/schedule.json") | {"time": time}


def invoke(event: Payload | None = None) -> None:
    app.handler(event or payload("release_due/schedule.json"), Context("release-due"))


def notified(deployed: Deployed) -> list[tuple[str, ...]]:
    """Return the keys that the messages for ingest name, as its handler reads them."""
    messages = [json.loads(message["Body"]) for message in deployed.messages(INGEST)]
    return [read_notifications(message)[0].keys for message in messages]


def test_ingest_is_notified_of_a_held_event_when_its_minute_has_come(held: Deployed) -> None:
    invoke(at(-1))
    assert notified(held) == []
    invoke()
    assert notified(held) == [(event_key(FERRY),)]


def test_what_is_notified_of_is_published_and_leaves_the_schedule(held: Deployed) -> None:
    invoke()
    ((key,),) = notified(held)
    assert ingest(3, key).recorded == []
    assert ingest(4, key).recorded == [(FERRY, 1, "publication")]
    schedule = held.record(keys.due_key(NOON, FERRY))
    assert schedule is not None
    assert schedule.deleted
    invoke(at(1))
    assert notified(held) == []


def test_a_run_that_was_missed_is_caught_up_by_the_next_one(held: Deployed) -> None:
    invoke(at(90))
    assert notified(held) == [(event_key(FERRY),)]


def test_an_expiry_is_notified_of_too(deployed: Deployed) -> None:
    event = {"title": "Sale", "date": "2026-07-04", "expires": "2026-07-04T12:00:00Z"}
    deployed.put("events/sale.json", json.dumps(event).encode(), MORNING)
    ingest(0, "events/sale.json")
    deployed.stack.sqs.purge_queue(QueueUrl=deployed.stack.queue_url)
    invoke()
    assert notified(deployed) == [("events/sale.json",)]
    assert ingest(4, "events/sale.json").recorded == [("sale", 2, "expired")]


@pytest.mark.usefixtures("held")
def test_a_run_logs_one_line_if_something_was_due() -> None:
    with log_of(app.instruments) as log:
        invoke(at(-1))
        invoke()
    (line,) = log
    assert line["counts"] == {"EventsDue": 1, "ReleaseFailures": 0}
    assert line["service"] == "release_due"


class RefusingQueue:
    """A queue that takes nothing but the first message."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    def send_all(self, bodies: Sequence[str]) -> Sequence[str]:
        self.taken += bodies[:1]
        return ["InternalError: None"] * len(bodies[1:])


@pytest.mark.filterwarnings("ignore:No application metrics")
def test_what_the_queue_refused_is_logged_and_the_run_fails(held: Deployed) -> None:
    other = {"title": "Sale", "date": "2026-07-04", "published": "2026-07-04T11:00:00Z"}
    held.put("events/sale.json", json.dumps(other).encode(), MORNING)
    ingest(0, "events/sale.json")
    queue = RefusingQueue()
    report = Releaser(DynamoLedger(held.stack.dynamodb, LEDGER, lambda: NOON), queue).release(NOON)
    assert (report.notified, len(queue.taken)) == (1, 1)
    with log_of(app.instruments) as log:
        app.instruments.report_release(report)
    assert [line["level"] for line in log] == ["ERROR", "INFO"]
    assert log[-1]["counts"] == {"EventsDue": 1, "ReleaseFailures": 1}
    with pytest.raises(UnsentError, match="InternalError"):
        report.raise_failures()


@pytest.mark.filterwarnings("ignore:No application metrics")  # it fails before it has any
def test_without_its_settings_it_fails_and_lambda_retries(
    held: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("INGEST_QUEUE_URL")
    forget()
    with pytest.raises(ValidationError, match="INGEST_QUEUE_URL\n  Field required"):
        invoke()
    assert notified(held) == []
