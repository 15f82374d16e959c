"""Invokes the handlers over moto as the pollers of Lambda do: batches, filters, partial failures.

Batch sizes, filters, retries and failure destinations come from the template, so that a test runs
the deployed settings. Time does not pass: a retry that waits on AWS happens at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gazette_cli.emulators.template import QueueWiring, StreamWiring
from tests.emulators.event_filters import matches

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_MAX_PER_RECEIVE = 10
Event = Mapping[str, Any]
Handler = Callable[[Any, Any], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Context:
    """The context argument of a handler."""

    function_name: str
    memory_limit_in_mb: int = 512
    aws_request_id: str = "00000000-0000-0000-0000-000000000000"
    milliseconds_left: int = 900_000

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds_left

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:us-east-1:123456789012:function:{self.function_name}"


class QueuePoller:
    """Passes the messages of a queue to a handler until the queue is empty."""

    def __init__(
        self, sqs: "SQSClient", queue_url: str, wiring: QueueWiring, handler: Handler
    ) -> None:
        self._sqs = sqs
        self._queue_url = queue_url
        self._wiring = wiring
        self._handler = handler

    def drain(self) -> int:
        """Return the number of handled batches; SQS moves repeated failures to the dead letters."""
        batches = 0
        while messages := self._receive():
            batches += 1
            failed = self._invoke(messages)
            for message in messages:
                self._settle(message, failed=message["MessageId"] in failed)
        return batches

    def _receive(self) -> list["MessageTypeDef"]:
        messages: list[MessageTypeDef] = []
        while len(messages) < self._wiring.batch_size:
            answer = self._sqs.receive_message(
                QueueUrl=self._queue_url,
                MaxNumberOfMessages=min(_MAX_PER_RECEIVE, self._wiring.batch_size - len(messages)),
                MessageSystemAttributeNames=["All"],
            )
            if not answer.get("Messages"):
                break
            messages += answer["Messages"]
        return messages

    def _invoke(self, messages: Sequence["MessageTypeDef"]) -> set[str]:
        try:
            answer = self._handler(
                {"Records": [_sqs_record(m) for m in messages]}, Context("ingest_event")
            )
        except Exception:  # noqa: BLE001  # on Lambda an invocation that raises fails its batch
            return {message["MessageId"] for message in messages}
        return {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}

    def _settle(self, message: "MessageTypeDef", *, failed: bool) -> None:
        handle = message["ReceiptHandle"]
        if failed:
            self._sqs.change_message_visibility(
                QueueUrl=self._queue_url, ReceiptHandle=handle, VisibilityTimeout=0
            )
        else:
            self._sqs.delete_message(QueueUrl=self._queue_url, ReceiptHandle=handle)


class StreamPoller:
    """Passes the records of a stream to a handler in order.

    ``keep_failed`` gets the records that failed at every attempt.
    """

    def __init__(
        self,
        read: Callable[[int], list[Event]],
        wiring: StreamWiring,
        handler: Handler,
        keep_failed: Callable[[Sequence[Event]], None],
    ) -> None:
        self._read = read
        self._wiring = wiring
        self._handler = handler
        self._keep_failed = keep_failed

    def drain(self) -> int:
        """Read the stream to its end and return the number of invocations."""
        invocations = 0
        while records := self._read(self._wiring.batch_size):
            wanted = [record for record in records if self._is_wanted(record)]
            if wanted:
                invocations += self._handle(wanted)
        return invocations

    def _is_wanted(self, record: Event) -> bool:
        return any(matches(pattern, record) for pattern in self._wiring.filters)

    def _handle(self, records: Sequence[Event]) -> int:
        """Retry a batch until it succeeds. AWS restarts at the first record that failed."""
        rest, invocations = records, 0
        for _ in range(1 + self._wiring.retry_attempts):
            invocations += 1
            failed = self._invoke(rest)
            if failed is None and self._wiring.bisects and len(rest) > 1:
                half = len(rest) // 2
                return invocations + self._handle(rest[:half]) + self._handle(rest[half:])
            if failed == set():
                return invocations
            rest = _from_first(rest, failed)
        self._keep_failed(rest)
        return invocations

    def _invoke(self, records: Sequence[Event]) -> set[str] | None:
        try:
            answer = self._handler({"Records": list(records)}, Context("publish_changes"))
        except Exception:  # noqa: BLE001  # on Lambda an invocation that raises fails its batch
            return None
        return {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}


def _from_first(records: Sequence[Event], failed: set[str] | None) -> Sequence[Event]:
    if failed is None:
        return records
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    return records[min(numbers.index(number) for number in failed) :]


def _sqs_record(message: "MessageTypeDef") -> dict[str, object]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes", {})),
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:ingest",
        "awsRegion": "us-east-1",
    }
