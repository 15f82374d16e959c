import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from functions.ingest_event import app
from gazette.models.ledger import keys
from gazette.models.ledger.snapshot import ImageSnapshot, Snapshot
from gazette.runtime.bootstrap.once import forget
from gazette.runtime.triggers import read_notifications
from tests.emulators.lambda_pollers import Context
from tests.emulators.moto_stack import INGEST_DEAD_LETTERS, MotoStack
from tests.functions.conftest import MORNING, Deployed, Payload, log_of, payload
from tests.unit.images.image_files import PNG

RIVER, FOX = "2026/river opens", "2026/ñandú & fox"
FIRST = "19dd0b57-b21e-4ac1-bd88-01bbb068cb78"


def document(title: str) -> bytes:
    return json.dumps({"title": title, "date": "2026-07-04"}).encode()


def invoke(name: str) -> Payload:
    answer: Payload = app.handler(payload(f"ingest_event/{name}"), Context("ingest-event"))
    return answer


def failed(answer: Payload) -> list[str]:
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def snapshot(deployed: Deployed, name: str) -> Snapshot | None:
    record = deployed.record(keys.snapshot_key(name))
    return Snapshot.model_validate_json(record.payload) if record else None


@pytest.mark.parametrize("name", ["s3_put.json", "sqs_batch.json", "unreadable_message.json"])
def test_an_object_that_was_written_is_recorded(name: str, deployed: Deployed) -> None:
    deployed.put(f"events/{RIVER}.json", document("River opens"))
    invoke(name)
    found = snapshot(deployed, RIVER)
    assert found is not None
    assert found.number == 1
    assert found.first_published == MORNING


@pytest.mark.parametrize(
    "name", ["removed_version.json", "expired_version.json", "expired_object.json"]
)
def test_whatever_is_notified_of_a_key_the_bucket_is_asked_what_is_true(
    name: str, deployed: Deployed
) -> None:
    """A version was removed by its id or by a lifecycle rule, or such a rule wrote a marker."""
    deployed.put(f"events/{RIVER}.json", document("River opens"))
    assert failed(invoke(name)) == []
    found = snapshot(deployed, RIVER)
    assert found is not None
    assert found.first_published == MORNING


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (lambda stack, key, _: stack.put(key, b"{}", MORNING), "ObjectCreated:Put"),
        (lambda stack, key, _: stack.delete(key, MORNING), "ObjectRemoved:DeleteMarkerCreated"),
        (lambda stack, key, first: stack.remove_version(key, first), "ObjectRemoved:Delete"),
        (
            lambda stack, key, first: stack.versions.expire_version(key, first),
            "LifecycleExpiration:Delete",
        ),
        (
            lambda stack, key, _: stack.versions.expire(key),
            "LifecycleExpiration:DeleteMarkerCreated",
        ),
    ],
)
def test_every_act_of_the_source_bucket_comes_to_the_queue(
    deployed: Deployed, act: Callable[[MotoStack, str, str], object], expected: str
) -> None:
    """The notifications that template.yaml configures, sent as S3 sends them."""
    key = f"events/{RIVER}.json"
    first = deployed.stack.put(key, document("River opens"), MORNING)
    act(deployed.stack, key, first)
    bodies = [json.loads(message["Body"]) for message in deployed.messages("ingest")]
    records = [record for body in bodies for record in body.get("Records", [])]
    assert [record["eventName"] for record in records] == ["ObjectCreated:Put", expected]
    assert records[1]["s3"]["object"]["key"] == "events/2026/river+opens.json"
    assert records[1]["s3"]["object"]["versionId"]


def test_every_message_of_a_batch_is_ingested(deployed: Deployed) -> None:
    deployed.put(f"events/{RIVER}.json", document("River opens"))
    deployed.put(f"events/{FOX}.json", document("Ñandú and fox"))
    assert invoke("sqs_batch.json") == {"batchItemFailures": []}
    for name in (RIVER, FOX):
        found = snapshot(deployed, name)
        assert found is not None
        assert found.number == 1


def test_a_deletion_is_a_retraction(deployed: Deployed) -> None:
    deployed.put(f"events/{RIVER}.json", document("River opens"))
    deployed.stack.delete(f"events/{RIVER}.json", MORNING + timedelta(hours=1))
    assert failed(invoke("deletion.json")) == []
    found = snapshot(deployed, RIVER)
    assert found is not None
    assert found.revision is not None
    assert (found.revision.number, found.revision.entry.kind) == (2, "retraction")


def test_an_image_is_recorded(deployed: Deployed) -> None:
    deployed.put("images/2026/river.png", PNG)
    assert failed(invoke("image.json")) == []
    record = deployed.record(keys.image_key("images/2026/river.png"))
    assert record is not None
    assert ImageSnapshot.model_validate_json(record.payload).media_type == "image/png"


