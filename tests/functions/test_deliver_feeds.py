import json
from collections.abc import Iterator

import pytest

from functions.deliver_feeds import app
from gazette.models.hub.subscriptions import Subscription, signature, subscriber_name
from gazette.runtime.bootstrap.hub import callback_client, feed_deliverer
from tests.contract.local_subscriber import LocalSubscriber, answer, local_subscriber
from tests.emulators.lambda_pollers import Context
from tests.emulators.moto_stack import DELIVERIES, SITE_BUCKET
from tests.functions.conftest import HUB, Deployed, Payload, log_of, payload
from tests.functions.hub_payloads import CALLBACK, PATH, SECRET, TOPIC

FEED = "<feed>Ñandú</feed>".encode()


@pytest.fixture
def subscriber(deployed_hub: Deployed) -> Iterator[LocalSubscriber]:
    """A subscriber of a feed that is there."""
    deployed_hub.stack.s3.put_object(
        Bucket=SITE_BUCKET,
        Key=PATH,
        Body=FEED,
        ContentType="application/xml",
        Metadata={"media-type": "application/atom+xml; charset=utf-8"},
    )
    with local_subscriber() as subscriber:
        subscription = Subscription(
            topic=TOPIC,
            callback=subscriber.url,
            secret=SECRET,
            expires_at=2**40,
            verification="first",
        )
        feed_deliverer().subscriptions.put(subscription)
        yield subscriber


def invoke(callback: str, left: int = 60_000) -> Payload:
    """Bring the payload, for a subscriber that is there."""
    text = json.dumps(payload("deliver_feeds/deliveries.json"))
    event = json.loads(text.replace(subscriber_name(CALLBACK), subscriber_name(callback)))
    found: Payload = app.handler(event, Context("deliver-feeds", milliseconds_left=left))
    return found


def test_a_subscriber_gets_the_stored_bytes_signed(subscriber: LocalSubscriber) -> None:
    with log_of(app.instruments) as log:
        assert invoke(subscriber.url) == {"batchItemFailures": []}
    head, _, body = subscriber.requests[0].partition(b"\r\n\r\n")
    assert body == FEED
    lines = head.decode().split("\r\n")
    assert "Content-Type: application/atom+xml; charset=utf-8" in lines
    assert f'Link: <{HUB}>; rel="hub", <{TOPIC}>; rel="self"' in lines
    assert f"X-Hub-Signature: {signature(SECRET, FEED)}" in lines
    assert log[-1]["counts"]["Delivered"] == 1


def test_a_busy_subscriber_is_tried_again_later(
    deployed_hub: Deployed, subscriber: LocalSubscriber
) -> None:
    subscriber.respond = answer(b"", "503 Busy")
    with log_of(app.instruments) as log:
        assert invoke(subscriber.url) == {"batchItemFailures": []}
    assert log[-1]["counts"]["DeliveriesPostponed"] == 1
    assert deployed_hub.messages(DELIVERIES) == []  # not for half a minute


def test_a_subscriber_that_refuses_is_logged_by_host(subscriber: LocalSubscriber) -> None:
    subscriber.respond = answer(b"", "410 Gone")
    with log_of(app.instruments) as log:
        invoke(subscriber.url)
    assert log[-1]["counts"]["SubscriptionsEnded"] == 1
    assert log[-1]["lost"] == ["127.0.0.1: answered 410"]
    assert SECRET not in str(log)


def test_without_time_a_delivery_is_made_later(subscriber: LocalSubscriber) -> None:
    assert len(invoke(subscriber.url, left=20_000)["batchItemFailures"]) == 1
    assert subscriber.requests == []


def test_a_deployed_hub_does_not_call_its_own_machine(
    subscriber: LocalSubscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    callback_client.cache_clear()
    feed_deliverer.cache_clear()
    with log_of(app.instruments) as log:
        invoke(subscriber.url)
    assert subscriber.requests == []
    assert log[-1]["lost"] == [
        "127.0.0.1: 127.0.0.1 has the address 127.0.0.1, which is not public"
    ]


@pytest.mark.usefixtures("deployed_webhooks")
def test_a_message_that_has_expired_is_not_delivered() -> None:
    """tests/functions/test_webhooks.py has one that is there."""
    event = payload("deliver_feeds/messages.json")
    with log_of(app.instruments) as log:
        answer = app.handler(event, Context("deliver-feeds", milliseconds_left=60_000))
    assert answer == {"batchItemFailures": []}
    assert log[-1]["counts"]["Delivered"] == 0
