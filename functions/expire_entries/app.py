"""Requests a rebuild of feeds and the news sitemap when they show expired entries."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from gazette.runtime.bootstrap.schedules import expirer
from gazette.runtime.telemetry import telemetry
from gazette.runtime.triggers import read_schedule

instruments = telemetry("expire_entries")


@instruments.logger.inject_lambda_context
@instruments.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> None:  # Lambda's signature
    """Expire up to the time of the schedule. Lambda retries failures; a repeat changes nothing."""
    report = expirer().expire(read_schedule(event))
    instruments.report_expiry(report)
