"""A subscriber on this machine that sends whatever bytes a test wants, as slowly as it wants."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

# Writes an answer to a connection.
Respond = Callable[[socket.socket], None]


def answer(body: bytes = b"", status: str = "200 OK", *headers: str) -> Respond:
    """Answer with a status line, headers, a true Content-Length and a body."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return send("\r\n".join(lines).encode() + body)


def send(raw: bytes) -> Respond:
    return lambda connection: connection.sendall(raw)


@dataclass
class LocalSubscriber:
    """Answers each connection once with ``respond``; ``requests`` are the bytes that came."""

    port: int
    respond: Respond = field(default_factory=answer)
    requests: list[bytes] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/push?id=7"

    def drip(self, start: bytes, drop: bytes) -> Respond:
        """Send a beginning, and then a little for as long as the other side listens."""

        def respond(connection: socket.socket) -> None:
            connection.sendall(start)
            while not self.stopped.wait(0.05):
                connection.sendall(drop)

        return respond

    def hang(self, _: socket.socket) -> None:
        """Send nothing, and keep the connection."""
        self.stopped.wait(10)


@contextmanager
def local_subscriber(tls: ssl.SSLContext | None = None) -> Iterator[LocalSubscriber]:
    """Run a subscriber on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        subscriber = LocalSubscriber(server.getsockname()[1])

        def serve() -> None:
            while True:
                connection, _ = server.accept()
                if subscriber.stopped.is_set():
                    connection.close()
                    return
                threading.Thread(target=take, args=(connection,)).start()

        def take(plain: socket.socket) -> None:
            # A client that cuts the connection is what some tests wait for.
            with suppress(OSError), _secured(plain, tls) as connection:
                subscriber.requests.append(_read(connection))
                subscriber.respond(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield subscriber
        finally:
            subscriber.stopped.set()
            socket.create_connection(server.getsockname()).close()
            thread.join()


def _secured(plain: socket.socket, tls: ssl.SSLContext | None) -> socket.socket:
    return tls.wrap_socket(plain, server_side=True) if tls else plain


def _read(connection: socket.socket) -> bytes:
    """Read a request to its end."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        raw += connection.recv(65536)
    head, _, body = raw.partition(b"\r\n\r\n")
    lengths = [
        int(line.partition(b":")[2])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    ]
    while lengths and len(body) < lengths[0]:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
