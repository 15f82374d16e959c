"""Creates the resources of template.yaml on moto, from the same properties.

The CloudFormation of moto does not know SAM and runs Lambda only in Docker. So this module creates
the resources that data flows through, and `lambda_pollers` invokes the handlers.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import boto3
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends
from moto.sqs.models import sqs_backends

from gazette.delivery.local_source import NULL_VERSION, SourceEvent
from gazette_cli.emulators.template import Template, properties
from gazette_cli.engines.headers import upload_arguments
from tests.emulators.moto_shortcuts import shorten_requests
from tests.emulators.moto_versions import MotoVersions, SourceClock
from tests.functions.aws_shapes import Change as S3Change
from tests.functions.aws_shapes import Deletion, Removal, Upload, batch, compact, s3_record

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

REGION = "us-east-1"
SOURCE_BUCKET, SITE_BUCKET, LEDGER = "gazette-source", "gazette-site", "gazette-ledger"
INGEST, INGEST_DEAD_LETTERS = "ingest", "ingest-dead-letters"
PUBLISH_DEAD_LETTERS = "publish-dead-letters"
PUBLISH_RETRIES = "publish-retries"
HUB_PINGS, HUB_PING_DEAD_LETTERS = "hub-pings", "hub-ping-dead-letters"
INVALIDATIONS, INVALIDATION_DEAD_LETTERS = "invalidations", "invalidation-dead-letters"
REQUESTS, NEWS, DELIVERIES = "hub-requests", "hub-news", "hub-deliveries"
HUB_DEAD_LETTERS, SUBSCRIPTIONS = "hub-dead-letters", "gazette-subscriptions"
WEBHOOKS = "gazette-webhooks"
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class MotoStack:
    """The names of the resources, and clients for them."""

    s3: "S3Client"
    sqs: "SQSClient"
    dynamodb: "DynamoDBClient"
    queue_url: str
    dead_letter_url: str
    publish_retry_url: str
    publish_dead_letter_url: str
    stream_arn: str
    clock: SourceClock
    versions: MotoVersions

    def put(
        self,
        key: str,
        body: bytes,
        at: datetime,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        """Write a version into the source bucket at a chosen time, and return its id."""
        self.clock.now = at
        answer = self.s3.put_object(
            Bucket=SOURCE_BUCKET, Key=key, Body=body, **upload_arguments(headers)
        )
        return answer.get("VersionId", NULL_VERSION)

    def delete(self, key: str, at: datetime) -> str:
        """Write a delete marker into the source bucket at a chosen time, and return its id."""
        self.clock.now = at
        return self.s3.delete_object(Bucket=SOURCE_BUCKET, Key=key)["VersionId"]

    def remove_version(self, key: str, version_id: str) -> None:
        """Delete a version or a delete marker of the source bucket for good."""
        self.s3.delete_object(Bucket=SOURCE_BUCKET, Key=key, VersionId=version_id)

    def expire(self, key: str, at: datetime) -> str | None:
        """Write the delete marker of a lifecycle rule if S3 serves the object; return its id."""
        self.clock.now = at
        return self.versions.expire(key)

    def expire_version(self, key: str, version_id: str) -> None:
        """Delete a version or a delete marker for good, as a lifecycle rule does."""
        self.versions.expire_version(key, version_id)

    def deny(self, key: str, version_id: str, code: str = "AccessDenied") -> None:
        """Refuse to serve a version, with this error code."""
        self.versions.deny(key, version_id, code)

    def suspend_versioning(self) -> None:
        """Give uploads no ids of their own."""
        self.versions.status = "Suspended"

    def resume_versioning(self) -> None:
        """Give uploads ids of their own."""
        self.versions.status = "Enabled"


def create_stack(template: Template) -> MotoStack:
    """Create the buckets, the queues and the table within `moto.mock_aws`."""
    shorten_requests()
    session = boto3.Session(region_name=REGION)
    s3, sqs, dynamodb = session.client("s3"), session.client("sqs"), session.client("dynamodb")
    dead_letter_url = sqs.create_queue(QueueName=INGEST_DEAD_LETTERS)["QueueUrl"]
    queue_url = _create_queue(sqs, template, dead_letter_url)
    for name in (HUB_PINGS, HUB_PING_DEAD_LETTERS, INVALIDATIONS, INVALIDATION_DEAD_LETTERS):
        sqs.create_queue(QueueName=name)
    _create_buckets(s3, template, _arn(sqs, queue_url))
    table: dict[str, Any] = dict(properties(template, "Ledger"))
    created = dynamodb.create_table(
        TableName=LEDGER,
        AttributeDefinitions=table["AttributeDefinitions"],
        KeySchema=table["KeySchema"],
        BillingMode=table["BillingMode"],
        StreamSpecification={
            "StreamEnabled": True,
            "StreamViewType": table["StreamSpecification"]["StreamViewType"],
        },
    )
    clock = SourceClock(_LONG_AGO)
    return MotoStack(
        s3=s3,
        sqs=sqs,
        dynamodb=dynamodb,
        queue_url=queue_url,
        dead_letter_url=dead_letter_url,
        publish_retry_url=sqs.create_queue(QueueName=PUBLISH_RETRIES)["QueueUrl"],
        publish_dead_letter_url=sqs.create_queue(QueueName=PUBLISH_DEAD_LETTERS)["QueueUrl"],
        stream_arn=created["TableDescription"]["LatestStreamArn"],
        clock=clock,
        versions=MotoVersions(SOURCE_BUCKET, clock, lambda event: _notify(clock, event)),
    )


def create_hub(stack: MotoStack, template: Template) -> None:
    """Create the queues and the table of the site's own hub."""
    for name in (REQUESTS, NEWS, DELIVERIES, HUB_DEAD_LETTERS):
        stack.sqs.create_queue(QueueName=name)
    table = properties(template, "Subscriptions")
    made = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")
    stack.dynamodb.create_table(TableName=SUBSCRIPTIONS, **{key: table[key] for key in made})


