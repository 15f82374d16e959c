"""Subscriptions as a DynamoDB table.

The partition of a topic holds its subscribers by their names, which are hashes: DynamoDB splits a
large partition between any two of them, and ranges of names are read in parallel. An index counts
the subscriptions of a host. An item expires with its lease.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from gazette.models.hub.subscriptions import SubscriberPage, Subscription
from gazette.ports import BusyLedgerError, Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef

    from gazette.store.dynamodb_items import Item

HOST_INDEX = "ByHost"
_STANDS = "verification = :verification"
_LIVES = "expires_at > :now"
# Above every hexadecimal digit.
_END = "g"


class DynamoSubscriptions:
    """A `SubscriptionStore` on a DynamoDB table."""

    def __init__(self, client: "DynamoDBClient", table: str, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def put(self, subscription: Subscription) -> None:
        self._client.put_item(TableName=self._table, Item=_write(subscription))

    def replace(self, subscription: Subscription) -> bool:
        try:
            self._client.put_item(
                TableName=self._table,
                Item=_write(subscription),
                ConditionExpression=_STANDS,
                ExpressionAttributeValues=_verification(subscription),
            )
        except ClientError as error:
            return _refused(error)
        return True

    def remove(self, subscription: Subscription) -> bool:
        try:
            self._client.delete_item(
                TableName=self._table,
                Key=_key(subscription.topic, subscription.name),
                ConditionExpression=_STANDS,
                ExpressionAttributeValues=_verification(subscription),
            )
        except ClientError as error:
            return _refused(error)
        return True

    def find(self, topic: str, names: Sequence[str]) -> list[Subscription]:
        keys = [_key(topic, name) for name in dict.fromkeys(names)]
        if not keys:
            return []
        answer = self._client.batch_get_item(
            RequestItems={self._table: {"Keys": keys, "ConsistentRead": True}}
        )
        if answer["UnprocessedKeys"]:
            raise BusyLedgerError("some subscriptions were not read")
        now = self._now()
        found = (_read(item) for item in answer["Responses"][self._table])
        return [subscription for subscription in found if subscription.expires_at > now]

    def page(self, topic: str, after: str, until: str, most: int) -> SubscriberPage:
        query = self._between(topic, after, until, most)
        query["ProjectionExpression"] = "sk, expires_at"
        answer = self._client.query(**query)
        now = self._now()
        names = (item["sk"]["S"] for item in answer["Items"] if _expiry(item) > now)
        last = answer.get("LastEvaluatedKey", {}).get("sk", {}).get("S", "")
        return SubscriberPage(tuple(names), last)

    def count_between(self, topic: str, after: str, until: str, most: int) -> int:
        return self._count(self._between(topic, after, until, most), most)

    def count_of_host(self, host: str, most: int) -> int:
        query: QueryInputTypeDef = {
            "TableName": self._table,
            "IndexName": HOST_INDEX,
            "KeyConditionExpression": "host = :host",
            "ExpressionAttributeValues": {":host": {"S": host}},
            "Limit": most,
        }
        return self._count(query, most)

    def _between(self, topic: str, after: str, until: str, most: int) -> "QueryInputTypeDef":
        return {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :topic AND sk BETWEEN :after AND :until",
            "ExpressionAttributeValues": {
                ":topic": {"S": _partition(topic)},
                # Names are longer than a bound, or equal to the one they come after.
                ":after": {"S": f"{after} "},
                ":until": {"S": until or _END},
            },
            "Limit": most,
        }

    def _count(self, query: "QueryInputTypeDef", most: int) -> int:
        """Count what a query finds, up to ``most``; an expired item counts for nothing.

        A page ends after a megabyte, or after so many items, expired ones included.
        """
        values: Mapping[str, object] = query["ExpressionAttributeValues"]
        query = {
            **query,
            "Select": "COUNT",
            "FilterExpression": _LIVES,
            "ExpressionAttributeValues": {**values, ":now": {"N": str(self._now())}},  # type: ignore[dict-item]  # merged
        }
        found = 0
        while found < most:
            answer = self._client.query(**query)
            found += answer["Count"]
            if not (last := answer.get("LastEvaluatedKey")):
                break
            query = {**query, "ExclusiveStartKey": last}
        return min(found, most)

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _partition(topic: str) -> str:
    """A hash: an address may be longer than a partition key."""
    return hashlib.sha256(topic.encode()).hexdigest()


def _key(topic: str, name: str) -> "Item":
    return {"pk": {"S": _partition(topic)}, "sk": {"S": name}}


def _write(subscription: Subscription) -> "Item":
    return {
        **_key(subscription.topic, subscription.name),
        "host": {"S": subscription.host},
        "verification": {"S": subscription.verification},
        "expires_at": {"N": str(subscription.expires_at)},
        "payload": {"S": subscription.model_dump_json()},
    }


def _read(item: "Item") -> Subscription:
    return Subscription.model_validate_json(item["payload"]["S"])


def _expiry(item: "Item") -> int:
    return int(item["expires_at"]["N"])


def _verification(subscription: Subscription) -> "Item":
    return {":verification": {"S": subscription.verification}}


def _refused(error: ClientError) -> bool:
    """Return False for a condition that does not hold; other errors are raised."""
    if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
        raise error
    return False
