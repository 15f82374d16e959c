"""Follows the log of the local stack in a thread of its own, and keeps the list of arrivals.

The log is a file, so an idle stack is asked nothing: only the size of the file is looked at.
"""

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from typing import Protocol

from gazette.delivery.s3 import S3SourceArchive
from gazette.models.contract.identity import event_key
from gazette.models.ledger import keys
from gazette.models.ledger.snapshot import Revision
from gazette.projections.items.due_items import DueEvent
from gazette.services.release.release import held_events
from gazette_cli.console.arrivals import UNKNOWN, Arrival, Arrivals, Details
from gazette_cli.console.function_log import (
    FailureLine,
    IngestLine,
    LogLine,
    PublishLine,
    RefusalLine,
    read_line,
)
from gazette_cli.operate.aws_errors import AWS_ERRORS
from gazette_cli.operate.deployment import Deployment

_POLL_SECONDS = 0.2
_MAX_FAILURES = 50


class Reporter(Protocol):
    """Hears of what has arrived since the console began."""

    def arrived(self, row: Arrival, /) -> None: ...

    def held(self, event: DueEvent, at: datetime, /) -> None: ...

    def refused(self, line: RefusalLine | FailureLine, /) -> None: ...


def read_details(deployment: Deployment, row: Arrival) -> Details:
    """Return what the ledger and the source bucket know of a revision."""
    item = deployment.ledger.get(keys.revision_key(row.event_id, row.number))
    if item is None or item.deleted:
        return UNKNOWN
    revision = Revision.model_validate_json(item.payload)
    archive = S3SourceArchive(deployment.s3, deployment.outputs["SourceBucketName"])
    versions = archive.versions(event_key(row.event_id))
    times = (one.last_modified for one in versions if one.version_id == revision.version_id)
    entry = revision.entry
    return Details(entry.kind.value, entry.title, entry.base_path, next(times, revision.stored_at))


@dataclass(slots=True)
class LogFollower:
    """Adds what the log says to the arrivals, from its beginning on."""

    log: Path
    arrivals: Arrivals
    deployment: Deployment
    failures: deque[FailureLine] = field(default_factory=lambda: deque(maxlen=_MAX_FAILURES))
    _position: int = 0
    _shown: set[tuple[str, int]] = field(default_factory=set)
    _held: set[DueEvent] = field(default_factory=set)

    def follow(self, reporter: Reporter, ended: threading.Event) -> None:
        """Read on until the event is set. What was there before is not reported."""
        self.read()
        self._arrived()
        self._newly_held()
        while not ended.wait(_POLL_SECONDS):
            for line in self.read():
                if isinstance(line, RefusalLine | FailureLine):
                    reporter.refused(line)
                elif isinstance(line, IngestLine):
                    for event in self._newly_held():
                        reporter.held(event, line.timestamp)
            for row in self._arrived():
                reporter.arrived(row)

    def read(self) -> Sequence[LogLine]:
        """Read what was written since, and return it."""
        lines = list(self._lines())
        for line in lines:
            self._add(line)
        for row in self.arrivals.undescribed():
            try:
                details = read_details(self.deployment, row)
            except AWS_ERRORS:  # the stack is busy; the next reading is another attempt
                break
            self.arrivals.describe(row, details)
        return lines

    def _lines(self) -> Iterator[LogLine]:
        """Yield what the complete lines say that were written since the last reading."""
        if not self.log.exists():  # ministack has not begun, or has ended
            return
        with self.log.open("rb") as file:
            file.seek(self._position)
            for line in takewhile(lambda line: line.endswith(b"\n"), file):
                self._position += len(line)
                if found := read_line(line.decode(errors="replace").rstrip("\n")):
                    yield found

    def _add(self, line: LogLine) -> None:
        if isinstance(line, IngestLine):
            for one in line.recorded:
                self.arrivals.record(one.event_id, one.revision, line.timestamp)
        elif isinstance(line, PublishLine):
            self.arrivals.publish(line.items(), line.documents, line.timestamp)
            return
        elif isinstance(line, FailureLine):
            self.failures.appendleft(line)
        self.arrivals.notice()

    def _arrived(self) -> list[Arrival]:
        """Return the arrivals that are shown since the last call."""
        shown = [row for row in self.arrivals.since(0) if row.shown and row.details]
        found = [row for row in shown if (row.event_id, row.number) not in self._shown]
        self._shown.update((row.event_id, row.number) for row in found)
        return found

    def _newly_held(self) -> set[DueEvent]:
        """Return the events that are under embargo since the last call."""
        try:
            before, self._held = self._held, set(held_events(self.deployment.ledger))
        except AWS_ERRORS:  # the stack is busy; the next batch of ingest is another attempt
            return set()
        return self._held - before
