"""`gazette replay`: retry failed work with the same functions and the same payloads."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from gazette.models.ledger.partitions import Partition
from gazette.models.tasks.retry import retries_of
from gazette.models.tasks.tasks import tasks_for
from gazette_cli.engines.engine import EngineError
from gazette_cli.operate.dead_letters import Run, Send, Start, to_publish
from gazette_cli.operate.deployment import Deployment, RunError, StackAddress, open_deployment
from gazette_cli.operate.failures import StoredFailure, stored_failures

STILL_FAILED = 1


class ReplayError(EngineError):
    """The given name matches nothing that can be replayed."""


class ReplayOptions(NamedTuple):
    """The arguments of the command; without names it replays all failures."""

    names: Sequence[str] = ()
    partitions: Sequence[str] = ()
    discard: bool = False


def replay(address: StackAddress, options: ReplayOptions) -> int:
    """Replay the failures of a stack, or whole partitions, and return the exit status.

    Raises:
        DeploymentError: the stack cannot be reached.
        ReplayError: no failure or partition has a given name.
    """
    with open_deployment(address) as deployment:
        for name in options.partitions:
            replay_partition(deployment, name)
        return 0 if options.partitions else replay_failures(deployment, options)


def replay_partition(deployment: Deployment, name: str) -> None:
    """Publish all of a partition again, whether it failed or not.

    Raises:
        ReplayError: the name is not a partition, or nothing in it is published.
    """
    try:
        partition = Partition.parse(name)
    except ValueError:
        raise ReplayError(f"{name}: not a partition such as TOPIC#harbour") from None
    item_keys = (record.key for record in deployment.ledger.scan(partition))
    sorts = [item_key.sort for item_key in item_keys if tasks_for(item_key)]
    if not sorts:
        raise ReplayError(f"{name}: contains nothing that is published")
    _do(deployment, to_publish(retries_of(partition, sorts)))
    sys.stdout.write(f"{name}: queued {len(sorts):,} changes for publishing\n")


def replay_failures(deployment: Deployment, options: ReplayOptions) -> int:
    """Replay the named failures, or all of them, and return the exit status.

    Failures that cannot be replayed stay where they are.

    Raises:
        ReplayError: no failure has a given name.
    """
    missing, left, done = set(options.names), 0, 0
    start = datetime.now(UTC)
    with stored_failures(deployment) as found:
        for one in found:
            named = {name for name in options.names if one.failed.is_named(name)}
            missing -= named
            # Leave what fails again during this run.
            if (options.names and not named) or one.failed.at > start:
                continue
            problem = replay_one(deployment, one, discard=options.discard)
            left, done = left + bool(problem), done + (not problem)
            result = problem or ("discarded" if options.discard else "replayed")
            failed = one.failed
            sys.stdout.write(f"{failed.short_name}  {failed.kind} {failed.subject}: {result}\n")
    if missing:
        raise ReplayError(f"no failure is named {', '.join(sorted(missing))}")
    sys.stdout.write(f"{done:,} {'discarded' if options.discard else 'replayed'}, {left:,} left\n")
    return STILL_FAILED if left else 0


def replay_one(deployment: Deployment, stored: StoredFailure, *, discard: bool = False) -> str:
    """Replay a failure and remove it. Return the problem, or "" on success.

    It is removed after the replay. An interrupt between the two replays it twice, which is safe.
    """
    if not discard:
        if stored.failed.replay is None:
            return "cannot be replayed; --discard deletes it"
        try:
            _do(deployment, stored.failed.replay)
        except RunError as error:
            return f"failed again: {error}"
    stored.remove()
    return ""


def _do(deployment: Deployment, replay: Send | Run | Start) -> None:
    if isinstance(replay, Run):
        deployment.invoke(replay.function, replay.payload)
        return
    if isinstance(replay, Start):
        deployment.start(replay.machine, replay.given)
        return
    for body in replay.bodies:
        deployment.sqs.send_message(QueueUrl=deployment.outputs[replay.output], MessageBody=body)
