"""Hub pings over HTTP. W3C WebSub does not define their form.

Google's hub and Superfeedr read the feed from ``hub.url``, Switchboard from ``hub.topic``. Each of
them ignores the field of the others, so a ping carries both.
"""

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError, ResponseError
from urllib3.util import Retry, Timeout

from gazette.models.limits import (
    MAX_HUB_CONNECT_SECONDS,
    MAX_HUB_PING_REPEATS,
    MAX_HUB_READ_SECONDS,
    MAX_HUB_WAIT_SECONDS,
)
from gazette.ports import HubBusyError, HubRefusedError

if TYPE_CHECKING:
    from types import TracebackType

    from urllib3.connectionpool import ConnectionPool
    from urllib3.response import BaseHTTPResponse

_BACKOFF = 0.5
_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, *range(500, 600)})
_HEADERS = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "Gazette"}
# Enough of an error response for a person to see the reason.
_BYTES_READ = 300


class _BoundedRetry(Retry):
    """Respects Retry-After, but gives up if the hub asks for too long a wait."""

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: "BaseHTTPResponse | None" = None,
        error: Exception | None = None,
        _pool: "ConnectionPool | None" = None,
        _stacktrace: "TracebackType | None" = None,
    ) -> "_BoundedRetry":
        if response is not None and (self.get_retry_after(response) or 0) > MAX_HUB_WAIT_SECONDS:
            raise MaxRetryError(_pool, url, ResponseError("asks to wait"))  # type: ignore[arg-type]  # urlopen gives both
        return super().increment(method, url, response, error, _pool, _stacktrace)


class HttpHubClient:
    """A `HubClient` that posts forms. It follows no redirect: the operator chose the hubs."""

    def __init__(
        self, read_seconds: float = MAX_HUB_READ_SECONDS, backoff: float = _BACKOFF
    ) -> None:
        self._pool = urllib3.PoolManager(
            timeout=Timeout(connect=MAX_HUB_CONNECT_SECONDS, read=read_seconds),
            retries=_BoundedRetry(
                MAX_HUB_PING_REPEATS,
                allowed_methods=None,
                status_forcelist=_BUSY,
                backoff_factor=backoff,
                raise_on_status=False,
            ),
        )

    def ping(self, hub: str, feed: str) -> None:
        form = urlencode({"hub.mode": "publish", "hub.url": feed, "hub.topic": feed})
        try:
            status, body = self._post(hub, form)
        except HTTPError as error:
            raise HubBusyError(f"{hub} does not answer: {error}") from error
        if status in _BUSY:
            raise HubBusyError(f"{hub} answered {status} {body}")
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise HubRefusedError(f"{hub} answered {status} {body}")

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
