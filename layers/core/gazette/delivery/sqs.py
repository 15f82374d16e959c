"""An outbox as an SQS queue."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

REASON = "reason"


class SqsOutbox:
    """An `Outbox` on a queue; the client is made when something is sent, which is seldom."""

    def __init__(self, client: "Callable[[], SQSClient]", queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def send(self, body: str, *, reason: str = "", delay: int = 0) -> None:
        attributes = {REASON: {"DataType": "String", "StringValue": reason}} if reason else {}
        self._client().send_message(
            QueueUrl=self._queue_url,
            MessageBody=body,
            MessageAttributes=attributes,  # type: ignore[arg-type]  # a dict is not known to be one
            DelaySeconds=delay,
        )
