"""Serves the site bucket over HTTP on this machine, as CloudFront will serve it (SPEC H)."""

import gzip
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from botocore.exceptions import BotoCoreError, ClientError

from gazette.renderers.html import CONTENT_SECURITY_POLICY

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

HOST = "127.0.0.1"
_TEXT = re.compile(r"text/|image/svg|[^;]*(?:json|xml|javascript)")
_OPEN = re.compile(r"[^;]*(?:json|rss|atom)")
_ZERO = re.compile(r"\s*q=0(?:\.0*)?\s*")
_ERROR_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{reason}</title></head>
<body><h1>{reason}</h1><p><a href="/">Home</a></p></body>
</html>
"""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """An object of the site bucket."""

    body: bytes
    media_type: str
    etag: str
    last_modified: datetime
    cache_control: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """What goes back; a HEAD request gets everything but the body."""

    status: HTTPStatus
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


# Returns the document at a path of the site, or None.
Reader = Callable[[str], StoredDocument | None]


def bucket_reader(s3: "S3Client", bucket: str) -> Reader:
    """Read from a bucket; whatever S3 refuses is not there."""

    def read(path: str) -> StoredDocument | None:
        try:
            found = s3.get_object(Bucket=bucket, Key=path)
        except ClientError as error:
            if (
                error.response["ResponseMetadata"]["HTTPStatusCode"]
                < HTTPStatus.INTERNAL_SERVER_ERROR
            ):
                return None
            raise
        return StoredDocument(
            found["Body"].read(),
            found["ContentType"],
            found["ETag"],
            found["LastModified"],
            found.get("CacheControl", ""),
        )

    return read


def respond(target: str, headers: Mapping[str, str], read: Reader) -> Response:
    """Answer a GET request; the names of its headers are in Title-Case."""
    address = target.partition("?")[0].partition("#")[0]
    try:
        path = unquote(address, errors="strict").removeprefix("/")
    except UnicodeDecodeError:
        return _error(HTTPStatus.BAD_REQUEST)
    name = f"{path}index.html" if path == "" or path.endswith("/") else path
    document = read(name)
    if document is not None:
        return _found(document, headers)
    if name == path and read(f"{path}/index.html") is not None:
        # One slash at the beginning: more of them would name another host.
        return _moved(f"/{quote(path.lstrip('/'))}/")
    return _error(HTTPStatus.NOT_FOUND)


def _found(document: StoredDocument, request: Mapping[str, str]) -> Response:
    headers = {
        "ETag": document.etag,
        "Last-Modified": format_datetime(document.last_modified.astimezone(UTC), usegmt=True),
        "X-Content-Type-Options": "nosniff",
    }
    if document.cache_control:
        headers["Cache-Control"] = document.cache_control
    if _OPEN.match(document.media_type):
        headers["Access-Control-Allow-Origin"] = "*"
    is_text = _TEXT.match(document.media_type) is not None
    if is_text:
        headers["Vary"] = "Accept-Encoding"
    if _is_fresh(document, request):
        return Response(HTTPStatus.NOT_MODIFIED, headers)
    headers["Content-Type"] = document.media_type
    if document.media_type.startswith("text/html"):
        headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    if is_text and _accepts_gzip(request.get("Accept-Encoding", "")):
        # Other bytes under the same tag: it can only be a weak one, as CloudFront makes it.
        packed = {**headers, "Content-Encoding": "gzip", "ETag": f"W/{document.etag}"}
        return Response(HTTPStatus.OK, packed, gzip.compress(document.body, mtime=0))
    return Response(HTTPStatus.OK, headers, document.body)


def _is_fresh(document: StoredDocument, request: Mapping[str, str]) -> bool:
    """Tell whether the client holds these bytes; a tag outweighs a date (RFC 9110 §13.2.2)."""
    tags = request.get("If-None-Match")
    if tags is not None:
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return "*" in known or document.etag in known
    since = request.get("If-Modified-Since")
    if since is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except ValueError:
        return False
    # A date without a zone is no HTTP date.
    return moment.tzinfo is not None and document.last_modified.replace(microsecond=0) <= moment


def _accepts_gzip(accepted: str) -> bool:
    for coding in accepted.lower().split(","):
        name, _, quality = coding.partition(";")
        if name.strip() == "gzip":
            return not _ZERO.fullmatch(quality)
    return False


def _moved(location: str) -> Response:
    return Response(
        HTTPStatus.MOVED_PERMANENTLY,
        {"Location": location, "Cache-Control": "public, max-age=60"},
    )


def _error(status: HTTPStatus) -> Response:
    """Make an error page that nobody caches: a page may appear right after its link (SPEC H2)."""
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "X-Content-Type-Options": "nosniff",
    }
    return Response(status, headers, _ERROR_PAGE.format(reason=status.phrase).encode())


class SiteServer(ThreadingHTTPServer):
    """Takes its port when it is made, and answers as soon as it has a reader.

    Raises:
        OSError: the port is in use.
    """

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__((HOST, port), _Handler)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server_port}"

    @contextmanager
    def serving(self, read: Reader) -> Iterator[None]:
        """Serve in the background until the block ends."""
        self.read = read
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1})
        thread.start()
        try:
            yield
        finally:
            self.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: SiteServer
    protocol_version = "HTTP/1.1"
    server_version = "Gazette"
    sys_version = ""
    # A client that says nothing for so long (seconds) is gone.
    timeout = 30

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server's signature
        """Say nothing: the terminal shows what is published."""

    def _answer(self, *, with_body: bool) -> None:
        try:
            headers = {name.title(): value for name, value in self.headers.items()}
            response = respond(self.path, headers, self.server.read)
        except (ClientError, BotoCoreError):
            response = _error(HTTPStatus.BAD_GATEWAY)
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if with_body:
            self.wfile.write(response.body)
