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
    read_announcement_settings,
    read_expiry_settings,
    read_hint_settings,
    read_hub_settings,
    read_publish_settings,
    read_retry_settings,
    read_settings,
)
from gazette.services.announcer import Announcer
from gazette.services.audit import SiteAuditor
from gazette.services.expiry import Expirer
from gazette.services.ingest import Ingestor
from gazette.services.publish import Publisher
from gazette.services.reconcile import Reconciler
from gazette.services.reconcile_site import SiteReconciler
from gazette.services.reconcile_source import SourceReconciler
from gazette.services.second_tries import LastReceives, SecondTries
from gazette.store.dynamodb import DynamoLedger

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from gazette.services.hub_telling import HubTeller

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
def publisher(clock: Clock = utc_now) -> Publisher:
    # All that renders comes with the desks, and who renders nothing starts faster without.
    from gazette.runtime.desks import make_desks, make_finders  # noqa: PLC0415

    settings = read_publish_settings(os.environ)
    s3 = boto3.client("s3", config=_CONFIG.merge(Config(max_pool_connections=settings.workers)))
    ledger = DynamoLedger(boto3.client("dynamodb", config=_CONFIG), settings.ledger_table)
    source = S3SourceArchive(s3, settings.source_bucket)
    store = S3SiteStore(s3, settings.site_bucket, settings.workers)
    site = settings.site()
    desks = make_desks(site, ledger, source, clock)
    return Publisher(ledger, store, desks, make_finders(site, ledger))


@cache
def expirer() -> Expirer:
    settings = read_expiry_settings(os.environ)
    ledger = DynamoLedger(boto3.client("dynamodb", config=_CONFIG), settings.ledger_table)
    return Expirer(ledger, settings.tombstone_days)


@cache
def second_tries() -> SecondTries:
    settings = read_retry_settings(os.environ)
    retries, dead_letters = (
        SqsOutbox(_sqs, url) for url in (settings.queue_url, settings.dead_letter_url)
    )
    return SecondTries(retries, dead_letters, settings.first_delay)


@cache
def last_receives() -> LastReceives:
    settings = read_hint_settings(os.environ)
    return LastReceives(SqsOutbox(_sqs, settings.dead_letter_url), settings.most_receives)


@cache
def announcer(clock: Clock = utc_now) -> Announcer:
    site = read_publish_settings(os.environ).site()
    queue = SqsOutbox(_hasty_sqs, read_announcement_settings(os.environ).queue_url)
    return Announcer(site, publisher(clock).ledger, queue, clock)


@cache
def hub_teller() -> "HubTeller":
    # Who calls no hub needs no client for one.
    from gazette.delivery.websub import HttpHubClient  # noqa: PLC0415
    from gazette.services.hub_telling import HubTeller  # noqa: PLC0415

    settings = read_hub_settings(os.environ)
    kept = SqsOutbox(_sqs, settings.dead_letter_url)
    return HubTeller(HttpHubClient(), kept, settings.most_receives)


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
    by_desks = publisher(clock)
    return Reconciler(
        SourceReconciler(source, ledger, ingestor()),
        SiteReconciler(ledger, site, by_desks),
        SiteAuditor(ledger, site, by_desks.desks),
        ledger,
        clock,
    )


def forget() -> None:
    """Choose anew at the next call: for a process that changes its environment, as tests do."""
    ingestor.cache_clear()
    publisher.cache_clear()
    expirer.cache_clear()
    reconciler.cache_clear()
    second_tries.cache_clear()
    last_receives.cache_clear()
    announcer.cache_clear()
    hub_teller.cache_clear()
    _hasty_sqs.cache_clear()
    _sqs.cache_clear()
