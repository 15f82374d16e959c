import json

import pytest

from functions.ingest_event import app as ingest_event
from functions.publish_changes import app as publish_changes
from functions.publish_later import app
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.tasks.retry import Retry
from gazette.runtime.bootstrap.once import forget
from tests.emulators.lambda_pollers import Context
from tests.emulators.moto_stack import PUBLISH_RETRIES
from tests.functions.conftest import Deployed, Payload, log_of, payload

INDEXES = {"news/2026/07/index.html", "news/2026/index.html", "news/index.html", "sitemap.xml"}


@pytest.fixture
def published(deployed: Deployed) -> Deployed:
    """An event is published at once; what it changes elsewhere is not."""
    event = {"title": "River opens", "date": "2026-07-04", "topics": ["Rivers"]}
    for name in ("2026/river opens", "2026/ñandú & fox"):
        deployed.put(f"events/{name}.json", json.dumps(event).encode())
    ingest_event.handler(payload("ingest_event/sqs_batch.json"), Context("ingest-event"))
    batch = payload("publish_changes/stream_batch.json")
    assert publish_changes.handler(batch, Context("publish-changes")) == {"batchItemFailures": []}
    assert INDEXES & deployed.written() == set()
    return deployed


def invoke(milliseconds_left: int = 900_000) -> Payload:
    context = Context("publish-later", milliseconds_left=milliseconds_left)
    answer: Payload = app.handler(payload("publish_later/aggregates.json"), context)
    return answer


def test_counts_grow_with_the_records_of_the_level_below(published: Deployed) -> None:
    with log_of(app.instruments) as log:
        assert invoke() == {"batchItemFailures": []}
    assert published.written() >= INDEXES
    (line,) = log
    assert line["service"] == "publish_later"
    assert line["counts"]["DocumentsWritten"] > 0


def test_work_that_failed_goes_to_the_queue_of_the_other_lane(
    published: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_BUCKET", "no-such-bucket")
    forget()
    assert invoke() == {"batchItemFailures": []}
    assert published.written() & INDEXES == set()
    monkeypatch.undo()
    retries = published.messages(PUBLISH_RETRIES)
    failed = [Retry.model_validate_json(message["Body"]).partition for message in retries]
    assert Partition(PartitionKind.MONTH, "2026-07") in failed


def test_records_that_cannot_be_queued_are_delivered_again(
    published: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_BUCKET", "no-such-bucket")
    monkeypatch.setenv("PUBLISH_RETRY_QUEUE_URL", f"{published.stack.queue_url}-no-such-queue")
    forget()
    assert invoke()["batchItemFailures"]


def test_records_that_the_function_has_no_time_for_are_delivered_again(
    published: Deployed,
) -> None:
    assert invoke(milliseconds_left=60_000)["batchItemFailures"]
    assert published.messages(PUBLISH_RETRIES) == []
    assert invoke(milliseconds_left=60_001) == {"batchItemFailures": []}
    assert published.written() >= INDEXES
