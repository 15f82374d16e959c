"""Works on one item of a reconciliation; Step Functions invokes it until the item is done."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from gazette.runtime.bootstrap.publish import invalidation_planner
from gazette.runtime.bootstrap.reconcile import reconciler
from gazette.runtime.task_trigger import read_task
from gazette.runtime.telemetry import telemetry
from gazette.runtime.triggers import has_time_for

instruments = telemetry("reconcile_archive")
# Time for one more step: fifty object keys, or the documents of five hundred ledger keys.
_MILLISECONDS_A_STEP = 180_000


@instruments.logger.inject_lambda_context
@instruments.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # Lambda's signature
    """Return the work item with its cursor advanced. Step Functions retries failures."""
    has_time = has_time_for(context, _MILLISECONDS_A_STEP)
    done = reconciler().work(read_task(event), has_time)
    # What is erased reaches the edge through the stream, whose function queues it, too.
    invalidation_planner().plan_rewritten(done.published.outdated)
    instruments.report_reconciliation(done)
    answer: dict[str, Any] = done.answer.model_dump(mode="json")
    return answer
