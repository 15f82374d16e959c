"""Creates the clients of AWS, and the ledger.

They are clients of botocore. Those of boto3 are the same with methods for large files on top, which
nothing here uses and which a function loads for a tenth of its start.
"""

import time
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, cast

from botocore.config import Config
from botocore.session import Session, get_session

from gazette.models.limits import AWS_CONNECT_SECONDS, AWS_READ_SECONDS, MAX_AWS_ATTEMPTS
from gazette.ports import Clock
from gazette.runtime.bootstrap.once import CACHED
from gazette.store.dynamodb import DynamoLedger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

    from gazette.delivery.cloudfront import CloudFront

CONFIG = Config(
    connect_timeout=AWS_CONNECT_SECONDS,
    read_timeout=AWS_READ_SECONDS,
    retries={"mode": "standard", "total_max_attempts": MAX_AWS_ATTEMPTS},
)


def utc_now() -> datetime:
    """Return the current time."""
    return datetime.now(UTC)


@cache
def session() -> Session:
    """Return the session of the process: it reads the models of the services once."""
    return get_session()


def s3(connections: int = 10) -> "S3Client":
    config = CONFIG.merge(Config(max_pool_connections=connections))
    return cast("S3Client", session().create_client("s3", config=config))


def dynamodb(config: Config = CONFIG) -> "DynamoDBClient":
    return cast("DynamoDBClient", session().create_client("dynamodb", config=config))


@cache
def sqs() -> "SQSClient":
    return cast("SQSClient", session().create_client("sqs", config=CONFIG))


def cloudfront() -> "CloudFront":
    return cast("CloudFront", session().create_client("cloudfront", config=CONFIG))


def open_ledger(table: str, clock: Clock) -> DynamoLedger:
    return DynamoLedger(dynamodb(), table, clock, time.sleep)


CACHED.extend((session, sqs))
