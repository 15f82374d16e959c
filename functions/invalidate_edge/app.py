"""Invalidates outdated copies of documents at the edge (CloudFront)."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from gazette.runtime.bootstrap.invalidate import edge_invalidator
from gazette.runtime.telemetry import telemetry
from gazette.runtime.triggers import batch_response, read_invalidations
from gazette.services.invalidate.edge_invalidator import InvalidationReport

instruments = telemetry("invalidate_edge")


@instruments.logger.inject_lambda_context
@instruments.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # Lambda's signature
    """Invalidate the paths of a batch and return the messages to deliver again."""
    report = InvalidationReport()
    again = edge_invalidator().invalidate(read_invalidations(event), report)
    instruments.report_invalidations(report)
    return batch_response(again)
