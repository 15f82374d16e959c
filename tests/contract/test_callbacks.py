"""The client of callbacks against real connections: what a stranger may send, and how long."""

import socket
import ssl
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from http.client import HTTPConnection
from pathlib import Path
from threading import Event

import pytest

from gazette.delivery.callbacks import HttpCallbackClient, _cut, resolve
from gazette.models.hub.answers import CallbackAnswer, Forbidden, Post, Unreachable
from gazette.models.hub.callback_rules import CallbackRules
from gazette.models.limits import MAX_ANSWER_BYTES
from tests.contract.local_subscriber import LocalSubscriber, answer, local_subscriber, send
from tests.e2e.certificates import make_tls

LOCAL = CallbackRules(is_local=True)
SECONDS = 0.5
CLIENT = HttpCallbackClient(LOCAL, SECONDS)


@pytest.fixture
def subscriber() -> Iterator[LocalSubscriber]:
    with local_subscriber() as subscriber:
        yield subscriber


def post(subscriber: LocalSubscriber, body: bytes = b"<feed/>") -> Post:
    return Post(subscriber.url, (("Content-Type", "application/atom+xml"),), body)


def test_a_callback_is_asked_with_its_whole_query(subscriber: LocalSubscriber) -> None:
    subscriber.respond = answer(b"challenge")
    assert CLIENT.get(f"{subscriber.url}&a=%20b") == CallbackAnswer(200, b"challenge")
    (request,) = subscriber.requests
    first, *headers = request.decode().split("\r\n")
    assert first == "GET /push?id=7&a=%20b HTTP/1.1"
    assert f"Host: 127.0.0.1:{subscriber.port}" in headers
    assert "User-Agent: Gazette (WebSub hub)" in headers


def test_a_document_comes_with_its_headers_and_bytes(subscriber: LocalSubscriber) -> None:
    subscriber.respond = answer(b"thanks", "202 Accepted")
    body = bytes(range(256)) * 2000
    assert CLIENT.post_all([post(subscriber, body)]) == [CallbackAnswer(202)]
    head, _, received = subscriber.requests[0].partition(b"\r\n\r\n")
    assert received == body
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /push?id=7 HTTP/1.1"
    assert {"Content-Type: application/atom+xml", f"Content-Length: {len(body)}"} <= set(lines)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Retry-After: 120", 120),
        ("Retry-After: Fri, 31 Dec 1999 23:59:59 GMT", 0),
        ("Retry-After: soon", 0),
        ("Retry-After: -5", 0),
        ("X-Other: 1", 0),
    ],
)
def test_a_busy_subscriber_may_ask_for_a_pause(
    subscriber: LocalSubscriber, header: str, seconds: int
) -> None:
    subscriber.respond = answer(b"", "429 Too Many Requests", header)
    assert CLIENT.get(subscriber.url) == CallbackAnswer(429, b"", seconds)


@pytest.mark.parametrize("status", ["301", "302", "303", "307", "308"])
def test_a_redirect_is_not_followed(subscriber: LocalSubscriber, status: str) -> None:
    elsewhere = f"Location: http://127.0.0.1:{subscriber.port}/elsewhere"
    subscriber.respond = answer(b"", f"{status} Moved", elsewhere)
    (result,) = CLIENT.post_all([post(subscriber)])
    assert result == CallbackAnswer(int(status))
    assert len(subscriber.requests) == 1


def test_only_the_beginning_of_a_long_answer_is_read(subscriber: LocalSubscriber) -> None:
    subscriber.respond = answer(b"x" * 5_000_000)
    result = CLIENT.get(subscriber.url)
    assert isinstance(result, CallbackAnswer)
    assert len(result.body) == MAX_ANSWER_BYTES


def test_compressed_bytes_stay_as_they_are(subscriber: LocalSubscriber) -> None:
    """Decompressed they could be as large as anyone likes."""
    subscriber.respond = answer(b"\x1f\x8b", "200 OK", "Content-Encoding: gzip")
    assert CLIENT.get(subscriber.url) == CallbackAnswer(200, b"\x1f\x8b")


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nchallenge",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nchallenge",
        b"HTTP/1.1 2",
        b"no HTTP at all\r\n\r\n",
        b"",
    ],
)
def test_an_answer_that_is_shorter_than_it_says_is_none(
    subscriber: LocalSubscriber, raw: bytes
) -> None:
    subscriber.respond = send(raw)
    assert isinstance(CLIENT.get(subscriber.url), Unreachable)


@pytest.mark.parametrize("size", [b"-1", b"-5", b"-" + b"f" * 16])
def test_a_chunk_of_a_negative_length_costs_no_memory(
    subscriber: LocalSubscriber, size: bytes
) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    subscriber.respond = send(head + size + b"\r\n" + b"x" * 20_000_000)
    tracemalloc.start()
    result = CLIENT.get(subscriber.url)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(result, Unreachable | CallbackAnswer)
    assert isinstance(result, Unreachable) or len(result.body) <= MAX_ANSWER_BYTES
    assert peak < 60_000_000  # the server of this test has 20 MB of it, twice


@pytest.mark.parametrize("host", ["a..b", ".", ".example", "x" * 64, "x" * 64 + ".example"])
def test_a_host_that_is_no_name_is_unreachable(host: str) -> None:
    assert isinstance(CLIENT.get(f"http://{host}/"), Unreachable)


def test_a_body_beyond_its_length_is_not_read(subscriber: LocalSubscriber) -> None:
    subscriber.respond = send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nchallenge")
    assert CLIENT.get(subscriber.url) == CallbackAnswer(200, b"chal")


