"""Creates the resources of template.yaml on moto, from the same properties.

The CloudFormation of moto does not know SAM and runs Lambda only in Docker. So this module creates
the resources that data flows through, and `lambda_pollers` invokes the handlers.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

from gazette_cli.emulators.template import Template, properties

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

    def put(self, key: str, body: bytes, at: datetime) -> None:
        """Write a version into the source bucket at a chosen time."""
        answer = self.s3.put_object(Bucket=SOURCE_BUCKET, Key=key, Body=body)
        self._stamp(key, answer["VersionId"], at)

    def delete(self, key: str, at: datetime) -> None:
        """Delete an object and send its notification: moto sends none for a delete marker."""
        answer = self.s3.delete_object(Bucket=SOURCE_BUCKET, Key=key)
        if not answer.get("VersionId"):
            return  # unlike S3, moto creates no delete marker for an unknown key
        self._stamp(key, answer["VersionId"], at)
        record = {
            "eventSource": "aws:s3",
            "eventName": "ObjectRemoved:DeleteMarkerCreated",
            "s3": {"bucket": {"name": SOURCE_BUCKET}, "object": {"key": key}},
        }
        self.sqs.send_message(
            QueueUrl=self.queue_url, MessageBody=json.dumps({"Records": [record]})
        )

    def _stamp(self, key: str, version_id: str, at: datetime) -> None:
        # moto has no clock to set, and the site shows the time of a version.
        bucket = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[SOURCE_BUCKET]
        for version in bucket.keys.getlist(key):
            if version.version_id == version_id:
                version.last_modified = at.astimezone(UTC).replace(tzinfo=None)


def create_stack(template: Template) -> MotoStack:
    """Create the buckets, the queues and the table within `moto.mock_aws`."""
    session = boto3.Session(region_name=REGION)
    s3, sqs, dynamodb = session.client("s3"), session.client("sqs"), session.client("dynamodb")
    dead_letter_url = sqs.create_queue(QueueName=INGEST_DEAD_LETTERS)["QueueUrl"]
    queue_url = _create_queue(sqs, template, dead_letter_url)
    for name in (HUB_PINGS, HUB_PING_DEAD_LETTERS):
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
    return MotoStack(
        s3=s3,
        sqs=sqs,
        dynamodb=dynamodb,
        queue_url=queue_url,
        dead_letter_url=dead_letter_url,
        publish_retry_url=sqs.create_queue(QueueName=PUBLISH_RETRIES)["QueueUrl"],
        publish_dead_letter_url=sqs.create_queue(QueueName=PUBLISH_DEAD_LETTERS)["QueueUrl"],
        stream_arn=created["TableDescription"]["LatestStreamArn"],
    )


def queue_url(name: str) -> str:
    """Return the URL of a queue on moto."""
    return f"https://sqs.{REGION}.amazonaws.com/{DEFAULT_ACCOUNT_ID}/{name}"


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
