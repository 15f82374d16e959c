"""The port of the command line to an engine: change a source bucket, publish the site."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from gazette.models.tasks.reports import Failure, IngestReport, PublishReport, Quarantined
from gazette.ports import Ledger
from gazette_cli.engines.acts import Act

TAG_AUTHORITY = "gazette.example,2026"
_BEFORE_ALL_CHANGES = datetime(2000, 1, 1, tzinfo=UTC)


class EngineError(Exception):
    """The engine could not finish, so the site does not match the source."""


@dataclass(slots=True)
class RunReport:
    """The counts of a whole run; seconds by stage. ``notices`` say what a document waits for."""

    revisions: int = 0
    events: set[str] = field(default_factory=set)
    quarantined: list[Quarantined] = field(default_factory=list)
    notices: dict[str, str] = field(default_factory=dict)
    written: int = 0
    unchanged: int = 0
    removed: int = 0
    bytes_written: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    def add_ingest(self, batch: IngestReport) -> None:
        self.revisions += len(batch.recorded)
        self.events |= {event_id for event_id, _, _ in batch.recorded}
        self.quarantined += [*batch.quarantined, *batch.ignored]
        noticed = self.notices | batch.notices
        self.notices = {key: reason for key, reason in noticed.items() if reason}

    def add_publish(self, batch: PublishReport) -> None:
        self.written += batch.documents_written
        self.unchanged += batch.documents_unchanged
        self.removed += batch.documents_removed
        self.bytes_written += batch.bytes_written

    def add_seconds(self, stage: str, seconds: float) -> None:
        self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds


class ChangeClock:
    """The clock of an engine. It shows the time of the last change, so a run is repeatable.

    An engine runs the timers of the stack each time the site settles.
    """

    def __init__(self) -> None:
        self._now: datetime | None = None
        self._settled: datetime | None = None

    def move(self, at: datetime) -> None:
        self._now = max(self._now or at, at)

    def until(self) -> datetime | None:
        """Return the time of the last change, or None before all changes."""
        return self._now

    def go_on(self, now: datetime | None, settled: datetime | None) -> None:
        """Begin where an earlier run ended."""
        self._now, self._settled = now, settled

    def now(self) -> datetime:
        """Return the time of the last change."""
        return self._now or _BEFORE_ALL_CHANGES

    def since_settled(self) -> timedelta:
        """Return the time since the timers last ran; they must look back as far."""
        last, self._settled = self._settled or self.now(), self.now()
        return self.now() - last


class Engine(Protocol):
    """All of Gazette, with the storage it runs on."""

    calls: Counter[str]
    report: RunReport

    @property
    def ledger(self) -> Ledger:
        """The ledger."""

    def apply(self, act: Act) -> None:
        """Do to the source bucket what an act says, and set the clock to its time."""

    def settle(self) -> None:
        """Run ingest and publish until no work is left."""

    def close(self) -> None:
        """Write what is still in memory and release all resources."""


@contextmanager
def needing_checkout(command: str) -> Iterator[None]:
    """Report a failed import of `tests` in one line.

    Raises:
        EngineError: `tests`, or a package that only tests need, is not importable.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise EngineError(
            f"{command} needs a checkout of Gazette with tests/, and `make demo` in it"
        ) from error


def raise_failures(failures: Sequence[Failure]) -> None:
    """Stop at the first failure. AWS would retry it; here a retry would fail in the same way.

    Raises:
        EngineError: names the first subject and its reason.
        OSError: a file cannot be read or written.
    """
    if failures:
        subject, error = failures[0]
        if isinstance(error, OSError):
            raise error
        reason = f"{subject}: {error}"
        raise EngineError(reason) from error
