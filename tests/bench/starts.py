"""Starts a function with the real Lambda runtime client, and measures the time."""

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
_OUTPUT_SHOWN = 3000


class StartError(Exception):
    """The function did not start, failed, or did not do its work."""


class Start(NamedTuple):
    """Milliseconds of a process until its first request, and for the first and second event."""

    init: float
    first: float
    second: float

    @property
    def cold(self) -> float:
        return self.init + self.first


@dataclass(frozen=True, slots=True)
class Deployment:
    """What Lambda starts: the folders of function and layers, and the environment.

    The output of the function for an event must match ``proof``, so that a start without work does
    not count as a fast one.
    """

    task: Path
    layers: Path
    environment: Mapping[str, str]
    arn: str
    timeout: int
    proof: re.Pattern[str]


def install() -> None:
    """Install the runtime client into its own virtual environment."""
    subprocess.run([str(ROOT / ".ci" / "venv"), "bench"], check=True)  # noqa: S603  # our own script


def start(deployment: Deployment, prepare: Callable[[], bytes]) -> Start:
    """Start a process, send it two events, and end it.

    ``prepare`` makes an event just before it is sent.

    Raises:
        StartError: it failed; the message has the output of the process.
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
            _check_both_events_were_handled(printed, deployment.proof)
        finally:
            _end(process)
    return Start((asked.at - began) * 1000, first, second)


def process_environment(deployment: Deployment, api: str) -> dict[str, str]:
    """Return the environment of the process, without variables of this one."""
    return {
        **deployment.environment,
        "AWS_LAMBDA_RUNTIME_API": api,
        "LAMBDA_TASK_ROOT": str(deployment.task),
        "_HANDLER": "app.handler",
        # The order of Lambda: the function, the layers, the packages of the runtime.
        "PYTHONPATH": f"{deployment.task}:{deployment.layers / 'python'}",
        # Layers and functions are read-only on Lambda.
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def interpreter_alone(environment: Mapping[str, str]) -> float:
    """Return the milliseconds in which the interpreter starts and ends without any work."""
    began = time.perf_counter()
    subprocess.run([str(PYTHON), "-c", "pass"], env=dict(environment), check=True)  # noqa: S603  # ours
    return (time.perf_counter() - began) * 1000


def _invoke(api: RuntimeApi, printed: IO[str], event: bytes) -> float:
    """Return the milliseconds of an event, and wait for the request of the next one."""
    sent = api.hand_out(event)
    answer = _expect(api, printed, "is_response")
    result = json.loads(answer.body)
    if isinstance(result, dict) and result.get("batchItemFailures"):
        raise StartError(f"the function reports a failure: {result}\n{_end_of_output(printed)}")
    _expect(api, printed, "is_next")
    return (answer.at - sent) * 1000


def _expect(api: RuntimeApi, printed: IO[str], what: str) -> Call:
    call = api.next_call(_SECONDS_TO_CALL)
    if call is None:
        raise StartError(f"the function sent no request:\n{_end_of_output(printed)}")
    if not getattr(call, what):
        raise StartError(f"the function sent {call.path}: {call.body!r}\n{_end_of_output(printed)}")
    return call


def _check_both_events_were_handled(printed: IO[str], proof: re.Pattern[str]) -> None:
    printed.seek(0)
    found: Sequence[str] = proof.findall(printed.read())
    if len(found) != 2:
        reason = f"the function did its work {len(found)} times, not twice"
        raise StartError(f"{reason}:\n{_end_of_output(printed)}")


def _end_of_output(printed: IO[str]) -> str:
    printed.seek(0)
    return printed.read()[-_OUTPUT_SHOWN:]


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_SECONDS_TO_END)
    process.kill()
    process.wait()
