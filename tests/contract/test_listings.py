"""The contract of the listings, for those in memory and those on AWS alike."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from gazette.delivery.local_source import LocalSourceArchive
from gazette.delivery.memory import MemorySiteStore
from gazette.delivery.s3 import S3SiteStore
from gazette.delivery.s3_listings import S3SiteListing, S3SourceListing
from gazette.delivery.s3_versions import newest_first
from gazette.models.ledger import partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.limits import MAX_KEYS_A_PAGE
from gazette.models.object_version import ObjectVersion
from gazette.models.views.site_document import document
from gazette.ports import (
    BusyLedgerError,
    LedgerListing,
    ListedKey,
    SiteListing,
    SiteStore,
    SourceListing,
)
from gazette.store.dynamodb import DynamoLedger
from gazette.store.local_ledger import LocalLedger
from gazette.store.memory import MemoryLedger
from tests.contract.conftest import Aws, Publishing, S3Publishing, make_dynamo_ledger
from tests.unit.publish.worlds import MORNING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import BatchGetItemOutputTypeDef

AT = datetime(2026, 7, 4, 12, 0, tzinfo=UTC)
TOPICS = [partitions.topic_partition(f"topic {number}") for number in range(8)]


@pytest.fixture
def both(engine: str, aws: Aws, calls: Counter[str]) -> LocalLedger | DynamoLedger:
    if engine == "memory":
        return MemoryLedger(calls, lambda _: None, lambda: MORNING)
    return make_dynamo_ledger(aws)


def listing_of(publishing: Publishing, aws: Aws, page: int = 1000) -> SourceListing:
    if isinstance(publishing, S3Publishing):
        return S3SourceListing(aws.s3, publishing._bucket, page)
    assert isinstance(publishing.archive, LocalSourceArchive)
    return publishing.archive


def counts(listed: Iterable[ListedKey]) -> list[tuple[str, int]]:
    return [(key, len(versions)) for key, versions in listed]


def test_every_key_is_listed_with_its_versions_and_delete_markers(
    publishing: Publishing, aws: Aws, calls: Counter[str]
) -> None:
    publishing.put("events/b.json", b"1", AT)
    publishing.put("events/a.json", b"1", AT)
    publishing.put("events/a.json", b"2", AT)
    publishing.delete("events/a.json", AT)
    publishing.put("events/ñ 日本.json", b"1", AT)
    calls.clear()
    listed = list(listing_of(publishing, aws).list_versions())
    assert counts(listed) == [("events/a.json", 3), ("events/b.json", 1), ("events/ñ 日本.json", 1)]
    assert calls == {"s3.ListObjectVersions": 1}
    source = publishing.archive
    assert [list(versions) for _, versions in listed] == [source.versions(key) for key, _ in listed]
    assert [version.is_delete_marker for version in listed[0].versions] == [True, False, False]


def test_a_listing_begins_after_the_given_key(publishing: Publishing, aws: Aws) -> None:
    for name in ("a", "b", "b", "c"):
        publishing.put(name, b"1", AT)
    listing = listing_of(publishing, aws)
    assert counts(listing.list_versions("a")) == [("b", 2), ("c", 1)]
    assert counts(listing.list_versions("b")) == [("c", 1)]
    assert list(listing.list_versions("c")) == []


@pytest.mark.parametrize("page", [1, 2, 3])
def test_a_key_with_versions_on_several_pages_is_listed_once(aws: Aws, page: int) -> None:
    publishing = S3Publishing(aws)
    for name in ("a", "b", "b", "b", "b", "c"):
        publishing.put(name, b"1", AT)
    listed = S3SourceListing(aws.s3, publishing._bucket, page).list_versions()
    assert counts(listed) == [("a", 1), ("b", 4), ("c", 1)]


def test_an_empty_bucket_has_an_empty_listing(publishing: Publishing, aws: Aws) -> None:
    assert list(listing_of(publishing, aws).list_versions()) == []


def test_the_memory_listing_counts_a_call_for_every_thousand_documents() -> None:
    calls: Counter[str] = Counter()
    store = MemorySiteStore(calls)
    documents = [document(f"{number:04d}.txt", b"") for number in range(2000)]
    store.write(documents, {item.path: None for item in documents})
    for most, pages in ((0, 2), (1, 2), (1000, 1), (1999, 1), (2000, 1)):
        calls.clear()
        assert len(list(store.list_documents(f"{most - 1:04d}.txt" if most else ""))) == 2000 - most
        assert calls["s3.ListObjectsV2"] == pages


def site_listing(store: SiteStore, aws: Aws) -> SiteListing:
    if isinstance(store, S3SiteStore):
        return S3SiteListing(aws.s3, store._bucket)
    assert isinstance(store, MemorySiteStore)
    return store


def test_a_site_is_listed_with_its_etags(
    site_store: SiteStore, aws: Aws, calls: Counter[str]
) -> None:
    documents = [document(path, path.encode()) for path in ("b.txt", "a/ñ.txt", "a/b.txt")]
    site_store.write(documents, {item.path: None for item in documents})
    etags = {item.path: item.etag for item in documents}
    calls.clear()
    listing = site_listing(site_store, aws)
    assert list(listing.list_documents()) == sorted(etags.items())
    assert calls == {"s3.ListObjectsV2": 1}
    assert list(listing.list_documents("a/b.txt")) == [
        (path, etags[path]) for path in ("a/ñ.txt", "b.txt")
    ]


def records() -> list[LedgerItem]:
    return [
        LedgerItem(ItemKey(topic, f"ENTRY#{number}"), number, "{}")
        for topic in TOPICS
        for number in range(1, 6)
    ]


def test_many_items_are_read_at_once(both: LocalLedger | DynamoLedger, calls: Counter[str]) -> None:
    for record in records():
        both.put(record)
    wanted = {record.key: record for record in records()[::2]}
    missing = ItemKey(Partition(partitions.PartitionKind.DAY, "2026-07-04"), "ENTRY#1")
    calls.clear()
    # DynamoDB itself refuses repeated keys.
    assert both.get_many([*wanted, missing, *wanted]) == wanted
    assert calls == {"dynamodb.BatchGetItem": 1}
    assert both.get_several([*wanted, missing, *wanted]) == wanted
    assert calls == {"dynamodb.BatchGetItem": 2}


def places_of(ledger: LedgerListing, segments: int) -> list[list[ItemKey]]:
    return [
        [
            item_key
            for page in ledger.list_keys(number, segments, None)
            for item_key in page.item_keys
        ]
        for number in range(segments)
    ]


def test_the_segments_have_every_item_key_once_and_never_divide_a_partition(
    both: LocalLedger | DynamoLedger,
) -> None:
    for record in records():
        both.put(record)
    found = places_of(both, 3)
    assert sorted(item_key for segment in found for item_key in segment) == sorted(
        record.key for record in records()
    )
    assert len(TOPICS) == sum(
        len({item_key.partition for item_key in segment}) for segment in found
    )
    assert len([segment for segment in found if segment]) > 1


def test_a_segment_continues_after_the_last_item_key_of_a_page(
    both: LocalLedger | DynamoLedger, calls: Counter[str]
) -> None:
    for number in range(MAX_KEYS_A_PAGE + 20):
        both.put(LedgerItem(ItemKey(TOPICS[number % 2], f"ENTRY#{number:04d}"), 1, "{}"))
    calls.clear()
    first, second = both.list_keys(0, 1, None)
    assert calls == {"dynamodb.Scan": 2}
    assert len(first.item_keys) == MAX_KEYS_A_PAGE
    assert first.last == first.item_keys[-1]
    assert second.last is None
    (again,) = both.list_keys(0, 1, first.last)
    assert again == second


def test_keys_that_only_a_later_release_knows_are_left_out(aws: Aws) -> None:
    """So a rebuild works after a rollback, also where such a key is the last one of a page."""
    ledger = make_dynamo_ledger(aws, lambda _: None)
    item_keys = [ItemKey(topic, f"ENTRY#{number:04d}") for topic in TOPICS for number in range(9)]
    for item_key in item_keys:
        ledger.put(LedgerItem(item_key, 1, "{}"))
    for number in range(MAX_KEYS_A_PAGE + 20):
        later = {"pk": {"S": "LATER#x"}, "sk": {"S": f"A#{number:04d}"}, "revision": {"N": "1"}}
        aws.dynamodb.put_item(TableName=ledger._table, Item=later | {"payload": {"S": "{}"}})
    pages = list(ledger.list_keys(0, 1, None))
    assert sorted(key for page in pages for key in page.item_keys) == sorted(item_keys)
    assert pages[-1].last is None
    assert all(page.last in item_keys for page in pages[:-1])


@pytest.fixture
def leaving(aws: Aws) -> Iterator[list[int]]:
    """A list of how many keys each call of a busy table returns."""
    answered: list[int] = []

    def leave(parsed: "BatchGetItemOutputTypeDef", **_: object) -> None:
        table, found = next(iter(parsed["Responses"].items()))
        most = answered.pop(0)
        later = [{name: item[name] for name in ("pk", "sk")} for item in found[most:]]
        del found[most:]
        if later:
            parsed["UnprocessedKeys"] = {table: {"Keys": later}}

    event = "after-call.dynamodb.BatchGetItem"
    aws.dynamodb.meta.events.register(event, leave, unique_id="leave")
    yield answered
    aws.dynamodb.meta.events.unregister(event, unique_id="leave")


def filled_ledger(aws: Aws) -> tuple[DynamoLedger, list[float]]:
    """Make a ledger with all items, and the list of its pauses."""
    pauses: list[float] = []
    ledger = make_dynamo_ledger(aws, pauses.append)
    for record in records():
        ledger.put(record)
    return ledger, pauses


def test_keys_that_a_busy_table_leaves_out_are_read_again_after_longer_and_longer_pauses(
    aws: Aws, leaving: list[int]
) -> None:
    """DynamoDB returns only some of the keys if they are too many, or if the table is busy."""
    ledger, pauses = filled_ledger(aws)
    wanted = {record.key: record for record in records()}
    leaving += [10, 20, 0, 10]
    aws.calls.clear()
    assert ledger.get_many(list(wanted)) == wanted
    assert aws.calls == {"dynamodb.BatchGetItem": 4}
    assert pauses == [0.05, 0.1, 0.2]


def test_the_last_attempt_at_a_busy_table_may_bring_the_rest(aws: Aws, leaving: list[int]) -> None:
    ledger, _ = filled_ledger(aws)
    wanted = {record.key: record for record in records()}
    leaving += [1, 1, 1, 1, 1, 1, 1, len(wanted)]
    assert ledger.get_many(list(wanted)) == wanted


def test_reading_a_table_that_stays_busy_fails_after_some_seconds(
    aws: Aws, leaving: list[int]
) -> None:
    ledger, pauses = filled_ledger(aws)
    leaving += [1] * 20
    with pytest.raises(BusyLedgerError, match="32 of 40 were still unprocessed"):
        ledger.get_many([record.key for record in records()])
    assert pauses == [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2]


def test_markers_that_an_emulator_lists_behind_all_versions_come_to_their_position() -> None:
    times = [(3, False), (1, False), (2, True)]
    listed = [
        ObjectVersion(str(minute), AT + timedelta(minutes=minute), 0, is_marker)
        for minute, is_marker in times
    ]
    assert [version.version_id for version in newest_first(listed)] == ["3", "2", "1"]
