"""The policy for writers on a stack that enforces it, and the workflow that publishes with it."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from gazette_cli.emulators.ministack import REGION, Ministack
from gazette_cli.emulators.stack import ACCESS_KEY, Stack, running_stack
from gazette_cli.writing.uploads import notification
from tests.e2e.certificates import make_tls
from tests.e2e.user import AWS
from tests.stack.conftest import eventually
from tests.stack.test_failures import PARAMETERS
from tests.template.test_writers import WORKFLOW
from tests.unit.images.image_files import image_file

pytestmark = pytest.mark.ministack

EVENT = "events/2026/11/tide & ebb.json"
PAGE = "news/2026/11/3/tide-and-ebb.html"
DOCUMENT = {"title": "Tide and ebb", "date": "2026-11-03", "slug": "tide-and-ebb"}


@dataclass(frozen=True)
class Writer:
    """A user with the policy for writers and no other."""

    stack: Stack
    session: boto3.Session

    def client(self, name: str) -> Any:  # noqa: ANN401  # not all types are installed
        untyped: Any = self.session
        return untyped.client(name, endpoint_url=self.stack.ministack.endpoint)


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writer]:
    tls = make_tls(tmp_path_factory.mktemp("tls"))
    with (
        pytest.MonkeyPatch.context() as environment,
        running_stack(PARAMETERS, make=lambda: Ministack(tls, enforces_iam=True)) as stack,
    ):
        environment.setenv("AWS_CA_BUNDLE", str(tls.certificate))
        root: Any = boto3.Session(ACCESS_KEY, ACCESS_KEY, region_name=REGION)
        iam = root.client("iam", endpoint_url=stack.ministack.endpoint)
        iam.create_user(UserName="writer")
        iam.attach_user_policy(UserName="writer", PolicyArn=stack.outputs["WriterPolicyArn"])
        key = iam.create_access_key(UserName="writer")["AccessKey"]
        yield Writer(
            stack, boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=REGION)
        )


def test_a_writer_publishes(writer: Writer) -> None:
    bucket, queue = writer.stack.source_bucket, writer.stack.outputs["IngestQueueUrl"]
    body = json.dumps({"title": "By hand", "date": "2026-11-03"}).encode()
    writer.client("s3").put_object(Bucket=bucket, Key="events/by-hand.json", Body=body)
    message = notification("events/by-hand.json")
    writer.client("sqs").send_message(QueueUrl=queue, MessageBody=message)
    assert eventually(lambda: writer.stack.read("news/2026/11/3/by-hand.html") is not None, 60)


# What a stolen key would be used for.
REFUSED: Mapping[str, Callable[[Writer, str], object]] = {
    "erase": lambda w, b: w.client("s3").put_object(Bucket=b, Key="erasures/a.json", Body=b"{}"),
    "write pages": lambda w, b: w.client("s3").put_object(Bucket=b, Key="static/a.html", Body=b""),
    "read": lambda w, b: w.client("s3").get_object(Bucket=b, Key=EVENT),
    "list": lambda w, b: w.client("s3").list_objects_v2(Bucket=b),
    "delete": lambda w, b: w.client("s3").delete_object(Bucket=b, Key=EVENT),
    "change the site": lambda w, _: w.client("s3").put_object(
        Bucket=w.stack.site_bucket, Key="index.html", Body=b""
    ),
    "receive": lambda w, _: w.client("sqs").receive_message(
        QueueUrl=w.stack.outputs["IngestQueueUrl"]
    ),
    "send elsewhere": lambda w, _: w.client("sqs").send_message(
        QueueUrl=w.stack.outputs["PublishRetryQueueUrl"], MessageBody="{}"
    ),
    "change the ledger": lambda w, _: w.client("dynamodb").delete_item(
        TableName=w.stack.outputs["LedgerName"], Key={"pk": {"S": "a"}, "sk": {"S": "b"}}
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_writer_may_do_nothing_else(writer: Writer, what: str) -> None:
    with pytest.raises(ClientError) as refused:
        REFUSED[what](writer, writer.stack.source_bucket)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two commits, the second of which adds an event and its image."""
    image = tmp_path / "images" / "quay ä.png"
    image.parent.mkdir()
    document = tmp_path / EVENT
    document.parent.mkdir(parents=True)
    git(tmp_path, "init", "--quiet")
    (tmp_path / "README").write_text("Events", encoding="utf-8")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "Begin")
    image.write_bytes(image_file(40, 30))
    fields = {**DOCUMENT, "image": {"key": "images/quay ä.png", "alt": "A quay"}}
    document.write_text(json.dumps(fields), encoding="utf-8")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "Report the tide")
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    names = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    command = ["git", *names, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, check=True, text=True).stdout  # noqa: S603  # our arguments


@pytest.mark.skipif(
    not (AWS.exists() and shutil.which("jq")), reason="needs make install-sam, and jq"
)
@pytest.mark.parametrize("is_first", [True, False])
def test_the_workflow_publishes_what_a_push_has_changed(
    writer: Writer, repository: Path, *, is_first: bool
) -> None:
    (job,) = WORKFLOW["jobs"].values()
    script = job["steps"][-1]["run"]
    credentials = writer.session.get_credentials()
    assert credentials is not None
    programs = repository / ".git" / "bin"
    programs.mkdir()
    # For SQS the AWS CLI takes the endpoint from the command line alone.
    endpoint = writer.stack.ministack.endpoint
    (programs / "aws").write_text(f'#!/bin/sh\nexec "{AWS}" --endpoint-url {endpoint} "$@"\n')
    (programs / "aws").chmod(0o755)
    environment = {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "BEFORE": "0" * 40 if is_first else git(repository, "rev-parse", "HEAD~1").strip(),
        "SOURCE_BUCKET": writer.stack.source_bucket,
        "INGEST_QUEUE_URL": writer.stack.outputs["IngestQueueUrl"],
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CA_BUNDLE": str(writer.stack.ministack.trusted),
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(  # noqa: S603  # the script of the workflow
        ["bash", "-c", script],  # noqa: S607  # as on a runner
        cwd=repository,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["images/quay ä.png", EVENT]
    assert eventually(lambda: b"quay" in (writer.stack.read(PAGE) or b""), 60)
    assert eventually(lambda: writer.stack.dead_letters() == 0, 5)
