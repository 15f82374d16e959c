"""An operator of a stack on moto, with fake functions and failures in its queues."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gazette.delivery.s3 import S3SourceArchive
from gazette.models.tasks.reports import IngestReport
from gazette.runtime.bootstrap.clients import utc_now
from gazette.services.ingest.ingest import Ingestor
from gazette.store.dynamodb import DynamoLedger
from gazette_cli.operate.deployment import Deployment, RunError
from gazette_cli.operate.failures import list_failures
from gazette_cli.operate.replay import ReplayOptions, replay_failures
from tests.emulators.moto_stack import (
    INGEST_DEAD_LETTERS,
    LEDGER,
    PUBLISH_DEAD_LETTERS,
    PUBLISH_RETRIES,
    SOURCE_BUCKET,
    MotoStack,
    queue_url,
)

NOON = datetime(2026, 7, 4, 12, 0, tzinfo=UTC)
FAILURES = "gazette-failures"


@dataclass
class Operator:
    """Runs the commands on a stack; its functions fail while ``is_broken`` is set."""

    stack: MotoStack
    capsys: pytest.CaptureFixture[str]
    is_broken: bool = False
    runs: list[tuple[str, object]] = field(default_factory=list)
    now: datetime = NOON

    @property
    def deployment(self) -> Deployment:
        outputs = {
            "IngestQueueUrl": self.stack.queue_url,
            "IngestDeadLetterQueueUrl": queue_url(INGEST_DEAD_LETTERS),
            "PublishDeadLetterQueueUrl": queue_url(PUBLISH_DEAD_LETTERS),
            "PublishRetryQueueUrl": queue_url(PUBLISH_RETRIES),
            "FailedBatchBucketName": FAILURES,
            "SourceBucketName": SOURCE_BUCKET,
        }
        ledger = DynamoLedger(self.stack.dynamodb, LEDGER, utc_now)
        return Deployment(
            outputs,
            self.stack.sqs,
            self.stack.s3,
            ledger,
            self._run,
            lambda machine, given: self.runs.append((machine, given)),
            wait_seconds=0,
        )

    def _run(self, function: str, payload: object) -> None:
        if self.is_broken:
            raise RunError("ValueError: still")
        self.runs.append((function, payload))

    def send(self, queue: str, body: object, reason: str = "") -> None:
        text = body if isinstance(body, str) else json.dumps(body)
        attributes = {"reason": {"DataType": "String", "StringValue": reason}} if reason else {}
        self.stack.sqs.send_message(
            QueueUrl=queue_url(queue),
            MessageBody=text,
            MessageAttributes=attributes,  # type: ignore[arg-type]  # a plain dict
        )

    def keep_batch(self, body: bytes) -> None:
        self.stack.s3.put_object(Bucket=FAILURES, Key="aws/lambda/a/b/batch-0001", Body=body)

    def put(self, name: str, body: object) -> None:
        """Write a version of an event, an hour after the last one, and ingest it."""
        self.put_object(f"events/{name}.json", json.dumps(body).encode())

    def put_object(self, key: str, body: bytes) -> None:
        """Write a version of an object and ingest it."""
        self.stack.put(key, body, self.now)
        self.now += timedelta(hours=1)
        source = S3SourceArchive(self.stack.s3, SOURCE_BUCKET)
        Ingestor(source, self.deployment.ledger, lambda: self.now).ingest(key, IngestReport())

    def failed(self) -> list[Any]:
        listed: list[Any] = self.listed()["failed"]
        return listed

    def listed(self) -> dict[str, Any]:
        list_failures(self.deployment, as_json=True)
        shape: dict[str, Any] = json.loads(self.capsys.readouterr().out)
        return shape

    def replay(self, *names: str, discard: bool = False) -> tuple[int, str]:
        status = replay_failures(self.deployment, ReplayOptions(names, discard=discard))
        return status, self.capsys.readouterr().out

    def waiting(self, queue: str) -> list[str]:
        answer = self.stack.sqs.receive_message(
            QueueUrl=queue_url(queue), MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        return [message["Body"] for message in answer.get("Messages", [])]
