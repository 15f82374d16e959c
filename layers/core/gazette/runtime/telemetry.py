"""Logs and metrics; one report object per run feeds the log line and the metrics."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from gazette.models.ledger.keys import ENTRY, RETRACTED
from gazette.models.ledger.partitions import SITE
from gazette.models.limits import MAX_LOG_LINE_BYTES, MAX_LOGGED_ORPHANS, MAX_LOGGED_PATHS
from gazette.models.tasks.reports import (
    ExpiryReport,
    Failure,
    IngestReport,
    PublishReport,
    ReleaseReport,
)
from gazette.services.failures.dead_letters import reason_of

if TYPE_CHECKING:  # a function loads the reports that it has, not those of all others
    from gazette.models.tasks.messages import StreamRecord
    from gazette.services.announce.websub_publisher import HubReport
    from gazette.services.invalidate.edge_invalidator import InvalidationReport
    from gazette.services.reconcile.reconcile import WorkDone

NAMESPACE = "Gazette"

Item = TypeVar("Item")


class OwnHubReport(Protocol):
    """What a function of the site's own hub did; most functions need not load what it is."""

    lost: list[str]
    failed: list[Failure]

    @property
    def counts(self) -> dict[str, int]: ...


class Telemetry(NamedTuple):
    """Logger and metrics of a function."""

    logger: Logger
    metrics: Metrics

    def report_ingest(self, report: IngestReport) -> None:
        """Log one summary line and emit the metrics of a batch of object keys."""
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
        self._report_quarantined(report)
        self.logger.info("Ingested a batch", keys=report.keys, recorded=recorded, counts=counts)

    def report_publish(
        self, report: PublishReport, records: "Sequence[StreamRecord]", now: datetime
    ) -> None:
        """Log one summary line and emit the metrics of a batch of stream records.

        The line has the changed ledger keys and the written documents, so an event can be followed
        from the source bucket to every document.
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
        self._report_ping_planning(report)
        self.metrics.add_metric("BytesWritten", MetricUnit.Bytes, report.bytes_written)
        outdated = list(dict.fromkeys([*report.outdated, *report.erased]))
        lag = _lag(report, records, now)
        item_keys = dict.fromkeys(f"{r.key.partition} {r.key.sort}" for r in records)
        if lag is not None:
            self.metrics.add_metric("PublishLag", MetricUnit.Seconds, lag)
        self.logger.info(
            "Published a batch",
            item_keys=list(item_keys),
            documents=report.written[:MAX_LOGGED_PATHS],
            hub_pings_queued=report.announced or None,
            pages_queued=report.pages_queued or None,
            webhook_news=report.webhook_news or None,
            outdated=outdated[:MAX_LOGGED_PATHS] or None,
            not_begun=len(report.not_begun),
            counts=counts,
            bytes_written=report.bytes_written,
            lag_seconds=lag,
        )

    def report_hubs(self, report: "HubReport") -> None:
        """Log one summary line and emit the metrics of a batch of hub pings."""
        for failure in report.failed:
            self.logger.error(
                "Hub ping failed", subject=failure.subject, reason=reason_of(failure.error)
            )
        counts = {
            "HubPings": len(report.sent),
            "HubPingFailures": len(report.failed),
            "HubPingDeadLetters": report.dead_letters,
        }
        if report.pages:  # most sites never have any, and should not pay for the metric
            counts["PagesAnnounced"] = len(report.pages)
        self._count(counts)
        pings = [ping.model_dump() for ping in report.sent]
        pages = report.pages[:MAX_LOGGED_PATHS] or None
        self.logger.info("Pinged hubs", pings=pings, pages=pages, counts=counts)

    def report_request(self, status: int, reason: str) -> None:
        """Log how the site's own hub answered a subscriber, and emit the metrics."""
        is_accepted = not reason
        self._count({"RequestsAccepted": int(is_accepted), "RequestsRefused": int(not is_accepted)})
        self.logger.info("Answered a subscriber", status=status, reason=reason)

    def report_own_hub(self, report: OwnHubReport) -> None:
        """Log one summary line and emit the metrics of a batch of the site's own hub."""
        for failure in report.failed:
            self.logger.error(
                "Message failed", subject=failure.subject, reason=reason_of(failure.error)
            )
        self._count(report.counts)
        self.logger.info("Worked for subscribers", counts=report.counts, lost=report.lost or None)

    def report_invalidations(self, report: "InvalidationReport") -> None:
        """Log one summary line and emit the metrics of a batch of edge invalidations."""
        for failure in report.failed:
            self.logger.error(
                "Edge invalidation failed",
                subject=failure.subject,
                reason=reason_of(failure.error),
            )
        counts = {
            "InvalidatedPaths": len(report.paths),
            "InvalidationFailures": len(report.failed),
            "InvalidationDeadLetters": report.dead_letters,
        }
        self._count(counts)
        self.logger.info("Invalidated copies at the edge", paths=report.paths, counts=counts)

    def report_expiry(self, report: ExpiryReport) -> None:
        """Log one summary line and emit the metrics of an expiry run."""
        counts = {"TimelinesExpired": report.timelines, "NewsExpired": int(report.has_aged_news)}
        self._count(counts)
        self.logger.info("Expired entries", counts=counts)

    def report_release(self, report: ReleaseReport) -> None:
        """Log one summary line if anything was due, and emit the metrics of a release run.

        The function runs each minute, and most runs find nothing.
        """
        self._report_failures(report.failed)
        counts = {"EventsDue": report.notified, "ReleaseFailures": len(report.failed)}
        self._count(counts)
        if report.notified or report.failed:
            self.logger.info("Notified ingest of events that are due", counts=counts)

    def report_reconciliation(self, done: "WorkDone") -> None:
        """Log one summary line and emit the metrics of a work item."""
        self._report_failures([*done.ingested.failed, *done.published.failed])
        counts = {
            "Healed": len(done.ingested.recorded) + done.ingested.images,
            "Quarantined": len(done.ingested.quarantined),
            "DocumentsWritten": done.published.documents_written,
            "DocumentsUnchanged": done.published.documents_unchanged,
            "DocumentsRemoved": done.published.documents_removed,
            "OrphanedDocuments": len(done.orphans),
            "ReconcileFailures": len(done.ingested.failed) + len(done.published.failed),
        }
        self._count(counts)
        self._report_quarantined(done.ingested)
        for path in done.orphans[:MAX_LOGGED_ORPHANS]:
            self.logger.warning("Orphaned document", path=path)
        answer = done.answer.model_dump(mode="json")
        self.logger.info("Reconciled a work item", answer=answer, counts=counts)

    def _report_ping_planning(self, report: PublishReport) -> None:
        """Report queued hub pings; a site without hubs should not pay for the metrics."""
        for failure in report.unsent:
            self.logger.error(
                "Hub ping was not queued", subject=failure.subject, exc_info=failure.error
            )
        if report.announced or report.unsent:
            self._count(
                {"HubPingsQueued": report.announced, "HubPingsNotQueued": len(report.unsent)}
            )

    def _report_quarantined(self, report: IngestReport) -> None:
        for key, reason in report.quarantined:
            self.logger.warning("Quarantined a document", key=key, reason=reason)
        for key, reason in report.ignored:
            self.logger.warning("Ignored an object", key=key, reason=reason)
        for key, reason in report.notices.items():
            self.logger.info("Noticed what a document waits for", key=key, reason=reason)
        if report.ignored:  # most sites never have any, and should not pay for the metric
            self._count({"IgnoredKeys": len(report.ignored)})

    def _count(self, counts: dict[str, int]) -> None:
        for name, value in counts.items():
            self.metrics.add_metric(name, MetricUnit.Count, value)

    def _report_failures(self, failures: list[Failure]) -> None:
        for failure in failures:
            self.logger.error(
                "Failed, will be retried", subject=failure.subject, exc_info=failure.error
            )


