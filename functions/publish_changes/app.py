"""Takes the ledger's stream, and publishes every partition that it names; later, what failed.

What is news is announced afterwards.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

# Loaded while the function starts, so that no event waits for what renders.
from gazette.runtime import bootstrap, builders  # noqa: F401
from gazette.runtime.telemetry import telemetry
from gazette.runtime.triggers import batch_response, read_stream
from gazette.services.publish.batch import publish_batch

instruments = telemetry("publish_changes")


@instruments.logger.inject_lambda_context
@instruments.tracer.capture_lambda_handler(capture_response=False)
@instruments.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # Lambda's signature
    """Pass on the work that failed; AWS brings again what could not be passed on."""
    records = read_stream(event)
    report = publish_batch(bootstrap.publisher(), records)
    lost = bootstrap.retries().pass_on(records, report)
    bootstrap.hub_ping_planner().announce(records, report)
    instruments.report_publish(report, records, bootstrap.utc_now())
    return batch_response(lost)
