"""What failed every time, read from where it is kept: what it is, why it failed, how to replay it.

Pure: messages and objects come in as AWS shapes them, and nothing is asked.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from gazette.delivery.sqs import REASON
from gazette.models.ledger.keys import Partition
from gazette.models.work.hub_ping import HubPing
from gazette.models.work.retry import Retry, retries_of
from gazette.runtime.triggers import read_notifications, read_stream
from gazette.services.publish.batch import StreamRecord
from gazette_cli.operate.deployment import told_error

# What AWS keeps is JSON of several shapes; below this line it is typed.
Shape = Mapping[str, Any]

# EventBridge names with these what it could not deliver.
TARGET = "TARGET_ARN"
_SHOWN = 200
_SHORT = 12
_CONDITIONS = {
    "RetriesExhausted": "failed at every attempt",
    "RetryAttemptsExhausted": "ended the function at every attempt",
    "EventAgeExceeded": "grew too old before it came to its end",
    "MaxRecordAgeExceeded": "grew too old before it was published",
}


class Kind(StrEnum):
    """What failed."""

    NOTIFICATION = "hint"
    PARTITION = "partition"
    BATCH = "batch"
    RUN = "run"
    ANNOUNCEMENT = "announcement"
    UNKNOWN = "unknown"


class Send(NamedTuple):
    """Replaying means sending these to the queue that an output of the stack names."""

    output: str
    bodies: tuple[str, ...]


class Run(NamedTuple):
    """Replaying means running the function with the same payload again."""

    function: str
    payload: object


class Start(NamedTuple):
    """Replaying means starting the state machine with the same input again."""

    machine: str
    given: str


class Failed(NamedTuple):
    """Something that failed every time; ``replay`` is None where nothing is known to help."""

    name: str
    kind: Kind
    subject: str
    reason: str
    at: datetime
    replay: Send | Run | Start | None

    @property
    def short_name(self) -> str:
        """The end of its name: that of a message or an object is random there."""
        return self.name[-_SHORT:]

    def goes_by(self, name: str) -> bool:
        return name in {self.name, self.short_name}


def read_letter(message: Shape) -> Failed:
    """Read a message from a queue of dead letters, with its attributes."""
    name, body = message["MessageId"], message["Body"]
    sent = int(message["Attributes"]["SentTimestamp"]) / 1000
    attribute = message.get("MessageAttributes", {}).get(REASON, {})
    reason = attribute.get("StringValue", "was not told: the function ended before it could")
    at = datetime.fromtimestamp(sent, UTC)
    try:
        if TARGET in message.get("MessageAttributes", {}):
            return _read_undelivered(name, body, message["MessageAttributes"], at)
        return _read_body(name, body, reason, at)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        unread = f"is nothing that Gazette knows: {error!r}"
        return Failed(name, Kind.UNKNOWN, _shortened(body), unread, at, None)


def read_batch(key: str, at: datetime, body: bytes) -> Failed:
    """Read what Lambda wrote into the bucket about a batch of the stream.

    Raises:
        ValueError: the object is something else.
        KeyError: the same.
    """
    told = json.loads(body)
    payload = told["payload"]
    event = json.loads(payload) if isinstance(payload, str) else payload
    retries = _retries(read_stream(event))
    partitions = list(dict.fromkeys(str(retry.partition) for retry in retries))
    subject = f"{len(event['Records'])} changes of {', '.join(partitions)}"
    return Failed(key, Kind.BATCH, _shortened(subject), _condition(told), at, to_publish(retries))


def to_publish(retries: Sequence[Retry]) -> Send:
    """Let partitions be tried again, each alone."""
    return Send("PublishRetryQueueUrl", tuple(retry.model_dump_json() for retry in retries))


def _read_body(name: str, body: str, reason: str, at: datetime) -> Failed:
    shape = _read_object(body)
    if "requestContext" in shape:
        return _read_run(name, shape, at)
    if "stateMachineArn" in shape.get("detail", {}):
        return _read_execution(name, shape["detail"], at)
    if "partition" in shape:
        retry = Retry.model_validate_json(body)
        again = to_publish([retry])
        return Failed(name, Kind.PARTITION, str(retry.partition), reason, at, again)
    if "hub" in shape:
        told = HubPing.model_validate_json(body)
        subject = _shortened(f"{told.hub} of {told.feed}")
        tell = Send("AnnounceQueueUrl", (body,))
        return Failed(name, Kind.ANNOUNCEMENT, subject, reason, at, tell)
    return _read_notification(name, body, reason, at)


def _read_object(body: str) -> Shape:
    try:
        shape = json.loads(body)
    except ValueError:  # what nobody can read is shown as it is
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
        return Failed(
            name, Kind.NOTIFICATION, _shortened(", ".join(message.keys)), reason, at, again
        )
    reason = message.problem or "names nothing that could be tried again"
    return Failed(name, Kind.UNKNOWN, _shortened(body), reason, at, None)


def _read_run(name: str, shape: Shape, at: datetime) -> Failed:
    """Read the record of an asynchronous invocation, which holds what was asked for."""
    function = shape["requestContext"]["functionArn"].split(":function:")[1].split(":")[0]
    reason = f"{_condition(shape)}: {told_error(shape.get('responsePayload'))}"
    if "requestPayload" in shape:
        return Failed(name, Kind.RUN, function, reason, at, Run(function, shape["requestPayload"]))
    # Of a batch a queue gets only the place in a stream that forgets it after a day.
    return Failed(name, Kind.UNKNOWN, function, reason, at, None)


def _read_execution(name: str, detail: Shape, at: datetime) -> Failed:
    """Read an event that tells how an execution of a state machine ended."""
    machine = detail["stateMachineArn"]
    told = (detail.get("error"), detail.get("cause"))
    reason = ": ".join(filter(None, (detail["status"].lower().replace("_", " "), *told)))
    given = detail.get("input")
    again = Start(machine, given) if given else None  # an input too large is left out
    return Failed(name, Kind.RUN, _last_name(machine), _shortened(reason), at, again)


def _read_undelivered(name: str, body: str, attributes: Shape, at: datetime) -> Failed:
    """Read what EventBridge could not hand to its target: the attributes say which, and why."""
    target, code, message = (
        attributes.get(attribute, {}).get("StringValue", "")
        for attribute in (TARGET, "ERROR_CODE", "ERROR_MESSAGE")
    )
    reason = "could not be started: " + ": ".join(filter(None, (code, message)))
    is_input = ":stateMachine:" in target and "detail-type" not in _read_object(body)
    again = Start(target, body) if is_input else None
    return Failed(name, Kind.RUN, _last_name(target), _shortened(reason), at, again)


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


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
