"""Logs, metrics and traces: one report object a run feeds them all."""

from collections.abc import Sequence
from typing import NamedTuple

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit

from gazette.models.edition import ExpiryReport, Failure, IngestReport, PublishReport
from gazette.services.batches import StreamRecord

NAMESPACE = "Gazette"


class Telemetry(NamedTuple):
    """The three instruments of a function."""

    logger: Logger
    metrics: Metrics
    tracer: Tracer

    def tell_ingest(self, report: IngestReport) -> None:
        """Write one summary line and the metrics of a batch of keys."""
        self._tell_failures(report.failed)
        figures = {
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
        self._count(figures)
        for key, reason in report.quarantined:
            self.logger.warning("Quarantined a document", key=key, reason=reason)
        self.logger.info("Ingested a batch", keys=report.keys, recorded=recorded, figures=figures)

    def tell_publish(self, report: PublishReport, records: Sequence[StreamRecord]) -> None:
        """Write one summary line and the metrics of a batch of stream records."""
        self._tell_failures(report.failed)
        figures = {
            "Assignments": report.assignments,
            "DocumentsWritten": report.documents_written,
            "DocumentsUnchanged": report.documents_unchanged,
            "DocumentsRemoved": report.documents_removed,
            "Conflicts": report.conflicts,
            "PublishFailures": len(report.failed),
        }
        partitions = list(dict.fromkeys(str(record.place.partition) for record in records))
        self._count(figures)
        self.metrics.add_metric("BytesWritten", MetricUnit.Bytes, report.bytes_written)
        self.logger.info(
            "Published a batch",
            partitions=partitions,
            figures=figures,
            bytes_written=report.bytes_written,
        )

    def tell_expiry(self, report: ExpiryReport) -> None:
        """Write one summary line and the metrics of a run of the clock."""
        figures = {"TimelinesExpired": report.timelines, "NewsAged": int(report.has_aged_news)}
        self._count(figures)
        self.logger.info("Told what grew old", figures=figures)

    def _count(self, figures: dict[str, int]) -> None:
        for name, value in figures.items():
            self.metrics.add_metric(name, MetricUnit.Count, value)

    def _tell_failures(self, failures: list[Failure]) -> None:
        for failure in failures:
            self.logger.error(
                "Failed and will be tried again", subject=failure.subject, exc_info=failure.error
            )


def telemetry(service: str) -> Telemetry:
    """Make the instruments of a function; X-Ray follows boto3 only where Lambda runs it."""
    return Telemetry(
        Logger(service=service),
        Metrics(service=service, namespace=NAMESPACE),
        Tracer(service=service, auto_patch=False),
    )
