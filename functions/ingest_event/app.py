"""Takes hints that something happened to a key of the source bucket, and updates the ledger."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from gazette.runtime import bootstrap
from gazette.runtime.telemetry import telemetry
from gazette.runtime.triggers import batch_response, read_notifications
from gazette.services.ingest.batch import failed_notifications, ingest_batch

instruments = telemetry("ingest_event")


@instruments.logger.inject_lambda_context
@instruments.tracer.capture_lambda_handler(capture_response=False)
@instruments.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # Lambda's signature
    """Answer an SQS batch by its failures; a bare S3 event fails whole, and Lambda retries it."""
    messages = read_notifications(event)
    report = ingest_batch(bootstrap.ingestor(), messages)
    failed = failed_notifications(messages, report)
    again = bootstrap.dead_letter_sink().keep(messages, failed, report)
    instruments.report_ingest(report)
    if "" in failed:
        raise report.failed[0].error
    return batch_response(again)
