"""A stack publishes the same bytes as the other engines, and `gazette rebuild` restores them."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import boto3
import pytest

from gazette.models import paths
from gazette_cli.commands.cli import main
from gazette_cli.emulators.ministack import REGION
from gazette_cli.emulators.stack import ACCESS_KEY, STACK_NAME, Stack, running_stack
from tests.site.conftest import samples
from tests.stack.engines import (
    SITE,
    by_memory,
    by_moto,
    complete_changes,
    differing,
    digests_of,
)
from tests.stack.settling import RunningStack, etags, settled

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = pytest.mark.ministack

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": ACCESS_KEY,
    "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
    "AWS_DEFAULT_REGION": REGION,
}


class Published(NamedTuple):
    """A stack with samples, and the digests of its site."""

    stack: Stack
    before: Mapping[str, str]

    def changed(self) -> list[str]:
        """Return the changed documents, without the news sitemap, which depends on the hour."""
        return [path for path in differing(etags(self.stack), self.before) if path != NEWS]

    def empty_site(self) -> None:
        """Delete all documents when the stream has no work left that would restore some."""
        for path in settled(RunningStack(self.stack)):
            self.stack.s3.delete_object(Bucket=self.stack.site_bucket, Key=path)
        assert not etags(self.stack)

    def empty_ledger(self) -> None:
        dynamodb, table = self._dynamodb(), self.stack.outputs["LedgerName"]
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            for item in page["Items"]:
                dynamodb.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})

    def _dynamodb(self) -> "DynamoDBClient":
        session = boto3.Session(ACCESS_KEY, ACCESS_KEY, region_name=REGION)
        return session.client("dynamodb", endpoint_url=self.stack.ministack.endpoint)


NEWS = paths.NEWS_SITEMAP


@pytest.fixture(scope="module")
def complete() -> Iterator[Published]:
    """Publish only what all engines publish alike."""
    parameters = {
        "SiteUrl": SITE.base_url,
        "TagAuthority": SITE.tag_authority,
        "LedgerDeletionProtection": "false",
        "IngestConcurrency": "2",
    }
    with running_stack(parameters) as stack:
        for change in complete_changes():
            stack.write(change.key, change.body)
        yield Published(stack, settled(RunningStack(stack)))


@pytest.fixture(scope="module")
def published(complete: Published) -> Published:
    """Publish the other samples too: deletions, and documents without times."""
    are_there = {change.key for change in complete_changes()}
    for change in samples():
        if change.key not in are_there:
            complete.stack.write(change.key, change.body)
    return Published(complete.stack, settled(RunningStack(complete.stack)))


def test_three_engines_publish_the_same_bytes(complete: Published, tmp_path: Path) -> None:
    """DESIGN: for one input all three give byte-identical sites."""
    versions = complete_changes()
    on_memory = digests_of(by_memory(versions, tmp_path / "memory"))
    on_moto = digests_of(by_moto(versions, tmp_path / "moto"))
    assert len(on_memory) > len(versions)
    assert differing(on_moto, on_memory) == []
    # The news sitemap depends on the hour, and ministack has the real one.
    assert set(differing(complete.before, on_memory)) <= {NEWS}


def rebuild(stack: Stack, monkeypatch: pytest.MonkeyPatch, more: Sequence[str] = ()) -> int:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    where = ["--stack-name", STACK_NAME, "--endpoint-url", stack.ministack.endpoint]
    return main(["rebuild", *where, "--wait", "2", *more])


def test_a_rebuild_of_a_correct_site_writes_nothing(
    published: Published, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rebuild(published.stack, monkeypatch, ["--iterations", "1"]) == 0
    output = capsys.readouterr().out
    assert "documents: 0 written, 0 removed" in output
    assert "orphan" not in output
    assert published.changed() == []


def test_an_empty_site_is_rebuilt_byte_by_byte_and_an_orphan_is_reported(
    published: Published, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """SPEC V8."""
    published.empty_site()
    orphan = "topics/unknown/index.html"
    published.stack.s3.put_object(Bucket=published.stack.site_bucket, Key=orphan, Body=b"?")
    assert rebuild(published.stack, monkeypatch) == 0
    assert f"{orphan} is an orphan" in capsys.readouterr().out
    published.stack.s3.delete_object(Bucket=published.stack.site_bucket, Key=orphan)
    assert published.changed() == []


def test_an_empty_ledger_and_an_empty_site_are_rebuilt_byte_by_byte(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SPEC V8. No two samples prefer the same path, so the claims are restored too."""
    published.empty_site()
    published.empty_ledger()
    assert rebuild(published.stack, monkeypatch) == 0
    assert published.changed() == []
    assert published.stack.dead_letters() == 0
