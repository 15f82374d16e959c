"""Serves a site over HTTP while it is published, and polls it as a client (SPEC H1)."""

import gzip
import http.client
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from gazette.delivery.memory import MemorySiteStore
from gazette.models.contract.identity import erasure_key, event_key
from gazette.models.site import Site
from gazette.models.views.site_document import Document
from gazette_cli.emulators.webserver import SiteServer, StoredDocument, _Handler
from gazette_cli.engines.acts import Change
from gazette_cli.engines.engine import ChangeClock
from gazette_cli.engines.memory_engine import MemoryEngine

VALIDATORS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
_SECONDS = 10


class TimedSiteStore(MemorySiteStore):
    """A site that records when each document was written, like a bucket, even without a change.

    Its clock shows the time of the last change, so two times of writing differ only for a reason.
    """

    def __init__(self) -> None:
        super().__init__(Counter())
        self.clock = ChangeClock()
        self._written: dict[str, datetime] = {}

    def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
        super().write(documents, seen)
        self._written |= {document.path: self.clock.now() for document in documents}

    def read(self, path: str) -> StoredDocument | None:
        """Return the document for a request path."""
        found = self.documents.get(path)
        if found is None:
            return None
        return StoredDocument(
            found.body, found.media_type, found.etag, self._written[path], found.cache_control
        )


class WatchedHandler(_Handler):
    """Records in the server's ``answers`` how it responded to each path."""

    server: "WatchedServer"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        del size
        self.server.answers.append((self.path, HTTPStatus(int(code))))


class WatchedServer(SiteServer):
    """The server of the site on a free port, with a list of its responses."""

    def __init__(self) -> None:
        super().__init__(0)
        self.RequestHandlerClass = WatchedHandler
        self.answers: list[tuple[str, HTTPStatus]] = []


@dataclass(frozen=True, slots=True)
class Answer:
    """A response; ``body`` is what was sent, before compression."""

    status: HTTPStatus
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Poller:
    """Polls an address like a reader: sends its validators, keeps the bytes until they change.

    The connection stays open. So bytes after a 304, which has no body, would spoil the next
    response.
    """

    server: SiteServer
    path: str
    keeps: Collection[str] = tuple(VALIDATORS)
    accepts: str = "gzip"
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    _connection: http.client.HTTPConnection | None = None

    def poll(self) -> Answer:
        """Request the address with the known validators."""
        said = {VALIDATORS[name]: self.headers[name] for name in self.keeps if name in self.headers}
        answer = self._ask({"Accept-Encoding": self.accepts, **said})
        if answer.status is HTTPStatus.OK:
            self.body, self.headers = answer.body, dict(answer.headers)
        return answer

    def close(self) -> None:
        if self._connection:
            self._connection.close()

    def _ask(self, headers: dict[str, str]) -> Answer:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                "127.0.0.1", self.server.server_port, timeout=_SECONDS
            )
        self._connection.request("GET", f"/{self.path}", headers=headers)
        response = self._connection.getresponse()
        body = response.read()
        if response.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        return Answer(HTTPStatus(response.status), dict(response.headers), body)


class World:
    """A publisher and its site. Each change is published completely before its method returns."""

    def __init__(self, server: WatchedServer) -> None:
        self.server = server
        self.site = Site(base_url=server.url, tag_authority="gazette.example,2026")
        self.store = TimedSiteStore()
        self._engine = MemoryEngine(self.site, self.store, Counter())
        self._pollers: list[Poller] = []

    def put(self, event: str, at: datetime, **fields: object) -> None:
        """Write a new version of an event."""
        self._change(Change(at, event_key(event), json.dumps(fields).encode()))

    def delete(self, event: str, at: datetime) -> None:
        self._change(Change(at, event_key(event), None))

    def erase(self, event: str, at: datetime, *numbers: int) -> None:
        erasure = {"revisions": numbers, "reason": "Asked for."}
        self._change(Change(at, erasure_key(event), json.dumps(erasure).encode()))

    def notify_again(self, event: str, at: datetime) -> None:
        """Repeat a notification, as S3 may do at any time."""
        self.store.clock.move(at)
        self._engine._add_key(event_key(event))
        self._engine.settle()

    def follow(self, path: str, keeps: Collection[str] = tuple(VALIDATORS)) -> Poller:
        """Begin to poll an address."""
        self._pollers.append(Poller(self.server, path, keeps))
        return self._pollers[-1]

    def close(self) -> None:
        for poller in self._pollers:
            poller.close()

    def _change(self, change: Change) -> None:
        self.store.clock.move(change.at)
        self._engine.apply(change)
        self._engine.settle()
        # A refused document would change nothing, and a test that expects no change would pass
        # wrongly.
        assert not self._engine.report.quarantined
