"""Starts and stops ministack, a local AWS in one process, and leaves nothing of it behind."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self

from local.engine import EngineError

_SECONDS_TO_START = 30
_SECONDS_TO_STOP = 10
_LOG_LINES = 30
REGION = "us-east-1"


class MinistackError(EngineError):
    """The emulator does not run, or what runs on it went wrong."""


class Ministack:
    """A running ministack, as a context manager; its state ends with it."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="gazette-ministack-"))
        self._log = self._folder / "ministack.log"
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:  # whatever ends the start, an interrupt too, leaves no process behind
            self._stop()
            raise
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop()

    def log_tail(self) -> str:
        """Return the last lines of its log, in which the functions' own lines are."""
        if not self._log.exists():
            return ""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-_LOG_LINES:])

    def check(self) -> None:
        """Raise if it has ended.

        Raises:
            MinistackError: with the end of its log.
        """
        if self._process is None or self._process.poll() is not None:
            reason = f"ministack has ended by itself; its last words:\n{self.log_tail()}"
            raise MinistackError(reason)

    def _start(self) -> None:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ministack"],
                env=self._environment(),
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C on the terminal is for us; we stop it in our own time.
                start_new_session=True,
            )
        deadline = time.monotonic() + _SECONDS_TO_START
        while not self._answers("GET", "ready", timeout=1):
            self.check()
            if time.monotonic() > deadline:
                reason = f"ministack was not ready in {_SECONDS_TO_START} s:\n{self.log_tail()}"
                raise MinistackError(reason)
            time.sleep(0.05)

    def _environment(self) -> dict[str, str]:
        # The functions inherit this: nothing of the user's own AWS account may be in it.
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return {
            **inherited,
            "AWS_DEFAULT_REGION": REGION,
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self._port),
            "IOT_MTLS_ENABLED": "0",
            "LANG": "C.UTF-8",
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_REGION": REGION,
            # No X-Ray daemon listens here.
            "POWERTOOLS_TRACE_DISABLED": "true",
            "PYTHONUNBUFFERED": "1",
            "S3_DATA_DIR": str(self._folder / "s3"),
            "STATE_DIR": str(self._folder / "state"),
            "TMPDIR": str(self._folder),
        }

    def _answers(self, method: str, action: str, timeout: float) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=timeout)
        try:
            connection.request(method, f"/_ministack/{action}")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _stop(self) -> None:
        if self._process is not None:
            # The reset lets it end its workers, which would be orphans otherwise.
            self._answers("POST", "reset", timeout=_SECONDS_TO_STOP)
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_SECONDS_TO_STOP)
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
