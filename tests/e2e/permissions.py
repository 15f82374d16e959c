"""The permissions of a role, one by one, and the role without one of them."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from tests.e2e.stage import Document, Stage

_ALSO = {"sqs:SendMessage": ("sqs:SendMessageBatch",)}


class Permission(NamedTuple):
    """What a statement allows, taken apart: one action on one resource."""

    sid: str
    action: str
    resource: str

    @property
    def asked(self) -> Sequence[str]:
        """The actions that the emulator asks for, one by one.

        On AWS leave to send a message is leave to send several at once (SQS Developer Guide,
        "Amazon SQS batch actions"), and there is no other; the emulator has two names for it.
        """
        return [self.action, *_ALSO.get(self.action, ())]

    def __str__(self) -> str:
        return f"{self.sid}: {self.action} on {self.resource}"


class Role(NamedTuple):
    """A role of the stack, by its names in the account, and its one policy."""

    name: str
    policy_name: str
    policy: Document

    def permissions(self) -> Iterator[Permission]:
        for statement in self.policy["Statement"]:
            for action in listed(statement["Action"]):
                for resource in listed(statement["Resource"]):
                    yield Permission(statement["Sid"], action, resource)

    def without(self, *lacking: Permission) -> Document:
        """Return the policy that allows everything else."""
        left = [
            {"Sid": f"P{number}", "Effect": "Allow", "Action": one.asked, "Resource": one.resource}
            for number, one in enumerate(self.permissions())
            if one not in lacking
        ]
        return {**self.policy, "Statement": left}


def listed(value: str | Sequence[str]) -> Sequence[str]:
    """Return the one or several that a policy may name."""
    return [value] if isinstance(value, str) else value


def read_role(stage: Stage, logical_id: str) -> Role:
    """Read a role with its inline policy, which is the only one."""
    name = stage.physical(logical_id)
    (policy_name,) = stage.iam.list_role_policies(RoleName=name)["PolicyNames"]
    policy = stage.iam.get_role_policy(RoleName=name, PolicyName=policy_name)["PolicyDocument"]
    return Role(name, policy_name, policy)


@contextmanager
def lacking(stage: Stage, role: Role, *permissions: Permission) -> Iterator[None]:
    """Let a role lack permissions meanwhile."""

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
def queue_without_leave(stage: Stage, url: str) -> Iterator[None]:
    """Let the policy of a queue allow nothing meanwhile; what it denies it goes on denying."""
    sqs = stage.stack.sqs
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
    policy = answer["Attributes"]["Policy"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": _without_leave(policy)})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})


@contextmanager
def bucket_without_leave(stage: Stage, bucket: str) -> Iterator[None]:
    """Let the policy of a bucket allow nothing meanwhile; what it denies it goes on denying."""
    s3 = stage.stack.s3
    policy = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    s3.put_bucket_policy(Bucket=bucket, Policy=_without_leave(policy))
    try:
        yield
    finally:
        s3.put_bucket_policy(Bucket=bucket, Policy=policy)


def _without_leave(policy: str) -> str:
    whole = json.loads(policy)
    denied = [statement for statement in whole["Statement"] if statement["Effect"] == "Deny"]
    return json.dumps({**whole, "Statement": denied})
