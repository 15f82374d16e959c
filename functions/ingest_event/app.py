"""Updates the ledger when S3 notifies it of changes in the source bucket."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from gazette.runtime.bootstrap.ingest import dead_letter_sink, ingestor
from gazette.runtime.telemetry import telemetry
from gazette.runtime.triggers import batch_response, has_time_for, read_notifications
from gazette.services.ingest.batch import failed_notifications, ingest_batch

instruments = telemetry("ingest_event")
# The longest time that one key can take: the largest image is decoded in some ten seconds.
_MILLISECONDS_A_KEY = 20_000


@instruments.logger.inject_lambda_context
@instruments.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # Lambda's signature
    """Ingest a batch of notifications and return the messages to deliver again.

    A bare S3 event has no message to return, so its error is raised and Lambda retries it.
    """
    has_time = has_time_for(context, _MILLISECONDS_A_KEY)
    notifications = read_notifications(event)
    report = ingest_batch(ingestor(), notifications, has_time)
    failed = failed_notifications(notifications, report)
    again = dead_letter_sink().collect(failed, report.failed)
    instruments.report_ingest(report)
    if "" in again:
        raise report.failed[0].error
    return batch_response(again)
