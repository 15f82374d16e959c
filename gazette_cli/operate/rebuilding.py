"""`gazette rebuild`: starts the state machine that rebuilds, on AWS or on a stack here, and waits.

What it does is in statemachines/rebuild.asl.json; here it is only started, and followed to its end.
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import boto3

from gazette.models.work.reconciliation import Iteration, Outcome, Plan
from gazette_cli.engines.engine import EngineError
from gazette_cli.operate.deployment import StackAddress, open_deployment

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_OUTPUT = "RebuildStateMachineArn"
_POLL_SECONDS = 1.0
_LONGEST_POLL_SECONDS = 15.0


class RebuildError(EngineError):
    """The rebuild could not be started, or did not come to a good end."""


class _Machine(Protocol):
    """What is used of the client of Step Functions to follow a run."""

    def describe_execution(self, *, executionArn: str) -> Mapping[str, Any]: ...  # noqa: N803  # boto3's

    def list_map_runs(self, *, executionArn: str) -> Mapping[str, Any]: ...  # noqa: N803  # boto3's

    def describe_map_run(self, *, mapRunArn: str) -> Mapping[str, Any]: ...  # noqa: N803  # boto3's


class RebuildOptions(NamedTuple):
    """For how many rounds at most, and how many seconds between two."""

    iterations: int
    wait: int


def rebuild(address: StackAddress, options: RebuildOptions) -> int:
    """Return 0 when a round found nothing to do, 1 when all rounds were needed.

    Raises:
        EngineError: there is no such stack, or the run failed.
    """
    with open_deployment(address) as deployment:
        session = boto3.Session(region_name=address.region)
        machine = session.client("stepfunctions", endpoint_url=address.endpoint)
        run = _start(machine, deployment.outputs, options)
        print(f"Started {run}")
        last = follow(machine, run)
    return tell(last)


def tell(last: Iteration) -> int:
    """Print what came of a run, and return the exit status."""
    counts = last.counts
    print(
        f"{counts.revisions:,} revisions recorded, {counts.quarantined:,} quarantined; "
        f"documents: {counts.documents_written:,} written, {counts.documents_removed:,} removed, "
        f"{counts.documents_unchanged:,} looked at and right."
    )
    for path in last.orphans:
        print(f"{path} is claimed by nobody.")
    if more := counts.orphans - len(last.orphans):
        print(f"{more:,} more are in the log of the function.")
    if last.outcome is Outcome.SETTLED:
        print("The last round found nothing to do: the site is what the source bucket says.")
        return 0
    print("Something was still done in the last round; run it again to see it settle.")
    return 1


def _start(machine: "SFNClient", outputs: Mapping[str, str], options: RebuildOptions) -> str:
    if _OUTPUT not in outputs:
        raise RebuildError(f"the stack is too old to rebuild itself: it has no output {_OUTPUT}")
    plan = Plan(iterations=options.iterations, wait=options.wait)
    return machine.start_execution(
        stateMachineArn=outputs[_OUTPUT], input=plan.model_dump_json(exclude={"task"})
    )["executionArn"]


def follow(machine: "_Machine", run: str, pause: Callable[[float], None] = time.sleep) -> Iteration:
    """Wait for the end of a run, and tell how far it is where that changes.

    Raises:
        RebuildError: it did not succeed.
    """
    told, seconds = "", _POLL_SECONDS
    while (state := machine.describe_execution(executionArn=run))["status"] == "RUNNING":
        progress = ", ".join(_progress(machine, run))
        if progress != told:
            told, seconds = progress, _POLL_SECONDS
            print(progress)
            sys.stdout.flush()
        pause(seconds)
        seconds = min(seconds * 1.5, _LONGEST_POLL_SECONDS)
    if state["status"] != "SUCCEEDED":
        reason = state.get("cause") or state.get("error") or "no reason is told"
        raise RebuildError(f"the rebuild is {state['status']}: {reason}")
    return Iteration.model_validate_json(state["output"])


def _progress(machine: "_Machine", run: str) -> Iterator[str]:
    """Say of each map of the run how many of its pieces are done, in the order they began."""
    runs = machine.list_map_runs(executionArn=run)["mapRuns"]
    for map_run in sorted(runs, key=lambda one: one["startDate"]):
        counts = machine.describe_map_run(mapRunArn=map_run["mapRunArn"])["itemCounts"]
        label = map_run["stateMachineArn"].rpartition("/")[2]
        yield f"{label} {counts['succeeded']} of {counts['total']}"
