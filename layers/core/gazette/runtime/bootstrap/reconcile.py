"""Creates the reconciler, from what ingest and publishing need."""

import os
from functools import cache

from gazette.delivery.s3_listings import S3SiteListing, S3SourceListing
from gazette.ports import Clock
from gazette.runtime.bootstrap.clients import open_ledger, s3, utc_now
from gazette.runtime.bootstrap.ingest import ingestor
from gazette.runtime.bootstrap.once import CACHED
from gazette.runtime.bootstrap.publish import site_writer
from gazette.runtime.code_digest import release_of
from gazette.runtime.settings import PublishSettings, read
from gazette.services.reconcile.audit import SiteAuditor
from gazette.services.reconcile.event_checks import EventChecks
from gazette.services.reconcile.reconcile import Reconciler
from gazette.services.reconcile.site import SiteReconciler
from gazette.services.reconcile.source import SourceReconciler


@cache
def reconciler(clock: Clock = utc_now) -> Reconciler:
    settings = read(PublishSettings, os.environ)
    ledger = open_ledger(settings.ledger_table, clock)
    source = S3SourceListing(s3(), settings.source_bucket)
    site = S3SiteListing(s3(), settings.site_bucket)
    writer = site_writer(clock)
    checks = EventChecks(ledger, release_of(settings.site()), clock)
    return Reconciler(
        SourceReconciler(source, ledger, ingestor(clock)),
        SiteReconciler(ledger, site, writer, checks),
        SiteAuditor(ledger, site, writer.builders, checks),
        ledger,
        clock,
    )


CACHED.extend((reconciler,))
