"""The two consumers of the stream of the ledger: their windows, limits and filters."""

import pytest

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import (
    SNAPSHOT,
    ItemKey,
    checked_key,
    claim_key,
    deletion_key,
    image_use_key,
    is_listed,
    last_deleted_key,
    published_key,
    quarantine_key,
    translation_key,
)
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.tasks.lanes import Lane, lane_of
from gazette.models.tasks.tasks import stream_tasks, tasks_for
from gazette.store.dynamodb_items import write_item
from gazette_cli.emulators.template import event_source, properties, stream_wiring
from tests.emulators.event_filters import matches
from tests.template.reading import FUNCTIONS, TEMPLATE_TREE

LANES = {Lane.NOW: "PublishChangesFunction", Lane.LATER: "PublishLaterFunction"}


def test_no_news_waits_for_a_window() -> None:
    """W5: nothing on the way from the bucket to the feed waits for more of the same."""
    for function, kind in (("IngestEventFunction", "SQS"), ("PublishChangesFunction", "DynamoDB")):
        source = event_source(TEMPLATE_TREE, function, kind)
        assert source.get("MaximumBatchingWindowInSeconds", 0) == 0, function


def test_what_may_come_later_is_collected_for_as_long_as_the_operator_says() -> None:
    """Lambda allows a window of five minutes."""
    source = event_source(TEMPLATE_TREE, "PublishLaterFunction", "DynamoDB")
    assert source["MaximumBatchingWindowInSeconds"] == {"Ref": "LaterSeconds"}
    parameter = TEMPLATE_TREE["Parameters"]["LaterSeconds"]
    assert (parameter["MinValue"], parameter["MaxValue"]) == (0, 300)
    assert 0 < parameter["Default"] <= 60


def test_a_stream_has_no_more_consumers_than_aws_advises() -> None:
    """More than two readers of a shard are throttled."""
    events = [properties(TEMPLATE_TREE, function).get("Events", {}) for function in FUNCTIONS]
    streams = [one for some in events for one in some.values() if one["Type"] == "DynamoDB"]
    assert len(streams) == 2


@pytest.mark.parametrize("function", LANES.values())
def test_a_partition_that_keeps_failing_lets_the_others_pass(function: str) -> None:
    source = event_source(TEMPLATE_TREE, function, "DynamoDB")
    assert source["BisectBatchOnFunctionError"] is True
    assert 0 < source["MaximumRetryAttempts"] <= 10


@pytest.mark.parametrize("function", LANES.values())
def test_nothing_written_before_the_first_deployment_is_missed(function: str) -> None:
    source = event_source(TEMPLATE_TREE, function, "DynamoDB")
    assert source["StartingPosition"] == "TRIM_HORIZON"


SORTS = (
    *(
        SNAPSHOT,
        "REVISION#000001",
        "REBUILD#X",
        "TRANSLATION#name",
        "CHANGE#2026-10-01T00:00:00Z#name#1",
    ),
    *("ENTRY#2026-10-01T00:00:00Z#name", "ROLLUP#name", "DAYS#2026-10-01", "SEGMENT#first"),
    *("RETRACTED#2026-10-01T00:00:00Z#name", "WITHDRAWN#2026-10-01T00:00:00Z#name"),
    *("MONTHS#2026-10", "USE#name", "IMAGES#2026-10-01T00:00:00Z#name", "REMARK#name", "NAMED"),
    *("CATEGORY#name", "AUTHOR#name", "SEARCH#2026"),
)
ITEM_KEYS = [ItemKey(Partition(kind, "name"), sort) for kind in PartitionKind for sort in SORTS]
UNHEARD = [
    ItemKey(Partition(PartitionKind.EVENT, "name"), SNAPSHOT),
    claim_key("news/2026/10/1/storm"),
]


LISTED = [
    *(item_key for item_key in ITEM_KEYS if is_listed(item_key) and tasks_for(item_key)),
    image_use_key("images/a.jpg", "name"),
    quarantine_key("events/name.json"),
]


