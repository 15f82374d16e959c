"""A subscriber of a hub as others write them: an HTTP server that echoes, checks and records."""

import hashlib
import hmac
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

from gazette_cli.emulators.stack import Stack


class Delivered(NamedTuple):
    """A document that came: when, to which path, and whether its signature fits."""

    at: float
    path: str
    topic: str
    media_type: str
    body: bytes
    is_signed: bool


@dataclass
class PushSubscriber:
    """Confirms every request and takes every document, unless a path has another ``status``."""

    port: int
    secret: str
    delivered: list[Delivered] = field(default_factory=list)
    confirmed: list[tuple[str, str]] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    # Many subscribers get the same bytes, which are stored once.
    bodies: dict[bytes, bytes] = field(default_factory=dict)

    def callback(self, path: str = "/push") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def is_signed(self, header: str | None, body: bytes) -> bool:
        made = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        return header is not None and hmac.compare_digest(f"sha256={made}", header)

    def topics(self, word: str) -> set[str]:
        """Return the topics of the documents that came and that hold a word."""
        return {one.topic for one in list(self.delivered) if word.encode() in one.body}


def ask_hub(stack: Stack, **fields: str) -> tuple[int, str]:
    """Send a form to the hub of a stack on this machine, whose API has no name there."""
    hub = urlsplit(stack.outputs["HubAddress"])
    api = (hub.hostname or "").partition(".")[0]
    connection = stack.ministack.connect(20)
    form = urlencode({f"hub.{name}": value for name, value in fields.items()})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.request("POST", f"/_aws/execute-api/{api}/$default{hub.path}", form, headers)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


@contextmanager
def push_subscriber(secret: str) -> Iterator[PushSubscriber]:
    """Run a subscriber on a free port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = {name: one[0] for name, one in parse_qs(urlsplit(self.path).query).items()}
            subscriber.confirmed.append((asked["hub.mode"], asked["hub.topic"]))
            self._answer(HTTPStatus.OK, asked.get("hub.challenge", "").encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            body = subscriber.bodies.setdefault(body, body)
            _, _, itself = self.headers["Link"].partition(", <")
            subscriber.delivered.append(
                Delivered(
                    time.time(),
                    self.path,
                    itself.partition(">")[0],
                    self.headers["Content-Type"],
                    body,
                    subscriber.is_signed(self.headers["X-Hub-Signature"], body),
                )
            )
            self._answer(subscriber.statuses.get(self.path, HTTPStatus.NO_CONTENT))

        def _answer(self, status: int, body: bytes = b"") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Log nothing: the subscriber keeps what comes."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

    with Server(("127.0.0.1", 0), Handler) as server:
        subscriber = PushSubscriber(server.server_address[1], secret)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield subscriber
        finally:
            server.shutdown()
            thread.join()
