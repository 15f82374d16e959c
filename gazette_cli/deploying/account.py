"""The account of AWS that is deployed to, and the state of the stack in it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError, WaiterError

from gazette_cli.engines.engine import EngineError
from gazette_cli.operate.aws_errors import AWS_ERRORS, aws_problem
from gazette_cli.operate.deployment import DeploymentError, StackAddress, session_of

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client

# Its creation failed, and CloudFormation has removed what there was of it.
CREATION_FAILED = "ROLLBACK_COMPLETE"
# Somebody has asked what would be created.
_NOTHING_YET = "REVIEW_IN_PROGRESS"
_MISSING = "does not exist"
_REMEDIES: Mapping[str, str] = {
    "CREATE_FAILED": "delete it with `aws cloudformation delete-stack`, and deploy again",
    "ROLLBACK_FAILED": "delete it with `aws cloudformation delete-stack`, and deploy again",
    "DELETE_FAILED": "delete it again with `aws cloudformation delete-stack`; its events say why it"
    " failed",
    "UPDATE_ROLLBACK_FAILED": "remove the cause that its events name, then `aws cloudformation"
    " continue-update-rollback`, and deploy again",
    "UPDATE_FAILED": "go back with `aws cloudformation rollback-stack`, and deploy again",
}


class DeployError(EngineError):
    """The stack cannot be deployed; says what to do."""


class StackState(NamedTuple):
    """A stack as CloudFormation has it."""

    stack_id: str
    status: str
    parameters: Mapping[str, str]
    outputs: Mapping[str, str]


class Account(NamedTuple):
    """The clients of an account, its number and the region."""

    formation: "CloudFormationClient"
    s3: "S3Client"
    number: str
    region: str


@contextmanager
def open_account(address: StackAddress) -> Iterator[Account]:
    """Check that AWS knows who asks.

    Raises:
        DeploymentError: it does not, there is no region, or AWS refuses a call within the block.
    """
    try:
        session, endpoint = session_of(address), address.endpoint
        formation = session.client("cloudformation", endpoint_url=endpoint)
        number = session.client("sts", endpoint_url=endpoint).get_caller_identity()["Account"]
        s3 = session.client("s3", endpoint_url=endpoint)
        yield Account(formation, s3, number, formation.meta.region_name)
    except AWS_ERRORS as error:
        raise DeploymentError(f"stack {address.name}: {aws_problem(error)}") from error


def read_state(account: Account, name: str) -> StackState | None:
    """Return the state of a stack, None if it does not exist, or holds nothing yet."""
    try:
        (stack,) = account.formation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if _MISSING in str(error):
            return None
        raise
    if stack["StackStatus"] == _NOTHING_YET:
        return None
    return StackState(
        stack.get("StackId", name),
        stack["StackStatus"],
        {one["ParameterKey"]: one["ParameterValue"] for one in stack.get("Parameters", [])},
        {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])},
    )


def check_state(name: str, state: StackState | None, *, only_changes: bool = False) -> None:
    """Check that CloudFormation would take a deployment.

    Raises:
        DeployError: it would not; says what to do.
    """
    if state is None:
        return
    if remedy := _REMEDIES.get(state.status):
        raise DeployError(f"stack {name}: is {state.status}; {remedy}")
    if only_changes and state.status == CREATION_FAILED:
        raise DeployError(
            f"stack {name}: its creation failed, so all of it would be created; `gazette deploy`"
            " deletes what is left, and begins again"
        )
    if state.status.endswith("_IN_PROGRESS"):
        raise DeployError(f"stack {name}: is {state.status}; wait until that has ended")


def check_names(account: Account, name: str) -> None:
    """Check that no bucket has a name that the new stack would give.

    Raises:
        DeployError: a deleted stack has left one; says what to do.
    """
    for kind in ("source", "site"):
        bucket = f"{name}-{kind}-{account.number}-{account.region}"
        try:
            account.s3.head_bucket(Bucket=bucket)
        except ClientError:
            continue
        raise DeployError(
            f"stack {name}: a deleted stack of this name has left the bucket {bucket}; deploy"
            " another name ([stack] name in gazette.toml), or move its objects and delete it"
        )


def remove_failed(account: Account, state: StackState) -> None:
    """Delete a stack whose creation failed: it holds nothing, and stands in the way of the next.

    Raises:
        DeployError: it could not be deleted.
    """
    account.formation.delete_stack(StackName=state.stack_id)
    try:
        account.formation.get_waiter("stack_delete_complete").wait(StackName=state.stack_id)
    except WaiterError as error:
        raise DeployError(
            "what is left of the failed creation could not be deleted; its events say why"
        ) from error
