"""Stages: Gazette with all it stands on, invoked by hand, its state kept and put back at will."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from gazette.models.edition import Failure
from gazette.models.keys import Partition, Place
from gazette.services.batches import Message, StreamRecord, ingest_batch, publish_batch
from gazette.services.ingest import Ingestor
from gazette.services.publish import Publisher
from tests.faults.faults import KilledError
from tests.faults.gates import Gate


class Operation(NamedTuple):
    """What a publisher does to the source bucket; without a body the object is deleted."""

    key: str
    at: datetime
    body: bytes | None


class Work(NamedTuple):
    """What an invocation is given: keys to ingest, or changes of one partition to publish."""

    keys: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()


class State(NamedTuple):
    """All there is outside of a process: versions, items of the ledger, documents, what waits."""

    source: Mapping[str, Any]
    ledger: Mapping[Any, Any]
    site: Mapping[str, Any]
    waiting: tuple[str | Place, ...]

    def is_like(self, other: "State") -> bool:
        """Say whether what follows is the same: what waits may have come in another order."""
        return self[:3] == other[:3] and frozenset(self.waiting) == frozenset(other.waiting)


class Stage(Protocol):
    """Gazette on adapters of some kind."""

    def apply(self, operation: Operation) -> None:
        """Do what a publisher does."""

    def waiting(self) -> list[str | Place]:
        """Return the keys that were hinted at and the places written, oldest first."""

    def take(self, work: Work) -> None:
        """Take work off what is waiting."""

    def bring(self, work: Work) -> None:
        """Put work to what is waiting, as if it had just come."""

    def services(self) -> tuple[Ingestor, Publisher]:
        """Return the services of the process that lives now."""

    def forget(self) -> None:
        """Begin a new process."""

    def set_gate(self, gate: Gate) -> None:
        """Have all further calls go through a gate."""

    def state(self) -> State:
        """Return what there is outside of the process."""

    def restore(self, state: State) -> None:
        """Put it back."""

    def site(self) -> dict[str, bytes]:
        """Return the published documents by path."""


def next_work(stage: Stage) -> Work | None:
    """Return what Lambda would be given next: hints first, then what waits of one partition."""
    waiting = stage.waiting()
    keys = [item for item in waiting if isinstance(item, str)]
    if keys:
        return Work(keys=(keys[0],))
    places = [item for item in waiting if isinstance(item, Place)]
    first: Partition | None = places[0].partition if places else None
    return Work(places=tuple(p for p in places if p.partition == first)) if places else None


def invoke(stage: Stage, work: Work) -> list[Failure]:
    """Do some work as a function does; return what failed. One that is killed leaves nothing."""
    ingestor, publisher = stage.services()
    try:
        if work.keys:
            return ingest_batch(ingestor, [Message(key, (key,)) for key in work.keys]).failed
        return publish_batch(publisher, [StreamRecord("", place) for place in work.places]).failed
    except KilledError as death:
        stage.forget()
        return [Failure("the process", RuntimeError(str(death)))]


def settle(stage: Stage) -> None:
    """Do all there is to do."""
    for work in iter_work(stage):
        for failure in invoke(stage, work):
            raise failure.error


def iter_work(stage: Stage) -> Iterator[Work]:
    """Take what is to be done from what is waiting, until nothing is."""
    while (work := next_work(stage)) is not None:
        stage.take(work)
        yield work
