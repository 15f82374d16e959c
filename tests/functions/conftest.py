"""The handlers as Lambda invokes them, over moto, with payloads as AWS sends them."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import StringIO
from logging import StreamHandler
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.site import Site
from gazette.runtime.bootstrap.hub import callback_client, webhook_deliverer, webhook_fan_out
from gazette.runtime.bootstrap.once import forget
from gazette.runtime.bootstrap.publish import webhook_planner
from gazette.runtime.telemetry import Telemetry
from gazette.store.dynamodb import DynamoLedger
from gazette_cli.emulators.template import load_template
from tests.emulators.moto_engine import function_environment, hub_environment
from tests.emulators.moto_stack import (
    LEDGER,
    SITE_BUCKET,
    WEBHOOKS,
    MotoStack,
    create_hub,
    create_stack,
    create_webhooks,
    queue_url,
)
from tests.functions.payloads import EVENTS

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

SITE = Site(base_url="https://gazette.example", tag_authority="gazette.example,2026")
MORNING = datetime(2026, 7, 4, 8, 0, tzinfo=UTC)

# A payload is JSON of many shapes.
Payload = dict[str, Any]


def payload(name: str) -> Payload:
    """Read a payload from the folder of events."""
    read: Payload = json.loads((EVENTS / name).read_text(encoding="utf-8"))
    return read


class Deployed:
    """The resources that the functions work on."""

    def __init__(self, stack: MotoStack) -> None:
        self.stack = stack
        self._ledger = DynamoLedger(stack.dynamodb, LEDGER, lambda: MORNING)

    def put(self, key: str, body: bytes, at: datetime = MORNING) -> None:
        self.stack.put(key, body, at)

    def record(self, item_key: ItemKey) -> LedgerItem | None:
        return self._ledger.get(item_key)

    def read(self, path: str) -> bytes | None:
        try:
            return self.stack.s3.get_object(Bucket=SITE_BUCKET, Key=path)["Body"].read()
        except self.stack.s3.exceptions.NoSuchKey:
            return None

    def messages(self, queue: str) -> list["MessageTypeDef"]:
        """Return what is in a queue."""
        answer = self.stack.sqs.receive_message(
            QueueUrl=queue_url(queue), MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        )
        return answer.get("Messages", [])

    def written(self) -> set[str]:
        """Return the paths of the site."""
        listed = self.stack.s3.list_objects_v2(Bucket=SITE_BUCKET)
        return {item["Key"] for item in listed.get("Contents", [])}


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in function_environment(SITE).items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        forget()
        boto3.setup_default_session()
        yield Deployed(create_stack(load_template()))
        forget()


HUB = "https://hub.gazette.example/hub"


@pytest.fixture
def deployed_hub(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    """The resources with those of the site's own hub, which may call this machine."""
    create_hub(deployed.stack, load_template())
    for name, value in {**hub_environment(HUB), "SITE_HUBS": HUB}.items():
        monkeypatch.setenv(name, value)
    forget()
    with monkeypatch.context() as local:
        local.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
        callback_client()
    return deployed


@pytest.fixture
def deployed_webhooks(deployed_hub: Deployed, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    """The resources of a hub with the table of webhooks, which may be on this machine."""
    create_webhooks(deployed_hub.stack, load_template())
    monkeypatch.setenv("WEBHOOKS_TABLE", WEBHOOKS)
    for create in (webhook_planner, webhook_fan_out):
        create.cache_clear()
    webhook_deliverer.cache_clear()
    return deployed_hub


@contextmanager
def log_of(instruments: Telemetry) -> Iterator[list[Payload]]:
    """Fill a list with what a function logs meanwhile: its logger was made at import."""
    handler = instruments.logger.registered_handler
    assert isinstance(handler, StreamHandler)
    lines: list[Payload] = []
    text = StringIO()
    before = handler.setStream(text)
    try:
        yield lines
    finally:
        handler.setStream(before)
        lines += map(json.loads, text.getvalue().splitlines())
