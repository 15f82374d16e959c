"""Fixtures for each port twice: in memory, and on a mocked AWS whose calls are counted."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Protocol

import boto3
import pytest
from moto import mock_aws

from gazette.delivery.memory import (
    NULL_VERSION,
    MemorySiteStore,
    MemorySourceArchive,
    SourceEvent,
)
from gazette.delivery.s3 import S3SiteStore, S3SourceArchive
from gazette.ports import Ledger, SiteStore, Sleep, SourceArchive
from gazette.store.dynamodb import DynamoLedger
from gazette.store.memory import MemoryLedger
from gazette_cli.emulators.template import load_template, properties
from gazette_cli.engines.headers import upload_arguments
from tests.emulators.moto_versions import MotoVersions, SourceClock

if TYPE_CHECKING:
    from botocore.model import OperationModel
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

_NAMES = count()


@dataclass
class Aws:
    """The clients, made once per module, and the number of calls of each operation."""

    s3: "S3Client"
    dynamodb: "DynamoDBClient"
    calls: Counter[str] = field(default_factory=Counter)

    def count(self, model: "OperationModel", **_: object) -> None:
        self.calls[f"{model.service_model.service_name}.{model.name}"] += 1


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
    """The calls of an adapter: those the memory adapters count, or the requests to AWS."""
    aws.calls.clear()
    return Counter() if engine == "memory" else aws.calls


@pytest.fixture
def ledger(engine: str, aws: Aws, calls: Counter[str]) -> Ledger:
    if engine == "memory":
        return MemoryLedger(calls, lambda _: None)
    return make_dynamo_ledger(aws)


def make_dynamo_ledger(aws: Aws, sleep: Sleep = lambda _: None) -> DynamoLedger:
    """Make a table from the Properties in template.yaml, so that the schema cannot drift."""
    name = f"ledger-{next(_NAMES)}"
    table = properties(load_template(), "Ledger")
    aws.dynamodb.create_table(
        TableName=name,
        **{key: table[key] for key in ("AttributeDefinitions", "KeySchema", "BillingMode")},
    )
    aws.calls.clear()
    return DynamoLedger(aws.dynamodb, name, sleep)


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
    """A source archive, and those who own its bucket, who act at chosen times.

    ``events`` are the notifications that the bucket has sent.
    """

    events: list[SourceEvent]

    @property
    def archive(self) -> SourceArchive:
        """What the services read."""

    def put(
        self,
        key: str,
        body: bytes,
        at: datetime,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        """Write a version and return its id."""

    def delete(self, key: str, at: datetime) -> str:
        """Write a delete marker and return its id."""

    def remove_version(self, key: str, version_id: str) -> None:
        """Delete a version or a delete marker for good."""

    def expire(self, key: str, at: datetime) -> None:
        """Write a delete marker as a lifecycle rule does."""

    def expire_version(self, key: str, version_id: str) -> None:
        """Delete a version or a delete marker for good as a lifecycle rule does."""

    def suspend_versioning(self) -> None:
        """Let every upload have the id ``null``."""

    def resume_versioning(self) -> None:
        """Let every upload have an id of its own."""

    def deny(self, key: str, version_id: str) -> None:
        """Refuse to serve a version."""


class MemoryPublishing(MemorySourceArchive):
    """The one in memory is a bucket, too."""

    def __init__(self, calls: Counter[str]) -> None:
        self.events: list[SourceEvent] = []
        super().__init__(calls, self.events.append)

    @property
    def archive(self) -> MemorySourceArchive:
        return self


class S3Publishing(Publishing):
    """Acts on a versioned bucket on moto through a client, where a client can."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._bucket = make_bucket(aws)
        self._clock = SourceClock(datetime(2026, 1, 1, tzinfo=UTC))
        self.events = []
        self._versions = MotoVersions(self._bucket, self._clock, self.events.append)
        self.resume_versioning()
        self._archive = S3SourceArchive(aws.s3, self._bucket)

    @property
    def archive(self) -> S3SourceArchive:
        return self._archive

    def put(
        self,
        key: str,
        body: bytes,
        at: datetime,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        self._clock.now = at
        with self._uncounted():
            answer = self._aws.s3.put_object(
                Bucket=self._bucket, Key=key, Body=body, **upload_arguments(headers)
            )
        return answer.get("VersionId", NULL_VERSION)

    def delete(self, key: str, at: datetime) -> str:
        self._clock.now = at
        with self._uncounted():
            return self._aws.s3.delete_object(Bucket=self._bucket, Key=key)["VersionId"]

    def remove_version(self, key: str, version_id: str) -> None:
        with self._uncounted():
            self._aws.s3.delete_object(Bucket=self._bucket, Key=key, VersionId=version_id)

    def expire(self, key: str, at: datetime) -> None:
        self._clock.now = at
        self._versions.expire(key)

    def expire_version(self, key: str, version_id: str) -> None:
        self._versions.expire_version(key, version_id)

    def suspend_versioning(self) -> None:
        self._set_versioning("Suspended")

    def resume_versioning(self) -> None:
        self._set_versioning("Enabled")

    def deny(self, key: str, version_id: str) -> None:
        self._versions.denied.add((key, version_id))

    def _set_versioning(self, status: Literal["Enabled", "Suspended"]) -> None:
        with self._uncounted():
            self._aws.s3.put_bucket_versioning(
                Bucket=self._bucket, VersioningConfiguration={"Status": status}
            )

    @contextmanager
    def _uncounted(self) -> Iterator[None]:
        before = Counter(self._aws.calls)
        yield
        self._aws.calls.clear()
        self._aws.calls.update(before)


@pytest.fixture
def publishing(engine: str, aws: Aws, calls: Counter[str]) -> Publishing:
    return MemoryPublishing(calls) if engine == "memory" else S3Publishing(aws)
