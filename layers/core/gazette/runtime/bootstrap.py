"""Creates the clients, adapters and services of a function, each once per process."""

import os
import random
import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from gazette.delivery.s3 import S3SiteStore, S3SourceArchive
from gazette.delivery.s3_listings import S3SiteListing, S3SourceListing
from gazette.delivery.sqs import SqsOutbox
from gazette.models.limits import (
    AWS_CONNECT_SECONDS,
    AWS_READ_SECONDS,
    MAX_AWS_ATTEMPTS,
    MAX_PING_ATTEMPTS,
    PING_CONNECT_SECONDS,
    PING_READ_SECONDS,
)
from gazette.models.site import Site
from gazette.ports import Clock
from gazette.runtime.code_digest import release_of
from gazette.runtime.settings import (
    EdgeSettings,
    ExpirySettings,
    HubPingSettings,
    IndexNowSettings,
    IngestFailureSettings,
    IngestSettings,
    InvalidationSettings,
    PublishSettings,
    ReleaseSettings,
    RetrySettings,
    WebhookNewsSettings,
    WebSubSettings,
    read,
)
from gazette.services.announce.hub_ping_planner import HubPingPlanner, OwnHub
from gazette.services.announce.page_news_planner import PageNewsPlanner
from gazette.services.expire.expiry import Expirer
from gazette.services.failures.dead_letters import DeadLetterSink
from gazette.services.failures.retries import Retries
from gazette.services.ingest.ingest import Ingestor
from gazette.services.invalidate.invalidation_planner import InvalidationPlanner
from gazette.services.invalidate.live_copies import LiveCopies
from gazette.services.pauses import Pauses
from gazette.services.publish.edge_copies import NO_EDGE, EdgeCopies, LateInvalidation
from gazette.services.publish.site_writer import SiteWriter
from gazette.services.reconcile.audit import SiteAuditor
from gazette.services.reconcile.event_checks import EventChecks
from gazette.services.reconcile.reconcile import Reconciler
from gazette.services.reconcile.site import SiteReconciler
from gazette.services.reconcile.source import SourceReconciler
from gazette.services.release.release import Releaser
from gazette.services.source.document_reader import DocumentReader
from gazette.services.source.document_store import DocumentStore
from gazette.store.dynamodb import DynamoLedger

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

    from gazette.services.announce.index_now import IndexNowPublisher
    from gazette.services.announce.websub_publisher import WebSubPublisher
    from gazette.services.invalidate.edge_invalidator import EdgeInvalidator
    from gazette.services.webhooks.webhook_planner import WebhookPlanner

CONFIG = Config(
    connect_timeout=AWS_CONNECT_SECONDS,
    read_timeout=AWS_READ_SECONDS,
    retries={"mode": "standard", "total_max_attempts": MAX_AWS_ATTEMPTS},
)
_PING_CONFIG = CONFIG.merge(
    Config(
        connect_timeout=PING_CONNECT_SECONDS,
        read_timeout=PING_READ_SECONDS,
        retries={"total_max_attempts": MAX_PING_ATTEMPTS},
    )
)


def utc_now() -> datetime:
    """Return the current time."""
    return datetime.now(UTC)


@cache
def ingestor(clock: Clock = utc_now) -> Ingestor:
    settings = read(IngestSettings, os.environ)
    source = S3SourceArchive(_s3(), settings.source_bucket)
    pauses = Pauses(time.sleep, random.random)
    ledger = _ledger(settings.ledger_table, clock)
    return Ingestor(source, ledger, clock, pauses, settings.tag_authority)


@cache
def releaser(clock: Clock = utc_now) -> Releaser:
    settings = read(ReleaseSettings, os.environ)
    return Releaser(_ledger(settings.ledger_table, clock), SqsOutbox(_sqs, settings.queue_url))


@cache
def site_writer(clock: Clock = utc_now) -> SiteWriter:
    # This import loads the renderers. Functions that render nothing start faster without it.
    from gazette.runtime.builders import make_site_writer  # noqa: PLC0415

    settings = read(PublishSettings, os.environ)
    s3 = _s3(settings.workers)
    store = S3SiteStore(s3, settings.site_bucket, settings.workers)
    invalidations = invalidation_planner().queue
    source = S3SourceArchive(s3, settings.source_bucket)
    ledger = _ledger(settings.ledger_table, clock)
    return replace(
        make_site_writer(settings.site(), ledger, store, source, clock),
        pauses=Pauses(time.sleep, random.random),
        edge=(
            EdgeCopies(store, LateInvalidation(invalidations, clock)) if invalidations else NO_EDGE
        ),
    )


@cache
def expirer(clock: Clock = utc_now) -> Expirer:
    settings = read(ExpirySettings, os.environ)
    return Expirer(_ledger(settings.ledger_table, clock), settings.tombstone_days)


@cache
def retries() -> Retries:
    settings = read(RetrySettings, os.environ)
    retry_queue = SqsOutbox(_sqs, settings.queue_url)
    dead_letters = SqsOutbox(_sqs, settings.dead_letter_url)
    return Retries(retry_queue, dead_letters, settings.first_delay)


