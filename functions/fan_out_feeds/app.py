"""Turns news of feeds, and of revisions, into deliveries to subscribers and webhooks."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from gazette.models.hub.deliveries import FeedNews
from gazette.models.webhooks.messages import RevisionNews
from gazette.runtime.bootstrap.hub import fan_out, webhook_fan_out
from gazette.runtime.hub_triggers import read_either
from gazette.runtime.telemetry import telemetry
from gazette.runtime.triggers import batch_response, has_time_for
from gazette.services.hub.fan_out import FanOutReport

instruments = telemetry("fan_out_feeds")
# The longest time that one message can take.
_MILLISECONDS_A_MESSAGE = 10_000


@instruments.logger.inject_lambda_context
@instruments.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # Lambda's signature
    """Queue the deliveries of a batch of news and return the messages to deliver again."""
    report = FanOutReport()
    has_time = has_time_for(context, _MILLISECONDS_A_MESSAGE)
    feeds, revisions = read_either(event, FeedNews, RevisionNews)
    again = fan_out().spread(feeds, has_time, report)
    if revisions:
        again += webhook_fan_out().spread(revisions, has_time, report)
    instruments.report_own_hub(report)
    return batch_response(again)
