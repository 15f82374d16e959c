"""Posts feeds to their subscribers, and signed messages to webhooks."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from gazette.models.hub.deliveries import Delivery
from gazette.models.webhooks.messages import WebhookDelivery
from gazette.runtime.bootstrap.hub import feed_deliverer, webhook_deliverer
from gazette.runtime.hub_triggers import read_either
from gazette.runtime.telemetry import telemetry
from gazette.runtime.triggers import batch_response, has_time_for
from gazette.services.hub.deliverer import DeliveryReport

instruments = telemetry("deliver_feeds")
# The longest time that one message can take.
_MILLISECONDS_A_MESSAGE = 20_000


@instruments.logger.inject_lambda_context
@instruments.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # Lambda's signature
    """Make the deliveries of a batch and return the messages to deliver again."""
    report = DeliveryReport()
    has_time = has_time_for(context, _MILLISECONDS_A_MESSAGE)
    feeds, messages = read_either(event, Delivery, WebhookDelivery)
    again = feed_deliverer().deliver(feeds, has_time, report)
    if messages:
        again += webhook_deliverer().deliver(messages, has_time, report)
    instruments.report_own_hub(report)
    return batch_response(again)
