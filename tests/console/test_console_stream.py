"""The server-sent events of the console: all arrivals first, then each change, and a clean end."""

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler

from gazette_cli.console.access import PREFIX
from gazette_cli.console.arrivals import Arrival, Arrivals
from gazette_cli.console.requests import RefusedError, refusal, send
from gazette_cli.console.stream import MAX_STREAMS, Streams
from gazette_cli.emulators.serve import bind_port

NOON = datetime(2026, 7, 4, 12, tzinfo=UTC)


@dataclass
class Server:
    """Answers each request with a stream."""

    port: int
    streams: Streams
    prefix: str = PREFIX
    open: list[http.client.HTTPConnection] = field(default_factory=list)

    @property
    def arrivals(self) -> Arrivals:
        return self.streams.arrivals

    def answer(self, connection: BaseHTTPRequestHandler) -> None:
        try:
            self.streams.answer(connection)
        except RefusedError as error:
            send(connection, refusal(error))

    def connect(self) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        self.open.append(connection)
        connection.request("GET", f"{PREFIX}stream")
        return connection.getresponse()


@contextmanager
def serving(seconds_to_comment: float = 10) -> Iterator[Server]:
    with bind_port(0) as server, server.serving(lambda _: None):
        streams = Streams(Arrivals(), lambda row: [row.event_id, row.number], seconds_to_comment)
        found = Server(server.server_port, streams)
        server.extension = found
        with ExitStack() as closed:
            closed.callback(streams.close)
            yield found
            for connection in found.open:
                closed.callback(connection.close)


def event(stream: http.client.HTTPResponse) -> str:
    """Return the next event of a stream in one line."""
    lines = list(iter(stream.readline, b"\n"))
    assert b"" not in lines
    return b"".join(lines).decode().strip().replace("\n", " ")


def beginning(stream: http.client.HTTPResponse) -> list[str]:
    return [event(stream) for _ in range(3)]


def test_a_page_gets_all_arrivals_and_then_each_change() -> None:
    with serving() as server:
        server.arrivals.record("old", 1, NOON)
        stream = server.connect()
        assert stream.status == HTTPStatus.OK
        assert stream.getheader("Content-Type") == "text/event-stream"
        assert stream.getheader("Cache-Control") == "no-store"
        assert beginning(stream) == [
            "retry: 1000",
            'event: arrivals data: [["old", 1]]',
            "event: attention data: 0",
        ]
        server.arrivals.record("new", 2, NOON)
        assert event(stream) == 'event: arrivals data: [["new", 2]]'
        server.arrivals.notice()
        assert event(stream) == "event: attention data: 1"


class BusyArrivals(Arrivals):
    """Something arrives right after the list was read."""

    def since(self, change: int) -> list[Arrival]:
        found = super().since(change)
        self.record("meanwhile", 1, NOON)
        return found


def test_what_arrives_while_the_list_is_read_is_not_missed() -> None:
    streams = Streams(BusyArrivals(), lambda row: row.event_id, seconds_to_comment=0.01)
    events = [event for event, _ in zip(streams.events(), range(6), strict=False)]
    assert _arrivals("meanwhile") in events


def _arrivals(*names: str) -> str:
    return f"event: arrivals\ndata: {json.dumps(names)}\n\n"


def test_an_empty_list_is_said_to_be_empty() -> None:
    with serving() as server:
        assert beginning(server.connect())[1] == "event: arrivals data: []"


def test_every_tab_has_a_stream_of_its_own_and_one_that_comes_back_misses_nothing() -> None:
    with serving() as server:
        tabs = [server.connect() for _ in range(3)]
        for tab in tabs:
            beginning(tab)
        tabs[0].close()
        server.open[0].close()
        server.arrivals.record("new", 1, NOON)
        assert {event(tab) for tab in tabs[1:]} == {'event: arrivals data: [["new", 1]]'}
        assert beginning(server.connect())[1] == 'event: arrivals data: [["new", 1]]'


def test_a_stream_without_news_has_comments_so_that_a_page_that_left_is_noticed() -> None:
    with serving(seconds_to_comment=0.01) as server:
        stream = server.connect()
        beginning(stream)
        assert event(stream) == ": nothing new"
        stream.close()
        server.open.pop().close()
        # The stream of the page that left ends by itself: there is room for all others.
        assert server.streams.wait_until_open(0, seconds=20)


def test_no_more_streams_than_allowed_take_a_thread() -> None:
    with serving() as server:
        streams = [server.connect() for _ in range(MAX_STREAMS)]
        assert {stream.status for stream in streams} == {HTTPStatus.OK}
        assert server.connect().status == HTTPStatus.SERVICE_UNAVAILABLE


def test_the_end_of_the_console_ends_all_streams_and_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    with serving() as server:
        streams = [server.connect() for _ in range(5)]
        for stream in streams:
            beginning(stream)
        assert server.streams.close()
        assert [stream.read() for stream in streams] == [b""] * 5
    for thread in set(threading.enumerate()) - before:
        thread.join(20)
    assert set(threading.enumerate()) <= before
