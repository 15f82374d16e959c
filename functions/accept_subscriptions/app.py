"""Answers what subscribers ask of the hub: 202, or 400 with a reason in plain text."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from gazette.runtime.bootstrap.hub import subscription_acceptor
from gazette.runtime.telemetry import telemetry
from gazette.runtime.triggers import http_response, read_form

instruments = telemetry("accept_subscriptions")


@instruments.logger.inject_lambda_context
@instruments.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # Lambda's signature
    """Queue a valid request for verification, and answer."""
    response = subscription_acceptor().accept(*read_form(event))
    instruments.report_request(*response)
    return http_response(*response)
