"""Parses the events that AWS invokes the functions with, and builds the responses.

Of an S3 or stream record only the key is used: services read the current state themselves.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import ValidationError

from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.tasks.edge_invalidation import EdgeInvalidation
from gazette.models.tasks.hub_ping import HubPing
from gazette.models.tasks.messages import (
    HubPingMessage,
    InvalidationMessage,
    Notification,
    PageNewsMessage,
    StreamRecord,
)
from gazette.models.tasks.page_news import PageNews
from gazette.models.tasks.retry import Retry
from gazette.ports import HasTime

# AWS events are JSON of many shapes. Only this module handles them untyped.
Event = Mapping[str, Any]


def read_notifications(event: Event) -> list[Notification]:
    """Read an SQS batch of S3 notifications, or a bare S3 event (identifier is empty)."""
    records: Sequence[Event] = event.get("Records", [])
    if any(record.get("eventSource") == "aws:sqs" for record in records):
        return [_read_message(record) for record in records]
    return [Notification("", tuple(_keys(event)))]


def read_stream(event: Event) -> list[StreamRecord]:
    """Read a batch of DynamoDB stream records or of retry messages."""
    return [found for record in event["Records"] for found in _read_change(record)]


def read_hub_pings(event: Event) -> list[HubPingMessage]:
    """Read the hub pings of a batch, and what cannot be read."""
    return [
        HubPingMessage(
            record["messageId"], record["body"], _receives(record), _ping(record["body"])
        )
        for record in event["Records"]
        if _page_news(record["body"]) is None
    ]


def read_page_news(event: Event) -> list[PageNewsMessage]:
    """Read the messages of a batch that name pages."""
    return [
        PageNewsMessage(record["messageId"], record["body"], _receives(record), news)
        for record in event["Records"]
        if (news := _page_news(record["body"]))
    ]


def read_invalidations(event: Event) -> list[InvalidationMessage]:
    """Read a batch of edge invalidations."""
    return [
        InvalidationMessage(
            record["messageId"], record["body"], _receives(record), _invalidation(record["body"])
        )
        for record in event["Records"]
    ]


def has_time_for(context: LambdaContext, milliseconds: int) -> HasTime:
    """Return what says whether a function has more time left than a unit of work may take."""
    return lambda: context.get_remaining_time_in_millis() > milliseconds


def read_form(event: Event) -> tuple[bytes, str]:
    """Return the body of a request to an HTTP API, and its media type."""
    body = event.get("body") or ""
    raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    return raw, event.get("headers", {}).get("content-type", "")


def http_response(status: int, text: str) -> dict[str, Any]:
    """Return the answer to a request as plain text."""
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    return {"statusCode": status, "headers": headers, "body": text}


def read_schedule(event: Event) -> datetime:
    """Return the scheduled time; it stays the same when Lambda retries."""
    return datetime.fromisoformat(event["time"])


def batch_response(failed: Sequence[str]) -> dict[str, list[dict[str, str]]]:
    """Return the messages that AWS delivers again; a stream restarts at the first of them."""
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in failed]}


def _read_change(record: Event) -> Iterator[StreamRecord]:
    if "dynamodb" not in record:
        retry = Retry.model_validate_json(record["body"])
        for item_key in retry.item_keys:
            yield StreamRecord(record["messageId"], item_key, retry.attempt)
    elif Partition.is_known(record["dynamodb"]["Keys"]["pk"]["S"]):
        change = record["dynamodb"]
        yield StreamRecord(change["SequenceNumber"], _item_key(change["Keys"]))


def _item_key(key: Event) -> ItemKey:
    return ItemKey(Partition.parse(key["pk"]["S"]), key["sk"]["S"])


def _read_message(record: Event) -> Notification:
    keys: tuple[str, ...] = ()
    problem = None
    try:
        keys = tuple(_keys(json.loads(record["body"])))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        problem = f"is no S3 notification: {error!r}"
    return Notification(record["messageId"], keys, problem, record["body"], _receives(record))


def _receives(record: Event) -> int:
    return int(record["attributes"]["ApproximateReceiveCount"])


def _ping(body: str) -> HubPing | None:
    try:
        return HubPing.model_validate_json(body)
    except ValidationError:  # the message becomes a dead letter
        return None


def _page_news(body: str) -> PageNews | None:
    try:
        return PageNews.model_validate_json(body)
    except ValidationError:  # another message of the queue
        return None


def _invalidation(body: str) -> EdgeInvalidation | None:
    try:
        return EdgeInvalidation.model_validate_json(body)
    except ValidationError:  # the message becomes a dead letter
        return None


def _keys(notification: Event) -> Iterator[str]:
    """Yield the object keys; an ``s3:TestEvent`` has none."""
    for record in notification.get("Records", []):
        yield unquote_plus(record["s3"]["object"]["key"])
