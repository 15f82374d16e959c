"""Every permission is needed: without any one of them a role cannot do its work."""

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
    bucket_without_grants,
    lacking,
    queue_without_grants,
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
# Without it S3 responds with 403 for a missing object; the emulator responds with 404.
# The emulator lets everybody publish to a topic.
UNCHECKED = {("SeeMissingDocuments", "s3:ListBucket"), ("PublishMessages", "sns:Publish")}
# Publishing reads documents in S3 only for ledgers of release 0.1.0, which kept none.
FOR_OLD_LEDGERS = {"PublishChangesFunction", "PublishLaterFunction"}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("stage")
    with (
        pytest.MonkeyPatch.context() as environment,
        running_stage(folder, environment.setenv) as stage,
    ):
        yield stage


def is_done(stage: Stage, role: Role, scenario: Scenario, *missing: Permission) -> bool:
    """Return whether a role without these permissions can run a scenario."""
    handicap = [one for one in role.permissions() if one.action in scenario.handicap]
    stage.forget()
    with lacking(stage, role, *handicap, *missing):
        try:
            scenario.run(stage)
        except RefusedError:
            return False
    return True


@pytest.mark.parametrize("function", SCENARIOS)
def test_every_permission_is_needed(stage: Stage, function: str) -> None:
    """tests/template checks the permissions that no scenario here needs."""
    role = read_role(stage, role_of(function))
    scenarios = SCENARIOS[function]
    assert [scenario.run for scenario in scenarios if not is_done(stage, role, scenario)] == []
    unchecked = {(grant.sid, grant.action) for grant in asked_by_lambda(function)} | UNCHECKED
    tried = [
        one
        for one in role.permissions()
        if (one.sid, one.action) not in unchecked and not _is_for_old_ledgers(function, one)
    ]
    needless = [
        one for one in tried if all(is_done(stage, role, scenario, one) for scenario in scenarios)
    ]
    assert needless == []
    print(  # noqa: T201  # the number shows that the test checked something
        f"{function}: each of {len(tried)} permissions is needed"
    )


def _is_for_old_ledgers(function: str, permission: Permission) -> bool:
    is_reading = permission.action == "s3:GetObjectVersion"
    return function in FOR_OLD_LEDGERS and is_reading and permission.resource.endswith("/events/*")


def test_a_notification_needs_a_grant_to_send(stage: Stage) -> None:
    stage.forget()
    url = stage.stack.outputs["IngestQueueUrl"]
    with queue_without_grants(stage, url):
        stage.stack.write("events/unheard.json", b"{}")
    stage.stack.write("events/heard.json", b"{}")
    assert eventually(lambda: stage.waiting("IngestQueueUrl") > 0)
    (message,) = stage.stack.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)["Messages"]
    assert "events/heard.json" in message["Body"]


@needs_node
def test_the_distribution_needs_a_grant_to_read(stage: Stage) -> None:
    stage.stack.s3.put_object(Bucket=stage.stack.site_bucket, Key="page.html", Body=b"Page")
    site = Distribution(stage.stack.ministack, stage.stack.outputs["DistributionDomain"])
    assert (site.get("/page.html").status, site.get("/page.html").body) == (HTTPStatus.OK, b"Page")
    with bucket_without_grants(stage, stage.stack.site_bucket):
        assert site.get("/page.html").status == HTTPStatus.FORBIDDEN


@pytest.fixture(scope="module")
def administrator(stage: Stage) -> boto3.Session:
    """A user with all permissions. It is not root, because no policy can deny root anything."""
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
def test_a_bucket_refuses_plain_http(
    stage: Stage, administrator: boto3.Session, bucket: str
) -> None:
    s3 = administrator.client("s3")
    name = stage.stack.outputs[bucket]
    s3.list_objects_v2(Bucket=name)
    with over_plain_http(s3), pytest.raises(ClientError, match="AccessDenied"):
        s3.list_objects_v2(Bucket=name)
    s3.close()


def test_a_queue_refuses_plain_http(stage: Stage, administrator: boto3.Session) -> None:
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
    """Add the header that a gateway adds to requests without TLS."""

    def say(request: "AWSPreparedRequest", **_: object) -> None:
        request.headers["X-Forwarded-Proto"] = "http"

    client.meta.events.register("before-send", say)
    try:
        yield
    finally:
        client.meta.events.unregister("before-send", say)
