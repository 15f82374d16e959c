"""`gazette rebuild`: start the rebuild state machine of a stack and wait for its end.

statemachines/rebuild.asl.json defines the steps of the state machine.
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from gazette.models.tasks.reconciliation import Iteration, Outcome, Plan
from gazette_cli.engines.engine import EngineError
from gazette_cli.operate.deployment import StackAddress, open_deployment, session_of

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_OUTPUT = "RebuildStateMachineArn"
_POLL_SECONDS = 1.0
_LONGEST_POLL_SECONDS = 15.0


class RebuildError(EngineError):
    """The rebuild could not start or did not succeed."""


class _Machine(Protocol):
    """The used part of the Step Functions client."""

    def describe_execution(self, *, executionArn: str) -> Mapping[str, Any]: ...  # noqa: N803  # boto3's

    def list_map_runs(self, *, executionArn: str) -> Mapping[str, Any]: ...  # noqa: N803  # boto3's

    def describe_map_run(self, *, mapRunArn: str) -> Mapping[str, Any]: ...  # noqa: N803  # boto3's


class RebuildOptions(NamedTuple):
    """Maximum number of iterations, and seconds between two of them."""

    iterations: int
    wait: int


def rebuild(address: StackAddress, options: RebuildOptions) -> int:
    """Return 0 if an iteration found nothing to do, 1 if the last one still made changes.

    Raises:
        EngineError: the stack does not exist, or the run failed.
    """
    with open_deployment(address) as deployment:
        machine = session_of(address).client("stepfunctions", endpoint_url=address.endpoint)
        run = _start(machine, deployment.outputs, options)
        sys.stderr.write(f"Started {run}\n")
        last = wait_for_run(machine, run)
    return print_result(last)


def print_result(last: Iteration) -> int:
    """Print the result of a run and return the exit status."""
    counts = last.counts
    print(
        f"{counts.revisions:,} revisions recorded, {counts.quarantined:,} quarantined; "
        f"documents: {counts.documents_written:,} written, {counts.documents_removed:,} removed, "
        f"{counts.documents_unchanged:,} unchanged."
    )
    for path in last.orphans:
        print(f"{path} is an orphan: no builder writes it.")
    if more := counts.orphans - len(last.orphans):
        print(f"The log of the function lists {more:,} more orphans.")
    if last.outcome is Outcome.SETTLED:
        print("The last iteration found nothing to do: the site matches the source bucket.")
        return 0
    print("The last iteration still made changes; run the command again.")
    return 1


def _start(machine: "SFNClient", outputs: Mapping[str, str], options: RebuildOptions) -> str:
    if _OUTPUT not in outputs:
        raise RebuildError(f"the stack is too old to rebuild itself: it has no output {_OUTPUT}")
    plan = Plan(iterations=options.iterations, wait=options.wait)
    return machine.start_execution(
        stateMachineArn=outputs[_OUTPUT], input=plan.model_dump_json(exclude={"task"})
    )["executionArn"]


def wait_for_run(
    machine: "_Machine", run: str, pause: Callable[[float], None] = time.sleep
) -> Iteration:
    """Wait for the end of a run and print its progress when it changes.

    Raises:
        RebuildError: the run did not succeed.
    """
    printed, seconds = "", _POLL_SECONDS
    while (state := machine.describe_execution(executionArn=run))["status"] == "RUNNING":
        progress = ", ".join(_progress(machine, run))
        if progress != printed:
            printed, seconds = progress, _POLL_SECONDS
            sys.stderr.write(f"{progress}\n")
        pause(seconds)
        seconds = min(seconds * 1.5, _LONGEST_POLL_SECONDS)
    if state["status"] != "SUCCEEDED":
        reason = state.get("cause") or state.get("error") or "no reason given"
        raise RebuildError(f"the rebuild is {state['status']}: {reason}")
    return Iteration.model_validate_json(state["output"])


def _progress(machine: "_Machine", run: str) -> Iterator[str]:
    """Yield for each map run, in the order of their starts, how many work items are done."""
    runs = machine.list_map_runs(executionArn=run)["mapRuns"]
    for map_run in sorted(runs, key=lambda one: one["startDate"]):
        counts = machine.describe_map_run(mapRunArn=map_run["mapRunArn"])["itemCounts"]
        label = map_run["stateMachineArn"].rpartition("/")[2]
        yield f"{label} {counts['succeeded']} of {counts['total']}"
