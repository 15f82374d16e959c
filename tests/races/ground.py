"""The ground of a race: a table, two buckets and a queue of template.yaml for the racers alone."""

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

import boto3

from gazette_cli.emulators.ministack import REGION
from gazette_cli.emulators.stack import ACCESS_KEY
from gazette_cli.emulators.template import load_template, properties
from tests.emulators.moto_engine import function_environment
from tests.unit.publish.worlds import SITE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Ground:
    """The names of the table, the buckets and the stream; it can be pickled."""

    source_bucket: str
    site_bucket: str
    table: str
    stream_arn: str
    invalidations_url: str

    def environment(self) -> dict[str, str]:
        """Return the environment of a function that works here."""
        return {
            "SOURCE_BUCKET": self.source_bucket,
            "SITE_BUCKET": self.site_bucket,
            "LEDGER_TABLE": self.table,
            "INVALIDATE_QUEUE_URL": self.invalidations_url,
        }


def root_environment(endpoint: str) -> dict[str, str]:
    """Return the environment of a function with the root credentials of an emulator."""
    return function_environment(SITE) | {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
        "AWS_ENDPOINT_URL": endpoint,
        # One more request at a time.
        "DELIVERY_WORKERS": "2",
    }


@dataclass(frozen=True, slots=True)
class Clients:
    """Clients of the emulator."""

    s3: "S3Client"
    dynamodb: "DynamoDBClient"
    sqs: "SQSClient"


def make_clients(endpoint: str) -> Clients:
    session = boto3.Session(ACCESS_KEY, ACCESS_KEY, region_name=REGION)
    return Clients(
        session.client("s3", endpoint_url=endpoint),
        session.client("dynamodb", endpoint_url=endpoint),
        session.client("sqs", endpoint_url=endpoint),
    )


def make_ground(clients: Clients) -> Ground:
    """Create an empty table, empty buckets and an empty queue.

    The site bucket is versioned, unlike that of the template, so a test can read what was
    published.
    """
    number = next(_NUMBERS)
    source, site, table = f"source-{number}", f"site-{number}", f"ledger-{number}"
    for bucket in (source, site):
        clients.s3.create_bucket(Bucket=bucket)
        clients.s3.put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
        )
    ledger = properties(load_template(), "Ledger")
    created = clients.dynamodb.create_table(
        TableName=table,
        **{key: ledger[key] for key in ("AttributeDefinitions", "KeySchema", "BillingMode")},
        StreamSpecification={
            "StreamEnabled": True,
            "StreamViewType": ledger["StreamSpecification"]["StreamViewType"],
        },
    )
    stream_arn = created["TableDescription"]["LatestStreamArn"]
    queue = clients.sqs.create_queue(QueueName=f"invalidations-{number}")
    return Ground(source, site, table, stream_arn, queue["QueueUrl"])
