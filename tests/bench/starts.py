"""Starts a function as Lambda does, with the real client of its runtime, and times it."""

import json
import re
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from gazette_cli.emulators.template import ROOT
from tests.bench.runtime_api import Call, RuntimeApi

PYTHON = ROOT / ".venv-bench" / "bin" / "python"
_SECONDS_TO_CALL = 60
_SECONDS_TO_END = 5
_LAST_WORDS = 3000


class StartError(Exception):
    """The function did not start, failed, or did not do what it was given."""


class Start(NamedTuple):
    """Milliseconds of one process: until it asks for an event, and for the first and second."""

    init: float
    first: float
    second: float

    @property
    def cold(self) -> float:
        return self.init + self.first


@dataclass(frozen=True, slots=True)
class Deployment:
    """What Lambda starts: a function's folder, the layers' folder, and the environment.

    What the function prints for an event has to match ``proof``, so that a start that found nothing
    to do is never taken for a fast one.
    """

    task: Path
    layers: Path
    environment: Mapping[str, str]
    arn: str
    timeout: int
    proof: re.Pattern[str]


def install() -> None:
    """Bring the client of the runtime, which is installed apart from all that is ours."""
    subprocess.run([str(ROOT / ".ci" / "venv"), "bench"], check=True)  # noqa: S603  # our own script


def start(deployment: Deployment, prepare: Callable[[], bytes]) -> Start:
    """Start a process, hand it two events one after the other, and end it.

    ``prepare`` makes an event just before it is handed out.

    Raises:
        StartError: it failed; what the process printed is told.
    """
    events = prepare()
    with (
        RuntimeApi(deployment.arn, deployment.timeout) as api,
        TemporaryFile("w+", encoding="utf-8", errors="replace") as printed,
    ):
        began = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603  # the function that is measured
            [str(PYTHON), "-m", "awslambdaric", "app.handler"],
            cwd=deployment.task,
            env=process_environment(deployment, api.address),
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
        try:
            asked = _expect(api, printed, "is_next")
            first = _invoke(api, printed, events)
            second = _invoke(api, printed, prepare())
            _see_that_both_were_done(printed, deployment.proof)
        finally:
            _end(process)
    return Start((asked.at - began) * 1000, first, second)


def process_environment(deployment: Deployment, api: str) -> dict[str, str]:
    """Return the environment of the process; of our own it has nothing."""
    return {
        **deployment.environment,
        "AWS_LAMBDA_RUNTIME_API": api,
        "LAMBDA_TASK_ROOT": str(deployment.task),
        "_HANDLER": "app.handler",
        # The layers come before what the runtime brings, and after the function.
        "PYTHONPATH": f"{deployment.task}:{deployment.layers / 'python'}",
        # Neither a layer nor a function can be written to on Lambda.
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def interpreter_alone(environment: Mapping[str, str]) -> float:
    """Return the milliseconds in which the interpreter starts and ends without doing anything."""
    began = time.perf_counter()
    subprocess.run([str(PYTHON), "-c", "pass"], env=dict(environment), check=True)  # noqa: S603  # ours
    return (time.perf_counter() - began) * 1000


def _invoke(api: RuntimeApi, printed: IO[str], event: bytes) -> float:
    """Return how long an event took, and wait until the process asks for the next one."""
    sent = api.hand_out(event)
    answer = _expect(api, printed, "is_response")
    said = json.loads(answer.body)
    if isinstance(said, dict) and said.get("batchItemFailures"):
        raise StartError(f"the function reports a failure: {said}\n{_last_words(printed)}")
    _expect(api, printed, "is_next")
    return (answer.at - sent) * 1000


def _expect(api: RuntimeApi, printed: IO[str], what: str) -> Call:
    call = api.next_call(_SECONDS_TO_CALL)
    if call is None:
        raise StartError(f"the function is silent:\n{_last_words(printed)}")
    if not getattr(call, what):
        raise StartError(f"the function told {call.path}: {call.body!r}\n{_last_words(printed)}")
    return call


def _see_that_both_were_done(printed: IO[str], proof: re.Pattern[str]) -> None:
    printed.seek(0)
    found: Sequence[str] = proof.findall(printed.read())
    if len(found) != 2:
        reason = f"the function did its work {len(found)} times, not twice"
        raise StartError(f"{reason}:\n{_last_words(printed)}")


def _last_words(printed: IO[str]) -> str:
    printed.seek(0)
    return printed.read()[-_LAST_WORDS:]


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_SECONDS_TO_END)
    process.kill()
    process.wait()