def test_whatever_the_length_of_its_body_a_taken_document_is_taken(
    subscriber: LocalSubscriber,
) -> None:
    subscriber.respond = send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok")
    assert CLIENT.post_all([post(subscriber)]) == [CallbackAnswer(200)]


ENDLESS = {
    "a line that never ends": (b"HTTP/1.1 200", b" OK"),
    "headers that never end": (b"HTTP/1.1 200 OK\r\n", b"X-A: 1\r\n"),
    "a body that never ends": (b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n", b"x"),
    "chunks that never end": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"1\r\nx\r\n",
    ),
    "a beginning that never comes": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


@pytest.mark.parametrize("what", ENDLESS)
def test_an_endless_answer_is_cut_by_time(subscriber: LocalSubscriber, what: str) -> None:
    subscriber.respond = subscriber.drip(*ENDLESS[what])
    began = time.monotonic()
    assert isinstance(CLIENT.get(subscriber.url), Unreachable)
    assert time.monotonic() - began < 4 * SECONDS


def test_a_subscriber_that_never_answers_is_left_after_some_time(
    subscriber: LocalSubscriber,
) -> None:
    subscriber.respond = subscriber.hang
    began = time.monotonic()
    assert isinstance(CLIENT.post_all([post(subscriber)])[0], Unreachable)
    assert time.monotonic() - began < 4 * SECONDS


def test_a_slow_subscriber_delays_no_other(subscriber: LocalSubscriber) -> None:
    with local_subscriber() as slow:
        slow.respond = slow.hang
        began = time.monotonic()
        results = CLIENT.post_all([*[post(slow)] * 10, *[post(subscriber)] * 10])
        assert time.monotonic() - began < 4 * SECONDS
    assert [isinstance(result, Unreachable) for result in results] == [True] * 10 + [False] * 10


def test_a_subscriber_that_is_down_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and do not listen
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        result = CLIENT.get(url)
    assert isinstance(result, Unreachable)
    assert "refused" in result.reason


def test_a_name_that_does_not_exist_is_unreachable() -> None:
    assert isinstance(CLIENT.get("http://reader.invalid/"), Unreachable)


def test_names_are_resolved_to_addresses() -> None:
    assert "127.0.0.1" in resolve("localhost", 80)
    assert resolve("127.0.0.1", 80) == ["127.0.0.1"]


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["8.8.8.8", "10.0.0.1"],
        ["8.8.8.8", "::1"],
        ["169.254.169.254"],
        ["2a00::1", "fd00:ec2::254"],
        ["::ffff:127.0.0.1"],
    ],
)
def test_a_name_with_any_address_that_is_not_public_is_not_called(addresses: list[str]) -> None:
    client = HttpCallbackClient(CallbackRules(), SECONDS, lambda _host, _port: addresses)
    result = client.get("http://reader.example/")
    assert isinstance(result, Forbidden)
    assert "which is not public" in result.reason


def test_a_deployed_hub_calls_nothing_on_its_own_machine(subscriber: LocalSubscriber) -> None:
    client = HttpCallbackClient(CallbackRules(), SECONDS)
    for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1"):
        url = f"http://{host}:{subscriber.port}/"
        assert isinstance(client.get(url), Forbidden), host
    assert subscriber.requests == []


def test_a_name_is_resolved_once_and_called_where_it_was_checked(
    subscriber: LocalSubscriber,
) -> None:
    """A name server that answers differently the second time (DNS rebinding) gains nothing."""
    asked: list[str] = []

    def resolver(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    client = HttpCallbackClient(LOCAL, SECONDS, resolver)
    url = f"http://reader.example:{subscriber.port}/push"
    assert client.get(url) == CallbackAnswer(200)
    assert asked == ["reader.example"]
    assert f"Host: reader.example:{subscriber.port}".encode() in subscriber.requests[0]


@pytest.fixture
def trusted(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The contexts of a server with the certificate of 127.0.0.1 and of a client that trusts it."""
    tls = make_tls(tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tls.certificate, tls.key)
    return server, ssl.create_default_context(cafile=str(tls.certificate))


def test_the_certificate_is_that_of_the_host(
    trusted: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    server, client_context = trusted
    with local_subscriber(server) as subscriber:
        subscriber.respond = answer(b"challenge")

        def resolver(_host: str, _port: int) -> Sequence[str]:
            return ["127.0.0.1"]

        client = HttpCallbackClient(LOCAL, 5, resolver, client_context)
        own = client.get(f"https://127.0.0.1:{subscriber.port}/")
        other = client.get(f"https://reader.example:{subscriber.port}/")
        stranger = HttpCallbackClient(LOCAL, 5, resolver)
        untrusted = stranger.get(f"https://127.0.0.1:{subscriber.port}/")
    assert own == CallbackAnswer(200, b"challenge")
    assert isinstance(other, Unreachable)
    assert "mismatch" in other.reason
    assert isinstance(untrusted, Unreachable)


def test_a_handshake_that_never_ends_is_cut_by_time(subscriber: LocalSubscriber) -> None:
    began = time.monotonic()
    result = CLIENT.get(f"https://127.0.0.1:{subscriber.port}/")
    assert isinstance(result, Unreachable)
    assert time.monotonic() - began < 4 * SECONDS


def test_a_connection_that_is_not_made_yet_is_only_marked_as_late() -> None:
    late = Event()
    _cut(HTTPConnection("127.0.0.1"), late)
    assert late.is_set()
