"""The ledger as one DynamoDB table: ``pk``, ``sk``, ``revision``, ``deleted``, ``payload``."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from botocore.exceptions import ClientError

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey, Partition, claim_key
from gazette.models.limits import MAX_KEYS_A_PAGE, MAX_NEWEST_ITEMS_A_PAGE
from gazette.ports import BusyLedgerError, LedgerPage, Sleep

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        AttributeValueTypeDef,
        KeysAndAttributesOutputTypeDef,
        KeysAndAttributesTypeDef,
        PutItemInputTypeDef,
        QueryInputTypeDef,
        ScanInputTypeDef,
    )

    Item: TypeAlias = dict[str, AttributeValueTypeDef]
    Wanted: TypeAlias = Mapping[str, KeysAndAttributesTypeDef | KeysAndAttributesOutputTypeDef]

_IS_NEW = "attribute_not_exists(pk)"
# Seconds to wait before unprocessed keys are requested again; AWS advises to back off.
_PAUSES = tuple(0.05 * 2**attempt for attempt in range(7))


def _no_sleep(_seconds: float) -> None:
    """Sleep that returns at once."""


class DynamoLedger:
    """A `Ledger` and a `LedgerListing` on a DynamoDB table.

    ``sleep`` is called between retries of `get_many`; its callers should pass a real one.
    """

    def __init__(self, client: "DynamoDBClient", table: str, sleep: Sleep = _no_sleep) -> None:
        self._client = client
        self._table = table
        self._sleep = sleep

    def get(self, item_key: ItemKey) -> LedgerItem | None:
        answer = self._client.get_item(
            TableName=self._table, Key=_key(item_key), ConsistentRead=True
        )
        return _parse_item(answer["Item"]) if "Item" in answer else None

    def scan(self, partition: Partition, prefix: str = "") -> Iterator[LedgerItem]:
        yield from self._pages(self._query(partition, prefix))

    def newest(self, partition: Partition, prefix: str) -> Iterator[LedgerItem]:
        backwards: QueryInputTypeDef = {
            **self._query(partition, prefix),
            "ScanIndexForward": False,
            "Limit": MAX_NEWEST_ITEMS_A_PAGE,
        }
        yield from self._pages(backwards)

    def put(self, item: LedgerItem) -> bool:
        return self._put(
            item, f"{_IS_NEW} OR revision < :revision", {":revision": {"N": str(item.revision)}}
        )

    def replace(self, item: LedgerItem, expected_revision: int) -> bool:
        condition = "revision = :expected"
        if expected_revision == 0:
            condition = f"{_IS_NEW} OR {condition}"
        return self._put(item, condition, {":expected": {"N": str(expected_revision)}})

    def after(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        yield from self._pages({**self._relative_to(item_key, ">"), "Limit": page})

    def before(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        backwards: QueryInputTypeDef = {
            **self._relative_to(item_key, "<"),
            "ScanIndexForward": False,
            "Limit": page,
        }
        yield from self._pages(backwards)

    def claim(self, base_path: str, event_id: str) -> str:
        item_key = claim_key(base_path)
        if self._put(LedgerItem(item_key, 0, event_id), _IS_NEW):
            return event_id
        claim = self.get(item_key)
        return claim.payload if claim else self.claim(base_path, event_id)

    def get_many(self, item_keys: Sequence[ItemKey]) -> dict[ItemKey, LedgerItem]:
        found: dict[ItemKey, LedgerItem] = {}
        wanted: Wanted = {self._table: {"Keys": [_key(item_key) for item_key in item_keys]}}
        wanted = self._read_some(wanted, found)
        for pause in _PAUSES:
            if not wanted:
                break
            self._sleep(pause)
            wanted = self._read_some(wanted, found)
        if wanted:
            left = len(wanted[self._table]["Keys"])
            raise BusyLedgerError(
                f"{left} of {len(item_keys)} were still unprocessed after all retries"
            )
        return found

    def list_keys(self, segment: int, segments: int, after: ItemKey | None) -> Iterator[LedgerPage]:
        request: ScanInputTypeDef = {
            "TableName": self._table,
            "Segment": segment,
            "TotalSegments": segments,
            "ProjectionExpression": "pk, sk",
            "Limit": MAX_KEYS_A_PAGE,
        }
        start = _key(after) if after else None
        while True:
            answer = self._client.scan(**request, **({"ExclusiveStartKey": start} if start else {}))
            start = answer.get("LastEvaluatedKey")
            yield LedgerPage(
                tuple(map(_parse_key, answer["Items"])), _parse_key(start) if start else None
            )
            if not start:
                return

    def _read_some(self, wanted: "Wanted", found: dict[ItemKey, LedgerItem]) -> "Wanted":
        """Add the items that were read to ``found`` and return the unprocessed rest."""
        answer = self._client.batch_get_item(RequestItems=wanted)
        items = map(_parse_item, answer["Responses"][self._table])
        found.update((item.key, item) for item in items)
        return answer["UnprocessedKeys"]

    def _put(self, item: LedgerItem, condition: str, values: "Item | None" = None) -> bool:
        request: PutItemInputTypeDef = {
            "TableName": self._table,
            "Item": _item(item),
            "ConditionExpression": condition,
        }
        if values:
            request["ExpressionAttributeValues"] = values
        try:
            self._client.put_item(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def _query(self, partition: Partition, prefix: str) -> "QueryInputTypeDef":
        values: Item = {":pk": {"S": str(partition)}}
        condition = "pk = :pk"
        if prefix:
            values[":prefix"] = {"S": prefix}
            condition += " AND begins_with(sk, :prefix)"
        return {
            "TableName": self._table,
            "ConsistentRead": True,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
        }

    def _relative_to(self, item_key: ItemKey, relation: str) -> "QueryInputTypeDef":
        return {
            "TableName": self._table,
            "ConsistentRead": True,
            "KeyConditionExpression": f"pk = :pk AND sk {relation} :sk",
            "ExpressionAttributeValues": {
                ":pk": {"S": str(item_key.partition)},
                ":sk": {"S": item_key.sort},
            },
        }

    def _pages(self, query: "QueryInputTypeDef") -> Iterator[LedgerItem]:
        while True:
            answer = self._client.query(**query)
            yield from map(_parse_item, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            query = {**query, "ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _key(item_key: ItemKey) -> "Item":
    return {"pk": {"S": str(item_key.partition)}, "sk": {"S": item_key.sort}}


def _item(ledger_item: LedgerItem) -> "Item":
    item: Item = {
        **_key(ledger_item.key),
        "revision": {"N": str(ledger_item.revision)},
        "payload": {"S": ledger_item.payload},
    }
    return {**item, "deleted": {"BOOL": True}} if ledger_item.deleted else item


def _parse_key(item: "Item") -> ItemKey:
    return ItemKey(Partition.parse(item["pk"]["S"]), item["sk"]["S"])


def _parse_item(item: "Item") -> LedgerItem:
    # Release 0.1.0 wrote `gone`.
    deleted = bool({"deleted", "gone"} & item.keys())
    return LedgerItem(_parse_key(item), int(item["revision"]["N"]), item["payload"]["S"], deleted)
