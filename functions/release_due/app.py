"""Notifies ingest of events whose embargo is over, and of events that have expired."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from gazette.runtime.bootstrap.schedules import releaser
from gazette.runtime.telemetry import telemetry
from gazette.runtime.triggers import read_schedule

instruments = telemetry("release_due")


@instruments.logger.inject_lambda_context
@instruments.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> None:  # Lambda's signature
    """Release up to the time of the schedule. Lambda retries failures; a repeat changes nothing."""
    report = releaser().release(read_schedule(event))
    instruments.report_release(report)
    report.raise_failures()
