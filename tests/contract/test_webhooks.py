"""Webhooks and their messages, in memory and in DynamoDB."""

import pytest
from botocore.exceptions import ClientError

from gazette.models.webhooks.messages import RevisionKey, WebhookMessage
from gazette.models.webhooks.webhook import WebhookKind
from gazette.ports import BusyLedgerError
from gazette.store.memory_webhooks import MemoryWebhooks
from gazette.store.webhooks import DynamoWebhooks
from gazette_cli.emulators.template import load_template, properties
from tests.contract.conftest import Aws, Watch
from tests.unit.publish.worlds import MORNING
from tests.unit.webhooks.webhook_stage import OTHER, URL, webhook_at

Store = DynamoWebhooks | MemoryWebhooks
KEY = RevisionKey("harbour/a", 1)


@pytest.fixture
def store(engine: str, aws: Aws, watch: Watch, request: pytest.FixtureRequest) -> Store:
    if engine == "memory":
        return MemoryWebhooks()
    return make_table(aws, watch, request.node.name)


def make_table(aws: Aws, watch: Watch, name: str) -> DynamoWebhooks:
    """Make a table from the Properties in template.yaml, so that the schema cannot drift."""
    table = properties(load_template(), "Webhooks")
    name = "".join(sign for sign in name if sign.isalnum())
    made = ("AttributeDefinitions", "KeySchema", "BillingMode")
    aws.dynamodb.create_table(TableName=name, **{key: table[key] for key in made})
    return DynamoWebhooks(aws.dynamodb, name, watch)


def message(
    kind: WebhookKind = WebhookKind.PUBLICATION, erasures: int = 0, body: str = "{}"
) -> WebhookMessage:
    return WebhookMessage(
        event_id=KEY.event_id,
        number=KEY.number,
        kind=kind,
        at=MORNING,
        topics=("foxes",),
        erasures=erasures,
        body=body,
    )


def test_webhooks_are_listed_and_found_by_name(store: Store) -> None:
    both = [webhook_at(), webhook_at(OTHER, topics=["foxes"], kinds=["correction"])]
    assert [store.add(one) for one in both] == [True, True]
    assert store.every() == sorted(both, key=lambda webhook: webhook.name)
    assert store.find([both[1].name, "none", both[1].name]) == [both[1]]


def test_an_address_has_one_webhook(store: Store) -> None:
    assert store.add(webhook_at())
    assert not store.add(webhook_at(topics=["foxes"]))
    assert store.every() == [webhook_at()]


def test_a_webhook_is_replaced_and_removed_only_as_it_stands(store: Store) -> None:
    store.add(webhook_at())
    changed = webhook_at(registration="second", failures=2)
    assert not store.replace(changed, "another")
    assert store.replace(changed, "first")
    assert not store.remove(webhook_at())
    assert store.every() == [changed]
    assert store.remove(changed)
    assert not store.remove(changed)
    assert not store.replace(changed, "second")
    assert store.every() == []


def test_messages_are_no_webhooks(store: Store) -> None:
    store.offer(message())
    assert store.every() == []
    assert store.message(KEY) == message()
    assert store.message(RevisionKey("harbour/a", 2)) is None


def test_the_same_message_again_changes_nothing(store: Store) -> None:
    store.offer(message())
    store.mark_spread(message())
    store.offer(message(erasures=3, body="{...}"))
    found = store.message(KEY)
    assert found
    assert (found.is_spread, found.body) == (True, "{}")


def test_an_erasure_takes_the_place_of_a_message_and_not_the_other_way_round(store: Store) -> None:
    erased = message(WebhookKind.ERASURE, 1)
    store.offer(message())
    store.offer(erased)
    store.offer(message())
    store.mark_spread(message())
    assert store.message(KEY) == erased


def test_a_message_expires(aws: Aws, watch: Watch) -> None:
    store = make_table(aws, watch, "expiring")
    store.offer(message())
    (item,) = aws.dynamodb.scan(TableName="expiring")["Items"]
    assert int(item["expires_at"]["N"]) - int(watch.now.timestamp()) == 15 * 86_400


def test_what_dynamodb_does_not_do_is_an_error(aws: Aws, watch: Watch) -> None:
    absent = DynamoWebhooks(aws.dynamodb, "absent", watch)
    with pytest.raises(ClientError):
        absent.offer(message())
    with pytest.raises(ClientError):
        absent.remove(webhook_at())


class Busy:
    """A client of DynamoDB that leaves keys unprocessed."""

    def batch_get_item(self, *, RequestItems: object) -> object:  # noqa: N803  # boto3's
        return {"Responses": {"table": []}, "UnprocessedKeys": RequestItems}


def test_webhooks_that_are_not_read_are_not_taken_for_absent(watch: Watch) -> None:
    store = DynamoWebhooks(Busy(), "table", watch)  # type: ignore[arg-type]  # it has the method in use
    with pytest.raises(BusyLedgerError):
        store.find([webhook_at(URL).name])
