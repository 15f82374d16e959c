"""Each port twice: in memory, and on a mocked AWS whose calls are counted on the wire."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Protocol

import boto3
import pytest
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

from gazette.delivery.memory import MemorySiteStore, MemorySourceArchive
from gazette.delivery.s3 import S3SiteStore, S3SourceArchive
from gazette.ports import Clock, Ledger, SiteStore, Sleep, SourceArchive
from gazette.store.dynamodb import DynamoLedger
from gazette.store.memory import MemoryLedger
from gazette_cli.emulators.template import load_template, properties

if TYPE_CHECKING:
    from botocore.model import OperationModel
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

_NAMES = count()


@dataclass
class Aws:
    """The clients, made once a module, and how often each operation was called with them."""

    s3: "S3Client"
    dynamodb: "DynamoDBClient"
    calls: Counter[str] = field(default_factory=Counter)

    def count(self, model: "OperationModel", **_: object) -> None:
        self.calls[f"{model.service_model.service_name}.{model.name}"] += 1


class Watch:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 7, 4, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with mock_aws():
        session = boto3.Session("testing", "testing", region_name="us-east-1")
        aws = Aws(session.client("s3"), session.client("dynamodb"))
        for client in (aws.s3, aws.dynamodb):
            client.meta.events.register("before-call", aws.count)
        yield aws


@pytest.fixture(params=["memory", "aws"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def calls(engine: str, aws: Aws) -> Counter[str]:
    """The calls an adapter made: what the memory adapters count, or what went over the wire."""
    aws.calls.clear()
    return Counter() if engine == "memory" else aws.calls


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def ledger(engine: str, aws: Aws, calls: Counter[str], watch: Watch) -> Ledger:
    if engine == "memory":
        return MemoryLedger(calls, lambda _: None, watch)
    return make_dynamo_ledger(aws, clock=watch)


def make_dynamo_ledger(
    aws: Aws, sleep: Sleep = lambda _: None, *, clock: Clock | None = None
) -> DynamoLedger:
    """Make a table from the Properties in template.yaml, so that the schema cannot drift."""
    name = f"ledger-{next(_NAMES)}"
    table = properties(load_template(), "Ledger")
    aws.dynamodb.create_table(
        TableName=name,
        **{key: table[key] for key in ("AttributeDefinitions", "KeySchema", "BillingMode")},
    )
    aws.calls.clear()
    return DynamoLedger(aws.dynamodb, name, clock or Watch(), sleep)


@pytest.fixture
def site_store(engine: str, aws: Aws, calls: Counter[str]) -> SiteStore:
    if engine == "memory":
        return MemorySiteStore(calls)
    return S3SiteStore(aws.s3, make_bucket(aws))


def make_bucket(aws: Aws) -> str:
    name = f"bucket-{next(_NAMES)}"
    aws.s3.create_bucket(Bucket=name)
    aws.calls.clear()
    return name


class Publishing(Protocol):
    """A source archive, and a publisher who writes to it at chosen times."""

    archive: SourceArchive

    def put(self, key: str, body: bytes, at: datetime) -> None:
        """Write a version."""

    def delete(self, key: str, at: datetime) -> None:
        """Write a delete marker."""


class MemoryPublishing(Publishing):
    def __init__(self, calls: Counter[str]) -> None:
        self.archive = self._memory = MemorySourceArchive(calls, lambda _: None)

    def put(self, key: str, body: bytes, at: datetime) -> None:
        self._memory.put(key, body, at)

    def delete(self, key: str, at: datetime) -> None:
        self._memory.delete(key, at)


class S3Publishing(Publishing):
    """Writes to a versioned bucket on moto, which has no clock to set: so versions are stamped."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._bucket = make_bucket(aws)
        aws.s3.put_bucket_versioning(
            Bucket=self._bucket, VersioningConfiguration={"Status": "Enabled"}
        )
        aws.calls.clear()
        self.archive = S3SourceArchive(aws.s3, self._bucket)

    def put(self, key: str, body: bytes, at: datetime) -> None:
        answer = self._aws.s3.put_object(Bucket=self._bucket, Key=key, Body=body)
        self._stamp(key, answer["VersionId"], at)

    def delete(self, key: str, at: datetime) -> None:
        answer = self._aws.s3.delete_object(Bucket=self._bucket, Key=key)
        self._stamp(key, answer["VersionId"], at)

    def _stamp(self, key: str, version_id: str, at: datetime) -> None:
        bucket = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[self._bucket]
        for version in bucket.keys.getlist(key):
            if version.version_id == version_id:
                version.last_modified = at.astimezone(UTC).replace(tzinfo=None)
        for operation in ("s3.PutObject", "s3.DeleteObject"):
            del self._aws.calls[operation]


@pytest.fixture
def publishing(engine: str, aws: Aws, calls: Counter[str]) -> Publishing:
    return MemoryPublishing(calls) if engine == "memory" else S3Publishing(aws)
