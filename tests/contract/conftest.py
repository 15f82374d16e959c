"""Fixtures for each port: in memory, in a file, and on a mocked AWS whose calls are counted."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Protocol

import boto3
import pytest
from moto import mock_aws

from gazette.delivery.local_source import NULL_VERSION, SourceEvent
from gazette.delivery.memory import MemorySiteStore, MemorySourceArchive
from gazette.delivery.s3 import S3SiteStore, S3SourceArchive
from gazette.ports import Clock, Ledger, SiteStore, Sleep, SourceArchive
from gazette.store.dynamodb import DynamoLedger
from gazette.store.memory import MemoryLedger
from gazette_cli.emulators.template import load_template, properties
from gazette_cli.engines.headers import upload_arguments
from gazette_cli.engines.sqlite.site_file import SiteFile
from gazette_cli.engines.sqlite.sqlite_ledger import SqliteLedger
from gazette_cli.engines.sqlite.sqlite_source import SqliteSourceArchive
from tests.emulators.moto_shortcuts import shorten_requests
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


class Watch:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 7, 4, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    shorten_requests()
    with mock_aws():
        session = boto3.Session("testing", "testing", region_name="us-east-1")
        aws = Aws(session.client("s3"), session.client("dynamodb"))
        for client in (aws.s3, aws.dynamodb):
            client.meta.events.register("before-call", aws.count)
        yield aws


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on all engines that keep what it needs: a folder keeps no headers."""
    names = set(metafunc.fixturenames)
    if "engine" in names:
        is_kept = names & {"ledger", "publishing"} and "site_store" not in names
        engines = ["memory", *(["sqlite"] if is_kept else []), "aws"]
        metafunc.parametrize("engine", engines, indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def calls(engine: str, aws: Aws) -> Counter[str]:
    """The calls of an adapter: those the memory adapters count, or the requests to AWS."""
    aws.calls.clear()
    return aws.calls if engine == "aws" else Counter()


@pytest.fixture
def file(tmp_path: Path) -> Iterator[SiteFile]:
    """The file next to a folder, with its tables."""
    with SiteFile(tmp_path / "site") as file:
        yield file


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def ledger(
    engine: str, aws: Aws, calls: Counter[str], watch: Watch, request: pytest.FixtureRequest
) -> Ledger:
    if engine == "memory":
        return MemoryLedger(calls, lambda _: None, watch)
    if engine == "sqlite":
        file: SiteFile = request.getfixturevalue("file")
        return SqliteLedger(file.connection, calls, lambda _: None, watch)
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

    def expire(self, key: str, at: datetime) -> object:
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


class SqlitePublishing(SqliteSourceArchive):
    """The one in a file is a bucket, too."""

    def __init__(self, file: SiteFile, calls: Counter[str]) -> None:
        self.events: list[SourceEvent] = []
        super().__init__(file.connection, calls, self.events.append)

    @property
    def archive(self) -> SqliteSourceArchive:
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
        self._versions.deny(key, version_id)

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
def publishing(
    engine: str, aws: Aws, calls: Counter[str], request: pytest.FixtureRequest
) -> Publishing:
    if engine == "memory":
        return MemoryPublishing(calls)
    if engine == "sqlite":
        return SqlitePublishing(request.getfixturevalue("file"), calls)
    return S3Publishing(aws)
