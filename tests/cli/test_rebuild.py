"""`gazette rebuild` waits for the end of a run and prints the result."""

from typing import Any

import pytest

from gazette.models.tasks.reconciliation import AuditWork, Iteration, Outcome, ReconcileCounts
from gazette_cli.commands.cli import main
from gazette_cli.operate.rebuild import RebuildError, print_result, wait_for_run


def final(outcome: Outcome, **counts: int) -> Iteration:
    return Iteration(
        iterations=0,
        wait=1,
        parts=(),
        segments=(AuditWork(),),
        outcome=outcome,
        counts=ReconcileCounts(**counts),
        orphans=("a.txt", "b.txt") if counts.get("orphans") else (),
    )


class Machine:
    """A state machine that ends after a few polls."""

    def __init__(self, *states: dict[str, Any]) -> None:
        self._states = iter(states)
        self._polls = 0

    def describe_execution(self, **_: str) -> dict[str, Any]:
        return next(self._states)

    def list_map_runs(self, **_: str) -> dict[str, Any]:
        self._polls += 1
        arns = ["machine/Publish", "machine/Ingest"] if self._polls > 1 else ["machine/Ingest"]
        runs = [{"mapRunArn": arn, "stateMachineArn": arn, "startDate": arn[::-1]} for arn in arns]
        return {"mapRuns": runs}

    def describe_map_run(self, **_: str) -> dict[str, Any]:
        return {"itemCounts": {"succeeded": 1, "total": 4}}


@pytest.fixture
def pauses() -> list[float]:
    return []


RUNNING = {"status": "RUNNING"}


def test_progress_is_printed_when_it_changes_and_the_pauses_grow(
    capsys: pytest.CaptureFixture[str], pauses: list[float]
) -> None:
    done = final(Outcome.SETTLED, documents_written=3)
    end = {"status": "SUCCEEDED", "output": done.model_dump_json()}
    machine = Machine(RUNNING, RUNNING, RUNNING, RUNNING, end)
    assert wait_for_run(machine, "run", pauses.append) == done
    said = capsys.readouterr()
    assert said.err.splitlines() == ["Ingest 1 of 4", "Publish 1 of 4, Ingest 1 of 4"]
    assert said.out == ""
    assert pauses[0] == pauses[1] < pauses[2] < pauses[3]


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ({"status": "FAILED", "error": "SomethingFailed", "cause": "Keys failed."}, "Keys failed"),
        ({"status": "TIMED_OUT", "error": "States.Timeout"}, "TIMED_OUT: States.Timeout"),
        ({"status": "ABORTED"}, "ABORTED: no reason given"),
    ],
)
def test_a_run_that_does_not_succeed_is_an_error_with_its_reason(
    end: dict[str, Any], reason: str, pauses: list[float]
) -> None:
    with pytest.raises(RebuildError, match=reason):
        wait_for_run(Machine(end), "run", pauses.append)


def test_a_settled_run_is_a_success(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_result(final(Outcome.SETTLED, documents_written=1234, revisions=5)) == 0
    output = capsys.readouterr().out
    assert "5 revisions recorded" in output
    assert "1,234 written" in output
    assert "found nothing to do" in output


def test_a_run_that_needs_more_iterations_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_result(final(Outcome.CHANGED)) == 1
    assert "still made changes" in capsys.readouterr().out


def test_some_orphans_are_named_and_the_others_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_result(final(Outcome.SETTLED, orphans=44))
    output = capsys.readouterr().out.splitlines()
    assert output[1:4] == [
        "a.txt is an orphan: no builder writes it.",
        "b.txt is an orphan: no builder writes it.",
        "The log of the function lists 42 more orphans.",
    ]


def test_an_unreachable_stack_is_reported_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    where = ["--endpoint-url", "http://127.0.0.1:9", "--region", "us-east-1"]
    assert main(["rebuild", *where]) == 2
    assert capsys.readouterr().err.startswith("gazette: stack gazette: ")
