"""Does a piece of a reconciliation; a state machine hands it out, and again until it is done."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

# Loaded while the function starts, so that no event waits for what renders.
from gazette.runtime import bootstrap, builders  # noqa: F401
from gazette.runtime.telemetry import telemetry
from gazette.runtime.triggers import read_task

instruments = telemetry("reconcile_archive")
# A step under way is brought to its end: fifty keys, or what five hundred places publish.
_MILLISECONDS_A_STEP = 180_000


@instruments.logger.inject_lambda_context
@instruments.tracer.capture_lambda_handler(capture_response=False)
@instruments.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # Lambda's signature
    """Answer with the piece, further on; one that raises is tried again by the state machine."""

    def has_time() -> bool:
        return context.get_remaining_time_in_millis() > _MILLISECONDS_A_STEP

    done = bootstrap.reconciler().work(read_task(event), has_time)
    instruments.report_reconciliation(done)
    answer: dict[str, Any] = done.answer.model_dump(mode="json")
    return answer
