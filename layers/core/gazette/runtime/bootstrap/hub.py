"""Creates the services of the site's own hub and of webhooks, each once per process."""

import os
import random
import secrets
from functools import cache
from typing import Any

from gazette.delivery.callbacks import HttpCallbackClient
from gazette.delivery.s3 import S3SiteStore
from gazette.delivery.sns import SnsNewsTopic
from gazette.delivery.sqs import SqsOutbox
from gazette.runtime.bootstrap.clients import CONFIG, dynamodb, s3, session, sqs, utc_now
from gazette.runtime.bootstrap.once import CACHED
from gazette.runtime.hub_settings import (
    AcceptSettings,
    CallbackSettings,
    DeliverSettings,
    FanOutSettings,
    HubWorkSettings,
    VerifySettings,
)
from gazette.runtime.settings import read
from gazette.services.failures.dead_letters import DeadLetterSink
from gazette.services.hub.acceptor import SubscriptionAcceptor
from gazette.services.hub.deliverer import FeedDeliverer
from gazette.services.hub.fan_out import FanOut
from gazette.services.hub.messages import MessageWorker
from gazette.services.hub.verifier import SubscriptionVerifier
from gazette.services.webhooks.webhook_deliverer import WebhookDeliverer
from gazette.services.webhooks.webhook_fan_out import WebhookFanOut
from gazette.store.subscriptions import DynamoSubscriptions
from gazette.store.webhooks import DynamoWebhooks


@cache
def subscription_acceptor() -> SubscriptionAcceptor:
    settings = read(AcceptSettings, os.environ)
    site = S3SiteStore(s3(), settings.site_bucket)
    queue = SqsOutbox(sqs, settings.queue_url)
    return SubscriptionAcceptor(settings.site_url, site, queue, settings.rules())


@cache
def subscription_verifier() -> SubscriptionVerifier:
    settings = read(VerifySettings, os.environ)
    return SubscriptionVerifier(
        _subscriptions(settings),
        callback_client(),
        SqsOutbox(sqs, settings.queue_url),
        _worker(settings),
        utc_now,
        secrets.token_urlsafe,
        random.random,
    )


@cache
def fan_out() -> FanOut:
    settings = read(FanOutSettings, os.environ)
    return FanOut(
        _subscriptions(settings),
        SqsOutbox(sqs, settings.news_url),
        SqsOutbox(sqs, settings.deliveries_url),
        _worker(settings),
    )


@cache
def feed_deliverer() -> FeedDeliverer:
    settings = read(DeliverSettings, os.environ)
    return FeedDeliverer(
        settings.hub,
        S3SiteStore(s3(), settings.site_bucket),
        _subscriptions(settings),
        callback_client(),
        SqsOutbox(sqs, settings.queue_url),
        _worker(settings),
    )


@cache
def webhook_fan_out() -> WebhookFanOut:
    settings = read(FanOutSettings, os.environ)
    store = _webhooks(settings)
    deliveries = SqsOutbox(sqs, settings.deliveries_url)
    topic = SnsNewsTopic(_sns, settings.topic_arn) if settings.topic_arn else None
    return WebhookFanOut(store, store, deliveries, _worker(settings), topic)


@cache
def webhook_deliverer() -> WebhookDeliverer:
    settings = read(DeliverSettings, os.environ)
    store = _webhooks(settings)
    queue = SqsOutbox(sqs, settings.queue_url)
    return WebhookDeliverer(store, store, callback_client(), queue, _worker(settings), utc_now)


@cache
def callback_client() -> HttpCallbackClient:
    return HttpCallbackClient(read(CallbackSettings, os.environ).rules())


@cache
def _sns() -> Any:  # noqa: ANN401  # the types of this client are not installed
    return session().create_client("sns", config=CONFIG)


def _subscriptions(settings: HubWorkSettings) -> DynamoSubscriptions:
    return DynamoSubscriptions(dynamodb(), settings.table, utc_now)


def _webhooks(settings: HubWorkSettings) -> DynamoWebhooks:
    return DynamoWebhooks(dynamodb(), settings.webhooks_table, utc_now)


def _worker(settings: HubWorkSettings) -> MessageWorker:
    dead_letters = SqsOutbox(sqs, settings.dead_letter_url)
    return MessageWorker(DeadLetterSink(dead_letters, settings.most_receives))


CACHED.extend(
    (
        *(subscription_acceptor, subscription_verifier, fan_out, feed_deliverer),
        *(webhook_fan_out, webhook_deliverer, callback_client, _sns),
    )
)
