"""The ledger as one DynamoDB table: ``pk``, ``sk``, ``revision``, ``deleted``, ``payload``."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from botocore.exceptions import ClientError

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey, Partition, claim_key
from gazette.ports import BusyLedgerError, LedgerPage, Sleep
from gazette.store.pages import NEWEST_PAGE, PLACES_PAGE

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
# What a busy table leaves out is asked for again after so many seconds; at once, it would be left
# out again, as AWS warns.
_PAUSES = tuple(0.05 * 2**attempt for attempt in range(7))


def _at_once(_seconds: float) -> None:
    """Do not wait."""


class DynamoLedger:
    """A `Ledger` and a `LedgerListing` on a DynamoDB table; who reads many places has to wait."""

    def __init__(self, client: "DynamoDBClient", table: str, sleep: Sleep = _at_once) -> None:
        self._client = client
        self._table = table
        self._sleep = sleep

    def get(self, item_key: ItemKey) -> LedgerItem | None:
        answer = self._client.get_item(
            TableName=self._table, Key=_key(item_key), ConsistentRead=True
        )
        return _record(answer["Item"]) if "Item" in answer else None

    def scan(self, partition: Partition, prefix: str = "") -> Iterator[LedgerItem]:
        yield from self._pages(self._query(partition, prefix))

    def newest(self, partition: Partition, prefix: str) -> Iterator[LedgerItem]:
        backwards: QueryInputTypeDef = {
            **self._query(partition, prefix),
            "ScanIndexForward": False,
            "Limit": NEWEST_PAGE,
        }
        yield from self._pages(backwards)

    def put(self, record: LedgerItem) -> bool:
        return self._put(
            record, f"{_IS_NEW} OR revision < :revision", {":revision": {"N": str(record.revision)}}
        )

    def after(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        yield from self._pages({**self._beside(item_key, ">"), "Limit": page})

    def before(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        backwards: QueryInputTypeDef = {
            **self._beside(item_key, "<"),
            "ScanIndexForward": False,
            "Limit": page,
        }
        yield from self._pages(backwards)

    def claim(self, base_path: str, event_id: str) -> str:
        item_key = claim_key(base_path)
        if self._put(LedgerItem(item_key, 0, event_id), _IS_NEW):
            return event_id
        owner = self.get(item_key)
        return owner.payload if owner else self.claim(base_path, event_id)

    def held(self, item_keys: Sequence[ItemKey]) -> dict[ItemKey, LedgerItem]:
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
            raise BusyLedgerError(f"{left} of {len(item_keys)} were not read, time and again")
        return found

    def pages(self, segment: int, segments: int, after: ItemKey | None) -> Iterator[LedgerPage]:
        request: ScanInputTypeDef = {
            "TableName": self._table,
            "Segment": segment,
            "TotalSegments": segments,
            "ProjectionExpression": "pk, sk",
            "Limit": PLACES_PAGE,
        }
        start = _key(after) if after else None
        while True:
            answer = self._client.scan(**request, **({"ExclusiveStartKey": start} if start else {}))
            start = answer.get("LastEvaluatedKey")
            yield LedgerPage(tuple(map(_place, answer["Items"])), _place(start) if start else None)
            if not start:
                return

    def _read_some(self, wanted: "Wanted", found: dict[ItemKey, LedgerItem]) -> "Wanted":
        """Add what is read, and return what is left, where it is much or the table is busy."""
        answer = self._client.batch_get_item(RequestItems=wanted)
        records = map(_record, answer["Responses"][self._table])
        found.update((record.key, record) for record in records)
        return answer["UnprocessedKeys"]

    def _put(self, record: LedgerItem, condition: str, values: "Item | None" = None) -> bool:
        request: PutItemInputTypeDef = {
            "TableName": self._table,
            "Item": _item(record),
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

    def _beside(self, item_key: ItemKey, relation: str) -> "QueryInputTypeDef":
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
            yield from map(_record, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            query = {**query, "ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _key(item_key: ItemKey) -> "Item":
    return {"pk": {"S": str(item_key.partition)}, "sk": {"S": item_key.sort}}


def _item(record: LedgerItem) -> "Item":
    item: Item = {
        **_key(record.key),
        "revision": {"N": str(record.revision)},
        "payload": {"S": record.payload},
    }
    return {**item, "deleted": {"BOOL": True}} if record.deleted else item


def _place(item: "Item") -> ItemKey:
    return ItemKey(Partition.parse(item["pk"]["S"]), item["sk"]["S"])


def _record(item: "Item") -> LedgerItem:
    # Release 0.1.0 wrote `gone`.
    is_deleted = bool({"deleted", "gone"} & item.keys())
    return LedgerItem(_place(item), int(item["revision"]["N"]), item["payload"]["S"], is_deleted)
