"""`gazette rebuild` follows a run to its end, and says what came of it."""

from typing import Any

import pytest

from gazette.models.work.reconciliation import AuditWork, Iteration, Outcome, ReconcileCounts
from gazette_cli.commands.cli import main
from gazette_cli.operate.rebuild import RebuildError, follow, tell


def over(outcome: Outcome, **counts: int) -> Iteration:
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
    """A state machine that comes to an end after a few looks at it."""

    def __init__(self, *states: dict[str, Any]) -> None:
        self._states = iter(states)
        self._looks = 0

    def describe_execution(self, **_: str) -> dict[str, Any]:
        return next(self._states)

    def list_map_runs(self, **_: str) -> dict[str, Any]:
        self._looks += 1
        arns = ["machine/Publish", "machine/Ingest"] if self._looks > 1 else ["machine/Ingest"]
        runs = [{"mapRunArn": arn, "stateMachineArn": arn, "startDate": arn[::-1]} for arn in arns]
        return {"mapRuns": runs}

    def describe_map_run(self, **_: str) -> dict[str, Any]:
        return {"itemCounts": {"succeeded": 1, "total": 4}}


@pytest.fixture
def pauses() -> list[float]:
    return []


RUNNING = {"status": "RUNNING"}


def test_progress_is_told_where_it_changes_and_the_pauses_grow(
    capsys: pytest.CaptureFixture[str], pauses: list[float]
) -> None:
    done = over(Outcome.SETTLED, documents_written=3)
    end = {"status": "SUCCEEDED", "output": done.model_dump_json()}
    machine = Machine(RUNNING, RUNNING, RUNNING, RUNNING, end)
    assert follow(machine, "run", pauses.append) == done
    told = capsys.readouterr().out.splitlines()
    assert told == ["Ingest 1 of 4", "Publish 1 of 4, Ingest 1 of 4"]
    assert pauses[0] == pauses[1] < pauses[2] < pauses[3]


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ({"status": "FAILED", "error": "SomethingFailed", "cause": "Keys failed."}, "Keys failed"),
        ({"status": "TIMED_OUT", "error": "States.Timeout"}, "TIMED_OUT: States.Timeout"),
        ({"status": "ABORTED"}, "ABORTED: no reason is told"),
    ],
)
def test_a_run_that_does_not_succeed_is_an_error_with_its_reason(
    end: dict[str, Any], reason: str, pauses: list[float]
) -> None:
    with pytest.raises(RebuildError, match=reason):
        follow(Machine(end), "run", pauses.append)


def test_a_settled_run_is_a_success(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell(over(Outcome.SETTLED, documents_written=1234, revisions=5)) == 0
    told = capsys.readouterr().out
    assert "5 revisions recorded" in told
    assert "1,234 written" in told
    assert "found nothing to do" in told


def test_a_run_whose_rounds_were_too_few_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell(over(Outcome.CHANGED)) == 1
    assert "still done in the last round" in capsys.readouterr().out


def test_what_nobody_claims_is_named_and_the_rest_of_it_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell(over(Outcome.SETTLED, orphans=44))
    told = capsys.readouterr().out.splitlines()
    assert told[1:4] == [
        "a.txt is claimed by nobody.",
        "b.txt is claimed by nobody.",
        "42 more are in the log of the function.",
    ]


def test_a_stack_that_is_not_there_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    where = ["--endpoint-url", "http://127.0.0.1:9", "--region", "us-east-1"]
    assert main(["rebuild", *where]) == 2
    assert capsys.readouterr().err.startswith("gazette: stack gazette: ")
