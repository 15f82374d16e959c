"""Sends what arrives to the open pages, as server-sent events (HTML Standard, section 9.2).

A page that connects gets all arrivals, and then each change. So a page that was disconnected
misses nothing.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from threading import Condition

from gazette_cli.console.access import SAFE_HEADERS
from gazette_cli.console.arrivals import Arrival, Arrivals
from gazette_cli.console.requests import RefusedError

# Each stream takes a thread.
MAX_STREAMS = 30
_RETRY_MILLISECONDS = 1000
# Without news a comment finds out whether the page is still there.
_SECONDS_TO_COMMENT = 15.0
_SECONDS_TO_END = 5.0


@dataclass(slots=True)
class Streams:
    """The streams of all open pages; ``shape`` is the JSON form of a row."""

    arrivals: Arrivals
    shape: Callable[[Arrival], object]
    seconds_to_comment: float = _SECONDS_TO_COMMENT
    _open: int = 0
    _changed: Condition = field(default_factory=Condition)

    def answer(self, connection: BaseHTTPRequestHandler) -> None:
        """Send events until the page or the console ends.

        Raises:
            RefusedError: too many pages are open.
        """
        with self._changed:
            if self._open >= MAX_STREAMS:
                reason = f"{MAX_STREAMS} pages of the console are open; close some"
                raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, reason)
            self._open += 1
        try:
            self._send(connection)
        finally:
            with self._changed:
                self._open -= 1
                self._changed.notify_all()

    def close(self) -> bool:
        """End all streams, and return whether they have ended."""
        self.arrivals.close()
        return self.wait_until_open(0, _SECONDS_TO_END)

    def wait_until_open(self, number: int, seconds: float) -> bool:
        """Wait until so many streams are open, and return whether they are."""
        with self._changed:
            return self._changed.wait_for(lambda: self._open == number, seconds)

    def events(self) -> Iterator[str]:
        """Yield each event as text, and a comment when there was none for a while."""
        yield f"retry: {_RETRY_MILLISECONDS}\n\n"
        arrivals, sent, notices = self.arrivals, -1, -1
        is_open = True
        while is_open:
            # What arrives after this is in the next list, and may be in this one, too.
            newest = arrivals.change
            rows = arrivals.since(sent)
            if rows or sent < 0:
                yield _event("arrivals", [self.shape(row) for row in rows])
            if arrivals.notices != notices:
                notices = arrivals.notices
                yield _event("attention", notices)
            sent = newest
            is_open = arrivals.wait(sent, self.seconds_to_comment)
            if is_open and arrivals.change == sent:
                yield ": nothing new\n\n"

    def _send(self, connection: BaseHTTPRequestHandler) -> None:
        connection.send_response(HTTPStatus.OK)
        headers = {**SAFE_HEADERS, "Content-Type": "text/event-stream", "Connection": "close"}
        for name, value in headers.items():
            connection.send_header(name, value)
        connection.close_connection = True
        connection.end_headers()
        with suppress(OSError):  # the page has left
            for event in self.events():
                connection.wfile.write(event.encode())


def _event(name: str, shape: object) -> str:
    return f"event: {name}\ndata: {json.dumps(shape)}\n\n"
