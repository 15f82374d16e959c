"""The ledger as one DynamoDB table; `gazette.store.dynamodb_items` knows its attributes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from botocore.exceptions import ClientError

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import (
    ItemKey,
    claim_key,
    deletion_key,
    is_listed,
    listed_key,
    prefix_of,
)
from gazette.models.ledger.partitions import Partition
from gazette.models.limits import MAX_KEYS_A_PAGE, MAX_KEYS_A_READ, MAX_NEWEST_ITEMS_A_PAGE
from gazette.ports import BusyLedgerError, Clock, LedgerPage, Sleep
from gazette.store.bounds import expect_bounds
from gazette.store.dynamodb_items import (
    is_expired,
    is_known,
    is_undated,
    key_of,
    read_item,
    read_key,
    read_raw,
    write_item,
)
from gazette.store.expiry import expiry_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        KeysAndAttributesOutputTypeDef,
        KeysAndAttributesTypeDef,
        PutItemInputTypeDef,
        QueryInputTypeDef,
        ScanInputTypeDef,
    )

    from gazette.store.dynamodb_items import Item

    Wanted: TypeAlias = Mapping[str, KeysAndAttributesTypeDef | KeysAndAttributesOutputTypeDef]

_IS_NEW = "attribute_not_exists(pk)"
_IS_ABSENT = f"{_IS_NEW} OR expires_at <= :now"
# Seconds to wait before unprocessed keys are requested again; AWS advises to back off.
_PAUSES = tuple(0.05 * 2**attempt for attempt in range(7))


def _no_sleep(_seconds: float) -> None:
    """Sleep that returns at once."""


class DynamoLedger:
    """A `Ledger` and a `LedgerListing` on a DynamoDB table.

    ``sleep`` is called between retries of batch reads; only tests leave it out.
    """

    def __init__(
        self, client: "DynamoDBClient", table: str, clock: Clock, sleep: Sleep = _no_sleep
    ) -> None:
        self._client = client
        self._table = table
        self._clock = clock
        self._sleep = sleep

    def get(self, item_key: ItemKey) -> LedgerItem | None:
        answer = self._client.get_item(
            TableName=self._table, Key=key_of(item_key), ConsistentRead=True
        )
        return read_item(answer["Item"], self._now()) if "Item" in answer else None

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
        if not (item.deleted and is_listed(item.key)):
            return self._put_newer(item)
        deletion = item._replace(key=deletion_key(item.key))
        # The deletion goes first: after a crash in between, the stream brings it to the publisher,
        # who removes the live item.
        is_written = self._put_newer(deletion)
        self._remove(item.key, item.revision)
        return is_written

    def replace(self, item: LedgerItem, expected_revision: int) -> bool:
        condition = "revision = :expected"
        if expected_revision == 0:
            condition = f"{_IS_ABSENT} OR {condition}"
        else:
            condition = f"NOT ({_IS_ABSENT}) AND {condition}"
        values: Item = {":expected": {"N": str(expected_revision)}, **self._now_value()}
        return self._put(item, condition, values)

    def remove_overtaken(self, item_keys: Iterable[ItemKey]) -> None:
        listed = dict.fromkeys(filter(is_listed, map(listed_key, item_keys)))
        deletions = self._get_all(map(deletion_key, listed), consistent=True)
        deleted = {listed_key(item_key): item for item_key, item in deletions.items()}
        for item_key, live in self._get_all(deleted, consistent=True).items():
            if live.revision < deleted[item_key].revision:
                self._remove(item_key, deleted[item_key].revision)

    def after(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        yield from self._pages(self._from(item_key, page))

    def before(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        yield from self._pages({**self._from(item_key, page), "ScanIndexForward": False})

    def claim(self, base_path: str, event_id: str) -> str:
        item_key = claim_key(base_path)
        if self._put(LedgerItem(item_key, 0, event_id), _IS_NEW):
            return event_id
        claim = self.get(item_key)
        return claim.payload if claim else self.claim(base_path, event_id)

    def get_several(self, item_keys: Sequence[ItemKey]) -> dict[ItemKey, LedgerItem]:
        return self._get_all(item_keys, consistent=True)

    def get_many(self, item_keys: Sequence[ItemKey]) -> dict[ItemKey, LedgerItem]:
        return self._get_all(item_keys, consistent=False)

    def list_keys(self, segment: int, segments: int, after: ItemKey | None) -> Iterator[LedgerPage]:
        request: ScanInputTypeDef = {
            "TableName": self._table,
            "Segment": segment,
            "TotalSegments": segments,
            "ProjectionExpression": "pk, sk, revision, expires_at, deleted, gone",
            "Limit": MAX_KEYS_A_PAGE,
        }
        start = key_of(after) if after else None
        found: list[Item] = []
        undated: list[LedgerItem] = []
        while True:
            answer = self._client.scan(**request, **({"ExclusiveStartKey": start} if start else {}))
            start = answer.get("LastEvaluatedKey")
            now = self._now()
            known = [item for item in answer["Items"] if is_known(item)]
            found += [item for item in known if not is_expired(item, now)]
            undated += self._read_raw(filter(is_undated, known))
            if start is None:
                yield _page(found, None, undated)
                return
            if is_known(start):  # or else the next page is added: a caller can begin at known keys
                yield _page(found, read_key(start), undated)
                found, undated = [], []

    def expire(self, item: LedgerItem) -> None:
        if is_listed(item.key):
            self._put_newer(item._replace(key=deletion_key(item.key)))
            self._remove(item.key, item.revision + 1)
        else:
            self._put(item, "revision = :revision", {":revision": {"N": str(item.revision)}})

    def _read_raw(self, items: "Iterable[Item]") -> Iterator[LedgerItem]:
        """Read items of which only some attributes are known, deleted ones included."""
        for known in items:
            key: Item = {name: known[name] for name in ("pk", "sk")}
            item = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
            if "Item" in item and is_undated(item["Item"]):
                yield read_raw(item["Item"])

    def _get_all(
        self, item_keys: Iterable[ItemKey], *, consistent: bool
    ) -> dict[ItemKey, LedgerItem]:
        found: dict[ItemKey, LedgerItem] = {}
        rest = iter(dict.fromkeys(item_keys))  # DynamoDB refuses a repeated key
        while some := list(islice(rest, MAX_KEYS_A_READ)):
            wanted: KeysAndAttributesTypeDef = {
                "Keys": [key_of(item_key) for item_key in some],
                "ConsistentRead": consistent,
            }
            self._get_batch({self._table: wanted}, found)
        return found

    def _get_batch(self, wanted: "Wanted", found: dict[ItemKey, LedgerItem]) -> None:
        """Add the items of one batch to ``found``; request unprocessed keys again."""
        count = len(wanted[self._table]["Keys"])
        wanted = self._read_some(wanted, found)
        for pause in _PAUSES:
            if not wanted:
                return
            self._sleep(pause)
            wanted = self._read_some(wanted, found)
        if wanted:
            left = len(wanted[self._table]["Keys"])
            raise BusyLedgerError(f"{left} of {count} were still unprocessed after all retries")

    def _read_some(self, wanted: "Wanted", found: dict[ItemKey, LedgerItem]) -> "Wanted":
        """Add the items that were read to ``found`` and return the unprocessed rest."""
        answer = self._client.batch_get_item(RequestItems=wanted)
        items = self._read(answer["Responses"][self._table])
        found.update((item.key, item) for item in items)
        return answer["UnprocessedKeys"]

    def _read(self, items: "Iterable[Item]") -> Iterator[LedgerItem]:
        now = self._now()
        return (found for item in items if (found := read_item(item, now)) is not None)

    def _put_newer(self, item: LedgerItem) -> bool:
        values: Item = {":revision": {"N": str(item.revision)}, **self._now_value()}
        return self._put(item, f"{_IS_ABSENT} OR revision < :revision", values)

    def _put(self, item: LedgerItem, condition: str, values: "Item | None" = None) -> bool:
        expect_bounds(item)
        # Always the whole item: an UpdateItem would keep the expiry of a deleted one.
        request: PutItemInputTypeDef = {
            "TableName": self._table,
            "Item": write_item(item, expiry_of(item, self._clock())),
            "ConditionExpression": condition,
        }
        if values:
            request["ExpressionAttributeValues"] = values
        try:
            self._client.put_item(**request)
        except ClientError as error:
            if _is_refused(error):
                return False
            raise
        return True

    def _remove(self, item_key: ItemKey, before: int) -> None:
        """Remove a live item of an older revision than ``before``."""
        try:
            self._client.delete_item(
                TableName=self._table,
                Key=key_of(item_key),
                ConditionExpression="revision < :revision",
                ExpressionAttributeValues={":revision": {"N": str(before)}},
            )
        except ClientError as error:
            if not _is_refused(error):
                raise

    def _now(self) -> int:
        return int(self._clock().timestamp())

    def _now_value(self) -> "Item":
        return {":now": {"N": str(self._now())}}

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

    def _from(self, item_key: ItemKey, page: int) -> "QueryInputTypeDef":
        return {
            **self._query(item_key.partition, prefix_of(item_key.sort)),
            "Limit": page,
            "ExclusiveStartKey": key_of(item_key),
        }

    def _pages(self, query: "QueryInputTypeDef") -> Iterator[LedgerItem]:
        while True:
            answer = self._client.query(**query)
            yield from self._read(answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            query = {**query, "ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _page(
    found: "Sequence[Item]", last: ItemKey | None, undated: Sequence[LedgerItem]
) -> LedgerPage:
    revisions = tuple(int(item["revision"]["N"]) for item in found)
    return LedgerPage(tuple(map(read_key, found)), last, tuple(undated), revisions)


def _is_refused(error: ClientError) -> bool:
    return error.response["Error"]["Code"] == "ConditionalCheckFailedException"
