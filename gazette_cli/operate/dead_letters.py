"""Reads dead letters and failed batches: the work that failed, the reason, and how to replay it.

Pure: it takes messages and objects in the shape of AWS and makes no calls.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

from gazette.delivery.sqs import REASON
from gazette.models.hub.callback_rules import host_of
from gazette.models.hub.deliveries import Delivery, FeedNews
from gazette.models.hub.requests import SubscriptionRequest
from gazette.models.ledger.partitions import Partition
from gazette.models.tasks.edge_invalidation import EdgeInvalidation
from gazette.models.tasks.hub_ping import HubPing
from gazette.models.tasks.messages import StreamRecord
from gazette.models.tasks.page_news import PageNews
from gazette.models.tasks.retry import Retry, retries_of
from gazette.models.webhooks.messages import RevisionNews, WebhookDelivery
from gazette.runtime.triggers import read_notifications, read_stream
from gazette_cli.operate.deployment import describe_error

# JSON in one of several shapes of AWS.
Shape = Mapping[str, Any]

# A message attribute of EventBridge on an event that it could not deliver.
TARGET = "TARGET_ARN"
_SHOWN = 200
_SHORT = 12
_CONDITIONS = {
    "RetriesExhausted": "failed at every attempt",
    "RetryAttemptsExhausted": "ended the function at every attempt",
    "EventAgeExceeded": "exceeded the maximum age before it succeeded",
    "MaxRecordAgeExceeded": "exceeded the maximum age before it was published",
}


class Kind(StrEnum):
    """The kind of work that failed."""

    NOTIFICATION = "notification"
    PARTITION = "partition"
    BATCH = "batch"
    RUN = "run"
    HUB_PING = "hub ping"
    PAGE_NEWS = "page news"
    INVALIDATION = "edge invalidation"
    SUBSCRIPTION = "subscription"
    PUSH = "push"
    WEBHOOK = "webhook"
    UNKNOWN = "unknown"


class Send(NamedTuple):
    """Replay by sending messages to the queue that an output of the stack names."""

    output: str
    bodies: tuple[str, ...]


class Run(NamedTuple):
    """Replay by invoking the function with the same payload."""

    function: str
    payload: object


class Start(NamedTuple):
    """Replay by starting the state machine with the same input."""

    machine: str
    given: str


# Kind, subject, and how to replay it.
_Message: TypeAlias = tuple[Kind, str, Send]


class Failed(NamedTuple):
    """Work that failed at every attempt; ``replay`` is None if it cannot be replayed."""

    name: str
    kind: Kind
    subject: str
    reason: str
    at: datetime
    replay: Send | Run | Start | None

    @property
    def short_name(self) -> str:
        """The random last characters of the name."""
        return self.name[-_SHORT:]

    def is_named(self, name: str) -> bool:
        return name in {self.name, self.short_name}


def read_letter(message: Shape) -> Failed:
    """Read a message of a dead-letter queue, with its attributes."""
    name, body = message["MessageId"], message["Body"]
    sent = int(message["Attributes"]["SentTimestamp"]) / 1000
    attribute = message.get("MessageAttributes", {}).get(REASON, {})
    reason = attribute.get("StringValue", "unknown: the function ended before it could report one")
    at = datetime.fromtimestamp(sent, UTC)
    try:
        if TARGET in message.get("MessageAttributes", {}):
            return _read_undelivered(name, body, message["MessageAttributes"], at)
        return _read_body(name, body, reason, at)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        # A queue may hold any JSON, and each wrong shape raises another of these. The list of
        # failures must show such a message, not end there.
        problem = f"unknown format: {error!r}"
        return Failed(name, Kind.UNKNOWN, _shorten(body), problem, at, None)


def read_batch(key: str, at: datetime, body: bytes) -> Failed:
    """Read the record that Lambda wrote into the bucket about a failed batch of the stream.

    Raises:
        ValueError: the object has another format.
        KeyError: the object has another format.
    """
    record = json.loads(body)
    payload = record["payload"]
    event = json.loads(payload) if isinstance(payload, str) else payload
    retries = _retries(read_stream(event))
    partitions = list(dict.fromkeys(str(retry.partition) for retry in retries))
    subject = f"{len(event['Records'])} changes of {', '.join(partitions)}"
    return Failed(key, Kind.BATCH, _shorten(subject), _condition(record), at, to_publish(retries))


def to_publish(retries: Sequence[Retry]) -> Send:
    """Replay partitions through the retry queue, one message each."""
    return Send("PublishRetryQueueUrl", tuple(retry.model_dump_json() for retry in retries))


def _read_body(name: str, body: str, reason: str, at: datetime) -> Failed:
    shape = _read_object(body)
    if "requestContext" in shape:
        return _read_run(name, shape, at)
    if "stateMachineArn" in shape.get("detail", {}):
        return _read_execution(name, shape["detail"], at)
    for field, read in _MESSAGES.items():
        if field in shape:
            kind, subject, replay = read(body)
            return Failed(name, kind, _shorten(subject), reason, at, replay)
    return _read_notification(name, body, reason, at)


def _read_retry(body: str) -> _Message:
    retry = Retry.model_validate_json(body)
    return Kind.PARTITION, str(retry.partition), to_publish([retry])


def _read_ping(body: str) -> _Message:
    ping = HubPing.model_validate_json(body)
    return Kind.HUB_PING, f"{ping.hub} of {ping.feed}", Send("AnnounceQueueUrl", (body,))


def _read_page_news(body: str) -> _Message:
    pages = PageNews.model_validate_json(body).pages
    return Kind.PAGE_NEWS, ", ".join(pages), Send("AnnounceQueueUrl", (body,))


def _read_request(body: str) -> _Message:
    """Read a request of a subscriber; its callback is not shown, because many are secrets."""
    request = SubscriptionRequest.model_validate_json(body)
    subject = f"{request.mode} {host_of(request.callback)} to {request.topic}"
    return Kind.SUBSCRIPTION, subject, Send("VerifyQueueUrl", (body,))


def _read_delivery(body: str) -> _Message:
    delivery = Delivery.model_validate_json(body)
    subject = f"{delivery.topic} to {len(delivery.subscribers)} subscribers"
    return Kind.PUSH, subject, Send("DeliverQueueUrl", (body,))


def _read_news(body: str) -> _Message:
    return Kind.PUSH, FeedNews.model_validate_json(body).topic, Send("FanOutQueueUrl", (body,))


def _read_webhook_delivery(body: str) -> _Message:
    delivery = WebhookDelivery.model_validate_json(body)
    subject = f"{_named_revision(delivery)} to {len(delivery.webhooks)} webhooks"
    return Kind.WEBHOOK, subject, Send("DeliverQueueUrl", (body,))


def _read_revision_news(body: str) -> _Message:
    news = RevisionNews.model_validate_json(body)
    return Kind.WEBHOOK, _named_revision(news), Send("FanOutQueueUrl", (body,))


def _named_revision(news: RevisionNews) -> str:
    return f"revision {news.number} of {news.event_id}"


def _read_invalidation(body: str) -> _Message:
    wanted = EdgeInvalidation.model_validate_json(body)
    return Kind.INVALIDATION, ", ".join(wanted.paths), Send("InvalidateQueueUrl", (body,))


# What reads a message with a field; the first that a message has decides.
_MESSAGES: Mapping[str, Callable[[str], _Message]] = {
    "partition": _read_retry,
    "hub": _read_ping,
    "pages": _read_page_news,
    "callback": _read_request,
    "subscribers": _read_delivery,
    "topic": _read_news,
    "webhooks": _read_webhook_delivery,
    "event_id": _read_revision_news,
    "paths": _read_invalidation,
}


def _read_object(body: str) -> Shape:
    try:
        shape = json.loads(body)
    except ValueError:  # the caller shows an unreadable body unchanged
        return {}
    return shape if isinstance(shape, dict) else {}


def _read_notification(name: str, body: str, reason: str, at: datetime) -> Failed:
    record = {
        "eventSource": "aws:sqs",
        "messageId": name,
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1"},
    }
    (message,) = read_notifications({"Records": [record]})
    again = Send("IngestQueueUrl", (body,))
    if message.keys:
        return Failed(name, Kind.NOTIFICATION, _shorten(", ".join(message.keys)), reason, at, again)
    reason = message.problem or "names no object to ingest"
    return Failed(name, Kind.UNKNOWN, _shorten(body), reason, at, None)


def _read_run(name: str, shape: Shape, at: datetime) -> Failed:
    """Read the record of a failed asynchronous invocation, which has the payload."""
    function = shape["requestContext"]["functionArn"].split(":function:")[1].split(":")[0]
    reason = f"{_condition(shape)}: {describe_error(shape.get('responsePayload'))}"
    if "requestPayload" in shape:
        return Failed(name, Kind.RUN, function, reason, at, Run(function, shape["requestPayload"]))
    # For a stream batch the queue gets only its position in the stream, which expires in a day.
    return Failed(name, Kind.UNKNOWN, function, reason, at, None)


def _read_execution(name: str, detail: Shape, at: datetime) -> Failed:
    """Read an event about an execution of a state machine that did not succeed."""
    machine = detail["stateMachineArn"]
    status = detail["status"].lower().replace("_", " ")
    reason = ": ".join(filter(None, (status, detail.get("error"), detail.get("cause"))))
    given = detail.get("input")
    again = Start(machine, given) if given else None  # EventBridge omits an input that is too large
    return Failed(name, Kind.RUN, _last_name(machine), _shorten(reason), at, again)


def _read_undelivered(name: str, body: str, attributes: Shape, at: datetime) -> Failed:
    """Read an event that EventBridge could not deliver; its attributes have target and error."""
    target, code, message = (
        attributes.get(attribute, {}).get("StringValue", "")
        for attribute in (TARGET, "ERROR_CODE", "ERROR_MESSAGE")
    )
    reason = "could not be started: " + ": ".join(filter(None, (code, message)))
    is_input = ":stateMachine:" in target and "detail-type" not in _read_object(body)
    again = Start(target, body) if is_input else None
    return Failed(name, Kind.RUN, _last_name(target), _shorten(reason), at, again)


def _last_name(arn: str) -> str:
    return arn.rpartition(":")[2]


def _condition(shape: Shape) -> str:
    condition = str(shape["requestContext"]["condition"])
    return _CONDITIONS.get(condition, condition)


def _retries(records: Sequence[StreamRecord]) -> list[Retry]:
    sorts: dict[Partition, dict[str, None]] = {}
    for record in records:
        sorts.setdefault(record.key.partition, {})[record.key.sort] = None
    return [
        retry for partition, found in sorts.items() for retry in retries_of(partition, list(found))
    ]


def _shorten(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
