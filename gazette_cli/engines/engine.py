"""What an engine is to the command line: a source bucket to write to, and a site that follows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from gazette.models.work.reports import Failure, IngestReport, PublishReport, Quarantined
from gazette_cli.engines.sources import Change

_BEFORE = datetime(2000, 1, 1, tzinfo=UTC)


class EngineError(Exception):
    """The engine could not finish: the site is not what the source says."""


@dataclass(slots=True)
class RunReport:
    """The figures of a whole run; seconds by stage."""

    revisions: int = 0
    events: set[str] = field(default_factory=set)
    quarantined: list[Quarantined] = field(default_factory=list)
    written: int = 0
    unchanged: int = 0
    removed: int = 0
    bytes_written: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    def add_ingest(self, batch: IngestReport) -> None:
        self.revisions += len(batch.recorded)
        self.events |= {event_id for event_id, _, _ in batch.recorded}
        self.quarantined += batch.quarantined

    def add_publish(self, batch: PublishReport) -> None:
        self.written += batch.documents_written
        self.unchanged += batch.documents_unchanged
        self.removed += batch.documents_removed
        self.bytes_written += batch.bytes_written

    def add_seconds(self, stage: str, seconds: float) -> None:
        self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds


class Times:
    """The clock of an engine: it shows when the last change was made, so a run can be repeated.

    The timers of the stack run whenever the site settles.
    """

    def __init__(self) -> None:
        self._now: datetime | None = None
        self._settled: datetime | None = None

    def move(self, at: datetime) -> None:
        self._now = max(self._now or at, at)

    def now(self) -> datetime:
        """Return the time of the last change; before the first one nothing is published."""
        return self._now or _BEFORE

    def since_settled(self) -> timedelta:
        """Return how long the timers have not run."""
        last, self._settled = self._settled or self.now(), self.now()
        return self.now() - last


class Engine(Protocol):
    """Gazette with everything it stands on."""

    calls: Counter[str]
    report: RunReport

    def apply(self, change: Change) -> None:
        """Write to the source bucket, as a publisher would."""

    def settle(self) -> None:
        """Let ingest and publish run until nothing is left to do."""

    def close(self) -> None:
        """Let go of everything that is held."""


def raise_failures(failures: Sequence[Failure]) -> None:
    """Stop at what AWS would try again: here nothing changes meanwhile, so it would fail again.

    Raises:
        EngineError: with the first subject and its reason.
    """
    if failures:
        subject, error = failures[0]
        reason = f"{subject}: {error!r}"
        raise EngineError(reason) from error
