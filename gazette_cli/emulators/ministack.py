"""Starts ministack, a local AWS in one process, and removes it with all its data."""

import http.client
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from gazette_cli.engines.engine import EngineError

_SECONDS_TO_START = 30
_SECONDS_TO_STOP = 10
# Another process can take a port between the choice of it and the start of the server.
_PORTS_TRIED = 5
_PORT_TAKEN, _RUNS = "already in use", "Running on http"
_LOG_LINES = 30
REGION = "us-east-1"


class MinistackError(EngineError):
    """The emulator, or the stack that runs on it, failed."""


class Tls(NamedTuple):
    """A certificate for 127.0.0.1 and its key, as PEM files."""

    certificate: Path
    key: Path


class Ministack:
    """A running ministack, as a context manager. Its state is deleted on exit.

    With ``tls`` it answers only over https, and its functions trust the certificate. With
    ``enforces_iam`` each call needs a policy that allows it; only the user `test` needs none.
    """

    def __init__(self, tls: Tls | None = None, *, enforces_iam: bool = False) -> None:
        self._tls = tls
        self._enforces_iam = enforces_iam
        self._folder = Path(tempfile.mkdtemp(prefix="gazette-ministack-"))
        self._log = self._folder / "ministack.log"
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._port}"

    @property
    def trusted(self) -> str | None:
        """The certificate for the `verify` argument of boto3; None over plain HTTP."""
        return str(self._tls.certificate) if self._tls else None

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            # Python calls no `__exit__` after a failed `__enter__`, and an interrupt is no
            # `Exception`: without this the emulator's process would stay behind.
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

    def connect(self, timeout: float) -> http.client.HTTPConnection:
        """Return a connection that its first request opens; ``timeout`` is in seconds."""
        if self._tls is None:
            return http.client.HTTPConnection("127.0.0.1", self._port, timeout=timeout)
        trusted = ssl.create_default_context(cafile=self._tls.certificate)
        return http.client.HTTPSConnection(
            "127.0.0.1", self._port, timeout=timeout, context=trusted
        )

    def log_tail(self) -> str:
        """Return the last lines of its log, with the log lines of the functions."""
        if not self._log.exists():
            return ""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-_LOG_LINES:])

    @property
    def log(self) -> Path:
        """The file that its log is in, with the log lines of the functions."""
        return self._log

    def check(self) -> None:
        """Check that the process runs.

        Raises:
            MinistackError: it has ended; the message has the end of its log.
        """
        if self._process is None or self._process.poll() is not None:
            reason = f"ministack ended unexpectedly; the end of its log:\n{self.log_tail()}"
            raise MinistackError(reason)

    def _start(self) -> None:
        """Start it on a port that nothing else takes meanwhile."""
        for _ in range(_PORTS_TRIED):
            self._launch()
            try:
                return self._wait_until_ready()
            except MinistackError:
                if _PORT_TAKEN not in self.log_tail():
                    raise
            self._port = _free_port()
        raise MinistackError(f"found no free port in {_PORTS_TRIED} attempts")

    def _launch(self) -> None:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ministack"],
                env=self._environment(),
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C on the terminal must not reach it: `_stop` ends it in order.
                start_new_session=True,
            )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _SECONDS_TO_START
        # Another server may answer on the port that this one wanted.
        while not (_RUNS in self.log_tail() and self._answers("GET", "ready", timeout=1)):
            self.check()
            if time.monotonic() > deadline:
                reason = f"ministack was not ready in {_SECONDS_TO_START} s:\n{self.log_tail()}"
                raise MinistackError(reason)
            time.sleep(0.05)

    def _environment(self) -> dict[str, str]:
        # The functions inherit these: no setting of the user's own AWS account may be among them.
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
            # No X-Ray daemon runs here.
            "POWERTOOLS_TRACE_DISABLED": "true",
            "PYTHONUNBUFFERED": "1",
            "S3_DATA_DIR": str(self._folder / "s3"),
            "STATE_DIR": str(self._folder / "state"),
            "TMPDIR": str(self._folder),
            "AUTH": str(self._enforces_iam).lower(),
            **(_tls_environment(self._tls) if self._tls else {}),
        }

    def _answers(self, method: str, action: str, timeout: float) -> bool:
        connection = self.connect(timeout)
        try:
            connection.request(method, f"/_ministack/{action}")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _stop(self) -> None:
        if self._process is not None:
            # The reset ends its workers, which would otherwise stay as orphans.
            self._answers("POST", "reset", timeout=_SECONDS_TO_STOP)
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_SECONDS_TO_STOP)
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def _tls_environment(tls: Tls) -> dict[str, str]:
    certificate = str(tls.certificate)
    return {
        "USE_SSL": "1",
        "MINISTACK_SSL_CERT": certificate,
        "MINISTACK_SSL_KEY": str(tls.key),
        # The functions inherit it, because they call ministack over https too.
        "AWS_CA_BUNDLE": certificate,
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
