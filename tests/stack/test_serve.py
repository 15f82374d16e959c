"""`gazette serve` as a process that runs until it gets a signal."""

import http.client
import itertools
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from http import HTTPStatus
from pathlib import Path

import pytest

from gazette_cli.demo.samples import SAMPLES
from gazette_cli.emulators.template import ROOT
from tests.stack.conftest import eventually

pytestmark = pytest.mark.ministack


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def status_of(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def output_until(process: subprocess.Popen[str], last: str) -> str:
    """Return the output of a process before a line, or before its end."""
    assert process.stdout is not None
    return "".join(itertools.takewhile(lambda line: line != last, process.stdout))


def run_printed(command: str, folder: Path) -> str:
    """Run a command that the program has printed, without any settings of AWS."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    program, *arguments = shlex.split(command)
    done = subprocess.run(  # noqa: S603  # our command line
        # The program stands in the checkout, and the folder of events elsewhere.
        [ROOT / program, *arguments],
        cwd=folder,
        env=kept,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def small_source(tmp_path: Path) -> Path:
    name = "events/2026/10/herring-quota-cut.json"
    copy = tmp_path / "source" / name
    copy.parent.mkdir(parents=True)
    copy.write_bytes((SAMPLES / "source" / name).read_bytes())
    return tmp_path / "source"


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM], ids=lambda end: end.name)
def test_a_source_is_served_until_a_signal(small_source: Path, end: signal.Signals) -> None:
    port = free_port()
    command = [sys.executable, "-m", "gazette_cli", "serve", str(small_source), "--port", str(port)]
    with subprocess.Popen(  # noqa: S603  # our command line
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        output = output_until(process, "Press Ctrl-C to stop.\n")
        assert f"http://127.0.0.1:{port}/" in output
        assert eventually(lambda: status_of(port, "/topics/fisheries/") == HTTPStatus.OK)
        commands = [line.strip() for line in output.splitlines() if line.startswith("  ")]
        printed = [run_printed(command, small_source) for command in commands]
        assert "my-first-event.json: publication, revision 1, published after" in printed[-1]
        (page, *_) = re.findall(rf"http://127.0.0.1:{port}(/news/\S+)", printed[-1])
        assert status_of(port, page) == HTTPStatus.OK
        process.send_signal(end)
        assert process.wait(timeout=20) == 0


def test_a_port_in_use_is_reported_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "gazette_cli", "serve", "--port", port]
        done = subprocess.run(  # noqa: S603  # our command line
            command, cwd=ROOT, capture_output=True, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr == (
        f"gazette: port {port} on 127.0.0.1 is in use; choose another with --port\n"
    )
    assert done.stdout == ""
