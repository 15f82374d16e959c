import pytest

from functions.fan_out_feeds import app
from gazette.models.hub.deliveries import Delivery
from gazette.models.hub.subscriptions import Subscription
from gazette.runtime.bootstrap.hub import fan_out
from tests.emulators.lambda_pollers import Context
from tests.emulators.moto_stack import DELIVERIES
from tests.functions.conftest import Deployed, log_of, payload
from tests.functions.hub_payloads import CALLBACK, PATH, TOPIC


def test_news_become_deliveries_to_subscribers(deployed_hub: Deployed) -> None:
    subscription = Subscription(
        topic=TOPIC, callback=CALLBACK, secret="", expires_at=2**40, verification="first"
    )
    fan_out().subscriptions.put(subscription)
    with log_of(app.instruments) as log:
        answer = app.handler(payload("fan_out_feeds/news.json"), Context("fan-out-feeds"))
    assert answer == {"batchItemFailures": []}
    (message,) = deployed_hub.messages(DELIVERIES)
    delivery = Delivery.model_validate_json(message["Body"])
    assert delivery == Delivery(topic=TOPIC, path=PATH, subscribers=(subscription.name,))
    assert log[-1]["counts"] == {"FeedsFannedOut": 1, "DeliveriesQueued": 1, "FanOutFailures": 0}


def test_without_time_news_are_delivered_again(deployed_hub: Deployed) -> None:
    context = Context("fan-out-feeds", milliseconds_left=10_000)
    answer = app.handler(payload("fan_out_feeds/news.json"), context)
    assert len(answer["batchItemFailures"]) == 2
    assert deployed_hub.messages(DELIVERIES) == []


@pytest.mark.usefixtures("deployed_webhooks")
def test_news_of_a_revision_without_a_message_becomes_no_delivery() -> None:
    """tests/functions/test_webhooks.py has one with a message."""
    with log_of(app.instruments) as log:
        answer = app.handler(payload("fan_out_feeds/revisions.json"), Context("fan-out-feeds"))
    assert answer == {"batchItemFailures": []}
    assert log[-1]["counts"] == {"FeedsFannedOut": 0, "DeliveriesQueued": 0, "FanOutFailures": 0}
