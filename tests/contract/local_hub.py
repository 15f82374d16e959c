"""A local hub that gives configured answers and records the pings it receives."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs


class Answer(NamedTuple):
    """The response of the hub to one POST, and the seconds before it."""

    status: int = 204
    headers: Mapping[str, str] = {}
    body: bytes = b""
    seconds: float = 0


class Ping(NamedTuple):
    """A POST that arrived: its time on the machine's monotonic clock, and its form."""

    at: float
    media_type: str
    form: dict[str, list[str]]

    @property
    def feed(self) -> str:
        (feed,) = self.form["hub.url"]
        return feed


@dataclass
class LocalHub:
    """Gives ``answers`` in order, then 204; ``on_ping`` is called for each POST first."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    pings: list[Ping] = field(default_factory=list)
    on_ping: Callable[[Ping], None] = lambda _: None

    def take(self, media_type: str, body: str) -> Answer:
        ping = Ping(time.monotonic(), media_type, parse_qs(body, strict_parsing=True))
        self.on_ping(ping)
        self.pings.append(ping)
        return self.answers.pop(0) if self.answers else Answer()


@contextmanager
def local_hub(port: int = 0) -> Iterator[LocalHub]:
    """Run a hub on a port, or on any free port."""
    hub = LocalHub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            answer = hub.take(self.headers["Content-Type"], body)
            time.sleep(answer.seconds)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != 204:  # a 204 has no body
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            """Log nothing: the hub keeps the requests."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            """Ignore a client that closed the connection: some tests do not wait for a response."""

    with Server(("127.0.0.1", port), Handler) as server:
        hub.url = f"http://127.0.0.1:{server.server_address[1]}/hub"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield hub
        finally:
            server.shutdown()
            thread.join()
