"""Waits until a stack has nothing left to publish.

A site that does not change for some seconds may be one whose functions had no time: on a busy
machine they stop for longer. So a wait asks each lane of the stream for a document that nothing
else publishes then, and waits until it is there: the stream is in order, so everything that was
written before is published. The first lane writes the icon, the second the sitemap index.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Protocol

import boto3

from gazette.models import paths
from gazette.models.ledger.aggregates import PeriodCounts
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import AGGREGATE, ItemKey, rebuild_request_key
from gazette.models.ledger.partitions import CALENDAR, TOPICS
from gazette.store.dynamodb_items import write_item
from gazette_cli.emulators.ministack import REGION
from gazette_cli.emulators.stack import ACCESS_KEY, Stack
from tests.stack.conftest import eventually

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

PATIENCE = 1800.0
# Work on documents of one round may write notes, which are published in the next one.
_EQUAL_ROUNDS = 3
# What each lane is asked for, and by which item: a request, and a year without events.
_LANES = {
    paths.FAVICON: rebuild_request_key(TOPICS, "SETTLED"),
    paths.SITEMAP: ItemKey(CALENDAR, f"{AGGREGATE}1000"),
}
_NO_DAYS = PeriodCounts(days={}).model_dump_json()
_WORKING_QUEUES = ("IngestQueueUrl", "PublishRetryQueueUrl")


class Running(Protocol):
    """A stack that publishes by itself."""

    def documents(self) -> Mapping[str, str]:
        """Return the ETags of all documents by path."""

    def waiting(self, queue: str) -> int:
        """Return the number of messages of a queue, with delayed and hidden ones."""

    def has(self, path: str) -> bool: ...

    def remove(self, path: str) -> None: ...

    def put(self, item: "Mapping[str, AttributeValueTypeDef]") -> None:
        """Write an item into the ledger."""


def settled(running: Running) -> Mapping[str, str]:
    """Wait until no work is left, and return the ETags of all documents."""
    seen: list[Mapping[str, str]] = []
    for number in count(1):
        assert eventually(lambda: not any(map(running.waiting, _WORKING_QUEUES)), PATIENCE)
        for path, item_key in _LANES.items():
            running.remove(path)
            running.put(write_item(LedgerItem(item_key, number, _NO_DAYS), None))
            assert eventually(partial(running.has, path), PATIENCE)
        seen.append(running.documents())
        if len(seen) >= _EQUAL_ROUNDS and all(one == seen[-1] for one in seen[-_EQUAL_ROUNDS:]):
            break
    return seen[-1]


@dataclass(frozen=True, slots=True)
class RunningStack:
    """A stack on ministack."""

    stack: Stack

    def documents(self) -> dict[str, str]:
        return etags(self.stack)

    def waiting(self, queue: str) -> int:
        answer = self.stack.sqs.get_queue_attributes(
            QueueUrl=self.stack.outputs[queue], AttributeNames=["All"]
        )
        attributes = answer["Attributes"].items()
        return sum(int(value) for name, value in attributes if name.startswith("ApproximateNumber"))

    def has(self, path: str) -> bool:
        return self.stack.read(path) is not None

    def remove(self, path: str) -> None:
        self.stack.s3.delete_object(Bucket=self.stack.site_bucket, Key=path)

    def put(self, item: "Mapping[str, AttributeValueTypeDef]") -> None:
        session = boto3.Session(ACCESS_KEY, ACCESS_KEY, region_name=REGION)
        ministack = self.stack.ministack
        dynamodb = session.client(
            "dynamodb", endpoint_url=ministack.endpoint, verify=ministack.trusted
        )
        dynamodb.put_item(TableName=self.stack.outputs["LedgerName"], Item=item)
        dynamodb.close()


def etags(stack: Stack) -> dict[str, str]:
    """Return the ETags of all documents of a site by path."""
    pages = stack.s3.get_paginator("list_objects_v2").paginate(Bucket=stack.site_bucket)
    items = [item for page in pages for item in page.get("Contents", [])]
    return {item["Key"]: item["ETag"].strip('"') for item in items}
