"""Chooses everything concrete, once a process: the clients, the adapters, the services."""

import os
import time
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from gazette.delivery.s3 import S3SiteStore, S3SourceArchive
from gazette.delivery.s3_listings import S3SiteListing, S3SourceListing
from gazette.delivery.sqs import SqsOutbox
from gazette.ports import Clock
from gazette.runtime.settings import (
    read_expiry_settings,
    read_hub_ping_settings,
    read_hub_settings,
    read_notification_settings,
    read_publish_settings,
    read_retry_settings,
    read_settings,
)
from gazette.services.announce.hub_ping_planner import HubPingPlanner
from gazette.services.expire.expiry import Expirer
from gazette.services.ingest.ingest import Ingestor
from gazette.services.publish.site_writer import SiteWriter
from gazette.services.reconcile.audit import SiteAuditor
from gazette.services.reconcile.reconcile import Reconciler
from gazette.services.reconcile.site import SiteReconciler
from gazette.services.reconcile.source import SourceReconciler
from gazette.services.retries import DeadLetterSink, Retries
from gazette.store.dynamodb import DynamoLedger

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from gazette.services.announce.websub_publisher import WebSubPublisher

# A hung connection must not eat a function's time: short waits, and AWS's own retry mode.
_CONFIG = Config(
    connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4}
)

# What has been published may not wait long for being announced.
_HASTY = _CONFIG.merge(Config(connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 2}))


@cache
def ingestor() -> Ingestor:
    settings = read_settings(os.environ)
    source = S3SourceArchive(boto3.client("s3", config=_CONFIG), settings.source_bucket)
    return Ingestor(
        source, DynamoLedger(boto3.client("dynamodb", config=_CONFIG), settings.ledger_table)
    )


def utc_now() -> datetime:
    """Return the time; what is published depends on its hour or its day."""
    return datetime.now(UTC)


@cache
def publisher(clock: Clock = utc_now) -> SiteWriter:
    # All that renders comes with the desks, and who renders nothing starts faster without.
    from gazette.runtime.builders import make_builders, make_finders  # noqa: PLC0415

    settings = read_publish_settings(os.environ)
    s3 = boto3.client("s3", config=_CONFIG.merge(Config(max_pool_connections=settings.workers)))
    ledger = DynamoLedger(boto3.client("dynamodb", config=_CONFIG), settings.ledger_table)
    source = S3SourceArchive(s3, settings.source_bucket)
    store = S3SiteStore(s3, settings.site_bucket, settings.workers)
    site = settings.site()
    builders = make_builders(site, ledger, source, clock)
    return SiteWriter(ledger, store, builders, make_finders(site, ledger))


@cache
def expirer() -> Expirer:
    settings = read_expiry_settings(os.environ)
    ledger = DynamoLedger(boto3.client("dynamodb", config=_CONFIG), settings.ledger_table)
    return Expirer(ledger, settings.tombstone_days)


@cache
def retries() -> Retries:
    settings = read_retry_settings(os.environ)
    retries, dead_letters = (
        SqsOutbox(_sqs, url) for url in (settings.queue_url, settings.dead_letter_url)
    )
    return Retries(retries, dead_letters, settings.first_delay)


@cache
def dead_letter_sink() -> DeadLetterSink:
    settings = read_notification_settings(os.environ)
    return DeadLetterSink(SqsOutbox(_sqs, settings.dead_letter_url), settings.most_receives)


@cache
def hub_ping_planner(clock: Clock = utc_now) -> HubPingPlanner:
    site = read_publish_settings(os.environ).site()
    queue = SqsOutbox(_hasty_sqs, read_hub_ping_settings(os.environ).queue_url)
    return HubPingPlanner(site, publisher(clock).ledger, queue, clock)


@cache
def websub_publisher() -> "WebSubPublisher":
    # Who calls no hub needs no client for one.
    from gazette.delivery.websub import HttpHubClient  # noqa: PLC0415
    from gazette.services.announce.websub_publisher import WebSubPublisher  # noqa: PLC0415

    settings = read_hub_settings(os.environ)
    kept = SqsOutbox(_sqs, settings.dead_letter_url)
    return WebSubPublisher(HttpHubClient(), kept, settings.most_receives)


@cache
def _hasty_sqs() -> "SQSClient":
    return boto3.client("sqs", config=_HASTY)


@cache
def _sqs() -> "SQSClient":
    return boto3.client("sqs", config=_CONFIG)


@cache
def reconciler(clock: Clock = utc_now) -> Reconciler:
    settings = read_publish_settings(os.environ)
    s3 = boto3.client("s3", config=_CONFIG)
    dynamodb = boto3.client("dynamodb", config=_CONFIG)
    ledger = DynamoLedger(dynamodb, settings.ledger_table, time.sleep)
    source = S3SourceListing(s3, settings.source_bucket)
    site = S3SiteListing(s3, settings.site_bucket)
    writer = publisher(clock)
    return Reconciler(
        SourceReconciler(source, ledger, ingestor()),
        SiteReconciler(ledger, site, writer),
        SiteAuditor(ledger, site, writer.builders),
        ledger,
        clock,
    )


def forget() -> None:
    """Choose anew at the next call: for a process that changes its environment, as tests do."""
    ingestor.cache_clear()
    publisher.cache_clear()
    expirer.cache_clear()
    reconciler.cache_clear()
    retries.cache_clear()
    dead_letter_sink.cache_clear()
    hub_ping_planner.cache_clear()
    websub_publisher.cache_clear()
    _hasty_sqs.cache_clear()
    _sqs.cache_clear()
