"""The subscriptions of a hub, in memory and in DynamoDB."""

from datetime import timedelta
from itertools import pairwise

import pytest

from gazette.models.hub.subscriptions import Subscription, subscriber_name
from gazette.ports import BusyLedgerError
from gazette.services.hub.ports import SubscriptionStore
from gazette.store.memory_subscriptions import MemorySubscriptions
from gazette.store.subscriptions import DynamoSubscriptions
from gazette_cli.emulators.template import load_template, properties
from tests.contract.conftest import Aws, Watch

TOPIC, OTHER = "https://gazette.example/feed.atom", "https://gazette.example/feed.rss"
CALLBACK = "https://reader.example/push"


@pytest.fixture
def store(engine: str, aws: Aws, watch: Watch, request: pytest.FixtureRequest) -> SubscriptionStore:
    if engine == "memory":
        return MemorySubscriptions(watch)
    return make_table(aws, watch, request.node.name)


def make_table(aws: Aws, watch: Watch, name: str) -> DynamoSubscriptions:
    """Make a table from the Properties in template.yaml, so that the schema cannot drift."""
    table = properties(load_template(), "Subscriptions")
    name = "".join(sign for sign in name if sign.isalnum())
    made = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")
    aws.dynamodb.create_table(TableName=name, **{key: table[key] for key in made})
    return DynamoSubscriptions(aws.dynamodb, name, watch)


def subscription(
    watch: Watch, callback: str = CALLBACK, topic: str = TOPIC, **fields: object
) -> Subscription:
    return Subscription.model_validate(
        {
            "topic": topic,
            "callback": callback,
            "secret": "sésame",
            "expires_at": int(watch.now.timestamp()) + 3600,
            "verification": "first",
            **fields,
        }
    )


def filled(store: SubscriptionStore, watch: Watch, number: int) -> list[str]:
    """Put numbered subscriptions, and return their names in order."""
    found = [subscription(watch, f"https://reader.example/{one}") for one in range(number)]
    for one in found:
        store.put(one)
    return sorted(one.name for one in found)


def test_a_subscription_is_found_by_topic_and_name(store: SubscriptionStore, watch: Watch) -> None:
    one = subscription(watch)
    store.put(one)
    assert store.find(TOPIC, [one.name, one.name, subscriber_name("https://a.example/")]) == [one]
    assert store.find(OTHER, [one.name]) == []
    assert store.find(TOPIC, []) == []


def test_a_renewal_replaces_a_subscription(store: SubscriptionStore, watch: Watch) -> None:
    store.put(subscription(watch))
    renewed = subscription(watch, secret="", verification="second", failures=2)
    store.put(renewed)
    assert store.find(TOPIC, [renewed.name]) == [renewed]


def test_an_expired_subscription_is_absent(store: SubscriptionStore, watch: Watch) -> None:
    one = subscription(watch)
    store.put(one)
    watch.now += timedelta(seconds=3599)
    assert store.find(TOPIC, [one.name]) == [one]
    watch.now += timedelta(seconds=1)
    assert store.find(TOPIC, [one.name]) == []
    assert store.page(TOPIC, "", "", 10) == ((), "")
    assert store.count_of_host("reader.example", 10) == 0
    assert store.count_between(TOPIC, "", "", 10) == 0


def test_a_subscription_changes_only_while_its_verification_stands(
    store: SubscriptionStore, watch: Watch
) -> None:
    one = subscription(watch)
    assert not store.replace(one)
    assert not store.remove(one)
    store.put(one)
    failed = one.model_copy(update={"failures": 1})
    assert store.replace(failed)
    assert store.find(TOPIC, [one.name]) == [failed]
    renewed = subscription(watch, verification="second")
    store.put(renewed)
    assert not store.replace(failed)
    assert not store.remove(failed)
    assert store.find(TOPIC, [one.name]) == [renewed]
    assert store.remove(renewed)
    assert store.find(TOPIC, [one.name]) == []


def test_subscribers_are_listed_page_by_page(store: SubscriptionStore, watch: Watch) -> None:
    names = filled(store, watch, 30)
    store.put(subscription(watch, topic=OTHER))
    found: list[str] = []
    after = ""
    while True:
        page = store.page(TOPIC, after, "", 7)
        assert len(page.names) <= 7
        found += page.names
        if not page.last:
            break
        after = page.last
    assert found == names


def test_ranges_of_names_share_the_subscribers(store: SubscriptionStore, watch: Watch) -> None:
    names = filled(store, watch, 40)
    bounds = ["", *"123456789abcdef", ""]
    parts = [store.page(TOPIC, after, until, 100).names for after, until in pairwise(bounds)]
    assert [name for part in parts for name in part] == names
    assert all(name[0] == "7" for name in parts[7])
    counts = [store.count_between(TOPIC, bounds[n], bounds[n + 1], 100) for n in range(16)]
    assert counts == [len(part) for part in parts]
    assert store.count_between(TOPIC, "", "", 5) == 5


def test_the_subscriptions_of_a_host_are_counted(store: SubscriptionStore, watch: Watch) -> None:
    filled(store, watch, 3)
    store.put(subscription(watch, "https://reader.example:8443/0", OTHER))
    store.put(subscription(watch, "https://other.example/"))
    assert store.count_of_host("reader.example", 10) == 4
    assert store.count_of_host("reader.example", 2) == 2
    assert store.count_of_host("none.example", 10) == 0


def test_expired_subscriptions_make_no_room_and_take_none(
    store: SubscriptionStore, watch: Watch
) -> None:
    """However they stand among the others; DynamoDB removes them within days."""
    for number in range(20):
        ends = int(watch.now.timestamp()) + (3600 if number % 4 else -1)
        callback = f"https://reader.example/{number}"
        store.put(subscription(watch, callback, expires_at=ends))
    assert store.count_of_host("reader.example", 10) == 10
    assert store.count_of_host("reader.example", 20) == 15
    assert store.count_between(TOPIC, "", "", 10) == 10
    assert store.count_between(TOPIC, "", "", 20) == 15


def test_more_than_a_page_of_subscriptions_is_counted(
    store: SubscriptionStore, watch: Watch
) -> None:
    """DynamoDB ends a page after a megabyte."""
    for number in range(330):
        callback = f"https://reader.example/{number}/{'x' * 1_900}"
        store.put(subscription(watch, callback, secret="\x01" * 199))
    assert store.count_between(TOPIC, "", "", 1000) == 330


class Busy:
    """A client of DynamoDB that leaves keys unprocessed."""

    def batch_get_item(self, *, RequestItems: object) -> object:  # noqa: N803  # boto3's
        return {"Responses": {"table": []}, "UnprocessedKeys": RequestItems}


def test_subscriptions_that_are_not_read_are_not_taken_for_absent(watch: Watch) -> None:
    store = DynamoSubscriptions(Busy(), "table", watch)  # type: ignore[arg-type]  # it has the method in use
    with pytest.raises(BusyLedgerError):
        store.find(TOPIC, ["name"])


def test_other_errors_of_dynamodb_are_raised(aws: Aws, watch: Watch) -> None:
    store = DynamoSubscriptions(aws.dynamodb, "no-such-table", watch)
    for change in (store.replace, store.remove):
        with pytest.raises(aws.dynamodb.exceptions.ResourceNotFoundException):
            change(subscription(watch))
