"""The ledger as one DynamoDB table: ``pk``, ``sk``, ``revision``, ``gone``, ``payload``."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from botocore.exceptions import ClientError

from gazette.models.keys import Partition, Place, claim_place
from gazette.models.record import Record
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

    def get(self, place: Place) -> Record | None:
        answer = self._client.get_item(TableName=self._table, Key=_key(place), ConsistentRead=True)
        return _record(answer["Item"]) if "Item" in answer else None

    def scan(self, partition: Partition, prefix: str = "") -> Iterator[Record]:
        yield from self._pages(self._query(partition, prefix))

    def newest(self, partition: Partition, prefix: str) -> Iterator[Record]:
        backwards: QueryInputTypeDef = {
            **self._query(partition, prefix),
            "ScanIndexForward": False,
            "Limit": NEWEST_PAGE,
        }
        yield from self._pages(backwards)

    def put(self, record: Record) -> bool:
        return self._put(
            record, f"{_IS_NEW} OR revision < :revision", {":revision": {"N": str(record.revision)}}
        )

    def after(self, place: Place, page: int = 4) -> Iterator[Record]:
        yield from self._pages({**self._beside(place, ">"), "Limit": page})

    def before(self, place: Place, page: int = 4) -> Iterator[Record]:
        backwards: QueryInputTypeDef = {
            **self._beside(place, "<"),
            "ScanIndexForward": False,
            "Limit": page,
        }
        yield from self._pages(backwards)

    def claim(self, stem: str, event_id: str) -> str:
        place = claim_place(stem)
        if self._put(Record(place, 0, event_id), _IS_NEW):
            return event_id
        owner = self.get(place)
        return owner.payload if owner else self.claim(stem, event_id)

    def held(self, places: Sequence[Place]) -> dict[Place, Record]:
        found: dict[Place, Record] = {}
        wanted: Wanted = {self._table: {"Keys": [_key(place) for place in places]}}
        wanted = self._read_some(wanted, found)
        for pause in _PAUSES:
            if not wanted:
                break
            self._sleep(pause)
            wanted = self._read_some(wanted, found)
        if wanted:
            left = len(wanted[self._table]["Keys"])
            raise BusyLedgerError(f"{left} of {len(places)} were not read, time and again")
        return found

    def pages(self, segment: int, segments: int, after: Place | None) -> Iterator[LedgerPage]:
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

    def _read_some(self, wanted: "Wanted", found: dict[Place, Record]) -> "Wanted":
        """Add what is read, and return what is left, where it is much or the table is busy."""
        answer = self._client.batch_get_item(RequestItems=wanted)
        records = map(_record, answer["Responses"][self._table])
        found.update((record.place, record) for record in records)
        return answer["UnprocessedKeys"]

    def _put(self, record: Record, condition: str, values: "Item | None" = None) -> bool:
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

    def _beside(self, place: Place, relation: str) -> "QueryInputTypeDef":
        return {
            "TableName": self._table,
            "ConsistentRead": True,
            "KeyConditionExpression": f"pk = :pk AND sk {relation} :sk",
            "ExpressionAttributeValues": {
                ":pk": {"S": str(place.partition)},
                ":sk": {"S": place.sort},
            },
        }

    def _pages(self, query: "QueryInputTypeDef") -> Iterator[Record]:
        while True:
            answer = self._client.query(**query)
            yield from map(_record, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            query = {**query, "ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _key(place: Place) -> "Item":
    return {"pk": {"S": str(place.partition)}, "sk": {"S": place.sort}}


def _item(record: Record) -> "Item":
    item: Item = {
        **_key(record.place),
        "revision": {"N": str(record.revision)},
        "payload": {"S": record.payload},
    }
    return {**item, "gone": {"BOOL": True}} if record.gone else item


def _place(item: "Item") -> Place:
    return Place(Partition.parse(item["pk"]["S"]), item["sk"]["S"])


def _record(item: "Item") -> Record:
    gone = item.get("gone", {"BOOL": False})["BOOL"]
    return Record(_place(item), int(item["revision"]["N"]), item["payload"]["S"], gone)
