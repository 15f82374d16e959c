"""Takes the ledger's stream, and publishes every partition that it names."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from gazette.runtime import bootstrap
from gazette.runtime.telemetry import telemetry
from gazette.runtime.triggers import batch_response, read_stream
from gazette.services.batches import failed_identifiers, publish_batch

instruments = telemetry("publish_changes")


@instruments.logger.inject_lambda_context
@instruments.tracer.capture_lambda_handler(capture_response=False)
@instruments.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # Lambda's signature
    """Answer with the first record of every partition that failed."""
    messages = read_stream(event)
    report = publish_batch(bootstrap.publisher(), messages)
    instruments.tell_publish(
        report, list(dict.fromkeys(message.subjects[0] for message in messages))
    )
    return batch_response(failed_identifiers(messages, report.failed))
