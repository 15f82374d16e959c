"""What `DynamoLedger` asks of DynamoDB: consistency, and how many items at once."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.limits import MAX_KEYS_A_PAGE, MAX_NEWEST_ITEMS_A_PAGE
from gazette.store.dynamodb import DynamoLedger
from tests.contract.answers import Body, answering
from tests.contract.conftest import Aws, make_dynamo_ledger

if TYPE_CHECKING:
    from botocore.model import OperationModel

Read: TypeAlias = Callable[[DynamoLedger], Iterable[object]]

FOXES = partitions.topic_partition("foxes")
ENTRY = ItemKey(FOXES, "ENTRY#2026-07-04T08:00:00Z#a")
READS: Mapping[str, Read] = {
    "get": lambda ledger: [ledger.get(ENTRY)],
    "scan": lambda ledger: ledger.scan(FOXES, keys.ENTRY),
    "newest": lambda ledger: ledger.newest(FOXES, keys.ENTRY),
    "after": lambda ledger: ledger.after(ENTRY),
    "before": lambda ledger: ledger.before(ENTRY),
}
LIMITS: Mapping[str, tuple[Read, int]] = {
    "newest": (READS["newest"], MAX_NEWEST_ITEMS_A_PAGE),
    "after": (READS["after"], 4),
    "before": (READS["before"], 4),
    "five after": (lambda ledger: ledger.after(ENTRY, 5), 5),
    "five before": (lambda ledger: ledger.before(ENTRY, 5), 5),
    "all keys": (lambda ledger: ledger.list_keys(0, 1, None), MAX_KEYS_A_PAGE),
}


@contextmanager
def recorded(aws: Aws) -> Iterator[list[Mapping[str, Any]]]:
    """Keep the parameters of every request."""
    requests: list[Mapping[str, Any]] = []

    def record(params: Mapping[str, Any], model: "OperationModel", **_: object) -> None:
        requests.append({"Operation": model.name, **params})

    events = aws.dynamodb.meta.events
    events.register("provide-client-params.dynamodb", record, unique_id="record")
    try:
        yield requests
    finally:
        events.unregister("provide-client-params.dynamodb", unique_id="record")


@pytest.mark.parametrize("name", READS)
def test_what_a_document_is_made_of_is_read_consistently(aws: Aws, name: str) -> None:
    """A stale read after a write would publish what is no longer so."""
    ledger = make_dynamo_ledger(aws)
    with recorded(aws) as requests:
        list(READS[name](ledger))
    assert [request["ConsistentRead"] for request in requests] == [True]


def test_whether_a_deletion_was_overtaken_is_read_consistently(aws: Aws) -> None:
    ledger = make_dynamo_ledger(aws)
    ledger.put(LedgerItem(ENTRY, 2, "{}", deleted=True))
    ledger.put(LedgerItem(ENTRY, 1, "{}"))
    with recorded(aws) as requests:
        ledger.remove_overtaken([ENTRY])
    first, second, remove = requests
    tables = [*first["RequestItems"].values(), *second["RequestItems"].values()]
    assert [table["ConsistentRead"] for table in tables] == [True, True]
    assert remove["Operation"] == "DeleteItem"


def test_an_item_as_new_as_its_deletion_is_not_removed(aws: Aws) -> None:
    ledger = make_dynamo_ledger(aws)
    ledger.put(LedgerItem(ENTRY, 2, "{}", deleted=True))
    ledger.put(LedgerItem(ENTRY, 2, "{}"))
    with recorded(aws) as requests:
        ledger.remove_overtaken([ENTRY])
    assert [request["Operation"] for request in requests] == ["BatchGetItem", "BatchGetItem"]


def test_many_items_are_read_at_half_the_price(aws: Aws) -> None:
    """`get_many` is for what is checked again later, so a stale item does no harm.

    What is published is read by `get_several`.
    """
    ledger = make_dynamo_ledger(aws)
    with recorded(aws) as requests:
        ledger.get_many([ENTRY])
        ledger.get_several([ENTRY])
    (many,), (several,) = [request["RequestItems"].values() for request in requests]
    assert (many["ConsistentRead"], several["ConsistentRead"]) == (False, True)


@pytest.mark.parametrize("name", LIMITS)
def test_a_read_asks_for_as_many_items_as_are_wanted(aws: Aws, name: str) -> None:
    read, limit = LIMITS[name]
    ledger = make_dynamo_ledger(aws)
    with recorded(aws) as requests:
        list(read(ledger))
    assert [request["Limit"] for request in requests] == [limit]


def stored(sort: str, revision: int, **more: object) -> dict[str, Any]:
    item = {"pk": {"S": str(FOXES)}, "sk": {"S": sort}, "revision": {"N": str(revision)}}
    return {**item, "payload": {"S": "{}"}, **more}


class Scans:
    """Answers scans with prepared pages."""

    def __init__(self, *answers: Mapping[str, Any]) -> None:
        self._answers = iter(answers)

    def __call__(self, **_: object) -> object:
        body = json.dumps({"Count": 1, **next(self._answers)}).encode()
        return AWSResponse("https://dynamodb.example/", 200, HTTPHeaders(), Body(body))


def test_a_page_that_ends_at_a_key_of_a_later_release_goes_on_with_the_next(aws: Aws) -> None:
    """A caller can begin only at keys that this release knows."""
    ledger = make_dynamo_ledger(aws)
    deleted = [stored(f"ENTRY#{name}", 7, deleted={"BOOL": True}) for name in ("a", "b")]
    for item in deleted:
        aws.dynamodb.put_item(TableName=ledger._table, Item=item)
    first = {
        "Items": [stored("DAYS#a", 1), deleted[0], {**stored("x", 1), "pk": {"S": "LATER#x"}}],
        "LastEvaluatedKey": {"pk": {"S": "LATER#x"}, "sk": {"S": "x"}},
    }
    second = {"Items": [stored("DAYS#b", 2), deleted[1]]}
    scans = answering(aws.dynamodb, "before-send.dynamodb.Scan", Scans(first, second))
    with scans, recorded(aws) as requests:
        (page,) = ledger.list_keys(0, 1, None)
    assert [key.sort for key in page.item_keys] == ["DAYS#a", "ENTRY#a", "DAYS#b", "ENTRY#b"]
    assert page.revisions == (1, 7, 2, 7)
    assert [(item.key.sort, item.revision) for item in page.undated] == [
        ("ENTRY#a", 7),
        ("ENTRY#b", 7),
    ]
    assert page.last is None
    reads = [request for request in requests if request["Operation"] == "GetItem"]
    assert [read["ConsistentRead"] for read in reads] == [True, True]
