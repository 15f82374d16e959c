"""Takes the ledger's stream, and publishes every partition that it names."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from gazette.runtime import bootstrap
from gazette.runtime.telemetry import telemetry
from gazette.runtime.triggers import batch_response, read_stream
from gazette.services.batches import failed_records, publish_batch

instruments = telemetry("publish_changes")


@instruments.logger.inject_lambda_context
@instruments.tracer.capture_lambda_handler(capture_response=False)
@instruments.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # Lambda's signature
    """Answer with every record whose work failed; AWS goes back to the first of them."""
    records = read_stream(event)
    report = publish_batch(bootstrap.publisher(), records)
    instruments.tell_publish(report, records)
    return batch_response(failed_records(records, report))
