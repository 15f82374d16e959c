"""The lines of `gazette serve`: one for each arrival, on a terminal only."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from gazette.models.kinds import RevisionKind
from gazette.projections.items.due_items import DueEvent
from gazette_cli.console.arrivals import Arrival, Details
from gazette_cli.console.function_log import FailureLine, RefusalLine
from gazette_cli.console.terminal import DONE, ArrivalPrinter

NOON = datetime(2026, 7, 4, 12, tzinfo=UTC)
SHOWN = NOON + timedelta(seconds=0.4)
ARRIVAL = Arrival(
    "2026/storm-quay",
    1,
    ingested=NOON,
    page=SHOWN,
    feed=NOON,
    details=Details("publication", "Storm", "news/storm", NOON),
    documents=frozenset(map(str, range(23))),
)
STAMP = "2026-07-04 12:00:00,000+0000"


def printed(*, is_terminal: bool = True, is_quiet: bool = False) -> list[str]:
    """Return the lines for one of each, without their times."""
    console = Console(file=io.StringIO(), force_terminal=is_terminal, width=400, color_system=None)
    printer = ArrivalPrinter(console, is_quiet=is_quiet)
    printer.arrived(ARRIVAL)
    due = datetime(2199, 1, 1, tzinfo=UTC)
    printer.held(DueEvent(event_id="a", due=due, is_held=True, version_id=""), NOON)
    reason = "title: [b]is\nmissing"
    refused = {"message": "Quarantined a document", "key": "events/b.json", "reason": reason}
    printer.refused(RefusalLine.model_validate({**refused, "timestamp": STAMP}))
    failed = {"message": "Failed, will be retried", "subject": "c", "exception": "…\nE: d"}
    printer.refused(FailureLine.model_validate({**failed, "timestamp": STAMP}))
    assert isinstance(console.file, io.StringIO)
    return [line[8:].strip() for line in console.file.getvalue().splitlines()]


def test_an_arrival_is_one_line_and_so_is_what_does_not_arrive() -> None:
    assert printed() == [
        "2026/storm-quay: published, revision 1, 0.4 s, 23 documents",
        "a: held until 2199-01-01T00:00:00Z",
        "events/b.json: not published: title: [b]is missing",
        "c: will be retried: E: d",
    ]


@pytest.mark.parametrize(("is_terminal", "is_quiet"), [(False, False), (True, True)])
def test_a_pipe_and_a_quiet_terminal_get_no_lines(is_terminal: bool, is_quiet: bool) -> None:
    assert printed(is_terminal=is_terminal, is_quiet=is_quiet) == []


def test_every_kind_of_revision_has_a_word_for_a_line() -> None:
    assert {str(kind) for kind in RevisionKind} == set(DONE)
