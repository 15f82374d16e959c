"""A stack with IAM enforced, whose functions a test invokes, with an error for each refusal."""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3

from gazette.models.ledger.keys import quarantine_key
from gazette.store.dynamodb import DynamoLedger
from gazette_cli.emulators.ministack import REGION, Ministack
from gazette_cli.emulators.stack import ACCESS_KEY, STACK_NAME, Stack, running_stack
from gazette_cli.emulators.template import TEMPLATE, load_template, stream_wiring
from gazette_cli.engines.engine import TAG_AUTHORITY
from tests.e2e.certificates import make_tls
from tests.emulators.event_filters import matches
from tests.emulators.stream_reader import StreamReader

PARAMETERS = {"LedgerDeletionProtection": "false", "IngestConcurrency": "2"}
PARAMETERS |= {"TagAuthority": TAG_AUTHORITY}
PARAMETERS |= {"Hubs": "https://hub.example/,https://other.example/push", "HubEnabled": "true"}
PARAMETERS |= {"WebhooksEnabled": "true", "NewsTopicEnabled": "true"}
INGEST, PUBLISH = "IngestEventFunction", "PublishChangesFunction"
LATER = "PublishLaterFunction"
_RECORDS = 500
Document = Mapping[str, Any]


class RefusedError(Exception):
    """Expected work was not done."""


@dataclass
class Stage:
    """Invokes the functions of a stack one after another, in the way of AWS."""

    stack: Stack
    session: boto3.Session
    stream: StreamReader
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.lambdas, self.iam = self.session.client("lambda"), self.session.client("iam")
        self.formation = self.session.client("cloudformation")
        template = load_template(TEMPLATE)
        self._filters = {lane: stream_wiring(template, lane).filters for lane in (PUBLISH, LATER)}
        for mapping in self.lambdas.list_event_source_mappings()["EventSourceMappings"]:
            self.lambdas.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)

    def close(self) -> None:
        """Close the connections, because the emulator waits for them at its end."""
        for client in (self.lambdas, self.iam, self.formation, self.stream):
            client.close()

    def physical(self, logical_id: str) -> str:
        """Return the physical name of a resource."""
        detail = self.formation.describe_stack_resource(
            StackName=STACK_NAME, LogicalResourceId=logical_id
        )["StackResourceDetail"]
        return str(detail["PhysicalResourceId"])

    def invoke(self, function: str, payload: object) -> Any:  # noqa: ANN401  # any JSON that a function returns
        """Run a function.

        Raises:
            RefusedError: it failed, or reports a failed part of its batch.
        """
        answer = self.lambdas.invoke(
            FunctionName=self.physical(function), Payload=json.dumps(payload).encode()
        )
        result = json.loads(answer["Payload"].read())
        if "FunctionError" in answer or (result or {}).get("batchItemFailures"):
            raise RefusedError(f"{function}: {result}")
        return result

    def is_quarantined(self, key: str) -> bool:
        """Return whether ingest could not use the current version of an object."""
        dynamodb = self.session.client("dynamodb")
        item_key = quarantine_key(key)
        found = dynamodb.get_item(
            TableName=self.stack.outputs["LedgerName"],
            Key={"pk": {"S": str(item_key.partition)}, "sk": {"S": item_key.sort}},
        )
        dynamodb.close()
        return "Item" in found and "deleted" not in found["Item"]

    @contextmanager
    def ledger(self) -> Iterator[DynamoLedger]:
        """Read and write the ledger as its owner."""
        dynamodb = self.session.client("dynamodb")
        yield DynamoLedger(dynamodb, self.stack.outputs["LedgerName"], lambda: datetime.now(UTC))
        dynamodb.close()

    def settle(self) -> None:
        """Pass all queued work to the functions until none is left.

        Raises:
            RefusedError: a function failed, or queued a retry.
        """
        while self.ingest() or self.publish():
            if left := self.waiting("PublishRetryQueueUrl"):
                raise RefusedError(f"{left} partitions wait for a retry")

    def waiting(self, queue: str) -> int:
        """Count the messages of a queue, by the name of its output."""
        url = self.stack.outputs[queue]
        attributes = self.stack.sqs.get_queue_attributes(
            QueueUrl=url,
            AttributeNames=[
                *("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"),
            ],
        )["Attributes"]
        return sum(int(number) for number in attributes.values())

    def forget(self) -> None:
        """Drop all queued messages and stream records."""
        for name, url in self.stack.outputs.items():
            if name.endswith("QueueUrl"):
                self.stack.sqs.purge_queue(QueueUrl=url)
        while self.stream.read(_RECORDS):
            pass

    def ingest(self) -> bool:
        """Pass some notifications to ingest; return whether there were any."""
        url = self.stack.outputs["IngestQueueUrl"]
        messages = self.stack.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
            "Messages", []
        )
        if messages:
            self.invoke(
                INGEST, {"Records": [notification(m["MessageId"], m["Body"]) for m in messages]}
            )
        for message in messages:
            self.stack.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bool(messages)

    def publish(self) -> bool:
        """Pass some changes to both lanes; return whether there were any."""
        read = self.stream.read(_RECORDS)
        lanes = {lane: self._wanted(lane, read) for lane in self._filters}
        for lane, records in lanes.items():
            if records:
                self.invoke(lane, {"Records": records})
        return any(lanes.values())

    def _wanted(self, lane: str, records: Sequence[Document]) -> list[Document]:
        """Return the records that the filters of a lane let through."""
        patterns = self._filters[lane]
        return [
            _plain(record)
            for record in records
            if any(matches(pattern, record) for pattern in patterns)
        ]


def notification(identifier: str, body: str, receives: int = 1) -> Document:
    """Return an SQS record of a Lambda event."""
    return {
        "messageId": identifier,
        "eventSource": "aws:sqs",
        "body": body,
        "attributes": {"ApproximateReceiveCount": str(receives)},
    }


def _plain(record: Document) -> Document:
    change = record["dynamodb"]
    return {"dynamodb": {"Keys": change["Keys"], "SequenceNumber": change["SequenceNumber"]}}


@contextmanager
def running_stage(folder: Path, set_variable: Callable[[str, str], None]) -> Iterator[Stage]:
    """Create a stack that enforces IAM, with its triggers disabled; writes its certificate."""
    tls = make_tls(folder)
    with running_stack(PARAMETERS, make=lambda: Ministack(tls, enforces_iam=True)) as stack:
        set_variable("AWS_ENDPOINT_URL", stack.ministack.endpoint)
        set_variable("AWS_CA_BUNDLE", str(tls.certificate))
        session = boto3.Session(ACCESS_KEY, ACCESS_KEY, region_name=REGION)
        stage = Stage(stack, session, _stream(session, stack))
        yield stage
        stage.close()


def _stream(session: boto3.Session, stack: Stack) -> StreamReader:
    dynamodb = session.client("dynamodb")
    table = dynamodb.describe_table(TableName=stack.outputs["LedgerName"])
    dynamodb.close()
    return StreamReader(session, table["Table"]["LatestStreamArn"])
