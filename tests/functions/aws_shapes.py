"""What AWS invokes a function with, built from what happened: one small builder for each record.

Shaped after AWS's documentation, named at each builder, and compared with what ``sam local
generate-event`` prints. Tokens that say nothing (ids of requests, receipt handles) are those of
AWS's own examples.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from urllib.parse import quote_plus

from gazette.models.frozen import rfc3339
from gazette.models.ledger.keys import ItemKey

REGION, ACCOUNT = "us-east-1", "123456789012"
TABLE, BUCKET = "gazette-ledger", "gazette-source"
# Who acts, and from where, when a lifecycle rule does.
_LIFECYCLE = "s3.amazonaws.com"

# A payload is JSON of many shapes.
Payload = dict[str, object]


_VERSION = "096fKKXTRTtl3on89fVO.nfljtsv6qko"


@dataclass(frozen=True, slots=True)
class Deletion:
    """A delete marker was written: it has no size, and the tag of no bytes at all."""

    key: str
    version_id: str = _VERSION
    by_lifecycle: bool = False

    @property
    def event_name(self) -> str:
        source = "LifecycleExpiration" if self.by_lifecycle else "ObjectRemoved"
        return f"{source}:DeleteMarkerCreated"

    @property
    def facts(self) -> Payload:
        return {"eTag": _md5(b""), "versionId": self.version_id}


@dataclass(frozen=True, slots=True)
class Removal:
    """A version or a delete marker was deleted for good; S3 says nothing of what it was."""

    key: str
    version_id: str = _VERSION
    by_lifecycle: bool = False

    @property
    def event_name(self) -> str:
        return f"{'LifecycleExpiration' if self.by_lifecycle else 'ObjectRemoved'}:Delete"

    @property
    def facts(self) -> Payload:
        return {"versionId": self.version_id}


@dataclass(frozen=True, slots=True)
class Upload:
    """An object was written, in one piece or as the only part of a multipart upload."""

    key: str
    body: bytes
    is_multipart: bool = False
    version_id: str = _VERSION
    by_lifecycle = False

    @property
    def event_name(self) -> str:
        return f"ObjectCreated:{'CompleteMultipartUpload' if self.is_multipart else 'Put'}"

    @property
    def facts(self) -> Payload:
        return {"size": len(self.body), "eTag": self.etag, "versionId": self.version_id}

    @property
    def etag(self) -> str:
        """The MD5 of the object; of an upload in parts the MD5 of theirs, and their number."""
        if self.is_multipart:
            return f"{_md5(hashlib.md5(self.body, usedforsecurity=False).digest())}-1"
        return _md5(self.body)


Change: TypeAlias = Upload | Deletion | Removal


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue, who sends to it, and how long a message waits there before it is received."""

    name: str
    sender: str
    receipt: str
    wait: timedelta


def s3_record(change: Change, at: datetime) -> Payload:
    """Write a change in the source bucket as S3 does.

    Sources: Amazon S3 User Guide, "Event message structure" and "Configuring Lifecycle event
    notifications". The version is 2.1, or 2.3 of lifecycle rules; later ones add fields and take
    none away. Keys are form-encoded, but for the slashes.
    """
    return {
        "eventVersion": "2.3" if change.by_lifecycle else "2.1",
        "eventSource": "aws:s3",
        "awsRegion": REGION,
        "eventTime": _with_milliseconds(at),
        "eventName": change.event_name,
        "userIdentity": {"principalId": _LIFECYCLE if change.by_lifecycle else "AWS:AIDAEXAMPLE"},
        "requestParameters": {
            "sourceIPAddress": _LIFECYCLE if change.by_lifecycle else "192.0.2.1"
        },
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


def _object(change: Change) -> Payload:
    is_upload = isinstance(change, Upload)
    return {
        "key": quote_plus(change.key, safe="/"),
        **change.facts,
        "sequencer": "0055AED6DCD90281E5" if is_upload else "0055AED6DCD90281E6",
    }


def _with_milliseconds(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _milliseconds(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1000))


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def http_api_request(path: str, form: str, at: datetime) -> Payload:
    """A POST of a form to an HTTP API.

    API Gateway, "Working with AWS Lambda proxy integrations for HTTP APIs", payload format 2.0. A
    body that is neither JSON nor text comes in Base64.
    """
    domain = "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"
    return {
        "version": "2.0",
        "routeKey": f"POST {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {
            "accept": "*/*",
            "content-length": str(len(form)),
            "content-type": "application/x-www-form-urlencoded",
            "host": domain,
            "user-agent": "Reader/1.0",
            "x-forwarded-for": "192.0.2.44",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": domain.partition(".")[0],
            "domainName": domain,
            "domainPrefix": domain.partition(".")[0],
            "http": {
                "method": "POST",
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.44",
                "userAgent": "Reader/1.0",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": f"POST {path}",
            "stage": "$default",
            "time": at.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(at.timestamp() * 1000),
        },
        "body": base64.b64encode(form.encode()).decode(),
        "isBase64Encoded": True,
    }
