"""CloudFormation and S3 of an account that a test deploys to, and programs that do not run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from botocore.exceptions import ClientError, WaiterError

from gazette_cli.deploying.account import Account
from gazette_cli.operate.deployment import StackAddress

ADDRESS = StackAddress("post", "http://127.0.0.1:4566", "eu-west-1")
OUTPUTS = {
    "SiteAddress": "https://post.example",
    "FeedAddress": "https://post.example/feed.atom",
    "SourceBucketName": "post-source-1-eu-west-1",
    "DashboardAddress": "https://console.example",
    "DistributionDomain": "d1.cloudfront.net",
}
PARAMETERS = {
    "TagAuthority": "post.example,2026",
    "SiteTitle": 'The "Post"',
    "AlarmEmail": "alarms@post.example",
}


def refusal(message: str, operation: str = "DescribeStacks") -> ClientError:
    return ClientError({"Error": {"Code": "ValidationError", "Message": message}}, operation)


@dataclass
class Formation:
    """The used part of CloudFormation; a stack is a status and parameters."""

    status: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    change_sets: list[str] = field(default_factory=list)
    changes: Sequence[Mapping[str, object]] = ()
    detections: Sequence[Mapping[str, str]] = ({"DetectionStatus": "DETECTION_COMPLETE"},)
    drifts: Sequence[Mapping[str, object]] = ()
    deleted: list[str] = field(default_factory=list)
    is_stuck: bool = False

    def describe_stacks(self, *, StackName: str) -> Mapping[str, object]:  # noqa: N803  # boto3's
        if not self.status:
            raise refusal(f"Stack with id {StackName} does not exist")
        stack = {
            "StackId": f"arn:{StackName}",
            "StackStatus": self.status,
            "Parameters": _pairs("Parameter", self.parameters),
            "Outputs": _pairs("Output", OUTPUTS),
        }
        return {"Stacks": [stack]}

    def delete_stack(self, *, StackName: str) -> None:  # noqa: N803  # boto3's
        self.deleted.append(StackName)
        self.status = self.status if self.is_stuck else ""

    def get_waiter(self, name: str) -> "Formation":
        assert name == "stack_delete_complete"
        return self

    def wait(self, *, StackName: str) -> None:  # noqa: N803  # boto3's
        if self.is_stuck:
            raise WaiterError(name=StackName, reason="DELETE_FAILED", last_response={})

    def get_paginator(self, name: str) -> "Pages":
        if name == "describe_change_set":
            return Pages([{"Changes": [{"ResourceChange": one} for one in self.changes]}])
        if not self.status:
            return Pages([])
        return Pages([{"Summaries": [{"ChangeSetId": one} for one in self.change_sets]}])

    def delete_change_set(self, *, ChangeSetName: str) -> None:  # noqa: N803  # boto3's
        self.change_sets.remove(ChangeSetName)

    def detect_stack_drift(self, *, StackName: str) -> Mapping[str, str]:  # noqa: N803  # boto3's
        self._left = list(self.detections)
        return {"StackDriftDetectionId": StackName}

    def describe_stack_drift_detection_status(self, **_: str) -> Mapping[str, str]:
        return self._left.pop(0)

    def describe_stack_resource_drifts(self, **asked: Any) -> Mapping[str, object]:  # noqa: ANN401  # boto3's
        """Answer with one resource a page."""
        number = int(asked.get("NextToken", 0))
        more = {"NextToken": str(number + 1)} if number + 1 < len(self.drifts) else {}
        return {"StackResourceDrifts": self.drifts[number : number + 1], **more}


@dataclass
class Pages:
    """What a paginator gives out. Without a page the stack does not exist."""

    pages: Sequence[Mapping[str, object]]

    def paginate(self, **_: str) -> Iterator[Mapping[str, object]]:
        if not self.pages:
            raise refusal("Stack [post] does not exist", "ListChangeSets")
        yield from self.pages


@dataclass
class Buckets:
    """The used part of S3: the buckets that are there."""

    names: Sequence[str] = ()

    def head_bucket(self, *, Bucket: str) -> None:  # noqa: N803  # boto3's
        if Bucket not in self.names:
            raise refusal("Not Found", "HeadBucket")


@dataclass
class Programs:
    """Notes the commands, and does to the stack what `sam deploy` would do."""

    formation: Formation
    fails: str = ""
    leaves: str = "CREATE_COMPLETE"
    commands: list[Sequence[str]] = field(default_factory=list)
    environments: list[Mapping[str, str]] = field(default_factory=list)

    def __call__(self, command: Sequence[str], environment: Mapping[str, str]) -> int:
        self.commands.append(command)
        self.environments.append(environment)
        if self.fails and self.fails in command:
            return 1
        if "--no-execute-changeset" in command:
            self.formation.change_sets.append("arn:new")
            self.formation.status = self.formation.status or "REVIEW_IN_PROGRESS"
        elif "deploy" in command:
            assert environment["AWS_ENDPOINT_URL"] == ADDRESS.endpoint
            self.formation.status = self.leaves
            self.formation.parameters = {**self.formation.parameters, **PARAMETERS}
        return 0


def account(formation: Formation, buckets: Sequence[str] = ()) -> Account:
    return Account(cast("Any", formation), cast("Any", Buckets(buckets)), "1", "eu-west-1")


def _pairs(kind: str, values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{f"{kind}Key": name, f"{kind}Value": text} for name, text in values.items()]
