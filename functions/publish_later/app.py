"""Publishes a little later what changed in the ledger: related events, and indexes.

The filter of the stream and its window are in the template. Failed work goes to the queue of
`publish_changes`.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from gazette.runtime.bootstrap.clients import utc_now
from gazette.runtime.bootstrap.publish import retries, site_writer
from gazette.runtime.telemetry import telemetry
from gazette.runtime.triggers import batch_response, has_time_for, read_stream
from gazette.services.publish.batch import publish_batch, records_not_begun

instruments = telemetry("publish_later")
# The longest time that one task can take: a large page under conflicts.
_MILLISECONDS_A_TASK = 60_000


@instruments.logger.inject_lambda_context
@instruments.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # Lambda's signature
    """Publish a batch and queue failed work for a retry.

    It returns the records whose retry could not be queued, and those for which no time was left.
    """
    has_time = has_time_for(context, _MILLISECONDS_A_TASK)
    records = read_stream(event)
    report = publish_batch(site_writer(), records, has_time)
    lost = retries().queue(records, report)
    instruments.report_publish(report, records, utc_now())
    return batch_response(list(dict.fromkeys([*lost, *records_not_begun(records, report)])))
