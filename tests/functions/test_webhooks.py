"""Webhooks from the stream to the receiver, by the handlers of three functions."""

import json
from collections.abc import Iterator

import boto3
import pytest

from functions.deliver_feeds import app as deliver_feeds
from functions.fan_out_feeds import app as fan_out_feeds
from functions.ingest_event import app as ingest_event
from functions.publish_changes import app as publish_changes
from gazette.models.webhooks.messages import RevisionNews, WebhookMessage
from gazette.models.webhooks.webhook import Webhook, WebhookKind
from gazette.runtime.bootstrap.hub import webhook_deliverer, webhook_fan_out
from gazette.runtime.bootstrap.publish import site_writer, webhook_planner
from gazette.runtime.triggers import read_stream
from gazette.services.publish.batch import publish_batch
from tests.contract.local_subscriber import LocalSubscriber, answer, local_subscriber
from tests.emulators.lambda_pollers import Context
from tests.emulators.moto_stack import DELIVERIES, HUB_DEAD_LETTERS, NEWS, REGION
from tests.functions.conftest import MORNING, Deployed, log_of, payload
from tests.functions.hub_payloads import IDENTIFIER, WEBHOOK
from tests.unit.webhooks.webhook_stage import Receiver, webhook_at

NAME = "2026/river opens"
EVENT = {"title": "River opens", "date": "2026-07-04", "topics": ["Rivers"], "category": "Nature"}


@pytest.fixture
def receiver(deployed_webhooks: Deployed) -> Iterator[LocalSubscriber]:
    """A webhook that takes what is published of one event, which is ingested."""
    deployed_webhooks.put(f"events/{NAME}.json", json.dumps(EVENT).encode())
    ingest_event.handler(payload("ingest_event/sqs_batch.json"), Context("ingest-event"))
    with local_subscriber() as subscriber:
        webhook_fan_out().webhooks.add(webhook_at(subscriber.url))
        yield subscriber


def published(deployed: Deployed) -> RevisionNews:
    """Publish, soon after the event was stored, and return the news."""
    webhook_planner.cache_clear()
    planner = webhook_planner(lambda: MORNING)
    assert planner
    batch = payload("publish_changes/stream_batch.json")
    publish_changes.handler(batch, Context("publish-changes"))
    records = read_stream(batch)
    report = publish_batch(site_writer(), records)
    planner.plan(records, report)
    bodies = [message["Body"] for message in deployed.messages(NEWS)]
    (news,) = {body for body in bodies if "event_id" in body}
    return RevisionNews.model_validate_json(news)


def brought(name: str, news: RevisionNews, webhook: Webhook) -> dict[str, object]:
    """Return a payload of events/ about this revision and this webhook."""
    text = json.dumps(payload(name))
    text = text.replace(IDENTIFIER, news.identifier).replace(WEBHOOK, webhook.name)
    read: dict[str, object] = json.loads(text)
    return read


def test_a_revision_reaches_a_webhook_signed(
    deployed_webhooks: Deployed, receiver: LocalSubscriber
) -> None:
    news, webhook = published(deployed_webhooks), webhook_at(receiver.url)
    assert (news.event_id, news.number) == (NAME, 1)
    with log_of(fan_out_feeds.instruments) as log:
        event = brought("fan_out_feeds/revisions.json", news, webhook)
        assert fan_out_feeds.handler(event, Context("f")) == {"batchItemFailures": []}
    assert log[-1]["counts"]["RevisionsFannedOut"] == 1
    (queued,) = deployed_webhooks.messages(DELIVERIES)
    event = brought("deliver_feeds/messages.json", news, webhook)
    assert json.loads(event["Records"][0]["body"]) == json.loads(queued["Body"])  # type: ignore[index]  # a payload
    with log_of(deliver_feeds.instruments) as log:
        assert deliver_feeds.handler(event, Context("d", milliseconds_left=60_000)) == {
            "batchItemFailures": []
        }
    assert log[-1]["counts"]["Delivered"] == 1
    head, _, body = receiver.requests[0].partition(b"\r\n\r\n")
    lines = (line.partition(": ") for line in head.decode().split("\r\n")[1:])
    headers = {name.lower(): value for name, _, value in lines}
    assert headers["user-agent"] == "Gazette"
    assert Receiver().take(headers, body, int(headers["webhook-timestamp"]))
    assert json.loads(body)["data"]["title"] == "River opens"


def test_410_ends_a_webhook(deployed_webhooks: Deployed, receiver: LocalSubscriber) -> None:
    news, webhook = published(deployed_webhooks), webhook_at(receiver.url)
    receiver.respond = answer(b"", "410 Gone")
    event = brought("deliver_feeds/messages.json", news, webhook)
    with log_of(deliver_feeds.instruments) as log:
        deliver_feeds.handler(event, Context("d", milliseconds_left=60_000))
    assert log[-1]["counts"]["SubscriptionsEnded"] == 1
    assert webhook_deliverer().webhooks.every() == []


def test_a_message_that_is_neither_is_a_dead_letter(deployed_webhooks: Deployed) -> None:
    event = payload("fan_out_feeds/revisions.json")
    event["Records"][0]["body"] = "{}"
    assert fan_out_feeds.handler(event, Context("f")) == {"batchItemFailures": []}
    assert len(deployed_webhooks.messages(HUB_DEAD_LETTERS)) == 1


@pytest.mark.usefixtures("deployed_hub")
def test_a_stack_without_webhooks_plans_none() -> None:
    assert webhook_planner() is None


@pytest.mark.usefixtures("deployed_webhooks")
def test_a_stack_with_a_topic_publishes_there(monkeypatch: pytest.MonkeyPatch) -> None:
    arn = boto3.client("sns", region_name=REGION).create_topic(Name="news")["TopicArn"]
    monkeypatch.setenv("NEWS_TOPIC_ARN", arn)
    webhook_fan_out.cache_clear()
    topic = webhook_fan_out().topic
    assert topic
    topic.publish(
        WebhookMessage(
            event_id="a",
            number=1,
            kind=WebhookKind.UPDATE,
            at=MORNING,
            topics=(),
            erasures=0,
            body="{}",
        )
    )