def create_webhooks(stack: MotoStack, template: Template) -> None:
    """Create the table of webhooks."""
    table = properties(template, "Webhooks")
    made = ("AttributeDefinitions", "KeySchema", "BillingMode")
    stack.dynamodb.create_table(TableName=WEBHOOKS, **{key: table[key] for key in made})


def queue_url(name: str) -> str:
    """Return the URL of a queue on moto."""
    return f"https://sqs.{REGION}.amazonaws.com/{DEFAULT_ACCOUNT_ID}/{name}"


def _notify(clock: SourceClock, event: SourceEvent) -> None:
    """Send what S3 sends: moto sends nothing for a delete marker or a version that is removed."""
    record = s3_record(_change(event), clock.now)
    bucket: Any = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[SOURCE_BUCKET]
    for notification in bucket.notification_configuration.queue:
        if notification.matches(f"s3:{event.name}", event.key):
            sqs_backends[DEFAULT_ACCOUNT_ID][REGION].send_message(
                queue_name=notification.arn.rpartition(":")[2],
                message_body=compact(batch(record)),
            )


def _change(event: SourceEvent) -> S3Change:
    source, what = event.name.split(":")
    by_lifecycle = source == "LifecycleExpiration"
    if what == "Put":
        return Upload(event.key, b"", version_id=event.version_id)
    if what == "Delete":
        return Removal(event.key, event.version_id, by_lifecycle)
    return Deletion(event.key, event.version_id, by_lifecycle)


def _create_queue(sqs: "SQSClient", template: Template, dead_letter_url: str) -> str:
    queue = properties(template, "IngestQueue")
    redrive = {
        "deadLetterTargetArn": _arn(sqs, dead_letter_url),
        "maxReceiveCount": queue["RedrivePolicy"]["maxReceiveCount"],
    }
    created = sqs.create_queue(
        QueueName=INGEST,
        Attributes={
            "VisibilityTimeout": str(queue["VisibilityTimeout"]),
            "RedrivePolicy": json.dumps(redrive),
        },
    )
    return created["QueueUrl"]


def _create_buckets(s3: "S3Client", template: Template, queue_arn: str) -> None:
    s3.create_bucket(Bucket=SITE_BUCKET)
    s3.create_bucket(Bucket=SOURCE_BUCKET)
    source = properties(template, "SourceBucket")
    s3.put_bucket_versioning(
        Bucket=SOURCE_BUCKET,
        VersioningConfiguration={"Status": source["VersioningConfiguration"]["Status"]},
    )
    s3.put_bucket_notification_configuration(
        Bucket=SOURCE_BUCKET,
        NotificationConfiguration={
            "QueueConfigurations": [
                {
                    "QueueArn": queue_arn,
                    "Events": [item["Event"]],
                    "Filter": {"Key": {"FilterRules": item["Filter"]["S3Key"]["Rules"]}},
                }
                for item in source["NotificationConfiguration"]["QueueConfigurations"]
            ]
        },
    )


def _arn(sqs: "SQSClient", queue_url: str) -> str:
    answer = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
    return answer["Attributes"]["QueueArn"]
