"""The console of the publisher at `/_gazette/`: what arrives, what failed, and a form to write.

It answers to this machine only, and to those who have the token that is printed (SPEC L3).
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gazette.models.branding.site_settings import SiteSettings
from gazette.models.texts.catalogue import catalogue_of
from gazette.ports import UnreadableVersionError
from gazette.renderers.pages.brand_files import icon, stylesheet
from gazette.runtime.bootstrap.clients import utc_now
from gazette_cli.console.access import PREFIX, STYLESHEET, Access
from gazette_cli.console.arrivals import Arrivals
from gazette_cli.console.editor import Editor
from gazette_cli.console.log_follower import LogFollower, Reporter
from gazette_cli.console.requests import (
    HTML,
    RefusedError,
    Request,
    json_response,
    read_fields,
    read_request,
    refusal,
    send,
)
from gazette_cli.console.stream import Streams
from gazette_cli.console.views import Shape, arrival_shape, attention_shape, event_shape
from gazette_cli.emulators.webserver import Response, SiteServer
from gazette_cli.engines.engine import EngineError
from gazette_cli.operate.aws_errors import AWS_ERRORS, aws_problem
from gazette_cli.operate.deployment import Deployment
from gazette_cli.operate.failures import stored_failures
from gazette_cli.operate.replay import replay_one

_ASSETS = Path(__file__).with_name("assets")
_PAGES = Environment(
    loader=FileSystemLoader(_ASSETS), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
Form = Mapping[str, str]


@dataclass(slots=True)
class Console:
    """Answers the requests of the console of one stack, in the threads of its server."""

    access: Access
    deployment: Deployment
    settings: SiteSettings
    streams: Streams
    follower: LogFollower
    editor: Editor
    prefix: str = PREFIX
    _replaying: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, connection: BaseHTTPRequestHandler) -> None:
        """Answer a request, whatever it is."""
        request = read_request(connection)
        try:
            response = self._answer(connection, request)
        except RefusedError as error:
            response = refusal(error)
        except (EngineError, UnreadableVersionError) as error:
            response = json_response({"error": str(error)}, HTTPStatus.CONFLICT)
        except AWS_ERRORS as error:
            response = json_response({"error": aws_problem(error)}, HTTPStatus.BAD_GATEWAY)
        if response is not None:
            send(connection, response)

    def _answer(self, connection: BaseHTTPRequestHandler, request: Request) -> Response | None:
        if reason := self.access.why_foreign(request.headers, is_post=request.is_post):
            raise RefusedError(HTTPStatus.FORBIDDEN, reason)
        if not request.is_post and (file := self._file(request.path)):
            return file
        if reason := self.access.why_unknown(request.headers, request.query):
            return self._closed(request, reason)
        if request.path == "stream" and connection.command == "GET":
            self.streams.answer(connection)
            return None
        if request.path == "" and not request.is_post:
            return self._page(HTTPStatus.OK, reason="")
        return self._json(connection, request)

    def _file(self, path: str) -> Response | None:
        """Return what needs no token, because it says nothing of what is written."""
        files: Mapping[str, tuple[str, Callable[[], bytes]]] = {
            "console.css": ("text/css", (_ASSETS / "console.css").read_bytes),
            "console.js": ("text/javascript", (_ASSETS / "console.js").read_bytes),
            "icon.svg": ("image/svg+xml", partial(icon, self.settings)),
            STYLESHEET: ("text/css", partial(stylesheet, self.settings, catalogue_of("en"))),
        }
        if path not in files:
            return None
        media_type, read = files[path]
        return Response(HTTPStatus.OK, {"Content-Type": f"{media_type}; charset=utf-8"}, read())

    def _json(self, connection: BaseHTTPRequestHandler, request: Request) -> Response:
        reads, writes = self._reads(), self._writes()
        if request.path not in {**reads, **writes}:
            raise RefusedError(HTTPStatus.NOT_FOUND, "the console has no such address")
        if request.is_post != (request.path in writes):
            raise RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, "use the other one of GET and POST")
        if request.is_post:
            return json_response(writes[request.path](read_fields(connection, request)))
        return json_response(reads[request.path](request.query))

    def _reads(self) -> Mapping[str, Callable[[Form], Shape]]:
        return {
            "event.json": lambda query: event_shape(self.deployment, query.get("id", "")),
            "form.json": lambda query: self.editor.load(query.get("id", ""), query.get("for", "")),
            "attention.json": lambda _: self._attention(),
        }

    def _writes(self) -> Mapping[str, Callable[[Form], Shape]]:
        return {
            "preview.json": self.editor.preview,
            "publish.json": self._publish,
            "replay.json": self._replay,
        }

    def _publish(self, form: Form) -> Shape:
        shape = self.editor.publish(form)
        self.streams.arrivals.notice()
        return shape

    def _attention(self) -> Shape:
        # A message that one request has received is hidden from another one meanwhile.
        with self._replaying:
            return attention_shape(self.deployment, list(self.follower.failures))

    def _replay(self, form: Form) -> Shape:
        name, problem = form.get("name", ""), "it has been replayed or deleted already"
        with self._replaying, stored_failures(self.deployment) as found:
            for one in found:
                if one.failed.name == name:
                    problem = replay_one(self.deployment, one)
                    break
        self.streams.arrivals.notice()
        return {"problem": problem}

    def _closed(self, request: Request, reason: str) -> Response:
        if request.path == "" and not request.is_post:
            return self._page(HTTPStatus.FORBIDDEN, reason)
        raise RefusedError(HTTPStatus.FORBIDDEN, reason)

    def _page(self, status: HTTPStatus, reason: str) -> Response:
        template = _PAGES.get_template("console.html.j2")
        page = template.render(title=self.settings.title, reason=reason)
        return Response(status, {"Content-Type": HTML}, page.encode())


def make_console(
    server: SiteServer, deployment: Deployment, settings: SiteSettings, log: Path
) -> tuple[Console, threading.Event]:
    """Return a console, and the event that ends what waits in it."""
    ended = threading.Event()
    arrivals = Arrivals()
    site = settings.model_copy(update={"url": server.url}).site()
    console = Console(
        Access(server.server_port),
        deployment,
        settings,
        Streams(arrivals, partial(arrival_shape, deployment)),
        LogFollower(log, arrivals, deployment),
        Editor(deployment, site, utc_now, ended.wait),
    )
    return console, ended


@contextmanager
def serving_console(
    server: SiteServer,
    deployment: Deployment,
    settings: SiteSettings,
    log: Path,
    reporter: Reporter,
) -> Iterator[Console]:
    """Serve the console until the block ends."""
    console, ended = make_console(server, deployment, settings, log)
    follower = threading.Thread(target=console.follower.follow, args=(reporter, ended))
    follower.start()
    server.extension = console
    try:
        yield console
    finally:
        ended.set()
        console.streams.close()
        server.extension = None
        follower.join()
