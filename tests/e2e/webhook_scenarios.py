"""What functions do for webhooks as scenarios, with a receiver that is there."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from gazette.models.webhooks.messages import (
    RevisionKey,
    RevisionNews,
    WebhookDelivery,
    WebhookMessage,
)
from gazette.models.webhooks.webhook import WebhookKind
from gazette.store.webhooks import DynamoWebhooks
from tests.contract.local_subscriber import answer, local_subscriber
from tests.e2e.stage import RefusedError, Stage, notification
from tests.unit.webhooks.webhook_stage import webhook_at

FAN_OUT, DELIVER = "FanOutFeedsFunction", "DeliverFeedsFunction"


def plan(stage: Stage) -> None:
    """Store what webhooks are sent of a new event, and queue that there is something."""
    event_id = f"webhooks/{next(stage.numbers)}"
    now = datetime.now(UTC)
    event = {"title": f"Event {event_id}", "date": now.date().isoformat()}
    stage.stack.write(f"events/{event_id}.json", json.dumps(event).encode())
    stage.settle()
    with _store(stage) as store:
        if store.message(RevisionKey(event_id, 1)) is None:
            raise RefusedError("no message was stored")
    if not stage.waiting("FanOutQueueUrl"):
        raise RefusedError("no news is queued")


def fan_out(stage: Stage) -> None:
    """Turn the news of a revision into a delivery, and record that."""
    with _store(stage) as store:
        store.add(webhook_at("https://receiver.example/"))
        message = _message(stage)
        store.offer(message)
        _invoke(stage, FAN_OUT, _news(message))
        found = store.message(message.key)
        if not (found and found.is_spread):
            raise RefusedError("the message is not marked")
    if not stage.waiting("DeliverQueueUrl"):
        raise RefusedError("no delivery is queued")


def deliver(stage: Stage) -> None:
    """Deliver a message to a webhook that has failed before."""
    with local_subscriber() as subscriber, _store(stage) as store:
        webhook = webhook_at(subscriber.url, failures=1)
        store.add(webhook)
        _deliver(stage, store, webhook.name)
        if not subscriber.requests:
            raise RefusedError("nothing was delivered")
        if store.find([webhook.name])[0].failures:
            raise RefusedError("the failures still count")


def end(stage: Stage) -> None:
    """End a webhook that wants no more."""
    with local_subscriber() as subscriber, _store(stage) as store:
        subscriber.respond = answer(b"", "410 Gone")
        webhook = webhook_at(subscriber.url)
        store.add(webhook)
        _deliver(stage, store, webhook.name)
        if store.find([webhook.name]):
            raise RefusedError("the webhook is still there")


def _deliver(stage: Stage, store: DynamoWebhooks, name: str) -> None:
    message = _message(stage)
    store.offer(message)
    delivery = WebhookDelivery(**_news(message).model_dump(), webhooks=(name,))
    _invoke(stage, DELIVER, delivery)


def _message(stage: Stage) -> WebhookMessage:
    return WebhookMessage(
        event_id=f"message/{next(stage.numbers)}",
        number=1,
        kind=WebhookKind.PUBLICATION,
        at=datetime.now(UTC),
        topics=(),
        erasures=0,
        body="{}",
    )


def _news(message: WebhookMessage) -> RevisionNews:
    return RevisionNews(
        event_id=message.event_id, number=message.number, identifier=message.identifier
    )


def _invoke(stage: Stage, function: str, message: RevisionNews) -> None:
    stage.invoke(function, {"Records": [notification("1", message.model_dump_json())]})


@contextmanager
def _store(stage: Stage) -> Iterator[DynamoWebhooks]:
    """Read and write webhooks as their owner."""
    dynamodb = stage.session.client("dynamodb")
    yield DynamoWebhooks(dynamodb, stage.stack.outputs["WebhooksName"], lambda: datetime.now(UTC))
    dynamodb.close()