def log_line(fields: Mapping[str, object]) -> str:
    """Write a log line; one that CloudWatch would cut loses the ends of its longest parts.

    It is ASCII: object keys may hold control characters, and a terminal would obey them.
    """
    line = json.dumps(fields, default=str)
    most = MAX_LOG_LINE_BYTES // 2
    while len(line) > MAX_LOG_LINE_BYTES:
        shorter = {name: _shorter(value, most) for name, value in fields.items()}
        line = json.dumps(shorter, default=str)
        most //= 2
    return line


def _shorter(value: object, most: int) -> object:
    """Cut a text or a list to about so many bytes of JSON."""
    if len(json.dumps(value, default=str)) <= most:
        return value
    if isinstance(value, dict):
        return dict(_first(value.items(), most))
    if isinstance(value, list | tuple):
        return _first(value, most)
    # Whatever is not ASCII takes six bytes, and a quotation mark two.
    return f"{str(value)[: most // 6]}…"


def _first(values: Iterable[Item], most: int) -> list[Item]:
    items = list(values)
    sizes = accumulate(len(json.dumps(item, default=str)) for item in items)
    return [item for item, size in zip(items, sizes, strict=True) if size <= most]


def _lag(report: PublishReport, records: "Sequence[StreamRecord]", now: datetime) -> float | None:
    """Return the seconds from the write to S3 until the site feed showed the newest change.

    Only batches that change entries of the site feed count: expiry and new counts are no news.
    """
    changes_entries = any(
        record.key.partition == SITE and record.key.sort.startswith((ENTRY, RETRACTED))
        for record in records
    )
    if not changes_entries or report.stored_at is None:
        return None
    return (now - report.stored_at).total_seconds()


def telemetry(service: str) -> Telemetry:
    """Create the instruments of a function.

    The template sets the metrics namespace, so several stacks of one account stay apart.
    """
    namespace = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", NAMESPACE)
    return Telemetry(
        Logger(service=service, json_serializer=log_line),
        Metrics(service=service, namespace=namespace),
    )
