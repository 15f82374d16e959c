"""Break a stack, list the failures, repair it and replay: the site is correct, the list empty.

Retries that wait for minutes on AWS do not wait here.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from gazette.models.contract import identity
from gazette_cli.commands.cli import main
from gazette_cli.emulators.ministack import REGION
from gazette_cli.emulators.stack import ACCESS_KEY, STACK_NAME, Stack, running_stack
from gazette_cli.engines.engine import TAG_AUTHORITY
from tests.cli.test_dead_letters import failed_batch, stream_record
from tests.stack.conftest import SITE_URL, eventually

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

pytestmark = pytest.mark.ministack

PARAMETERS = {
    "SiteUrl": SITE_URL,
    "TagAuthority": TAG_AUTHORITY,
    "LedgerDeletionProtection": "false",
    "IngestConcurrency": "2",
}
INGEST, PUBLISH, EXPIRE = (
    "IngestEventFunction",
    "PublishChangesFunction",
    "ExpireEntriesFunction",
)
HOUR = {"time": "2026-11-24T09:02:00Z"}


@dataclass(frozen=True)
class Operator:
    """A user of the command line with a stack."""

    stack: Stack
    functions: Any  # the client of Lambda, whose types are not installed
    formation: "CloudFormationClient"
    capsys: pytest.CaptureFixture[str]

    def gazette(self, *arguments: str) -> tuple[int, str]:
        """Run the command line and return its status and its output."""
        address = ["--endpoint-url", self.stack.ministack.endpoint, "--region", REGION]
        status = main([*arguments, "--stack-name", STACK_NAME, *address])
        captured = self.capsys.readouterr()
        assert captured.err == ""
        return status, captured.out

    def listed(self) -> dict[str, Any]:
        status, output = self.gazette("failures", "--json")
        assert status == 0
        shape: dict[str, Any] = json.loads(output)
        return shape

    def failed(self) -> dict[str, str]:
        """Return the reasons of the failures by subject."""
        return {item["subject"]: item["reason"] for item in self.listed()["failed"]}

    def name_of(self, logical_id: str) -> str:
        answer = self.formation.describe_stack_resource(
            StackName=STACK_NAME, LogicalResourceId=logical_id
        )
        return answer["StackResourceDetail"].get("PhysicalResourceId", "")

    @contextmanager
    def broken(self, logical_id: str, **variables: str) -> Iterator[None]:
        """Change the variables of a function within the block, as a wrong deployment would."""
        name = self.name_of(logical_id)
        before: Mapping[str, str] = self.functions.get_function_configuration(FunctionName=name)[
            "Environment"
        ]["Variables"]
        self._set(name, {**before, **variables})
        try:
            yield
        finally:
            self._set(name, before)

    def _set(self, name: str, variables: Mapping[str, str]) -> None:
        self.functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": dict(variables)}
        )

    def run_later(self, logical_id: str, payload: object) -> None:
        """Invoke a function as a schedule does."""
        self.functions.invoke(
            FunctionName=self.name_of(logical_id),
            InvocationType="Event",
            Payload=json.dumps(payload).encode(),
        )


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """Start a stack for all tests; each has an event and a topic of its own."""
    with running_stack(PARAMETERS) as stack:
        yield stack


@pytest.fixture
def operator(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Operator]:
    with operating(stack, monkeypatch, capsys) as operator:
        yield operator
        assert eventually(lambda: operator.failed() == {})


@contextmanager
def operating(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Operator]:
    """Connect to a stack."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, ACCESS_KEY)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    endpoint, session = stack.ministack.endpoint, boto3.Session(region_name=REGION)
    functions = session.client("lambda", endpoint_url=endpoint)
    formation = session.client("cloudformation", endpoint_url=endpoint)
    capsys.readouterr()
    yield Operator(stack, functions, formation, capsys)
    functions.close()
    formation.close()


def event(title: str, topic: str) -> bytes:
    document = {"title": title, "date": "2026-11-03", "topics": [topic]}
    return json.dumps(document).encode()


def titles(stack: Stack, topic: str) -> list[str]:
    feed = stack.read(f"topics/{topic}/feed.json")
    return [item["title"] for item in json.loads(feed)["items"]] if feed else []


def test_a_failed_notification_is_listed_and_replayed(operator: Operator) -> None:
    operator.stack.sqs.set_queue_attributes(
        QueueUrl=operator.stack.outputs["IngestQueueUrl"], Attributes={"VisibilityTimeout": "1"}
    )
    key = identity.event_key("2026/11/harbour boat")
    with operator.broken(INGEST, LEDGER_TABLE="no-such-table"):
        operator.stack.write(key, event("Back", "harbour"))
        assert eventually(lambda: operator.stack.dead_letters() == 1, 60)
        failed = operator.failed()
    assert failed.keys() == {key}
    assert "ResourceNotFoundException" in failed[key]
    assert titles(operator.stack, "harbour") == []
    status, output = operator.gazette("replay")
    assert (status, output.splitlines()[-1]) == (0, "1 replayed, 0 left")
    assert eventually(lambda: titles(operator.stack, "harbour") == ["Back"])
    assert operator.failed() == {}


