"""A stack that is deployed, on AWS or on this machine, opened by its name as the AWS CLI does."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from gazette.models.text import one_line, shorten
from gazette.ports import Ledger
from gazette.store.dynamodb import DynamoLedger
from gazette_cli.engines.engine import EngineError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

# The longest that a function may take, and a little more.
_SECONDS_TO_ANSWER = 910
_LONGEST_REASON = 500
_NEEDED = frozenset(
    {"LedgerName", "IngestQueueUrl", "PublishRetryQueueUrl", "FailedBatchBucketName"}
)
_ONE_TRY = Config(read_timeout=_SECONDS_TO_ANSWER, retries={"total_max_attempts": 1})


class DeploymentError(EngineError):
    """The stack cannot be reached, or refuses what is asked."""


class RunError(EngineError):
    """A function was invoked and failed."""


class _Functions(Protocol):
    """What is used of the client of Lambda, whose types are not installed."""

    def invoke(self, *, FunctionName: str, Payload: bytes) -> Mapping[str, Any]: ...  # noqa: N803  # boto3's


class _Machines(Protocol):
    """The same of the client of Step Functions."""

    def start_execution(self, *, stateMachineArn: str, input: str) -> object: ...  # noqa: A002, N803  # boto3's


class StackAddress(NamedTuple):
    """What the command line was given; without an endpoint or a region boto3 finds them."""

    name: str
    endpoint: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Deployment:
    """The clients of a stack, and the names of what it made.

    To wait for messages, even a second, means to ask every server of a queue, and not some of them.
    """

    outputs: Mapping[str, str]
    sqs: "SQSClient"
    s3: "S3Client"
    ledger: Ledger
    invoke: Callable[[str, object], None]
    start: Callable[[str, str], None]
    wait_seconds: int = 1

    def dead_letter_queues(self) -> list[str]:
        """Return the addresses of the queues where what failed is kept."""
        names = (name for name in self.outputs if name.endswith("DeadLetterQueueUrl"))
        return [self.outputs[name] for name in sorted(names)]


@contextmanager
def open_deployment(address: StackAddress) -> Iterator[Deployment]:
    """Find a stack by its name.

    Raises:
        DeploymentError: there is none, or AWS refuses; also what is refused within the block.
    """
    try:
        yield _open(address)
    except (BotoCoreError, ClientError) as error:
        raise DeploymentError(f"stack {address.name}: {error}") from error


def _open(address: StackAddress) -> Deployment:
    session, endpoint = boto3.Session(region_name=address.region), address.endpoint
    formation = session.client("cloudformation", endpoint_url=endpoint)
    (stack,) = formation.describe_stacks(StackName=address.name)["Stacks"]
    outputs = {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])}
    if missing := _NEEDED.difference(outputs):
        named = ", ".join(sorted(missing))
        raise DeploymentError(f"stack {address.name}: is none of Gazette, it lacks {named}")
    dynamodb = session.client("dynamodb", endpoint_url=endpoint)
    return Deployment(
        outputs,
        session.client("sqs", endpoint_url=endpoint),
        session.client("s3", endpoint_url=endpoint),
        DynamoLedger(dynamodb, outputs["LedgerName"]),
        partial(_invoke, session.client("lambda", endpoint_url=endpoint, config=_ONE_TRY)),
        partial(_start, session.client("stepfunctions", endpoint_url=endpoint)),
    )


def _invoke(client: _Functions, function: str, payload: object) -> None:
    """Run a function and wait for its end.

    Raises:
        RunError: it failed; its own words are told.
    """
    answer = client.invoke(FunctionName=function, Payload=json.dumps(payload).encode())
    if "FunctionError" in answer:
        raise RunError(told_error(json.loads(answer["Payload"].read())))


def _start(client: _Machines, machine: str, given: str) -> None:
    """Start a state machine; a run that fails is told of again."""
    client.start_execution(stateMachineArn=machine, input=given)


def told_error(payload: object) -> str:
    """Say in one line what a function answered when it failed."""
    answer = payload if isinstance(payload, dict) else {}
    named = (answer.get("errorType"), answer.get("errorMessage"))
    told = one_line(": ".join(str(part) for part in named if part))
    return shorten(told, _LONGEST_REASON) or "it did not say why"