@cache
def dead_letter_sink() -> DeadLetterSink:
    settings = read(IngestFailureSettings, os.environ)
    return DeadLetterSink(SqsOutbox(_sqs, settings.dead_letter_url), settings.most_receives)


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
    ledger = _ledger(publishing.ledger_table, clock)
    source = S3SourceArchive(_s3(), publishing.source_bucket)
    return WebhookPlanner(
        publishing.site(),
        ledger,
        DocumentReader(source, DocumentStore(ledger)),
        DynamoWebhooks(boto3.client("dynamodb", config=_PING_CONFIG), settings.table, clock),
        SqsOutbox(_ping_sqs, settings.news_url),
        clock,
    )


@cache
def invalidation_planner() -> InvalidationPlanner:
    queue_url = read(EdgeSettings, os.environ).queue_url
    return InvalidationPlanner(SqsOutbox(_sqs, queue_url) if queue_url else None)


@cache
def live_copies(clock: Clock = utc_now) -> LiveCopies:
    settings = read(EdgeSettings, os.environ)
    queue = SqsOutbox(_ping_sqs, settings.queue_url) if settings.queue_url else None
    return LiveCopies(site_writer(clock).ledger, queue, clock, settings.fresh_seconds)


@cache
def edge_invalidator() -> "EdgeInvalidator":
    # Only one function calls CloudFront; the others start faster without this.
    from gazette.delivery.cloudfront import CloudFrontEdge  # noqa: PLC0415
    from gazette.services.invalidate.edge_invalidator import EdgeInvalidator  # noqa: PLC0415

    settings = read(InvalidationSettings, os.environ)
    client = boto3.client("cloudfront", config=CONFIG)
    sink = DeadLetterSink(SqsOutbox(_sqs, settings.dead_letter_url), settings.most_receives)
    return EdgeInvalidator(CloudFrontEdge(lambda: client, settings.distribution_id), sink)


@cache
def websub_publisher() -> "WebSubPublisher":
    # This import loads an HTTP client. Functions that call no hub start faster without it.
    from gazette.delivery.websub import HttpHubClient  # noqa: PLC0415
    from gazette.services.announce.websub_publisher import WebSubPublisher  # noqa: PLC0415

    settings = read(WebSubSettings, os.environ)
    sink = DeadLetterSink(SqsOutbox(_sqs, settings.dead_letter_url), settings.most_receives)
    return WebSubPublisher(HttpHubClient(), sink)


@cache
def index_now_publisher() -> "IndexNowPublisher":
    # Only one function calls search engines; the others start faster without this.
    from gazette.delivery.callbacks import HttpCallbackClient  # noqa: PLC0415
    from gazette.runtime.hub_settings import CallbackSettings  # noqa: PLC0415
    from gazette.services.announce.index_now import IndexNowPublisher  # noqa: PLC0415

    settings = read(IndexNowSettings, os.environ)
    client = HttpCallbackClient(read(CallbackSettings, os.environ).rules())
    sink = DeadLetterSink(SqsOutbox(_sqs, settings.dead_letter_url), settings.most_receives)
    site = Site(settings.site_url, "", index_now_key=settings.key)
    return IndexNowPublisher(settings.url, site, client, sink)


@cache
def reconciler(clock: Clock = utc_now) -> Reconciler:
    settings = read(PublishSettings, os.environ)
    dynamodb = boto3.client("dynamodb", config=CONFIG)
    ledger = DynamoLedger(dynamodb, settings.ledger_table, clock, time.sleep)
    source = S3SourceListing(_s3(), settings.source_bucket)
    site = S3SiteListing(_s3(), settings.site_bucket)
    writer = site_writer(clock)
    checks = EventChecks(ledger, release_of(settings.site()), clock)
    return Reconciler(
        SourceReconciler(source, ledger, ingestor(clock)),
        SiteReconciler(ledger, site, writer, checks),
        SiteAuditor(ledger, site, writer.builders, checks),
        ledger,
        clock,
    )


def _ledger(table: str, clock: Clock) -> DynamoLedger:
    return DynamoLedger(boto3.client("dynamodb", config=CONFIG), table, clock, time.sleep)


def _s3(connections: int = 10) -> "S3Client":
    return boto3.client("s3", config=CONFIG.merge(Config(max_pool_connections=connections)))


@cache
def _sqs() -> "SQSClient":
    return boto3.client("sqs", config=CONFIG)


@cache
def _ping_sqs() -> "SQSClient":
    return boto3.client("sqs", config=_PING_CONFIG)


# What other modules create is added when they are imported.
CACHED = [
    ingestor,
    releaser,
    site_writer,
    expirer,
    retries,
    dead_letter_sink,
    hub_ping_planner,
    page_news_planner,
    webhook_planner,
    invalidation_planner,
    live_copies,
    edge_invalidator,
    websub_publisher,
    index_now_publisher,
    reconciler,
    _sqs,
    _ping_sqs,
]


def forget() -> None:
    """Drop everything created so far. Tests call it after they change the environment."""
    for create in CACHED:
        create.cache_clear()
