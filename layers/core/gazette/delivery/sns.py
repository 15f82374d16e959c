"""Messages of revisions on an SNS topic, with what its subscribers filter by."""

import json
from collections.abc import Callable, Mapping
from typing import Protocol

from gazette.models.webhooks.messages import WebhookMessage


class _Sns(Protocol):
    """The used part of the SNS client, whose types are not installed."""

    def publish(
        self,
        *,
        TopicArn: str,  # noqa: N803  # boto3's
        Message: str,  # noqa: N803  # boto3's
        MessageAttributes: Mapping[str, Mapping[str, str]],  # noqa: N803  # boto3's
    ) -> object: ...


class SnsNewsTopic:
    """A `NewsTopic` on SNS; ``client`` is called when something is published."""

    def __init__(self, client: Callable[[], _Sns], arn: str) -> None:
        self._client = client
        self._arn = arn

    def publish(self, message: WebhookMessage) -> None:
        attributes = {"kind": _text(message.kind.value), "id": _text(message.identifier)}
        if message.topics:  # SNS takes no empty list
            topics = json.dumps(message.topics, ensure_ascii=False)
            attributes["topics"] = {"DataType": "String.Array", "StringValue": topics}
        self._client().publish(
            TopicArn=self._arn, Message=message.body, MessageAttributes=attributes
        )


def _text(value: str) -> Mapping[str, str]:
    return {"DataType": "String", "StringValue": value}
