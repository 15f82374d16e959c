"""Reads the permissions of a role one by one, and removes some of them."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from tests.e2e.stage import Document, Stage

_ALSO = {"sqs:SendMessage": ("sqs:SendMessageBatch",)}


class Permission(NamedTuple):
    """One action on one resource that a statement allows."""

    sid: str
    action: str
    resource: str
    condition: Document

    @property
    def asked(self) -> Sequence[str]:
        """The actions that the emulator checks.

        On AWS the permission to send a message includes batches (SQS Developer Guide, "Amazon SQS
        batch actions"); the emulator checks a second action for them.
        """
        return [self.action, *_ALSO.get(self.action, ())]

    def __str__(self) -> str:
        return f"{self.sid}: {self.action} on {self.resource}"


class Role(NamedTuple):
    """A role of the stack with its only policy."""

    name: str
    policy_name: str
    policy: Document

    def permissions(self) -> Iterator[Permission]:
        for statement in self.policy["Statement"]:
            for action in listed(statement["Action"]):
                for resource in listed(statement["Resource"]):
                    condition = statement.get("Condition", {})
                    yield Permission(statement["Sid"], action, resource, condition)

    def without(self, *lacking: Permission) -> Document:
        """Return the policy without these permissions."""
        left = [
            {
                "Sid": f"P{number}",
                "Effect": "Allow",
                "Action": one.asked,
                "Resource": one.resource,
                **({"Condition": one.condition} if one.condition else {}),
            }
            for number, one in enumerate(self.permissions())
            if one not in lacking
        ]
        return {**self.policy, "Statement": left}


def listed(value: str | Sequence[str]) -> Sequence[str]:
    """Return the values of a policy field that is a string or a list."""
    return [value] if isinstance(value, str) else value


def read_role(stage: Stage, logical_id: str) -> Role:
    """Read a role with its only policy, which is inline."""
    name = stage.physical(logical_id)
    (policy_name,) = stage.iam.list_role_policies(RoleName=name)["PolicyNames"]
    policy = stage.iam.get_role_policy(RoleName=name, PolicyName=policy_name)["PolicyDocument"]
    return Role(name, policy_name, policy)


@contextmanager
def lacking(stage: Stage, role: Role, *permissions: Permission) -> Iterator[None]:
    """Remove permissions of a role within the block."""

    def put(policy: Document) -> None:
        stage.iam.put_role_policy(
            RoleName=role.name, PolicyName=role.policy_name, PolicyDocument=json.dumps(policy)
        )

    put(role.without(*permissions))
    try:
        yield
    finally:
        put(role.policy)


@contextmanager
def queue_without_grants(stage: Stage, url: str) -> Iterator[None]:
    """Remove the Allow statements of the policy of a queue within the block."""
    sqs = stage.stack.sqs
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
    policy = answer["Attributes"]["Policy"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": _without_grants(policy)})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})


@contextmanager
def bucket_without_grants(stage: Stage, bucket: str) -> Iterator[None]:
    """Remove the Allow statements of the policy of a bucket within the block."""
    s3 = stage.stack.s3
    policy = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    s3.put_bucket_policy(Bucket=bucket, Policy=_without_grants(policy))
    try:
        yield
    finally:
        s3.put_bucket_policy(Bucket=bucket, Policy=policy)


def _without_grants(policy: str) -> str:
    whole = json.loads(policy)
    denied = [statement for statement in whole["Statement"] if statement["Effect"] == "Deny"]
    return json.dumps({**whole, "Statement": denied})
