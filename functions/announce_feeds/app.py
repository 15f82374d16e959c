"""Announces news once the CDN no longer caches what was before.

Hubs are pinged about changed feeds (WebSub), and search engines hear of changed pages (IndexNow).
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from gazette.runtime.bootstrap.announce import index_now_publisher, websub_publisher
from gazette.runtime.telemetry import telemetry
from gazette.runtime.triggers import batch_response, has_time_for, read_hub_pings, read_page_news
from gazette.services.announce.websub_publisher import HubReport

instruments = telemetry("announce_feeds")
# The longest time that one hub can take.
_MILLISECONDS_A_HUB = 35_000


@instruments.logger.inject_lambda_context
@instruments.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # Lambda's signature
    """Announce a batch and return the messages to deliver again."""
    report = HubReport()
    has_time = has_time_for(context, _MILLISECONDS_A_HUB)
    again = websub_publisher().ping(read_hub_pings(event), has_time, report)
    if news := read_page_news(event):
        again += index_now_publisher().announce(news, has_time, report)
    instruments.report_hubs(report)
    return batch_response(again)
