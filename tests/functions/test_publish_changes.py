import json
from datetime import timedelta

import pytest

from functions.ingest_event import app as ingest_event
from functions.publish_changes import app
from gazette.models.ledger.partitions import event_partition
from gazette.models.tasks.edge_invalidation import EdgeInvalidation
from gazette.models.tasks.retry import Retry
from gazette.models.views.site_document import SUPERSEDED
from gazette.runtime.bootstrap.once import forget
from tests.emulators.lambda_pollers import Context
from tests.emulators.moto_stack import (
    INVALIDATIONS,
    LEDGER,
    PUBLISH_DEAD_LETTERS,
    PUBLISH_RETRIES,
    SITE_BUCKET,
    SOURCE_BUCKET,
    queue_url,
)
from tests.functions.conftest import MORNING, Deployed, Payload, log_of, payload
from tests.unit.images.image_files import PNG

RIVER, FOX = "2026/river opens", "2026/ñandú & fox"
PAGES = {RIVER: "news/2026/07/4/river-opens.html", FOX: "news/2026/07/4/ñandú-and-fox.html"}


@pytest.fixture
def ingested(deployed: Deployed) -> Deployed:
    """Two events and an image are in the ledger, and nothing is published."""
    for name, title in ((RIVER, "River opens"), (FOX, "Ñandú and fox")):
        event = {"title": title, "date": "2026-07-04", "topics": ["Rivers"], "category": "Nature"}
        deployed.put(f"events/{name}.json", json.dumps(event).encode())
    deployed.put("images/2026/river.png", PNG)
    for name in ("sqs_batch.json", "image.json"):
        answer = ingest_event.handler(payload(f"ingest_event/{name}"), Context("ingest-event"))
        assert answer == {"batchItemFailures": []}
    return deployed


def invoke(name: str) -> Payload:
    answer: Payload = app.handler(payload(f"publish_changes/{name}"), Context("publish-changes"))
    return answer


def test_the_changes_of_the_stream_are_published(ingested: Deployed) -> None:
    assert invoke("stream_batch.json") == {"batchItemFailures": []}
    assert {*PAGES.values(), "topics/rivers/feed.atom", "feed.rss"} <= ingested.written()
    assert "news/2026/07/4/index.html" in ingested.written()
    assert "categories/nature/index.html" in ingested.written()


def test_an_image_is_published(ingested: Deployed) -> None:
    assert invoke("image.json") == {"batchItemFailures": []}
    assert ingested.read("image/2026/river.png") == PNG


def test_the_same_batch_again_writes_nothing(ingested: Deployed) -> None:
    invoke("stream_batch.json")
    before = ingested.written()
    with log_of(app.instruments) as log:
        invoke("stream_batch.json")
    (line,) = log
    assert ingested.written() == before
    assert line["message"] == "Published a batch"
    assert line["counts"]["DocumentsWritten"] == 0
    assert line["counts"]["DocumentsUnchanged"] > 0
    assert line["service"] == "publish_changes"


def lose_for_good(deployed: Deployed, event_id: str) -> None:
    """Delete the document of an event, in the ledger and in S3: nothing is left to render."""
    key = f"events/{event_id}.json"
    partition = {"S": f"DOCUMENT#{event_id}"}
    found = deployed.stack.dynamodb.query(
        TableName=LEDGER,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": partition},
    )
    for item in found["Items"]:
        deployed.stack.dynamodb.delete_item(
            TableName=LEDGER, Key={"pk": partition, "sk": item["sk"]}
        )
    listed = deployed.stack.s3.list_object_versions(Bucket=SOURCE_BUCKET, Prefix=key)
    for version in listed["Versions"]:
        deployed.stack.s3.delete_object(
            Bucket=SOURCE_BUCKET, Key=key, VersionId=version["VersionId"]
        )


def test_a_page_that_cannot_be_made_fails_alone(ingested: Deployed) -> None:
    lose_for_good(ingested, RIVER)
    assert invoke("stream_batch.json") == {"batchItemFailures": []}
    (retry,) = ingested.messages(PUBLISH_RETRIES)
    assert Retry.model_validate_json(retry["Body"]) == Retry(
        partition=event_partition(RIVER), sorts=("REVISION#000001",)
    )
    assert ingested.read(PAGES[RIVER]) is None
    assert ingested.read(PAGES[FOX]) is not None
    assert ingested.read("topics/rivers/feed.atom") is not None


def test_work_that_failed_before_is_done_when_its_time_has_come(ingested: Deployed) -> None:
    assert invoke("retry.json") == {"batchItemFailures": []}
    assert PAGES[RIVER] in ingested.written()
    assert ingested.messages(PUBLISH_RETRIES) == []


