"""Deleted items: out of the way of what is live, and gone when no late writer can exist."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TypeAlias

import pytest
from botocore.exceptions import ClientError

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.limits import DELETED_ITEM_DAYS
from gazette.ports import Ledger
from gazette.store.dynamodb import DynamoLedger
from gazette.store.dynamodb_items import write_item
from gazette.store.local_ledger import LocalLedger
from tests.contract.conftest import Aws, Watch, make_dynamo_ledger

FOXES = partitions.topic_partition("foxes")
ENTRY = ItemKey(FOXES, "ENTRY#2026-07-04T08:00:00Z#a")
TRANSLATION = keys.translation_key("a", "b")
LISTED = [
    ENTRY,
    ItemKey(FOXES, "RETRACTED#2026-07-04T08:00:00Z#a"),
    keys.image_use_key("images/a.png", "a"),
    keys.quarantine_key("events/" + "k" * 1010 + ".json"),
]
LIFETIME = timedelta(days=DELETED_ITEM_DAYS)
Delete: TypeAlias = Callable[[LedgerItem], None]


def live(item_key: ItemKey, revision: int) -> LedgerItem:
    return LedgerItem(item_key, revision, f'{{"revision": {revision}}}')


def deleted(item_key: ItemKey, revision: int) -> LedgerItem:
    return LedgerItem(item_key, revision, "{}", deleted=True)


def everything(ledger: LocalLedger | DynamoLedger) -> set[ItemKey]:
    return {item_key for page in ledger.list_keys(0, 1, None) for item_key in page.item_keys}


@pytest.mark.parametrize("item_key", LISTED, ids=lambda item_key: item_key.sort[:8])
def test_a_deleted_item_leaves_its_list(ledger: Ledger, item_key: ItemKey) -> None:
    ledger.put(live(item_key, 1))
    assert list(ledger.scan(item_key.partition, keys.prefix_of(item_key.sort))) != []
    assert ledger.put(deleted(item_key, 2))
    assert ledger.get(item_key) is None
    assert list(ledger.scan(item_key.partition, keys.prefix_of(item_key.sort))) == []
    assert ledger.get(keys.deletion_key(item_key)) == deleted(keys.deletion_key(item_key), 2)
    assert keys.listed_key(keys.deletion_key(item_key)) == item_key


def test_an_older_deletion_removes_nothing(ledger: Ledger) -> None:
    ledger.put(live(ENTRY, 3))
    assert ledger.put(deleted(ENTRY, 2))
    assert ledger.get(ENTRY) == live(ENTRY, 3)
    ledger.remove_overtaken([ENTRY, keys.deletion_key(ENTRY)])
    assert ledger.get(ENTRY) == live(ENTRY, 3)


def test_a_repeated_deletion_removes_what_the_first_one_left(ledger: Ledger) -> None:
    ledger.put(deleted(ENTRY, 2))
    ledger.put(live(ENTRY, 1))
    assert not ledger.put(deleted(ENTRY, 2))
    assert ledger.get(ENTRY) is None


@pytest.mark.parametrize("heard", [ENTRY, keys.deletion_key(ENTRY)])
def test_a_late_write_of_an_older_revision_is_removed_when_it_is_heard_of(
    ledger: Ledger, heard: ItemKey, calls: Counter[str]
) -> None:
    ledger.put(deleted(ENTRY, 2))
    ledger.put(live(ENTRY, 1))
    calls.clear()
    ledger.remove_overtaken([heard, keys.snapshot_key("a")])
    assert calls == {"dynamodb.BatchGetItem": 2, "dynamodb.DeleteItem": 1}
    assert ledger.get(ENTRY) is None


def test_what_was_never_deleted_costs_one_read_a_hundred(
    ledger: Ledger, calls: Counter[str]
) -> None:
    written = [ItemKey(FOXES, f"ENTRY#2026-07-04T08:00:00Z#{number}") for number in range(101)]
    ledger.remove_overtaken(written)
    ledger.remove_overtaken([keys.snapshot_key("a"), ItemKey(FOXES, "DAYS#2026-07-04")])
    assert calls == {"dynamodb.BatchGetItem": 2}


def test_an_item_as_new_as_its_deletion_stays_and_each_removal_is_counted(
    ledger: Ledger, calls: Counter[str]
) -> None:
    for item_key in LISTED[:2]:
        ledger.put(deleted(item_key, 2))
        ledger.put(live(item_key, 2))
    calls.clear()
    ledger.remove_overtaken(LISTED[:2])
    assert calls == {"dynamodb.BatchGetItem": 2}
    for item_key in LISTED[:2]:
        ledger.put(deleted(item_key, 3))
    assert calls["dynamodb.DeleteItem"] == 2


def test_a_deleted_item_comes_back_with_a_newer_revision(ledger: Ledger) -> None:
    ledger.put(deleted(ENTRY, 2))
    assert ledger.put(live(ENTRY, 3))
    ledger.remove_overtaken([ENTRY])
    assert ledger.get(ENTRY) == live(ENTRY, 3)
    assert ledger.put(deleted(ENTRY, 4))
    assert ledger.get(ENTRY) is None


def test_lists_are_read_without_deleted_items(ledger: Ledger, calls: Counter[str]) -> None:
    item_keys = [ItemKey(FOXES, f"ENTRY#2026-07-04T08:00:00Z#{number:03}") for number in range(300)]
    for item_key in item_keys:
        ledger.put(deleted(item_key, 2))
    ledger.put(live(item_keys[7], 3))
    calls.clear()
    for read in (
        partial(ledger.scan, FOXES, keys.ENTRY),
        partial(ledger.newest, FOXES, keys.ENTRY),
        partial(ledger.after, ItemKey(FOXES, keys.ENTRY), 100),
        partial(ledger.before, ItemKey(FOXES, keys.AFTER_ENTRIES), 100),
    ):
        assert list(read()) == [live(item_keys[7], 3)]
    assert list(ledger.before(item_keys[7], 100)) == list(ledger.after(item_keys[7], 100)) == []
    assert calls == {"dynamodb.Query": 6}


@pytest.mark.parametrize("item_key", [keys.deletion_key(ENTRY), TRANSLATION])
def test_a_deleted_item_is_absent_when_its_time_has_passed(
    ledger: LocalLedger | DynamoLedger, watch: Watch, item_key: ItemKey
) -> None:
    ledger.put(deleted(keys.listed_key(item_key), 2))
    watch.now += LIFETIME - timedelta(seconds=1)
    assert ledger.get(item_key) == deleted(item_key, 2)
    assert everything(ledger) == {item_key}
    watch.now += timedelta(seconds=1)
    assert ledger.get(item_key) is None
    assert ledger.get_many([item_key]) == {}
    assert everything(ledger) == set()
    assert list(ledger.scan(item_key.partition)) == []
    ledger.remove_overtaken([ENTRY])


@pytest.mark.parametrize("item_key", [ENTRY, TRANSLATION])
def test_what_has_expired_is_written_over_whatever_its_revision(
    ledger: Ledger, watch: Watch, item_key: ItemKey
) -> None:
    ledger.put(deleted(item_key, 9))
    watch.now += LIFETIME
    assert ledger.put(live(item_key, 1))
    ledger.remove_overtaken([item_key])
    assert ledger.get(item_key) == live(item_key, 1)


def test_what_has_expired_is_replaced_like_a_missing_item(ledger: Ledger, watch: Watch) -> None:
    ledger.put(deleted(TRANSLATION, 9))
    watch.now += LIFETIME
    assert not ledger.replace(live(TRANSLATION, 10), 9)
    assert ledger.replace(live(TRANSLATION, 1), 0)
    assert ledger.get(TRANSLATION) == live(TRANSLATION, 1)


@pytest.mark.parametrize("item_key", [ENTRY, TRANSLATION])
def test_a_live_item_written_over_a_deleted_one_does_not_expire(
    ledger: Ledger, watch: Watch, item_key: ItemKey
) -> None:
    ledger.put(deleted(item_key, 2))
    ledger.put(live(item_key, 3))
    watch.now += 10 * LIFETIME
    assert ledger.get(item_key) == live(item_key, 3)


def test_the_snapshot_of_a_deleted_image_stays(ledger: Ledger, watch: Watch) -> None:
    """Else the next reconciliation would ingest the image once more."""
    snapshot = deleted(keys.image_key("images/a.png"), 2)
    ledger.put(snapshot)
    watch.now += 10 * LIFETIME
    assert ledger.get(snapshot.key) == snapshot


def test_dynamodb_learns_when_a_deleted_item_may_go(aws: Aws, watch: Watch) -> None:
    ledger = make_dynamo_ledger(aws, clock=watch)
    ledger.put(live(ENTRY, 1))
    ledger.put(deleted(ENTRY, 2))
    ledger.put(live(ENTRY, 3))
    stored = {
        item["sk"]["S"]: item.get("expires_at")
        for item in aws.dynamodb.scan(TableName=ledger._table)["Items"]
    }
    expires_at = str(int((watch.now + LIFETIME).timestamp()))
    assert stored == {ENTRY.sort: None, f"DELETED#{ENTRY.sort}": {"N": expires_at}}


@pytest.fixture(params=["deleted", "gone"])
def delete_as_before(ledger: LocalLedger | DynamoLedger, request: pytest.FixtureRequest) -> Delete:
    """Delete items as release 0.1.0 did: in their place, without an expiry."""
    if isinstance(ledger, LocalLedger):
        return ledger.write_undated

    def put(item: LedgerItem) -> None:
        ledger._client.put_item(
            TableName=ledger._table,
            Item={**write_item(item._replace(deleted=False), None), request.param: {"BOOL": True}},
        )

    return put


def test_a_list_of_an_older_release_is_read_without_its_deleted_items(
    ledger: Ledger, delete_as_before: Delete
) -> None:
    delete_as_before(deleted(ENTRY, 2))
    assert list(ledger.scan(FOXES, keys.ENTRY)) == []
    assert ledger.get(ENTRY) is None
    assert not ledger.put(live(ENTRY, 1))
    assert ledger.put(live(ENTRY, 3))
    assert ledger.get(ENTRY) == live(ENTRY, 3)


@pytest.mark.parametrize("item_key", [*LISTED, TRANSLATION], ids=lambda key: key.sort[:8])
def test_a_deleted_item_of_an_older_release_gets_an_expiry_and_leaves_its_list(
    ledger: LocalLedger | DynamoLedger,
    delete_as_before: Delete,
    watch: Watch,
    item_key: ItemKey,
) -> None:
    delete_as_before(deleted(item_key, 2))
    (page,) = ledger.list_keys(0, 1, None)
    assert page.undated == (deleted(item_key, 2),)
    ledger.expire(page.undated[0])
    moved = keys.deletion_key(item_key) if keys.is_listed(item_key) else item_key
    assert everything(ledger) == {moved}
    assert ledger.get(moved) == deleted(moved, 2)
    assert [page.undated for page in ledger.list_keys(0, 1, None)] == [()]
    watch.now += LIFETIME
    assert ledger.get(moved) is None
    assert everything(ledger) == set()


@pytest.mark.parametrize("item_key", [ENTRY, TRANSLATION])
def test_what_was_written_meanwhile_is_no_longer_deleted(
    ledger: LocalLedger | DynamoLedger,
    delete_as_before: Delete,
    watch: Watch,
    item_key: ItemKey,
) -> None:
    delete_as_before(deleted(item_key, 2))
    assert ledger.put(live(item_key, 3))
    ledger.expire(deleted(item_key, 2))
    watch.now += LIFETIME
    assert ledger.get(item_key) == live(item_key, 3)


def test_a_listing_that_is_older_than_a_write_finds_nothing_undated(aws: Aws) -> None:
    """The scan is eventually consistent; what it finds is read again."""
    ledger = make_dynamo_ledger(aws)
    raw = {**write_item(live(ENTRY, 2), None), "gone": {"BOOL": True}}
    aws.dynamodb.put_item(TableName=ledger._table, Item=raw)

    def write_newer(**_: object) -> None:
        ledger.put(live(ENTRY, 3))

    event = "after-call.dynamodb.Scan"
    aws.dynamodb.meta.events.register(event, write_newer, unique_id="newer")
    try:
        assert [page.undated for page in ledger.list_keys(0, 1, None)] == [()]
    finally:
        aws.dynamodb.meta.events.unregister(event, unique_id="newer")


def test_the_snapshot_of_a_deleted_image_and_the_old_index_stay_as_they_are(aws: Aws) -> None:
    ledger = make_dynamo_ledger(aws)
    near = ItemKey(Partition(PartitionKind.OLD_RELATED, "foxes"), ENTRY.sort)
    for item_key in (keys.image_key("images/a.png"), near):
        raw = write_item(deleted(item_key, 2), None)
        aws.dynamodb.put_item(TableName=ledger._table, Item=raw)
    assert [page.undated for page in ledger.list_keys(0, 1, None)] == [()]


def test_what_aws_refuses_to_remove_for_other_reasons_is_let_through(aws: Aws) -> None:
    ledger = make_dynamo_ledger(aws)

    def deny(**_: object) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "DeleteItem")

    event = "before-call.dynamodb.DeleteItem"
    aws.dynamodb.meta.events.register(event, deny, unique_id="deny")
    try:
        with pytest.raises(ClientError, match="ThrottlingException"):
            ledger.put(deleted(ENTRY, 2))
    finally:
        aws.dynamodb.meta.events.unregister(event, unique_id="deny")
