"""Deliveries to webhooks that are down, slow, busy or gone."""

import pytest

from gazette.models.hub.answers import CallbackAnswer, CallbackResult, Forbidden, Unreachable
from gazette.models.limits import MAX_DELIVERY_ATTEMPTS
from gazette.models.webhooks.messages import WebhookDelivery
from tests.unit.announce.hubs import FOXES
from tests.unit.publish.worlds import hours
from tests.unit.webhooks.webhook_stage import OTHER, URL, Receiver, WebhookWorld, headers_of


@pytest.fixture
def world() -> WebhookWorld:
    world = WebhookWorld()
    world.add()
    return world


@pytest.fixture
def delivery(world: WebhookWorld) -> WebhookDelivery:
    """A delivery that waits."""
    world.put("a", hours(0), **FOXES)
    world.spread()
    (delivery,) = world.waiting()
    return delivery


LATER: list[CallbackResult] = [CallbackAnswer(429), CallbackAnswer(503), Unreachable("timed out")]


@pytest.mark.parametrize("result", LATER)
def test_a_busy_receiver_gets_the_same_message_again(
    world: WebhookWorld, delivery: WebhookDelivery, result: CallbackResult
) -> None:
    world.callbacks.answers[URL] = [result]
    assert world.deliver(delivery).postponed == 1
    ((again, delay),) = world.later()
    assert (again.attempt, delay) == (2, 30)
    world.now = hours(0.01)
    assert world.deliver(again).delivered == 1
    first, second = map(headers_of, world.callbacks.posts)
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 36
    now = int(world.now.timestamp())
    assert Receiver().take(second, world.callbacks.posts[1].body, now)


def test_a_pause_that_is_asked_for_is_respected(
    world: WebhookWorld, delivery: WebhookDelivery
) -> None:
    world.callbacks.answers[URL] = [CallbackAnswer(429, retry_after=300)]
    world.deliver(delivery)
    assert [delay for _, delay in world.later()] == [300]


def test_one_that_never_answers_is_given_up_after_an_hour_and_stays(
    world: WebhookWorld, delivery: WebhookDelivery
) -> None:
    """The operator has added it: `gazette webhooks list` shows that it fails."""
    world.callbacks.answers[URL] = [Unreachable("timed out")] * MAX_DELIVERY_ATTEMPTS
    report, attempts = world.deliver(delivery), 1
    while waiting := world.later():
        report, attempts = world.deliver(waiting[0][0]), attempts + 1
    assert (attempts, report.given_up, report.ended) == (MAX_DELIVERY_ATTEMPTS, 1, 0)
    assert report.lost == ["receiver.example: timed out"]
    (standing,) = world.store_of_webhooks.every()
    assert standing.failures == 1
    world.deliver(delivery)
    assert world.store_of_webhooks.every()[0].failures == 0


@pytest.mark.parametrize(
    "result", [CallbackAnswer(302), CallbackAnswer(401), Forbidden("leads to 10.0.0.1")]
)
def test_a_refusal_a_redirect_and_a_private_address_are_given_up_at_once(
    world: WebhookWorld, delivery: WebhookDelivery, result: CallbackResult
) -> None:
    world.callbacks.answers[URL] = [result]
    assert world.deliver(delivery).given_up == 1
    assert world.later() == []


def test_410_ends_a_webhook(world: WebhookWorld, delivery: WebhookDelivery) -> None:
    world.callbacks.answers[URL] = [CallbackAnswer(410)]
    report = world.deliver(delivery)
    assert (report.ended, report.given_up) == (1, 0)
    assert world.store_of_webhooks.every() == []
    world.deliver(delivery)
    assert len(world.callbacks.posts) == 1


def test_one_that_fails_does_not_delay_another(world: WebhookWorld) -> None:
    world.add(OTHER)
    world.put("a", hours(0), **FOXES)
    world.spread()
    world.callbacks.answers[URL] = [Unreachable("timed out")]
    report = world.deliver(*world.waiting())
    assert (report.delivered, report.postponed) == (1, 1)
    ((again, _),) = world.later()
    world.deliver(again)
    assert [post.callback for post in world.callbacks.posts].count(OTHER) == 1