def test_an_erasure_leads_to_ingest_of_its_key(deployed: Deployed) -> None:
    (notification,) = read_notifications(payload("ingest_event/erasure.json"))
    assert notification.keys == (f"erasures/{RIVER}.json",)
    assert failed(invoke("erasure.json")) == []
    assert deployed.messages(INGEST_DEAD_LETTERS) == []


def test_the_event_that_s3_tests_the_queue_with_is_done(deployed: Deployed) -> None:
    assert invoke("s3_test_event.json") == {"batchItemFailures": []}
    assert snapshot(deployed, RIVER) is None


def test_a_message_that_cannot_be_read_is_left_to_the_dead_letter_queue(deployed: Deployed) -> None:
    deployed.put(f"events/{RIVER}.json", document("River opens"))
    assert failed(invoke("unreadable_message.json")) == [FIRST]


def test_a_bad_document_is_no_failure_and_is_said_in_the_log(
    deployed: Deployed,
) -> None:
    deployed.put(f"events/{RIVER}.json", b'{"title": "River opens"}')
    with log_of(app.instruments) as log:
        assert failed(invoke("sqs_batch.json")) == []
    line, _ = log
    assert (line["level"], line["message"]) == ("WARNING", "Quarantined a document")
    assert (line["key"], line["reason"]) == (
        f"events/{RIVER}.json",
        "date: is missing; write the day of the event like 2026-03-04",
    )


def test_one_summary_line_has_the_function_and_its_counts(
    deployed: Deployed,
) -> None:
    deployed.put(f"events/{RIVER}.json", document("River opens"))
    with log_of(app.instruments) as log:
        invoke("sqs_batch.json")
    (line,) = log
    assert line["message"] == "Ingested a batch"
    assert (line["service"], line["function_name"]) == ("ingest_event", "ingest-event")
    assert line["recorded"] == [{"event_id": RIVER, "revision": 1, "kind": "publication"}]


def test_every_message_is_delivered_again_while_aws_is_unavailable(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_BUCKET", "no-such-bucket")
    forget()
    assert len(failed(invoke("sqs_batch.json"))) == 3
    assert snapshot(deployed, RIVER) is None


def last_attempt(name: str) -> Payload:
    event = payload(f"ingest_event/{name}")
    for record in event["Records"]:
        record["attributes"]["ApproximateReceiveCount"] = "5"
    return event


def test_a_notification_that_fails_for_the_last_time_is_kept_with_its_reason(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_BUCKET", "no-such-bucket")
    forget()
    event = last_attempt("sqs_batch.json")
    assert app.handler(event, Context("ingest-event")) == {"batchItemFailures": []}
    letters = deployed.messages(INGEST_DEAD_LETTERS)
    assert [letter["Body"] for letter in letters] == [r["body"] for r in event["Records"]]
    for letter in letters:
        reason = letter["MessageAttributes"]["reason"]["StringValue"]
        assert reason.startswith("NoSuchBucket: ")


def test_a_message_that_cannot_be_read_is_kept_and_the_others_are_done(deployed: Deployed) -> None:
    deployed.put(f"events/{RIVER}.json", document("River opens"))
    answer = app.handler(last_attempt("unreadable_message.json"), Context("ingest-event"))
    assert answer == {"batchItemFailures": []}
    (letter,) = deployed.messages(INGEST_DEAD_LETTERS)
    reason = letter["MessageAttributes"]["reason"]["StringValue"]
    assert reason.startswith("ValueError: is no S3 notification: ")
    assert snapshot(deployed, RIVER) is not None


def test_a_notification_that_cannot_be_moved_is_delivered_again(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INGEST_DEAD_LETTER_QUEUE_URL", f"{deployed.stack.queue_url}-no-such-queue")
    forget()
    with log_of(app.instruments) as log:
        answer = app.handler(last_attempt("unreadable_message.json"), Context("ingest-event"))
    assert failed(answer) == [FIRST]
    assert f"dead letter {FIRST}" in [line.get("subject") for line in log]


def test_a_bare_s3_event_that_fails_fails_whole(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_BUCKET", "no-such-bucket")
    forget()
    with pytest.raises(ClientError, match="NoSuchBucket"):
        invoke("s3_put.json")
    assert deployed.written() == set()


def test_messages_that_the_function_has_no_time_for_are_delivered_again(deployed: Deployed) -> None:
    deployed.put(f"events/{RIVER}.json", document("River opens"))
    deployed.put(f"events/{FOX}.json", document("Ñandú and fox"))
    event = payload("ingest_event/sqs_batch.json")
    answer = app.handler(event, Context("ingest-event", milliseconds_left=20_000))
    first, second = [record["messageId"] for record in event["Records"]][:2]
    assert (first, failed(answer)) == (FIRST, [second])
    assert snapshot(deployed, RIVER) is not None
    assert snapshot(deployed, FOX) is None
    assert failed(app.handler(event, Context("ingest-event", milliseconds_left=20_001))) == []
    assert snapshot(deployed, FOX) is not None
