"""`gazette replay`: has what failed done again, by the same functions and in the same way."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from gazette.models.ledger.keys import Partition
from gazette.models.work.retry import retries_of
from gazette.models.work.tasks import tasks_for
from gazette_cli.engines.engine import EngineError
from gazette_cli.operate.dead_letters import Failed, Run, Send, Start, to_publish
from gazette_cli.operate.deployment import Deployment, RunError, StackAddress, open_deployment
from gazette_cli.operate.failures import Held, holding

STILL_FAILED = 1


class ReplayError(EngineError):
    """There is nothing to replay under that name."""


class ReplayOptions(NamedTuple):
    """What the command line was given: which failures, all unless some are named."""

    names: Sequence[str] = ()
    partitions: Sequence[str] = ()
    discard: bool = False


def replay(address: StackAddress, options: ReplayOptions) -> int:
    """Replay on a stack what failed; what cannot be replayed stays where it is, and is told.

    Raises:
        DeploymentError: the stack cannot be reached.
        ReplayError: nothing goes by a name that was given.
    """
    with open_deployment(address) as deployment:
        for name in options.partitions:
            replay_partition(deployment, name)
        return 0 if options.partitions else replay_failures(deployment, options)


def replay_partition(deployment: Deployment, name: str) -> None:
    """Have all that a partition holds published again, whether or not anything of it failed."""
    try:
        partition = Partition.parse(name)
    except ValueError:
        raise ReplayError(f"{name}: is no partition, such as TOPIC#harbour") from None
    item_keys = (record.key for record in deployment.ledger.scan(partition))
    sorts = [item_key.sort for item_key in item_keys if tasks_for(item_key)]
    if not sorts:
        raise ReplayError(f"{name}: holds nothing that is published")
    _do(deployment, to_publish(retries_of(partition, sorts)))
    sys.stdout.write(f"{name}: {len(sorts):,} changes are to be published again\n")


def replay_failures(deployment: Deployment, options: ReplayOptions) -> int:
    """Replay all that failed, or what is named; return the exit status."""
    missing, left, done = set(options.names), 0, 0
    start = datetime.now(UTC)
    with holding(deployment) as held:
        for one in held:
            named = {name for name in options.names if one.failed.goes_by(name)}
            missing -= named
            # What fails again while this runs is for another time.
            if (options.names and not named) or one.failed.at > start:
                continue
            problem = _replay_one(deployment, one, discard=options.discard)
            left, done = left + bool(problem), done + (not problem)
            _tell(one.failed, problem or ("discarded" if options.discard else "replayed"))
    if missing:
        raise ReplayError(f"nothing that failed goes by {', '.join(sorted(missing))}")
    sys.stdout.write(f"{done:,} {'discarded' if options.discard else 'replayed'}, {left:,} left\n")
    return STILL_FAILED if left else 0


def _replay_one(deployment: Deployment, held: Held, *, discard: bool) -> str:
    """Replay one, and take it away; return why it could not be done, if it could not.

    What is done is taken away afterwards: whoever is interrupted in between does it twice, which
    does no harm.
    """
    if not discard:
        if held.failed.replay is None:
            return "cannot be replayed; --discard takes it away"
        try:
            _do(deployment, held.failed.replay)
        except RunError as error:
            return f"failed again: {error}"
    held.take_away()
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


def _tell(failed: Failed, what: str) -> None:
    sys.stdout.write(f"{failed.short_name}  {failed.kind} {failed.subject}: {what}\n")