def test_work_that_fails_for_the_last_time_is_kept_with_its_reason(ingested: Deployed) -> None:
    lose_for_good(ingested, RIVER)
    event = payload("publish_changes/retry.json")
    retry = Retry.model_validate_json(event["Records"][0]["body"])
    last = retry.model_copy(update={"attempt": 6})
    event["Records"][0]["body"] = last.model_dump_json()
    assert app.handler(event, Context("publish-changes")) == {"batchItemFailures": []}
    (letter,) = ingested.messages(PUBLISH_DEAD_LETTERS)
    assert Retry.model_validate_json(letter["Body"]) == retry.model_copy(update={"attempt": 2})
    reason = letter["MessageAttributes"]["reason"]["StringValue"]
    assert reason.startswith("UnreadableVersionError: NoSuchVersion: ")
    assert ingested.messages(PUBLISH_RETRIES) == []


def test_records_that_cannot_be_queued_are_delivered_again(
    ingested: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_for_good(ingested, RIVER)
    monkeypatch.setenv("PUBLISH_RETRY_QUEUE_URL", f"{ingested.stack.queue_url}-no-such-queue")
    forget()
    number = payload("publish_changes/stream_batch.json")["Records"][0]["dynamodb"]
    with log_of(app.instruments) as log:
        answer = invoke("stream_batch.json")
    assert answer == {"batchItemFailures": [{"itemIdentifier": number["SequenceNumber"]}]}
    failures = [line["subject"] for line in log if line["level"] == "ERROR"]
    assert f"retry of EVENT#{RIVER}" in failures


FIRST_REVISION = "news/2026/07/4/river-opens.r1.html"


@pytest.fixture
def superseded(ingested: Deployed) -> Deployed:
    """The first revision is superseded and published, and its page is not as it should be."""
    event = {"title": "River opens", "date": "2026-07-04", "body": "Late."}
    ingested.put(f"events/{RIVER}.json", json.dumps(event).encode(), MORNING + timedelta(hours=1))
    ingest_event.handler(payload("ingest_event/sqs_batch.json"), Context("ingest-event"))
    invoke("stream_batch.json")
    assert ingested.messages(INVALIDATIONS) == []
    ingested.stack.s3.put_object(
        Bucket=SITE_BUCKET, Key=FIRST_REVISION, Body=b"?", CacheControl=SUPERSEDED
    )
    return ingested


def test_a_superseded_revision_that_changes_is_invalidated_at_the_edge(
    superseded: Deployed,
) -> None:
    assert invoke("stream_batch.json") == {"batchItemFailures": []}
    (message,) = superseded.messages(INVALIDATIONS)
    assert EdgeInvalidation.model_validate_json(message["Body"]).paths == (FIRST_REVISION,)


def test_an_erased_revision_is_invalidated_at_the_edge_even_if_it_is_written_already(
    superseded: Deployed,
) -> None:
    """The attempt that wrote its pages may have ended before it queued the invalidation."""
    erasure = b'{"revisions": [1], "reason": "By order of a court."}'
    superseded.put(f"erasures/{RIVER}.json", erasure, MORNING + timedelta(hours=2))
    ingest_event.handler(payload("ingest_event/erasure.json"), Context("ingest-event"))
    pages = {FIRST_REVISION.replace("html", form) for form in ("html", "md", "json", "xml")}
    for _ in range(2):
        assert invoke("stream_batch.json") == {"batchItemFailures": []}
        (message,) = superseded.messages(INVALIDATIONS)
        assert set(EdgeInvalidation.model_validate_json(message["Body"]).paths) == pages
        superseded.stack.sqs.delete_message(
            QueueUrl=queue_url(INVALIDATIONS), ReceiptHandle=message["ReceiptHandle"]
        )
    assert b"By order of a court." in (superseded.read(FIRST_REVISION) or b"")


def test_a_batch_whose_invalidation_cannot_be_queued_is_delivered_again(
    superseded: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INVALIDATE_QUEUE_URL", f"{superseded.stack.queue_url}-no-such-queue")
    forget()
    records = payload("publish_changes/stream_batch.json")["Records"]
    assert invoke("stream_batch.json")["batchItemFailures"] == [
        {"itemIdentifier": record["dynamodb"]["SequenceNumber"]} for record in records
    ]


def test_without_a_distribution_nothing_is_invalidated_and_nothing_fails(
    superseded: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("INVALIDATE_QUEUE_URL")
    forget()
    assert invoke("stream_batch.json") == {"batchItemFailures": []}
    assert superseded.messages(INVALIDATIONS) == []
    assert superseded.read(FIRST_REVISION) != b"?"


def test_records_that_the_function_has_no_time_for_are_delivered_again(ingested: Deployed) -> None:
    event = payload("publish_changes/stream_batch.json")
    answer = app.handler(event, Context("publish-changes", milliseconds_left=60_000))
    numbers = {record["dynamodb"]["SequenceNumber"] for record in event["Records"]}
    again = [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
    assert again
    assert set(again) <= numbers
    assert PAGES[RIVER] in ingested.written()
    assert "feed.rss" not in ingested.written()
    assert ingested.messages(PUBLISH_RETRIES) == []
    rest = app.handler(event, Context("publish-changes", milliseconds_left=60_001))
    assert rest == {"batchItemFailures": []}
    assert {*PAGES.values(), "feed.rss"} <= ingested.written()
