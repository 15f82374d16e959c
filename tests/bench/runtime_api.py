"""The server of the Lambda Runtime API for one process of a function.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import sys
import threading
import time
import uuid
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import NamedTuple, Self

_NEXT = "/2018-06-01/runtime/invocation/next"
_TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


class Call(NamedTuple):
    """A request of the process, received ``at`` (seconds of `perf_counter`)."""

    path: str
    body: bytes
    at: float

    @property
    def is_next(self) -> bool:
        return self.path == _NEXT

    @property
    def is_response(self) -> bool:
        return self.path.endswith("/response")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore the error of a process that ended with an open connection."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # as we got it


class RuntimeApi:
    """Sends events to the process one by one, and receives its responses.

    A process that requests an event waits until the next one, as on Lambda.
    """

    def __init__(self, function_arn: str, timeout: int) -> None:
        self._calls: SimpleQueue[Call] = SimpleQueue()
        self._events: SimpleQueue[bytes | None] = SimpleQueue()
        self._handed_out: SimpleQueue[float] = SimpleQueue()
        self._function_arn, self._timeout = function_arn, timeout
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def address(self) -> str:
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # End a request that still waits for an event.
        self._events.put(None)
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def next_call(self, seconds: float) -> Call | None:
        """Return the next request of the process, or None after a timeout."""
        try:
            return self._calls.get(timeout=seconds)
        except Empty:
            return None

    def hand_out(self, event: bytes) -> float:
        """Send an event to the waiting process and return the time of sending."""
        self._events.put(event)
        return self._handed_out.get()

    def _headers(self) -> dict[str, str]:
        deadline = round((time.time() + self._timeout) * 1000)
        return {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": str(uuid.uuid4()),
            "Lambda-Runtime-Deadline-Ms": str(deadline),
            "Lambda-Runtime-Invoked-Function-Arn": self._function_arn,
            "Lambda-Runtime-Trace-Id": _TRACE,
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Otherwise the headers of a response wait for the acknowledgement of earlier packets.
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                api._calls.put(Call(self.path, b"", time.perf_counter()))
                event = api._events.get()
                if event is None:
                    self.close_connection = True
                    return
                api._handed_out.put(time.perf_counter())
                self._answer(HTTPStatus.OK, event, api._headers())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                api._calls.put(Call(self.path, body, time.perf_counter()))
                self._answer(HTTPStatus.ACCEPTED, b"", {})

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server's name
                """Log nothing: the benchmark prints only its tables."""

            def _answer(self, status: HTTPStatus, body: bytes, headers: dict[str, str]) -> None:
                self.send_response(status)
                for name, value in (headers | {"Content-Length": str(len(body))}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

        return Handler
