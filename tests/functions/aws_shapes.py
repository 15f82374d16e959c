"""What AWS invokes a function with, built from what happened: one small builder for each record.

Shaped after AWS's documentation, named at each builder, and compared with what ``sam local
generate-event`` prints. Tokens that say nothing (ids of requests, receipt handles) are those of
AWS's own examples.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote_plus

from gazette.models.frozen import rfc3339
from gazette.models.ledger.keys import ItemKey

REGION, ACCOUNT = "us-east-1", "123456789012"
TABLE, BUCKET = "gazette-ledger", "gazette-source"

# A payload is JSON of many shapes.
Payload = dict[str, object]


@dataclass(frozen=True, slots=True)
class Deletion:
    """A delete marker was written: it has no size, and the tag of no bytes at all."""

    key: str

    @property
    def etag(self) -> str:
        return _md5(b"")


@dataclass(frozen=True, slots=True)
class Upload:
    """An object was written, in one piece or as the only part of a multipart upload."""

    key: str
    body: bytes
    is_multipart: bool = False

    @property
    def etag(self) -> str:
        """The MD5 of the object; of an upload in parts the MD5 of theirs, and their number."""
        if self.is_multipart:
            return f"{_md5(hashlib.md5(self.body, usedforsecurity=False).digest())}-1"
        return _md5(self.body)


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue, who sends to it, and how long a message waits there before it is received."""

    name: str
    sender: str
    receipt: str
    wait: timedelta


def s3_record(change: Upload | Deletion, at: datetime) -> Payload:
    """Write a change in the source bucket as S3 does.

    Source: Amazon S3 User Guide, "Event message structure". The version is 2.1; later ones add
    fields and take none away. Keys are form-encoded, but for the slashes.
    """
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": REGION,
        "eventTime": _with_milliseconds(at),
        "eventName": _event_name(change),
        "userIdentity": {"principalId": "AWS:AIDAEXAMPLE"},
        "requestParameters": {"sourceIPAddress": "192.0.2.1"},
        "responseElements": {
            "x-amz-request-id": "C3D13FE58DE4C810",
            "x-amz-id-2": "FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG4V5Wp6S7S/JRWeUWerMUE5JgHvANOjpD",
        },
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "NjgyNGE2ZDMt",
            "bucket": {
                "name": BUCKET,
                "ownerIdentity": {"principalId": "A3NL1KOZZKExample"},
                "arn": f"arn:aws:s3:::{BUCKET}",
            },
            "object": _object(change),
        },
    }


def s3_test_event(at: datetime) -> Payload:
    """Return what S3 sends once to a queue that it is to notify: no record at all.

    Source: Amazon S3 User Guide, "Event notification types and destinations".
    """
    return {
        "Service": "Amazon S3",
        "Event": "s3:TestEvent",
        "Time": _with_milliseconds(at),
        "Bucket": BUCKET,
        "RequestId": "5582815E1AEA5ADF",
        "HostId": "8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE",
    }


def sqs_record(queue: Queue, message_id: str, body: str, sent: datetime) -> Payload:
    """Bring a message of a queue for the first time.

    Source: AWS Lambda Developer Guide, "Using Lambda with Amazon SQS". Times are milliseconds.
    """
    return {
        "messageId": message_id,
        "receiptHandle": queue.receipt,
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": _milliseconds(sent),
            "SenderId": queue.sender,
            "ApproximateFirstReceiveTimestamp": _milliseconds(sent + queue.wait),
        },
        "messageAttributes": {},
        "md5OfBody": _md5(body.encode()),
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue.name}",
        "awsRegion": REGION,
    }


def stream_record(
    item_key: ItemKey, sequence_number: int, event_name: str, at: datetime
) -> Payload:
    """Write a change of a ledger item, whose stream has keys only; times are seconds.

    Sources: Amazon DynamoDB API Reference, "StreamRecord"; for ``SizeBytes``, the UTF-8 bytes of
    names and values, the Developer Guide, "DynamoDB item sizes and formats".
    """
    keys = {"sk": item_key.sort, "pk": str(item_key.partition)}
    table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{TABLE}"
    return {
        "eventID": _md5(str(sequence_number).encode()),
        "eventName": event_name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "dynamodb": {
            "ApproximateCreationDateTime": at.timestamp(),
            "Keys": {name: {"S": value} for name, value in keys.items()},
            "SequenceNumber": str(sequence_number),
            "SizeBytes": sum(len(text.encode()) for item in keys.items() for text in item),
            "StreamViewType": "KEYS_ONLY",
        },
        "eventSourceARN": f"{table}/stream/2026-07-04T07:00:00.000",
    }


def scheduled_event(rule: str, at: datetime) -> Payload:
    """Return what a rule of EventBridge sends by its schedule.

    Source: Amazon EventBridge User Guide, "Amazon EventBridge events detail reference".
    """
    return {
        "version": "0",
        "id": "89d1a02d-5ec7-412e-82f5-13505f849b41",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": rfc3339(at),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{rule}"],
        "detail": {},
    }


def batch(*records: Payload) -> Payload:
    """Return what a function is invoked with for several records."""
    return {"Records": list(records)}


def compact(value: Payload) -> str:
    """Write JSON as services send it to a queue."""
    return json.dumps(value, separators=(",", ":"))


def _event_name(change: Upload | Deletion) -> str:
    if isinstance(change, Deletion):
        return "ObjectRemoved:DeleteMarkerCreated"
    return f"ObjectCreated:{'CompleteMultipartUpload' if change.is_multipart else 'Put'}"


def _object(change: Upload | Deletion) -> Payload:
    size = {"size": len(change.body)} if isinstance(change, Upload) else {}
    return {
        "key": quote_plus(change.key, safe="/"),
        **size,
        "eTag": change.etag,
        "versionId": "096fKKXTRTtl3on89fVO.nfljtsv6qko",
        "sequencer": "0055AED6DCD90281E5" if size else "0055AED6DCD90281E6",
    }


def _with_milliseconds(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _milliseconds(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1000))


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
