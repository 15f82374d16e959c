"""Prints one line for each arrival on the terminal of `gazette serve` and `gazette demo`."""

from collections.abc import Mapping
from datetime import datetime

from rich.console import Console

from gazette.models.characters import one_line, shorten
from gazette.models.frozen import rfc3339
from gazette.models.kinds import RevisionKind
from gazette.projections.items.due_items import DueEvent
from gazette_cli.console.arrivals import Arrival
from gazette_cli.console.function_log import FailureLine, RefusalLine

# What a revision of a kind has done to the event.
DONE: Mapping[str, str] = {
    RevisionKind.PUBLICATION: "published",
    RevisionKind.MINOR: "edited",
    RevisionKind.UPDATE: "updated",
    RevisionKind.CORRECTION: "corrected",
    RevisionKind.RETRACTION: "retracted",
    RevisionKind.RESTORED: "restored",
    RevisionKind.EXPIRED: "expired",
}
_SHOWN_CHARACTERS = 300


class ArrivalPrinter:
    """A `Reporter` on a terminal; in a pipe, or when it is quiet, it prints nothing."""

    def __init__(self, console: Console, *, is_quiet: bool) -> None:
        self._console = console
        self._is_quiet = is_quiet or not console.is_terminal

    def arrived(self, row: Arrival) -> None:
        if row.shown and row.details:
            self._print(row.shown, arrival_line(row))

    def held(self, event: DueEvent, at: datetime) -> None:
        self._print(at, f"{event.event_id}: held until {rfc3339(event.due)}")

    def refused(self, line: RefusalLine | FailureLine) -> None:
        if isinstance(line, RefusalLine):
            self._print(line.timestamp, f"{line.key}: not published: {line.reason}")
        else:
            self._print(line.timestamp, f"{line.subject}: will be retried: {line.reason}")

    def _print(self, at: datetime, text: str) -> None:
        if not self._is_quiet:
            shown = shorten(one_line(text), _SHOWN_CHARACTERS)
            self._console.print(f"{at.astimezone():%H:%M:%S}  {shown}", markup=False)


def arrival_line(row: Arrival) -> str:
    """Return the words of a line: what happened to an event, how fast, and how much was written."""
    done = DONE.get(row.details.kind if row.details else "", "recorded")
    seconds = row.seconds(row.shown)
    parts = [f"{row.event_id}: {done}", f"revision {row.number}"]
    parts += [] if seconds is None else [f"{seconds:.1f} s"]
    return ", ".join([*parts, f"{len(row.documents)} documents"])
