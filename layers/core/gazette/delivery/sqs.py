"""Outboxes on SQS."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

REASON = "reason"
_MOST_PER_CALL = 10


class SqsOutbox:
    """An `Outbox` and `BulkOutbox` on a queue; ``client`` is called when something is sent."""

    def __init__(self, client: "Callable[[], SQSClient]", queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def send(self, body: str, *, reason: str = "", delay: int = 0) -> None:
        attributes = {REASON: {"DataType": "String", "StringValue": reason}} if reason else {}
        self._client().send_message(
            QueueUrl=self._queue_url,
            MessageBody=body,
            MessageAttributes=attributes,  # type: ignore[arg-type]  # mypy cannot infer the TypedDict
            DelaySeconds=delay,
        )

    def send_all(self, bodies: Sequence[str]) -> Sequence[str]:
        refused: list[str] = []
        for start in range(0, len(bodies), _MOST_PER_CALL):
            entries: list[SendMessageBatchRequestEntryTypeDef] = [
                {"Id": str(position), "MessageBody": body}
                for position, body in enumerate(bodies[start : start + _MOST_PER_CALL])
            ]
            answer = self._client().send_message_batch(QueueUrl=self._queue_url, Entries=entries)
            refused += (f"{one['Code']}: {one.get('Message')}" for one in answer.get("Failed", []))
        return refused