def is_let_through(item_key: ItemKey, event: str = "INSERT") -> bool:
    return bool(lanes_for(item_key, event))


def lanes_for(item_key: ItemKey, event: str = "INSERT") -> list[Lane]:
    """Return the lanes whose filters let a record through."""
    keys = {"pk": {"S": str(item_key.partition)}, "sk": {"S": item_key.sort}}
    record = {"eventName": event, "dynamodb": {"Keys": keys}}
    return [
        lane
        for lane, function in LANES.items()
        if any(matches(one, record) for one in stream_wiring(TEMPLATE_TREE, function).filters)
    ]


def test_each_change_has_one_lane_and_that_of_the_code() -> None:
    """An item in both would be published twice, and one in neither never."""
    heard = [item_key for item_key in ITEM_KEYS if tasks_for(item_key)]
    assert {lane_of(item_key) for item_key in heard} == set(Lane)
    heard += [item_key for listed in LISTED for item_key in (listed, deletion_key(listed))]
    wrong = [item_key for item_key in heard if lanes_for(item_key) != [lane_of(item_key)]]
    assert wrong == []


def test_publishing_is_woken_by_every_place_that_sets_off_work() -> None:
    missed = [
        item_key for item_key in ITEM_KEYS if tasks_for(item_key) and not is_let_through(item_key)
    ]
    assert missed == []
    assert len([item_key for item_key in ITEM_KEYS if tasks_for(item_key)]) > len(PartitionKind)


@pytest.mark.parametrize("item_key", UNHEARD, ids=lambda item_key: "/".join(map(str, item_key)))
def test_bookkeeping_items_do_not_invoke_publishing(item_key: ItemKey) -> None:
    assert tasks_for(item_key) == ()
    assert not is_let_through(item_key)


@pytest.mark.parametrize("item_key", LISTED, ids=lambda item_key: "/".join(map(str, item_key)))
def test_publishing_hears_of_listed_items_and_of_their_deletions(item_key: ItemKey) -> None:
    """Publishing removes live items whose deletion is newer."""
    assert is_let_through(item_key)
    assert is_let_through(deletion_key(item_key), "MODIFY")


@pytest.mark.parametrize("item_key", LISTED, ids=lambda item_key: "/".join(map(str, item_key)))
def test_an_item_that_expires_or_is_removed_wakes_nobody(item_key: ItemKey) -> None:
    assert not is_let_through(item_key, "REMOVE")
    assert not is_let_through(deletion_key(item_key), "REMOVE")


def test_publishing_is_not_woken_by_the_last_deleted_entry_alone() -> None:
    """The deletion that is written after it names the event, so that it can be announced."""
    item_key = last_deleted_key(Partition(PartitionKind.TOPIC, "name"))
    assert tasks_for(item_key) != ()
    assert stream_tasks(item_key) == ()
    assert not is_let_through(item_key)


@pytest.mark.parametrize(
    "item_key", [checked_key("a"), published_key(Partition(PartitionKind.TOPIC, "a"))]
)
def test_publishing_is_not_woken_by_checks_of_events_and_counts_of_publications(
    item_key: ItemKey,
) -> None:
    assert tasks_for(item_key) == ()
    assert not is_let_through(item_key)


def test_deleted_items_expire_by_the_attribute_that_the_ledger_writes() -> None:
    item = LedgerItem(translation_key("a", "b"), 1, "{}", deleted=True)
    expiry = properties(TEMPLATE_TREE, "Ledger")["TimeToLiveSpecification"]
    assert expiry == {"AttributeName": "expires_at", "Enabled": True}
    assert expiry["AttributeName"] in write_item(item, 1)


def test_the_filters_are_as_many_as_aws_allows() -> None:
    for function in LANES.values():
        assert 0 < len(stream_wiring(TEMPLATE_TREE, function).filters) <= 5
