"""Creates what publishing needs, and what it queues for others."""

import os
import random
import time
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, cast

from botocore.config import Config

from gazette.delivery.s3 import S3SiteStore, S3SourceArchive
from gazette.delivery.sqs import SqsOutbox
from gazette.models.limits import MAX_PING_ATTEMPTS, PING_CONNECT_SECONDS, PING_READ_SECONDS
from gazette.ports import Clock
from gazette.runtime.bootstrap.clients import (
    CONFIG,
    dynamodb,
    open_ledger,
    s3,
    session,
    sqs,
    utc_now,
)
from gazette.runtime.bootstrap.once import CACHED
from gazette.runtime.builders import make_site_writer
from gazette.runtime.settings import (
    EdgeSettings,
    HubPingSettings,
    PublishSettings,
    RetrySettings,
    WebhookNewsSettings,
    read,
)
from gazette.services.announce.hub_ping_planner import HubPingPlanner, OwnHub
from gazette.services.announce.page_news_planner import PageNewsPlanner
from gazette.services.failures.retries import Retries
from gazette.services.invalidate.invalidation_planner import InvalidationPlanner
from gazette.services.invalidate.live_copies import LiveCopies
from gazette.services.pauses import Pauses
from gazette.services.publish.edge_copies import NO_EDGE, EdgeCopies, LateInvalidation
from gazette.services.publish.site_writer import SiteWriter
from gazette.services.source.document_reader import DocumentReader
from gazette.services.source.document_store import DocumentStore

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from gazette.services.webhooks.webhook_planner import WebhookPlanner

_PING_CONFIG = CONFIG.merge(
    Config(
        connect_timeout=PING_CONNECT_SECONDS,
        read_timeout=PING_READ_SECONDS,
        retries={"total_max_attempts": MAX_PING_ATTEMPTS},
    )
)


@cache
def site_writer(clock: Clock = utc_now) -> SiteWriter:
    settings = read(PublishSettings, os.environ)
    client = s3(settings.workers)
    store = S3SiteStore(client, settings.site_bucket, settings.workers)
    invalidations = invalidation_planner().queue
    source = S3SourceArchive(client, settings.source_bucket)
    ledger = open_ledger(settings.ledger_table, clock)
    return replace(
        make_site_writer(settings.site(), ledger, store, source, clock),
        pauses=Pauses(time.sleep, random.random),
        edge=(
            EdgeCopies(store, LateInvalidation(invalidations, clock)) if invalidations else NO_EDGE
        ),
    )


@cache
def retries() -> Retries:
    settings = read(RetrySettings, os.environ)
    retry_queue = SqsOutbox(sqs, settings.queue_url)
    dead_letters = SqsOutbox(sqs, settings.dead_letter_url)
    return Retries(retry_queue, dead_letters, settings.first_delay)


@cache
def hub_ping_planner(clock: Clock = utc_now) -> HubPingPlanner:
    site = read(PublishSettings, os.environ).site()
    settings = read(HubPingSettings, os.environ)
    queue = SqsOutbox(_ping_sqs, settings.queue_url)
    own = OwnHub(settings.hub, SqsOutbox(_ping_sqs, settings.news_url)) if settings.hub else None
    return HubPingPlanner(site, site_writer(clock).ledger, queue, clock, own)


@cache
def page_news_planner(clock: Clock = utc_now) -> PageNewsPlanner:
    site = read(PublishSettings, os.environ).site()
    queue = SqsOutbox(_ping_sqs, read(HubPingSettings, os.environ).queue_url)
    return PageNewsPlanner(site, site_writer(clock).ledger, queue, clock)


@cache
def webhook_planner(clock: Clock = utc_now) -> "WebhookPlanner | None":
    """Return a planner, None for a stack without webhooks."""
    settings = read(WebhookNewsSettings, os.environ)
    if not settings.table:
        return None
    # Most stacks have no webhooks, and start faster without this.
    from gazette.services.webhooks.webhook_planner import WebhookPlanner  # noqa: PLC0415
    from gazette.store.webhooks import DynamoWebhooks  # noqa: PLC0415

    publishing = read(PublishSettings, os.environ)
    ledger = open_ledger(publishing.ledger_table, clock)
    source = S3SourceArchive(s3(), publishing.source_bucket)
    return WebhookPlanner(
        publishing.site(),
        ledger,
        DocumentReader(source, DocumentStore(ledger)),
        DynamoWebhooks(dynamodb(_PING_CONFIG), settings.table, clock),
        SqsOutbox(_ping_sqs, settings.news_url),
        clock,
    )


@cache
def invalidation_planner() -> InvalidationPlanner:
    queue_url = read(EdgeSettings, os.environ).queue_url
    return InvalidationPlanner(SqsOutbox(sqs, queue_url) if queue_url else None)


@cache
def live_copies(clock: Clock = utc_now) -> LiveCopies:
    settings = read(EdgeSettings, os.environ)
    queue = SqsOutbox(_ping_sqs, settings.queue_url) if settings.queue_url else None
    return LiveCopies(site_writer(clock).ledger, queue, clock, settings.fresh_seconds)


@cache
def _ping_sqs() -> "SQSClient":
    return cast("SQSClient", session().create_client("sqs", config=_PING_CONFIG))


CACHED.extend(
    (
        _ping_sqs,
        site_writer,
        retries,
        hub_ping_planner,
        page_news_planner,
        webhook_planner,
        invalidation_planner,
        live_copies,
    )
)
