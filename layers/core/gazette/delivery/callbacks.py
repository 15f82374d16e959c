"""Calls callbacks of subscribers over HTTP.

A name is resolved once, all its addresses are checked, and the connection goes to a checked one: a
name that is resolved again could lead elsewhere. No redirect is followed. A call ends after some
seconds, whatever the other side sends.
"""

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from threading import Event, Timer
from typing import NamedTuple
from urllib.parse import urlsplit

from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

from gazette.models.hub.answers import (
    CallbackAnswer,
    CallbackResult,
    Forbidden,
    Post,
    Unreachable,
)
from gazette.models.hub.callback_rules import CallbackRules, port_of
from gazette.models.limits import CALLBACK_SECONDS, DELIVERIES_A_MESSAGE, MAX_ANSWER_BYTES

_AGENT = {"User-Agent": "Gazette (WebSub hub)"}


class ForbiddenAddressError(Exception):
    """A host has an address that a hub must not call."""


class _Request(NamedTuple):
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None


def resolve(host: str, port: int) -> list[str]:
    """Return the IP addresses of a host, IPv4 first: not every network has IPv6."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    families = sorted(found, key=lambda one: one[0] != socket.AF_INET)
    return [str(address[0]) for *_, address in families]


class HttpCallbackClient:
    """A `CallbackClient` on connections that live for one call each."""

    def __init__(
        self,
        rules: CallbackRules,
        seconds: float = CALLBACK_SECONDS,
        resolver: Callable[[str, int], Sequence[str]] = resolve,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        self._rules = rules
        self._seconds = seconds
        self._resolve = resolver
        self._trusted = trusted or ssl.create_default_context()
        self._pool = ThreadPoolExecutor(DELIVERIES_A_MESSAGE)

    def get(self, url: str) -> CallbackResult:
        return self._call(_Request("GET", url, _AGENT))

    def post_all(self, posts: Sequence[Post]) -> Sequence[CallbackResult]:
        requests = [
            _Request("POST", post.callback, _AGENT | dict(post.headers), post.body)
            for post in posts
        ]
        return list(self._pool.map(self._call, requests))

    def _call(self, request: _Request) -> CallbackResult:
        try:
            with self._connection(request.url) as connection:
                parts = urlsplit(request.url)
                connection.request(
                    request.method,
                    parts._replace(scheme="", netloc="").geturl(),
                    request.body,
                    {**request.headers, "Host": parts.netloc},
                )
                return _answer(request, connection.getresponse())
        except ForbiddenAddressError as error:
            return Forbidden(str(error))
        # A host that is no name raises a ValueError, and so does an answer that cannot be read.
        except (OSError, HTTPException, ValueError, OverflowError) as error:
            return Unreachable(f"{type(error).__name__}: {error}")

    @contextmanager
    def _connection(self, url: str) -> Iterator[HTTPConnection]:
        """Connect to a checked address of the host, and cut the connection after some seconds.

        The time limit of a socket is one for each packet: it alone would let a call go on forever.
        """
        connection = self._connect(url)
        late = Event()
        timer = Timer(self._seconds, _cut, (connection, late))
        timer.start()
        try:
            yield connection
            if late.is_set():  # or the end of the connection would pass for that of the answer
                raise TimeoutError(f"took more than {self._seconds:g} seconds")
        finally:
            timer.cancel()
            connection.close()

    def _connect(self, url: str) -> HTTPConnection:
        parts = urlsplit(url)
        host, port = parts.hostname or "", port_of(url)
        address = self._checked_address(host, port)
        if parts.scheme == "http":
            return _PlainConnection(address, port, self._seconds)
        return _SecureConnection(address, port, self._seconds, host, self._trusted)

    def _checked_address(self, host: str, port: int) -> str:
        addresses = self._resolve(host, port)
        for address in addresses:
            if not self._rules.allows(address):
                raise ForbiddenAddressError(
                    f"{host} has the address {address}, which is not public"
                )
        return addresses[0]


class _PlainConnection(HTTPConnection):
    """A connection to an address, which is made before the time of the call is over.

    Until then there is nothing that could be cut.
    """

    def __init__(self, address: str, port: int, seconds: float) -> None:
        super().__init__(address, port, timeout=seconds / 2)
        self._seconds = seconds

    def connect(self) -> None:
        super().connect()
        self.sock.settimeout(self._seconds)


class _SecureConnection(_PlainConnection):
    """A connection to an address, with the certificate of a name."""

    def __init__(
        self, address: str, port: int, seconds: float, name: str, trusted: ssl.SSLContext
    ) -> None:
        super().__init__(address, port, seconds)
        self._name = name
        self._trusted = trusted

    def connect(self) -> None:
        super().connect()
        secure = self._trusted.wrap_socket(
            self.sock, server_hostname=self._name, do_handshake_on_connect=False
        )
        self.sock = secure  # before the handshake, so that it can be cut
        secure.do_handshake()


def _answer(request: _Request, response: HTTPResponse) -> CallbackAnswer:
    """Read what is needed of a response: of one to a document only the status."""
    body = b""
    if request.method == "GET":
        # Not `read`: after a chunk with a negative length it would read without an end.
        while len(body) < MAX_ANSWER_BYTES and (some := response.read1(MAX_ANSWER_BYTES)):
            body += some
        body = body[:MAX_ANSWER_BYTES]
        if response.length and len(body) < MAX_ANSWER_BYTES:
            raise IncompleteRead(body, response.length)
    return CallbackAnswer(response.status, body, _retry_after(response.getheader("Retry-After")))


def _retry_after(text: str | None) -> int:
    """Return the seconds of Retry-After, which may be a date; 0 without it."""
    with suppress(InvalidHeader, OverflowError, ValueError):
        return int(Retry().parse_retry_after(text)) if text else 0
    return 0


def _cut(connection: HTTPConnection, late: Event) -> None:
    """End a connection while another thread waits for it."""
    late.set()
    if connection.sock is not None:
        with suppress(OSError):  # it has ended by itself
            # Not the method of a TLS socket, which would first forget its state.
            socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
