"""Publishes what changed in the ledger: records of its stream, and retries of failed work.

Afterwards it queues the invalidation of outdated copies at the edge, hub pings for the feeds with
news, and what search engines and webhooks hear of.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from gazette.runtime.bootstrap.clients import utc_now
from gazette.runtime.bootstrap.publish import (
    hub_ping_planner,
    invalidation_planner,
    live_copies,
    page_news_planner,
    retries,
    site_writer,
    webhook_planner,
)
from gazette.runtime.telemetry import telemetry
from gazette.runtime.triggers import batch_response, has_time_for, read_stream
from gazette.services.publish.batch import publish_batch, records_not_begun

instruments = telemetry("publish_changes")
# The longest time that one task can take: an image of forty megapixels, or a feed under conflicts.
# What is left of its round then takes seconds: it is only read.
_MILLISECONDS_A_TASK = 60_000


@instruments.logger.inject_lambda_context
@instruments.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # Lambda's signature
    """Publish a batch and queue failed work for a retry.

    It returns the records whose retry or invalidation could not be queued, and those for which no
    time was left.
    """
    has_time = has_time_for(context, _MILLISECONDS_A_TASK)
    records = read_stream(event)
    report = publish_batch(site_writer(), records, has_time)
    lost = retries().queue(records, report)
    lost += invalidation_planner().plan(records, report)
    live_copies().plan(records, report)
    hub_ping_planner().plan(records, report)
    page_news_planner().plan(records, report)
    if webhooks := webhook_planner():
        webhooks.plan(records, report)
    instruments.report_publish(report, records, utc_now())
    return batch_response(list(dict.fromkeys([*lost, *records_not_begun(records, report)])))
