import json
import socket
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from functions.verify_subscriptions import app
from gazette.models.hub.subscriptions import Subscription, subscriber_name
from gazette.runtime.bootstrap.hub import subscription_verifier
from tests.contract.local_subscriber import LocalSubscriber, answer, local_subscriber
from tests.emulators.lambda_pollers import Context
from tests.emulators.moto_stack import HUB_DEAD_LETTERS
from tests.functions.conftest import Deployed, Payload, log_of, payload
from tests.functions.hub_payloads import CALLBACK, TOPIC


@pytest.fixture
def subscriber() -> Iterator[LocalSubscriber]:
    with local_subscriber() as subscriber:
        yield subscriber


def invoke(callback: str, left: int = 60_000) -> Payload:
    """Bring the payload, with a callback that is there."""
    text = json.dumps(payload("verify_subscriptions/requests.json"))
    event = json.loads(text.replace(CALLBACK, callback))
    found: Payload = app.handler(event, Context("verify-subscriptions", milliseconds_left=left))
    return found


def standing(callback: str) -> list[Subscription]:
    store = subscription_verifier().subscriptions
    return store.find(TOPIC, [subscriber_name(callback)])


def echo(subscriber: LocalSubscriber) -> None:
    """Let a subscriber answer with the challenge that it is asked."""

    def respond(connection: socket.socket) -> None:
        answer(challenge_of(subscriber))(connection)

    subscriber.respond = respond


def challenge_of(subscriber: LocalSubscriber) -> bytes:
    target = subscriber.requests[-1].split(b" ")[1].decode()
    return parse_qs(urlsplit(target).query)["hub.challenge"][0].encode()


@pytest.mark.usefixtures("deployed_hub")
def test_a_subscriber_that_echoes_the_challenge_is_subscribed(subscriber: LocalSubscriber) -> None:
    echo(subscriber)
    with log_of(app.instruments) as log:
        assert invoke(subscriber.url) == {"batchItemFailures": []}
    (found,) = standing(subscriber.url)
    assert found.secret == "sésame"
    assert len(found.verification) > 30
    assert log[-1]["counts"]["Subscribed"] == 1
    assert "sésame" not in str(log)


@pytest.mark.usefixtures("deployed_hub")
def test_another_answer_is_logged_by_host_and_stores_nothing(subscriber: LocalSubscriber) -> None:
    subscriber.respond = answer(b"challenge")
    with log_of(app.instruments) as log:
        assert invoke(subscriber.url) == {"batchItemFailures": []}
    assert standing(subscriber.url) == []
    assert log[-1]["lost"] == ["127.0.0.1: did not confirm: answered 200"]


@pytest.mark.usefixtures("deployed_hub")
def test_without_time_a_request_is_delivered_again(subscriber: LocalSubscriber) -> None:
    assert len(invoke(subscriber.url, left=20_000)["batchItemFailures"]) == 1
    assert subscriber.requests == []


def test_a_message_that_is_no_request_becomes_a_dead_letter(deployed_hub: Deployed) -> None:
    event = payload("verify_subscriptions/requests.json")
    event["Records"][0]["body"] = '{"mode": "subscribe"}'
    assert app.handler(event, Context("verify-subscriptions")) == {"batchItemFailures": []}
    (letter,) = deployed_hub.messages(HUB_DEAD_LETTERS)
    assert letter["MessageAttributes"]["reason"]["StringValue"].startswith("UnreadableContent")
