"""The ways back of docs/disasters.md: after a loss and these commands the site has the same bytes.

The commands of AWS are called by their names in boto3. ministack's recovery to a point in time
restores what is there now, so the table is restored before it is emptied.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import boto3
import pytest

from gazette.models import paths
from gazette.models.contract.identity import event_id
from gazette_cli.commands.cli import main
from gazette_cli.emulators.ministack import REGION
from gazette_cli.emulators.stack import ACCESS_KEY, STACK_NAME, Stack, running_stack
from gazette_cli.emulators.template import ROOT
from tests.stack.conftest import eventually
from tests.stack.engines import SITE, complete_changes, differing
from tests.stack.settling import RunningStack, etags, settled
from tests.stack.test_rebuild import CREDENTIALS

pytestmark = pytest.mark.ministack

PARAMETERS = {
    "SiteUrl": SITE.base_url,
    "TagAuthority": SITE.tag_authority,
    "LedgerDeletionProtection": "false",
    "IngestConcurrency": "2",
}
GUIDE = (ROOT / "docs" / "disasters.md").read_text("utf-8")
RESTORED = "gazette-restored"
# Both want the same path. A rebuild reads them in the order of keys.
CLAIMANTS = ("events/z.json", "events/a.json")


@dataclass(frozen=True)
class Account:
    """A stack, the clients of its account, and the digests of its site before the loss."""

    stack: Stack
    before: Mapping[str, str]

    def client(self, name: str) -> Any:  # noqa: ANN401  # not all types are installed
        session: Any = boto3.Session(ACCESS_KEY, ACCESS_KEY, region_name=REGION)
        return session.client(name, endpoint_url=self.stack.ministack.endpoint)

    def gazette(self, *command: str) -> int:
        where = ["--stack-name", STACK_NAME, "--endpoint-url", self.stack.ministack.endpoint]
        return main([*command, *where])

    def rebuild(self) -> int:
        return self.gazette("rebuild", "--wait", "2")

    def empty_ledger(self) -> None:
        dynamodb, table = self.client("dynamodb"), self.stack.outputs["LedgerName"]
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            for item in page["Items"]:
                dynamodb.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})

    def empty_site(self) -> None:
        """Delete all documents when the stream has no work left that would restore some."""
        for path in settled(RunningStack(self.stack)):
            self.stack.s3.delete_object(Bucket=self.stack.site_bucket, Key=path)
        assert not etags(self.stack)

    def changed(self) -> list[str]:
        """Return the changed documents, without the news sitemap, which depends on the hour."""
        found = differing(etags(self.stack), self.before)
        return [path for path in found if path != paths.NEWS_SITEMAP]


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with (
        pytest.MonkeyPatch.context() as environment,
        running_stack(PARAMETERS) as stack,
    ):
        for name, value in CREDENTIALS.items():
            environment.setenv(name, value)
        write_all(stack)
        yield Account(stack, settled(RunningStack(stack)))


def write_all(stack: Stack) -> None:
    """Write what says all its times itself, and then the two that want one path, in turn."""
    for change in complete_changes()[::3]:
        stack.write(change.key, change.body)
    for key in CLAIMANTS:
        at = "2026-11-03T09:00:00Z"
        fields = {"title": "The same title", "date": "2026-11-03", "topics": ["Claims"]}
        stack.write(key, json.dumps({**fields, "published": at, "modified": at}).encode())
        tag = SITE.event_tag(event_id(key)).encode()
        assert eventually(partial(is_listed, stack, tag), 60)


def is_listed(stack: Stack, tag: bytes) -> bool:
    """Return whether an event is in the feed of its topic, so that its path is claimed."""
    return tag in (stack.read("topics/claims/feed.atom") or b"")


def documented(command: str) -> None:
    """Check that the guide says to do what the test does."""
    assert f"    {command}" in GUIDE, command


def test_a_ledger_that_is_lost_is_restored_from_its_backup(account: Account) -> None:
    documented("aws dynamodb restore-table-to-point-in-time --source-table-name LEDGER")
    documented("gazette restore gazette-restored --stack-name gazette-prod")
    documented("gazette rebuild --stack-name gazette-prod")
    dynamodb, ledger = account.client("dynamodb"), account.stack.outputs["LedgerName"]
    dynamodb.restore_table_to_point_in_time(
        SourceTableName=ledger, TargetTableName=RESTORED, UseLatestRestorableTime=True
    )
    account.empty_site()
    account.empty_ledger()
    assert account.gazette("restore", RESTORED) == 0
    assert account.rebuild() == 0
    assert account.changed() == []
    assert account.stack.dead_letters() == 0


def test_a_site_that_is_lost_is_rebuilt(account: Account) -> None:
    documented("gazette rebuild --stack-name gazette-prod")
    documented("aws cloudfront create-invalidation --distribution-id DISTRIBUTION_ID --paths '/*'")
    account.empty_site()
    assert account.rebuild() == 0
    account.client("cloudfront").create_invalidation(
        DistributionId=account.stack.outputs["DistributionId"],
        InvalidationBatch={"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": "1"},
    )
    assert account.changed() == []


def test_a_site_whose_bucket_is_lost_is_rebuilt_into_a_new_one(account: Account) -> None:
    documented("aws s3api get-bucket-policy --bucket SITE_BUCKET --query Policy --output text")
    documented("aws s3api create-bucket --bucket SITE_BUCKET")
    documented("aws s3api put-bucket-policy --bucket SITE_BUCKET --policy file://site-policy.json")
    s3, bucket = account.stack.s3, account.stack.site_bucket
    policy = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    account.empty_site()
    s3.delete_bucket(Bucket=bucket)
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    assert account.rebuild() == 0
    assert account.changed() == []


def test_a_stack_of_another_region_that_got_the_same_versions_publishes_the_same_site(
    account: Account,
) -> None:
    """The test writes the versions to both: ministack replicates no buckets."""
    documented("aws s3api put-bucket-replication --bucket SOURCE_BUCKET")
    documented("gazette rebuild --stack-name gazette-standby --region OTHER_REGION")
    with running_stack(PARAMETERS) as stack:
        write_all(stack)
        other = Account(stack, account.before)
        settled(RunningStack(stack))
        assert other.rebuild() == 0
        assert other.changed() == []


def test_without_a_backup_a_rebuild_gives_paths_in_the_order_of_keys(account: Account) -> None:
    """What the guide warns of. This test leaves the account changed, so it is the last one."""
    assert "events that wanted the same path" in GUIDE
    account.empty_site()
    account.empty_ledger()
    assert account.rebuild() == 0
    changed = account.changed()
    assert any(path.endswith("the-same-title.html") for path in changed)
    assert all("2026/11/3" in path or "news/" not in path for path in changed)
