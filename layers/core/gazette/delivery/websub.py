"""Hubs over HTTP: how a publisher speaks to a hub, which W3C WebSub leaves to the two of them.

Google's hub and Superfeedr ask for the feed as ``hub.url``, Switchboard as ``hub.topic``; the field
of the other disturbs none of them.
"""

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError, ResponseError
from urllib3.util import Retry, Timeout

from gazette.ports import HubBusyError, HubRefusedError

if TYPE_CHECKING:
    from types import TracebackType

    from urllib3.connectionpool import ConnectionPool
    from urllib3.response import BaseHTTPResponse

# Three tries, which together take half a minute at most: each six seconds, and five between two.
_CONNECT_SECONDS, _READ_SECONDS = 2.0, 4.0
_TRIES_MORE = 2
_LONGEST_WAIT = 5
_BACKOFF = 0.5
_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, *range(500, 600)})
_HEADERS = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "Gazette"}
# Of a refusal as much as a person needs to see.
_BYTES_READ = 300


class _Patience(Retry):
    """Waits as long as a hub asks for, but gives up where that is too long to wait here."""

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: "BaseHTTPResponse | None" = None,
        error: Exception | None = None,
        _pool: "ConnectionPool | None" = None,
        _stacktrace: "TracebackType | None" = None,
    ) -> "_Patience":
        if response is not None and (self.get_retry_after(response) or 0) > _LONGEST_WAIT:
            raise MaxRetryError(_pool, url, ResponseError("asks to wait"))  # type: ignore[arg-type]  # urlopen gives both
        return super().increment(method, url, response, error, _pool, _stacktrace)


class HttpHubClient:
    """A `HubClient` that posts forms; it follows no redirect: a person chose whom it speaks to."""

    def __init__(self, read_seconds: float = _READ_SECONDS, backoff: float = _BACKOFF) -> None:
        self._pool = urllib3.PoolManager(
            timeout=Timeout(connect=_CONNECT_SECONDS, read=read_seconds),
            retries=_Patience(
                _TRIES_MORE,
                allowed_methods=None,
                status_forcelist=_BUSY,
                backoff_factor=backoff,
                raise_on_status=False,
            ),
        )

    def tell(self, hub: str, feed: str) -> None:
        form = urlencode({"hub.mode": "publish", "hub.url": feed, "hub.topic": feed})
        try:
            status, said = self._post(hub, form)
        except HTTPError as error:
            raise HubBusyError(f"{hub} does not answer: {error}") from error
        if status in _BUSY:
            raise HubBusyError(f"{hub} answered {status} {said}")
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise HubRefusedError(f"{hub} answered {status} {said}")

    def _post(self, hub: str, form: str) -> tuple[int, str]:
        response = self._pool.request(
            "POST",
            hub,
            body=form,
            headers=_HEADERS,
            redirect=False,
            preload_content=False,
        )
        try:
            body = response.read(_BYTES_READ).decode("utf-8", "replace")
            return response.status, response.headers.get("Location") or body
        finally:
            response.close()
