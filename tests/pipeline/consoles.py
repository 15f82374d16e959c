"""The parts of the console, on a stack over moto whose real handlers log and publish."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from gazette.models.contract.identity import event_key
from gazette.projections.items.due_items import DueEvent
from gazette.runtime.bootstrap.clients import utc_now
from gazette.runtime.telemetry import telemetry
from gazette.store.dynamodb import DynamoLedger
from gazette_cli.console.arrivals import Arrival, Arrivals
from gazette_cli.console.editor import Editor
from gazette_cli.console.function_log import FailureLine, RefusalLine
from gazette_cli.console.log_follower import LogFollower
from gazette_cli.console.views import Shape, arrival_shape, attention_shape
from gazette_cli.operate.deployment import Deployment
from tests.cli.operators import FAILURES
from tests.emulators.moto_stack import (
    INGEST_DEAD_LETTERS,
    LEDGER,
    PUBLISH_DEAD_LETTERS,
    SITE_BUCKET,
    SOURCE_BUCKET,
    queue_url,
)
from tests.pipeline.conftest import SITE, Pipeline

FUNCTIONS = ("ingest_event", "publish_changes")
BRIDGE = "2026/bridge"


class Console:
    """The parts of the console, and the stack that it belongs to."""

    def __init__(self, pipeline: Pipeline, log: Path) -> None:
        self.pipeline, self.log = pipeline, log
        self.deployment = deployment_of(pipeline)
        self.arrivals = Arrivals()
        self.follower = LogFollower(log, self.arrivals, self.deployment)
        self.editor = Editor(self.deployment, SITE, utc_now, self._pause)
        self.heard: list[Arrival | DueEvent | RefusalLine | FailureLine] = []

    def settle(self) -> None:
        """Let the stack work, and the console read what was logged."""
        self.pipeline.settle()
        self.follower.read()

    def put(self, name: str, body: bytes | None) -> None:
        key = event_key(name)
        if body is None:
            self.pipeline.stack.delete(key, utc_now())
        else:
            self.pipeline.put(key, body, utc_now())
        self.settle()

    def rows(self) -> list[Shape]:
        return [arrival_shape(self.deployment, row) for row in self.arrivals.since(0)]

    def attention(self) -> Shape:
        return attention_shape(self.deployment, self.follower.failures)

    def _pause(self, _: float) -> bool:
        self.settle()
        return False

    # The console is a reporter of its own follower.
    def arrived(self, row: Arrival) -> None:
        self.heard.append(row)

    def held(self, event: DueEvent, _at: datetime) -> None:
        self.heard.append(event)

    def refused(self, line: RefusalLine | FailureLine) -> None:
        self.heard.append(line)


def deployment_of(pipeline: Pipeline) -> Deployment:
    stack = pipeline.stack
    stack.clock.now = utc_now()
    stack.s3.create_bucket(Bucket=FAILURES)
    outputs = {
        "FailedBatchBucketName": FAILURES,
        "IngestDeadLetterQueueUrl": queue_url(INGEST_DEAD_LETTERS),
        "IngestQueueUrl": stack.queue_url,
        "PublishDeadLetterQueueUrl": queue_url(PUBLISH_DEAD_LETTERS),
        "PublishRetryQueueUrl": stack.publish_retry_url,
        "SiteAddress": "https://gazette.example",
        "SiteBucketName": SITE_BUCKET,
        "SourceBucketName": SOURCE_BUCKET,
    }
    ledger = DynamoLedger(stack.dynamodb, LEDGER, utc_now)
    return Deployment(outputs, stack.sqs, stack.s3, ledger, no_call, no_call, wait_seconds=0)


def no_call(*_: object) -> None:
    raise AssertionError("nothing else may run")


def items(shape: Shape, name: str) -> list[Any]:
    """Return a list of a view."""
    found = shape[name]
    assert isinstance(found, list)
    return found


def document(**fields: object) -> bytes:
    given = {"title": "Bridge opens", "date": "2026-07-04", "topics": ["Harbour"]}
    return json.dumps(given | fields).encode()


@contextmanager
def console_on(pipeline: Pipeline, folder: Path) -> Iterator[Console]:
    """Yield the console, with a file that has what the functions log."""
    handlers = [(name, logging.FileHandler(folder / "log")) for name in FUNCTIONS]
    for name, handler in handlers:
        handler.setFormatter(telemetry(name).logger.registered_formatter)
        logging.getLogger(name).addHandler(handler)
    yield Console(pipeline, folder / "log")
    for name, handler in handlers:
        logging.getLogger(name).removeHandler(handler)
        handler.close()
