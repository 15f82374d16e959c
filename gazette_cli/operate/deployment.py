"""Opens a deployed stack, on AWS or on this machine, by its name."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from gazette.models.characters import one_line, shorten
from gazette.models.limits import MAX_REASON_CHARACTERS
from gazette.ports import Ledger
from gazette.runtime.bootstrap.clients import utc_now
from gazette.store.dynamodb import DynamoLedger
from gazette_cli.engines.engine import EngineError
from gazette_cli.operate.aws_errors import AWS_ERRORS, aws_problem

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

# The longest timeout of a function, and a margin.
_SECONDS_TO_ANSWER = 910
_NEEDED = frozenset(
    {"LedgerName", "IngestQueueUrl", "PublishRetryQueueUrl", "FailedBatchBucketName"}
)
_ONE_TRY = Config(read_timeout=_SECONDS_TO_ANSWER, retries={"total_max_attempts": 1})


_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})
_KEY_VARIABLE = "AWS_ACCESS_KEY_ID"
LOCAL_KEY, LOCAL_REGION = "test", "us-east-1"


class DeploymentError(EngineError):
    """The stack cannot be reached, or refuses a request."""


class RunError(EngineError):
    """An invoked function failed."""


class _Functions(Protocol):
    """The used part of the Lambda client, whose types are not installed."""

    def invoke(self, *, FunctionName: str, Payload: bytes) -> Mapping[str, Any]: ...  # noqa: N803  # boto3's


class _Machines(Protocol):
    """The used part of the Step Functions client."""

    def start_execution(self, *, stateMachineArn: str, input: str) -> object: ...  # noqa: A002, N803  # boto3's


class StackAddress(NamedTuple):
    """Name, endpoint and region of a stack; boto3 finds the endpoint and region if None."""

    name: str
    endpoint: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Deployment:
    """The clients of a stack and its outputs.

    ``wait_seconds`` above zero makes SQS ask all servers of a queue, not a sample of them.
    """

    outputs: Mapping[str, str]
    sqs: "SQSClient"
    s3: "S3Client"
    ledger: Ledger
    invoke: Callable[[str, object], None]
    start: Callable[[str, str], None]
    wait_seconds: int = 1

    def dead_letter_queues(self) -> list[str]:
        """Return the URLs of all dead-letter queues."""
        names = (name for name in self.outputs if name.endswith("DeadLetterQueueUrl"))
        return [self.outputs[name] for name in sorted(names)]


@contextmanager
def open_deployment(address: StackAddress) -> Iterator[Deployment]:
    """Find a stack by its name.

    Raises:
        DeploymentError: the stack does not exist, or AWS refuses a call, also within the block.
    """
    try:
        yield _open(address)
    except AWS_ERRORS as error:
        raise DeploymentError(f"stack {address.name}: {aws_problem(error)}") from error


def _open(address: StackAddress) -> Deployment:
    session, endpoint = session_of(address), address.endpoint
    formation = session.client("cloudformation", endpoint_url=endpoint)
    (stack,) = formation.describe_stacks(StackName=address.name)["Stacks"]
    outputs = {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])}
    if missing := _NEEDED.difference(outputs):
        named = ", ".join(sorted(missing))
        raise DeploymentError(f"stack {address.name}: not a stack of Gazette, it lacks {named}")
    dynamodb = session.client("dynamodb", endpoint_url=endpoint)
    return Deployment(
        outputs,
        session.client("sqs", endpoint_url=endpoint),
        session.client("s3", endpoint_url=endpoint),
        DynamoLedger(dynamodb, outputs["LedgerName"], utc_now),
        partial(_invoke, session.client("lambda", endpoint_url=endpoint, config=_ONE_TRY)),
        partial(_start, session.client("stepfunctions", endpoint_url=endpoint)),
    )


def session_of(address: StackAddress) -> boto3.Session:
    """Return a session; a stack on this machine takes any key, and needs no region."""
    session = boto3.Session(region_name=address.region)
    host = urlsplit(address.endpoint or "").hostname
    if host not in _THIS_MACHINE or _KEY_VARIABLE in os.environ:
        return session
    return boto3.Session(
        aws_access_key_id=LOCAL_KEY,
        aws_secret_access_key=LOCAL_KEY,
        region_name=session.region_name or LOCAL_REGION,
    )


def _invoke(client: _Functions, function: str, payload: object) -> None:
    """Run a function and wait for its end.

    Raises:
        RunError: it failed; the message has its error.
    """
    answer = client.invoke(FunctionName=function, Payload=json.dumps(payload).encode())
    if "FunctionError" in answer:
        raise RunError(describe_error(json.loads(answer["Payload"].read())))


def _start(client: _Machines, machine: str, given: str) -> None:
    """Start a state machine. A run that fails becomes a dead letter again."""
    client.start_execution(stateMachineArn=machine, input=given)


def describe_error(payload: object) -> str:
    """Return the error response of a function in one line."""
    answer = payload if isinstance(payload, dict) else {}
    parts = (answer.get("errorType"), answer.get("errorMessage"))
    reason = one_line(": ".join(str(part) for part in parts if part))
    return shorten(reason, MAX_REASON_CHARACTERS) or "no reason given"
