"""No permission is without need: a role that lacks any single one cannot do its work."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError

from gazette_cli.emulators.ministack import REGION
from gazette_cli.emulators.template import resources
from tests.e2e.permissions import (
    Permission,
    Role,
    bucket_without_leave,
    lacking,
    queue_without_leave,
    read_role,
)
from tests.e2e.scenarios import SCENARIOS, Scenario
from tests.e2e.stage import RefusedError, Stage, running_stage
from tests.e2e.user import eventually, needs_node
from tests.stack.distribution import Distribution
from tests.template.asked_by_lambda import asked_by_lambda
from tests.template.reading import TEMPLATE_TREE, role_of

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

pytestmark = pytest.mark.ministack
# Without it S3 answers 403 for what is not there, and the emulator 404 all the same.
UNASKED = {("TellWhatIsMissing", "s3:ListBucket")}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("stage")
    with (
        pytest.MonkeyPatch.context() as environment,
        running_stage(folder, environment.setenv) as stage,
    ):
        yield stage


def is_done(stage: Stage, role: Role, scenario: Scenario, *missing: Permission) -> bool:
    """Say whether an scenario can be run by a role that lacks permissions."""
    handicap = [one for one in role.permissions() if one.action in scenario.handicap]
    stage.forget()
    with lacking(stage, role, *handicap, *missing):
        try:
            scenario.run(stage)
        except RefusedError:
            return False
    return True


@pytest.mark.parametrize("function", SCENARIOS)
def test_no_permission_is_without_need(stage: Stage, function: str) -> None:
    """What nobody here asks for is held to what AWS says of it, by tests/template."""
    role = read_role(stage, role_of(function))
    scenarios = SCENARIOS[function]
    assert [scenario.run for scenario in scenarios if not is_done(stage, role, scenario)] == []
    unasked = {(grant.sid, grant.action) for grant in asked_by_lambda(function)} | UNASKED
    tried = [one for one in role.permissions() if (one.sid, one.action) not in unasked]
    needless = [
        one for one in tried if all(is_done(stage, role, scenario, one) for scenario in scenarios)
    ]
    assert needless == []
    print(  # noqa: T201  # how much was tried is worth knowing
        f"{function}: each of {len(tried)} permissions was missed when it was taken away"
    )


def test_no_hint_comes_without_leave_to_send_it(stage: Stage) -> None:
    stage.forget()
    url = stage.stack.outputs["IngestQueueUrl"]
    with queue_without_leave(stage, url):
        stage.stack.write("events/unheard.json", b"{}")
    stage.stack.write("events/heard.json", b"{}")
    assert eventually(lambda: stage.waiting("IngestQueueUrl") > 0)
    (message,) = stage.stack.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)["Messages"]
    assert "events/heard.json" in message["Body"]


@needs_node
def test_nothing_is_read_without_leave_to_read_it(stage: Stage) -> None:
    stage.stack.s3.put_object(Bucket=stage.stack.site_bucket, Key="page.html", Body=b"Page")
    site = Distribution(stage.stack.ministack, stage.stack.outputs["DistributionDomain"])
    assert (site.get("/page.html").status, site.get("/page.html").body) == (HTTPStatus.OK, b"Page")
    with bucket_without_leave(stage, stage.stack.site_bucket):
        assert site.get("/page.html").status == HTTPStatus.FORBIDDEN


@pytest.fixture(scope="module")
def administrator(stage: Stage) -> boto3.Session:
    """Somebody to whom everything is allowed, but who is not root, who is never denied anything."""
    stage.iam.create_user(UserName="administrator")
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    stage.iam.put_user_policy(
        UserName="administrator",
        PolicyName="Everything",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
    )
    key = stage.iam.create_access_key(UserName="administrator")["AccessKey"]
    return boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=REGION)


@pytest.mark.parametrize("bucket", ["SourceBucketName", "SiteBucketName", "FailedBatchBucketName"])
def test_a_bucket_answers_nobody_over_plain_http(
    stage: Stage, administrator: boto3.Session, bucket: str
) -> None:
    s3 = administrator.client("s3")
    name = stage.stack.outputs[bucket]
    s3.list_objects_v2(Bucket=name)
    with over_plain_http(s3), pytest.raises(ClientError, match="AccessDenied"):
        s3.list_objects_v2(Bucket=name)
    s3.close()


def test_no_queue_answers_anybody_over_plain_http(
    stage: Stage, administrator: boto3.Session
) -> None:
    sqs = administrator.client("sqs")
    queues = [url for name, url in stage.stack.outputs.items() if name.endswith("QueueUrl")]
    assert len(queues) == len(resources(TEMPLATE_TREE, "AWS::SQS::Queue"))
    for url in queues:
        sqs.get_queue_attributes(QueueUrl=url)
        with over_plain_http(sqs), pytest.raises(ClientError, match="AccessDenied"):
            sqs.get_queue_attributes(QueueUrl=url)
    sqs.close()


@contextmanager
def over_plain_http(client: "S3Client | SQSClient") -> Iterator[None]:
    """Let requests say what a gateway says of those that came to it without TLS."""

    def say(request: "AWSPreparedRequest", **_: object) -> None:
        request.headers["X-Forwarded-Proto"] = "http"

    client.meta.events.register("before-send", say)
    try:
        yield
    finally:
        client.meta.events.unregister("before-send", say)
