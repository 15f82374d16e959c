"""The real handlers over moto, with the resources and the wiring of template.yaml."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from functions.ingest_event import app as ingest_event
from functions.publish_changes import app as publish_changes
from functions.publish_later import app as publish_later
from gazette.models.site import Site
from gazette.runtime.bootstrap.once import forget
from gazette_cli.emulators.template import load_template, queue_wiring, stream_wiring
from tests.emulators.lambda_pollers import QueuePoller, StreamPoller
from tests.emulators.moto_engine import function_environment
from tests.emulators.moto_stack import REGION, SITE_BUCKET, MotoStack, create_stack
from tests.emulators.stream_reader import StreamReader

SITE = Site(base_url="https://gazette.example", tag_authority="gazette.example,2026")


@dataclass
class Pipeline:
    """Writes to the source bucket and reads the published documents."""

    stack: MotoStack
    queue: QueuePoller
    stream: StreamPoller
    later: StreamPoller
    retries: QueuePoller
    given_up: list[Mapping[str, Any]] = field(default_factory=list)

    def put(self, key: str, body: bytes, at: datetime) -> None:
        self.stack.put(key, body, at)

    def settle(self) -> None:
        self.queue.drain()
        while self.stream.drain() + self.later.drain() + self.retries.drain():
            pass

    def read(self, path: str) -> bytes | None:
        try:
            return self.stack.s3.get_object(Bucket=SITE_BUCKET, Key=path)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise

    def dead_letters(self, queue_url: str | None = None) -> list[str]:
        """Return the messages of a dead-letter queue; the default is that of ingest."""
        answer = self.stack.sqs.receive_message(
            QueueUrl=queue_url or self.stack.dead_letter_url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
        )
        return [message["Body"] for message in answer.get("Messages", [])]


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipeline]:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in function_environment(SITE).items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        forget()
        boto3.setup_default_session()
        yield _pipeline()
        forget()


def _pipeline() -> Pipeline:
    template = load_template()
    stack = create_stack(template)
    given_up: list[Mapping[str, Any]] = []

    def keep(records: Sequence[Mapping[str, Any]]) -> None:
        given_up.extend(records)

    queue = QueuePoller(
        stack.sqs,
        stack.queue_url,
        queue_wiring(template, "IngestEventFunction"),
        ingest_event.handler,
    )
    stream, later = (
        StreamPoller(
            StreamReader(boto3.Session(region_name=REGION), stack.stream_arn).read,
            stream_wiring(template, function),
            handler,
            keep,
        )
        for function, handler in (
            ("PublishChangesFunction", publish_changes.handler),
            ("PublishLaterFunction", publish_later.handler),
        )
    )
    retries = QueuePoller(
        stack.sqs,
        stack.publish_retry_url,
        queue_wiring(template, "PublishChangesFunction"),
        publish_changes.handler,
    )
    return Pipeline(stack, queue, stream, later, retries, given_up)
