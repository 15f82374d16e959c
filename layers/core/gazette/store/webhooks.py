"""Webhooks and their messages as a DynamoDB table.

One partition has all webhooks, and each revision has a partition of its own for its message.
"""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from gazette.models.limits import WEBHOOK_MESSAGE_DAYS
from gazette.models.webhooks.messages import RevisionKey, WebhookMessage
from gazette.models.webhooks.webhook import Webhook
from gazette.ports import BusyLedgerError, Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from gazette.store.dynamodb_items import Item

_WEBHOOKS, _MESSAGE = "WEBHOOKS", "MESSAGE"
_IS_NEW = "attribute_not_exists(pk)"
_STANDS = "registration = :registration"
_IS_NEWER = f"{_IS_NEW} OR (identifier <> :identifier AND erasures < :erasures)"
_IS_SAME = "identifier = :identifier"
_DAY_SECONDS = 24 * 60 * 60


class DynamoWebhooks:
    """A `WebhookStore` and a `MessageStore` on a DynamoDB table."""

    def __init__(self, client: "DynamoDBClient", table: str, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def every(self) -> list[Webhook]:
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :webhooks",
            ExpressionAttributeValues={":webhooks": {"S": _WEBHOOKS}},
            ConsistentRead=True,
        )
        return [_read(item) for item in answer["Items"]]

    def find(self, names: Sequence[str]) -> list[Webhook]:
        wanted = [_webhook_key(name) for name in dict.fromkeys(names)]
        answer = self._client.batch_get_item(
            RequestItems={self._table: {"Keys": wanted, "ConsistentRead": True}}
        )
        if answer["UnprocessedKeys"]:
            raise BusyLedgerError("some webhooks were not read")
        return [_read(item) for item in answer["Responses"][self._table]]

    def add(self, webhook: Webhook) -> bool:
        return self._put(_write(webhook), _IS_NEW)

    def replace(self, webhook: Webhook, registration: str) -> bool:
        return self._put(_write(webhook), _STANDS, {":registration": {"S": registration}})

    def remove(self, webhook: Webhook) -> bool:
        try:
            self._client.delete_item(
                TableName=self._table,
                Key=_webhook_key(webhook.name),
                ConditionExpression=_STANDS,
                ExpressionAttributeValues={":registration": {"S": webhook.registration}},
            )
        except ClientError as error:
            return _refused(error)
        return True

    def offer(self, message: WebhookMessage) -> None:
        item = self._write_message(message)
        values = {":identifier": item["identifier"], ":erasures": item["erasures"]}
        self._put(item, _IS_NEWER, values)

    def message(self, key: RevisionKey) -> WebhookMessage | None:
        answer = self._client.get_item(
            TableName=self._table, Key=_message_key(key), ConsistentRead=True
        )
        found = answer.get("Item")
        return WebhookMessage.model_validate_json(found["payload"]["S"]) if found else None

    def mark_spread(self, message: WebhookMessage) -> None:
        item = self._write_message(message.model_copy(update={"is_spread": True}))
        self._put(item, _IS_SAME, {":identifier": item["identifier"]})

    def _put(self, item: "Item", condition: str, values: "Item | None" = None) -> bool:
        given = {"ExpressionAttributeValues": values} if values else {}
        try:
            self._client.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression=condition,
                **given,  # type: ignore[arg-type]  # mypy cannot infer the TypedDict
            )
        except ClientError as error:
            return _refused(error)
        return True

    def _write_message(self, message: WebhookMessage) -> "Item":
        expires_at = int(self._clock().timestamp()) + WEBHOOK_MESSAGE_DAYS * _DAY_SECONDS
        return {
            **_message_key(message.key),
            "identifier": {"S": message.identifier},
            "erasures": {"N": str(message.erasures)},
            "expires_at": {"N": str(expires_at)},
            "payload": {"S": message.model_dump_json()},
        }


def _webhook_key(name: str) -> "Item":
    return {"pk": {"S": _WEBHOOKS}, "sk": {"S": name}}


def _message_key(key: RevisionKey) -> "Item":
    """A hash: the id of an event may be nearly as long as a partition key."""
    digest = hashlib.sha256(f"{key.event_id}\n{key.number}".encode()).hexdigest()
    return {"pk": {"S": digest}, "sk": {"S": _MESSAGE}}


def _write(webhook: Webhook) -> "Item":
    return {
        **_webhook_key(webhook.name),
        "registration": {"S": webhook.registration},
        "payload": {"S": webhook.model_dump_json()},
    }


def _read(item: "Item") -> Webhook:
    return Webhook.model_validate_json(item["payload"]["S"])


def _refused(error: ClientError) -> bool:
    """Return False for a condition that does not hold; other errors are raised."""
    if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
        raise error
    return False
