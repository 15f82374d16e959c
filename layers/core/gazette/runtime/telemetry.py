"""Logs, metrics and traces: one report object a run feeds them all."""

import json
import os
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit

from gazette.models.ledger.keys import ENTRY, RETRACTED, SITE
from gazette.models.work.reports import (
    ExpiryReport,
    Failure,
    IngestReport,
    PublishReport,
    Quarantined,
)
from gazette.services.announce.websub_publisher import HubReport
from gazette.services.publish.batch import StreamRecord
from gazette.services.reconcile.reconcile import WorkDone
from gazette.services.retries import reason_of

NAMESPACE = "Gazette"
# A stranger may have put any number of documents into the bucket.
_MOST_NAMED = 100
# A line of a log holds 256 kB, and a burst writes thousands of documents.
_MOST_PATHS = 1000


class Telemetry(NamedTuple):
    """The three instruments of a function."""

    logger: Logger
    metrics: Metrics
    tracer: Tracer

    def report_ingest(self, report: IngestReport) -> None:
        """Write one summary line and the metrics of a batch of keys."""
        self._report_failures(report.failed)
        counts = {
            "Ingested": len(report.recorded),
            "Stale": report.stale,
            "Quarantined": len(report.quarantined),
            "ImagesIngested": report.images,
            "IngestFailures": len(report.failed),
        }
        recorded = [
            {"event_id": event_id, "revision": number, "kind": kind}
            for event_id, number, kind in report.recorded
        ]
        self._count(counts)
        self._report_quarantined(report.quarantined)
        self.logger.info("Ingested a batch", keys=report.keys, recorded=recorded, counts=counts)

    def report_publish(
        self, report: PublishReport, records: Sequence[StreamRecord], now: datetime
    ) -> None:
        """Write one summary line and the metrics of a batch of stream records.

        The line names the places that were written, event ids in them, and the documents that came
        of it: so what became of a write to the source bucket can be followed to every document.
        """
        self._report_failures(report.failed)
        counts = {
            "Tasks": report.tasks,
            "DocumentsWritten": report.documents_written,
            "DocumentsUnchanged": report.documents_unchanged,
            "DocumentsRemoved": report.documents_removed,
            "Conflicts": report.conflicts,
            "PublishFailures": len(report.failed),
        }
        self._count(counts)
        self._report_pings(report)
        self.metrics.add_metric("BytesWritten", MetricUnit.Bytes, report.bytes_written)
        lag = _lag(report, records, now)
        item_keys = dict.fromkeys(f"{r.key.partition} {r.key.sort}" for r in records)
        if lag is not None:
            self.metrics.add_metric("PublishLag", MetricUnit.Seconds, lag)
        self.logger.info(
            "Published a batch",
            item_keys=list(item_keys),
            documents=report.written[:_MOST_PATHS],
            announced=report.announced or None,
            counts=counts,
            bytes_written=report.bytes_written,
            lag_seconds=lag,
        )

    def report_hubs(self, report: HubReport) -> None:
        """Write one summary line and the metrics of a batch of announcements."""
        for failure in report.failed:
            self.logger.error(
                "A hub was not told", subject=failure.subject, reason=reason_of(failure.error)
            )
        counts = {
            "HubsTold": len(report.told),
            "HubFailures": len(report.failed),
            "AnnouncementsKept": report.kept,
        }
        self._count(counts)
        told = [ping.model_dump() for ping in report.told]
        self.logger.info("Told hubs", told=told, counts=counts)

    def report_expiry(self, report: ExpiryReport) -> None:
        """Write one summary line and the metrics of a run of the clock."""
        counts = {"TimelinesExpired": report.timelines, "NewsAged": int(report.has_aged_news)}
        self._count(counts)
        self.logger.info("Told what grew old", counts=counts)

    def report_reconciliation(self, done: WorkDone) -> None:
        """Write one summary line and the metrics of a piece of a reconciliation."""
        self._report_failures([*done.ingested.failed, *done.published.failed])
        counts = {
            "Healed": len(done.ingested.recorded) + done.ingested.images,
            "Quarantined": len(done.ingested.quarantined),
            "DocumentsWritten": done.published.documents_written,
            "DocumentsUnchanged": done.published.documents_unchanged,
            "DocumentsRemoved": done.published.documents_removed,
            "DocumentsUnclaimed": len(done.orphans),
            "ReconcileFailures": len(done.ingested.failed) + len(done.published.failed),
        }
        self._count(counts)
        self._report_quarantined(done.ingested.quarantined)
        for path in done.orphans[:_MOST_NAMED]:
            self.logger.warning("Nobody claims a document", path=path)
        answer = done.answer.model_dump(mode="json")
        self.logger.info("Reconciled a piece", answer=answer, counts=counts)

    def _report_pings(self, report: PublishReport) -> None:
        """Tell what was announced; without hubs nothing ever is, and no metric is paid for."""
        for failure in report.unsent:
            self.logger.error(
                "Could not be announced", subject=failure.subject, exc_info=failure.error
            )
        if report.announced or report.unsent:
            self._count(
                {"Announcements": report.announced, "AnnouncementsUnsent": len(report.unsent)}
            )

    def _report_quarantined(self, quarantined: list[Quarantined]) -> None:
        for key, reason in quarantined:
            self.logger.warning("Quarantined a document", key=key, reason=reason)

    def _count(self, counts: dict[str, int]) -> None:
        for name, value in counts.items():
            self.metrics.add_metric(name, MetricUnit.Count, value)

    def _report_failures(self, failures: list[Failure]) -> None:
        for failure in failures:
            self.logger.error(
                "Failed and will be tried again", subject=failure.subject, exc_info=failure.error
            )


def _lag(report: PublishReport, records: Sequence[StreamRecord], now: datetime) -> float | None:
    """Return the seconds from S3 until the site's feed showed the newest change in it.

    That feed holds everything new, and is not written if it stays the same. Only a batch that
    brings changes counts: what grows old, or counts anew, is no news.
    """
    brings_changes = any(
        record.key.partition == SITE and record.key.sort.startswith((ENTRY, RETRACTED))
        for record in records
    )
    if not brings_changes or report.stored_at is None:
        return None
    return (now - report.stored_at).total_seconds()


def telemetry(service: str) -> Telemetry:
    """Make the instruments of a function; X-Ray follows boto3 only where Lambda runs it.

    Several stacks of one account have metrics of their own, by the namespace the template sets.
    """
    namespace = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", NAMESPACE)
    return Telemetry(
        # In ASCII: the keys of objects are named, and a terminal that shows a log obeys controls.
        Logger(service=service, json_serializer=partial(json.dumps, default=str)),
        Metrics(service=service, namespace=namespace),
        Tracer(service=service, auto_patch=False),
    )
