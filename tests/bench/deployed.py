"""The functions of a running stack: their settings, and events for them."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote_plus

import boto3

from gazette.models.contract import identity
from gazette_cli.emulators.ministack import REGION
from gazette_cli.emulators.stack import ACCESS_KEY, STACK_NAME, Stack
from gazette_cli.emulators.template import ROOT, load_template, resources
from tests.bench.documents import event

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

_EVENTS = ROOT / "events"
# Values in events/ that are replaced for each measured start.
_EVENT, _PUBLISHED = "2026/river opens", "2026-07-04T08:00:00Z"


class PreparationError(Exception):
    """The stack failed to prepare the start of a function."""


class _Lambda(Protocol):
    """The used part of the Lambda client, whose types are not installed."""

    def get_function_configuration(self, *, FunctionName: str) -> Mapping[str, Any]: ...  # noqa: N803  # boto3's

    def invoke(self, *, FunctionName: str, Payload: bytes) -> Mapping[str, Any]: ...  # noqa: N803  # boto3's

    def list_event_source_mappings(self) -> Mapping[str, Any]: ...

    def update_event_source_mapping(self, *, UUID: str, Enabled: bool) -> object: ...  # noqa: N803  # boto3's


class Deployed:
    """The functions of a stack, with their triggers disabled.

    So the measured process finds its work still to be done.
    """

    def __init__(self, stack: Stack, hub: str) -> None:
        self._stack = stack
        self._hub = hub
        self._formation: CloudFormationClient = session().client(
            "cloudformation", endpoint_url=stack.ministack.endpoint
        )
        self._lambda = _lambda(stack)
        self._subjects = 0
        for mapping in self._lambda.list_event_source_mappings()["EventSourceMappings"]:
            self._lambda.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)

    def configuration(self, logical_id: str) -> Mapping[str, Any]:
        """Return the configuration of a function: name, ARN, memory, timeout, environment."""
        found = self._formation.describe_stack_resource(
            StackName=STACK_NAME, LogicalResourceId=logical_id
        )
        name = found["StackResourceDetail"]["PhysicalResourceId"]
        return self._lambda.get_function_configuration(FunctionName=name)

    def environment(self, logical_id: str) -> dict[str, str]:
        """Return the environment variables of a function, with those that Lambda adds."""
        configuration = self.configuration(logical_id)
        return {
            **configuration["Environment"]["Variables"],
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self._stack.ministack.endpoint,
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(configuration["MemorySize"]),
            "AWS_LAMBDA_FUNCTION_NAME": configuration["FunctionName"],
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "AWS_REGION": REGION,
            "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
        }

    def notification(self) -> bytes:
        """Write an event into the source bucket and return the SQS batch of its notification."""
        return self._notification(self._write())

    def changes(self) -> bytes:
        """Ingest an event and return the stream batch of its changes."""
        event_id = self._write()
        answer = self._lambda.invoke(
            FunctionName=self.configuration("IngestEventFunction")["FunctionName"],
            Payload=self._notification(event_id),
        )
        said = json.loads(answer["Payload"].read())
        if said != {"batchItemFailures": []}:
            raise PreparationError(f"{event_id} was not ingested: {said}")
        batch = _read("publish_changes/stream_batch.json")
        batch["Records"] = [
            record for record in batch["Records"] if _EVENT in json.dumps(record["dynamodb"])
        ]
        return json.dumps(batch).replace(_EVENT, event_id).encode()

    def ping(self) -> bytes:
        """Return the SQS batch of a hub ping."""
        batch = _read("announce_feeds/hub_pings.json")
        batch["Records"] = batch["Records"][:1]
        return json.dumps(batch).replace("https://hub.example/", self._hub).encode()

    def invalidation(self) -> bytes:
        """Return the SQS batch of an invalidation."""
        batch = _read("invalidate_edge/invalidations.json")
        batch["Records"] = batch["Records"][:1]
        return json.dumps(batch).encode()

    def schedule(self) -> bytes:
        """Return the event of the hourly schedule, with a new hour for each call."""
        self._subjects += 1
        day, hour = divmod(self._subjects, 24)
        time = f"2026-08-{1 + day % 28:02d}T{hour:02d}:02:00Z"
        return json.dumps({**_read("expire_entries/schedule.json"), "time": time}).encode()

    def work_item(self) -> bytes:
        """Write an event without a notification, and return the work item that finds it."""
        before = identity.event_key(_event_id(self._subjects))
        self._write()
        return json.dumps({**_read("reconcile_archive/ingest.json"), "after": before}).encode()

    def _write(self) -> str:
        self._subjects += 1
        event_id = _event_id(self._subjects)
        body = event(self._subjects, ["Rivers"], published=_PUBLISHED)
        self._stack.write(identity.event_key(event_id), body)
        return event_id

    def _notification(self, event_id: str) -> bytes:
        batch = _read("ingest_event/sqs_batch.json")
        key = quote_plus(identity.event_key(_EVENT), safe="/")
        record = next(found for found in batch["Records"] if key in found["body"])
        record["body"] = (
            record["body"]
            .replace(key, quote_plus(identity.event_key(event_id), safe="/"))
            .replace("gazette-source", self._stack.source_bucket)
        )
        return json.dumps({"Records": [record]}).encode()


def session() -> boto3.Session:
    """Return a session of the root user of the emulator."""
    return boto3.Session(
        aws_access_key_id=ACCESS_KEY, aws_secret_access_key=ACCESS_KEY, region_name=REGION
    )


@contextmanager
def holding_the_stream(stack: Stack) -> Iterator[None]:
    """Publish no changes of the ledger until the block ends."""
    client = _lambda(stack)
    (mapping,) = (
        found
        for found in client.list_event_source_mappings()["EventSourceMappings"]
        if ":dynamodb:" in found["EventSourceArn"]
    )
    client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    try:
        yield
    finally:
        client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)


def functions() -> dict[str, str]:
    """Return the folder of each function of the template by its logical id."""
    found = resources(load_template(), "AWS::Serverless::Function")
    return {
        name: function["Properties"]["CodeUri"].rstrip("/").rpartition("/")[2]
        for name, function in found.items()
    }


def _lambda(stack: Stack) -> _Lambda:
    client: _Lambda = session().client("lambda", endpoint_url=stack.ministack.endpoint)
    return client


def _event_id(number: int) -> str:
    return f"bench/{number:06d}"


def _read(name: str) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads((_EVENTS / name).read_text(encoding="utf-8"))
    return payload