def test_failed_partitions_are_listed_by_key_and_replayed(operator: Operator) -> None:
    with operator.broken(PUBLISH, SITE_BUCKET="no-such-bucket", RETRY_SECONDS="0"):
        operator.stack.write(identity.event_key("2026/11/bridges"), event("Back", "bridges"))
        wanted = {"EVENT#2026/11/bridges", "TOPIC#bridges", "SITE#", "DAY#2026-11-03"}
        assert eventually(lambda: operator.stack.dead_letters() >= len(wanted), 60)
        assert eventually(lambda: wanted <= operator.failed().keys(), 60)
        failed = operator.failed()
    assert all("NoSuchBucket" in failed[partition] for partition in wanted)
    assert titles(operator.stack, "bridges") == []
    assert operator.gazette("replay")[0] == 0
    assert eventually(lambda: titles(operator.stack, "bridges") == ["Back"])
    assert eventually(lambda: operator.stack.read("sitemap.xml") is not None)
    assert operator.failed() == {}


def test_a_batch_that_ended_the_function_is_listed_and_replayed(operator: Operator) -> None:
    """Ministack does not store a failed batch, so the test writes the object of Lambda."""
    operator.stack.write(identity.event_key("2026/11/trams"), event("Back", "trams"))
    assert eventually(lambda: titles(operator.stack, "trams") == ["Back"])
    operator.stack.s3.delete_object(Bucket=operator.stack.site_bucket, Key="topics/trams/feed.json")
    record = stream_record("TOPIC#trams", "REBUILD#EXPIRED")
    operator.stack.s3.put_object(
        Bucket=operator.stack.outputs["FailedBatchBucketName"],
        Key="aws/lambda/mapping/shard/2026/11/24/2026-11-24T09.02.00-0001",
        Body=failed_batch({"Records": [record]}),
    )
    assert operator.failed() == {"1 changes of TOPIC#trams": "ended the function at every attempt"}
    assert titles(operator.stack, "trams") == []
    assert operator.gazette("replay")[0] == 0
    assert eventually(lambda: titles(operator.stack, "trams") == ["Back"])
    assert operator.failed() == {}


def test_a_whole_partition_is_published_again(operator: Operator) -> None:
    operator.stack.write(identity.event_key("2026/11/canals"), event("Back", "canals"))
    assert eventually(lambda: titles(operator.stack, "canals") == ["Back"])
    for path in ("topics/canals/feed.json", "topics/canals/index.html"):
        operator.stack.s3.delete_object(Bucket=operator.stack.site_bucket, Key=path)
    status, output = operator.gazette("replay", "--partition", "TOPIC#canals")
    assert (status, output.endswith("changes for publishing\n")) == (0, True)
    assert eventually(lambda: titles(operator.stack, "canals") == ["Back"])
    assert eventually(lambda: operator.stack.read("topics/canals/index.html") is not None)


def test_a_failed_run_is_listed_and_replayed(operator: Operator) -> None:
    with operator.broken(EXPIRE, TOMBSTONE_DAYS="no number"):
        operator.run_later(EXPIRE, HOUR)
        assert eventually(lambda: operator.stack.dead_letters() == 1, 60)
        ((function, reason),) = operator.failed().items()
        assert function == operator.name_of(EXPIRE)
        assert reason.startswith("failed at every attempt: ")
        assert "1 validation error for ExpirySettings TOMBSTONE_DAYS Input should be" in reason
        status, output = operator.gazette("replay")
        assert status == 1
        assert "failed again: " in output
        assert "1 validation error for ExpirySettings" in output
    assert len(operator.failed()) == 1
    assert operator.gazette("replay")[0] == 0
    assert operator.failed() == {}


def test_a_quarantined_document_is_listed_until_a_valid_version(operator: Operator) -> None:
    key = identity.event_key("2026/11/parks")
    operator.stack.write(key, b'{"title": "Back", "date": "3 November"}')
    assert eventually(lambda: len(operator.listed()["quarantined"]) == 1)
    (bad,) = operator.listed()["quarantined"]
    assert (bad["key"], bad["number"]) == (key, 1)
    assert [problem["field"] for problem in bad["problems"]] == ["date"]
    versions = operator.stack.s3.list_object_versions(
        Bucket=operator.stack.source_bucket, Prefix=key
    )
    assert bad["version_id"] == versions["Versions"][0]["VersionId"]
    status, output = operator.gazette("failures")
    assert (status, "Quarantined" in output) == (0, True)
    operator.stack.write(key, event("Back", "parks"))
    assert eventually(lambda: operator.listed()["quarantined"] == [])
    assert eventually(lambda: titles(operator.stack, "parks") == ["Back"])


def test_a_missing_stack_is_reported_in_one_line(operator: Operator) -> None:
    endpoint = operator.stack.ministack.endpoint
    address = ["--endpoint-url", endpoint, "--region", REGION]
    assert main(["failures", "--stack-name", "gazette-nowhere", *address]) == 2
    captured = operator.capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("gazette: stack gazette-nowhere: ")
    assert "does not exist" in captured.err
    assert captured.err.count("\n") == 1


def test_a_stack_of_another_application_is_reported_in_one_line(operator: Operator) -> None:
    body = "Resources: {Queue: {Type: AWS::SQS::Queue}}"
    operator.formation.create_stack(StackName="other", TemplateBody=body)
    address = ["--endpoint-url", operator.stack.ministack.endpoint, "--region", REGION]
    assert main(["replay", "--stack-name", "other", *address]) == 2
    captured = operator.capsys.readouterr()
    assert captured.err.startswith("gazette: stack other: not a stack of Gazette, it lacks ")
