"""Stages: Gazette with everything it needs. A test invokes it, and saves and restores its state."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol, TypeAlias

from botocore.exceptions import BotoCoreError, ClientError

from gazette.models.contract.identity import event_key
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.product import RELEASE_LOOKS_BACK
from gazette.models.tasks.messages import Notification, StreamRecord
from gazette.models.tasks.reconciliation import PublishWork
from gazette.models.tasks.reports import Failure
from gazette.services.expire.expiry import Expirer
from gazette.services.ingest.batch import ingest_batch
from gazette.services.ingest.ingest import Ingestor
from gazette.services.publish.batch import publish_batch
from gazette.services.reconcile.site import SiteReconciler
from gazette.services.release.release import due_events
from tests.faults.faults import KilledError
from tests.faults.gates import Gate
from tests.faults.source_acts import SourceAct, What


class Operation(NamedTuple):
    """A change that a publisher makes in the source bucket; without a body it is a deletion."""

    key: str
    at: datetime
    body: bytes | None


Happening: TypeAlias = Operation | SourceAct


class Work(NamedTuple):
    """The work of an invocation: keys to ingest, or changes to publish; without both a rebuild.

    A later attempt to publish is a retry. The stream does not repeat its record.
    """

    keys: tuple[str, ...] = ()
    item_keys: tuple[ItemKey, ...] = ()
    attempt: int = 1

    @property
    def is_of_stream(self) -> bool:
        return bool(self.item_keys) and self.attempt == 1


REBUILD = Work()
# The subject of the failure when a process was killed.
DEATH = "the process"


class State(NamedTuple):
    """All state outside of a process: versions, ledger items, documents, waiting work."""

    source: Mapping[str, Any]
    ledger: Mapping[Any, Any]
    site: Mapping[str, Any]
    waiting: tuple[str | ItemKey, ...]

    def is_like(self, other: "State") -> bool:
        """Return whether both states have the same consequences; the order of work may differ."""
        return self[:3] == other[:3] and frozenset(self.waiting) == frozenset(other.waiting)


class Services(NamedTuple):
    """The services of a process; the rebuilder has the writer."""

    ingestor: Ingestor
    rebuilder: SiteReconciler
    expirer: Expirer


class Stage(Protocol):
    """Gazette on one kind of adapters."""

    def apply(self, happening: Happening) -> None:
        """Do what a publisher or another owner of the bucket does, or let time pass."""

    def clock(self) -> datetime:
        """Return the time that the functions see."""

    def move_clock(self, at: datetime) -> None:
        """Let the functions see a time."""

    def waiting(self) -> list[str | ItemKey]:
        """Return the keys with a notification and the changed item keys, oldest first."""

    def take(self, work: Work) -> None:
        """Remove work from the waiting work."""

    def bring(self, work: Work) -> None:
        """Add work to the waiting work, as if it had just arrived."""

    def services(self) -> Services:
        """Return the services of the current process."""

    def forget(self) -> None:
        """Begin a new process."""

    def set_gate(self, gate: Gate) -> None:
        """Send all further calls through a gate."""

    def state(self) -> State:
        """Return the state outside of the process."""

    def restore(self, state: State) -> None:
        """Restore a state."""

    def site(self) -> dict[str, bytes]:
        """Return the published documents by path."""

    def source_keys(self) -> list[str]:
        """Return the keys of the source bucket."""

    def ledger_of(self, state: State, wanted: Callable[[ItemKey], bool]) -> Mapping[Any, Any]:
        """Return the ledger of a state with some of its items only."""


def happen(stage: Stage, happening: Happening) -> None:
    """Let something happen, and let the timers of the stack run when time passes."""
    stage.apply(happening)
    if isinstance(happening, SourceAct) and happening.what is What.PASS:
        let_time_pass(stage, happening.at, happening.at - stage.clock())


def let_time_pass(stage: Stage, at: datetime, since: timedelta) -> None:
    """Move the clock, and do what the timers do; they catch up on so much time."""
    stage.move_clock(at)
    services = stage.services()
    services.expirer.expire(at, since)
    found = due_events(services.ingestor.ledger, at, since + RELEASE_LOOKS_BACK)
    if due := tuple(event_key(event.event_id) for event in found):
        stage.bring(Work(keys=due))


def next_work(stage: Stage) -> Work | None:
    """Return the next work of Lambda: notifications first, then the changes of one partition."""
    waiting = stage.waiting()
    keys = [item for item in waiting if isinstance(item, str)]
    if keys:
        return Work(keys=(keys[0],))
    item_keys = [item for item in waiting if isinstance(item, ItemKey)]
    first: Partition | None = item_keys[0].partition if item_keys else None
    return (
        Work(item_keys=tuple(p for p in item_keys if p.partition == first)) if item_keys else None
    )


def invoke(stage: Stage, work: Work) -> list[Failure]:
    """Do the work as a function does; return what failed. A killed process returns one failure."""
    try:
        return _do(stage.services(), work)
    except KilledError as death:
        stage.forget()
        return [Failure(DEATH, RuntimeError(str(death)))]


def _do(services: Services, work: Work) -> list[Failure]:
    if work.keys:
        messages = [Notification(key, (key,)) for key in work.keys]
        return ingest_batch(services.ingestor, messages).failed
    if work.item_keys:
        records = [StreamRecord("", item_key, work.attempt) for item_key in work.item_keys]
        return publish_batch(services.rebuilder.writer, records).failed
    try:
        _, report = services.rebuilder.publish(PublishWork(segment=0, segments=1), lambda: True)
    except (BotoCoreError, ClientError) as error:
        return [Failure("rebuild", error)]  # Step Functions tries the work item again
    return report.failed


def settle(stage: Stage) -> None:
    """Do all waiting work."""
    for work in iter_work(stage):
        for failure in invoke(stage, work):
            raise failure.error


def iter_work(stage: Stage) -> Iterator[Work]:
    """Take waiting work, piece by piece, until none is left."""
    while (work := next_work(stage)) is not None:
        stage.take(work)
        yield work
