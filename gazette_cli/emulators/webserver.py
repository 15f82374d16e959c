"""Serves the site bucket over HTTP on this machine, as CloudFront serves it (SPEC H).

tests/stack compares its responses with those of the distribution of template.yaml on ministack.
It does not cache and has no Brotli. The distribution itself is no local server: it needs Node.js,
compresses nothing, and answers 403 over plain HTTP, because the bucket policy demands TLS.
"""

import gzip
import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, unquote

from botocore.exceptions import BotoCoreError, ClientError

from gazette.delivery.s3 import MEDIA_TYPE
from gazette.models import paths
from gazette.models.views.site_document import NEVER
from gazette.renderers.pages.html import CONTENT_SECURITY_POLICY, SEARCH_SECURITY_POLICY
from gazette_cli.emulators.feed_links import FeedLinks
from gazette_cli.emulators.negotiation import negotiated, varies

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

HOST = "127.0.0.1"
_TEXT = re.compile(r"text/|image/svg|[^;]*(?:json|xml|javascript)")
# CloudFront compresses documents of these sizes only (bytes).
_COMPRESSED = range(1_000, 10_000_001)
_OPEN = (".rss", ".atom", ".json", ".xml")
# Without Strict-Transport-Security, which has no effect over plain HTTP.
_SAFE = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_OPENING = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Last-Modified, Link",
}
_LINKS = FeedLinks("")
_ZERO = re.compile(r"\s*q=0(?:\.0*)?\s*")
_ERROR_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{reason}</title></head>
<body><h1>{reason}</h1><p><a href="/">Home</a></p></body>
</html>
"""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """An object of the site bucket; ``security_policy`` is one that replaces that of its path."""

    body: bytes
    media_type: str
    etag: str
    last_modified: datetime
    cache_control: str = ""
    security_policy: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """The response to a GET request; HEAD gets the same without the body."""

    status: HTTPStatus
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


# Returns the document at a path of the site, or None.
Reader = Callable[[str], StoredDocument | None]


class Extension(Protocol):
    """What answers by itself below a prefix of addresses, where the site has no documents."""

    prefix: str

    def answer(self, connection: BaseHTTPRequestHandler) -> None:
        """Read a request and answer it."""


def bucket_reader(s3: "S3Client", bucket: str) -> Reader:
    """Return a reader of a bucket. A document that S3 refuses counts as missing."""

    def read(path: str) -> StoredDocument | None:
        try:
            found = s3.get_object(Bucket=bucket, Key=path)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            return None
        return StoredDocument(
            found["Body"].read(),
            found["Metadata"].get(MEDIA_TYPE, found["ContentType"]),
            found["ETag"],
            found["LastModified"],
            found.get("CacheControl", ""),
        )

    return read


def respond(
    target: str, headers: Mapping[str, str], read: Reader, links: FeedLinks = _LINKS
) -> Response:
    """Return the response to a GET request; header names are in Title-Case."""
    address = target.partition("?")[0].partition("#")[0]
    try:
        path = unquote(address, errors="strict").removeprefix("/")
    except UnicodeDecodeError:
        return _error(HTTPStatus.BAD_REQUEST)
    # A browser would take the text after two slashes as the name of another host.
    path = path.lstrip("/\\")
    name = path.rpartition("/")[2]
    # Every document has an extension; publishers choose the names of images freely.
    if name and "." not in name and not path.startswith("image/"):
        redirect = {"Location": f"/{quote(path)}/", "Cache-Control": "public, max-age=60"}
        return Response(HTTPStatus.MOVED_PERMANENTLY, redirect)
    page = path if name else f"{path}index.html"
    path = negotiated(page, headers.get("Accept", ""))
    opening = _OPENING if path.endswith(_OPEN) and "Origin" in headers else {}
    document = read(path)
    if document is None and path != page:  # a site may have no Markdown
        path, document = page, read(page)
    if document is None:
        return _missing(read, opening)
    link = links.of(path)
    return _found(path, document, headers, {**opening, "Link": link} if link else opening)


def _missing(read: Reader, opening: Mapping[str, str]) -> Response:
    path = f"{paths.NOT_FOUND}.html"
    page = read(path)
    if page is None:
        return _error(HTTPStatus.NOT_FOUND)
    headers = {**_headers(path, page, opening), "Content-Type": page.media_type}
    return Response(HTTPStatus.NOT_FOUND, headers, page.body)


def _headers(path: str, document: StoredDocument, further: Mapping[str, str]) -> dict[str, str]:
    modified = format_datetime(document.last_modified.astimezone(UTC), usegmt=True)
    headers = {"ETag": document.etag, "Last-Modified": modified, **_SAFE, **further}
    headers["Content-Security-Policy"] = document.security_policy or _policy_of(path)
    if document.cache_control:
        headers["Cache-Control"] = document.cache_control
    return headers


def _policy_of(path: str) -> str:
    """Return the policy of a path: the search page alone runs a script."""
    is_of_search = path.startswith("search/") and not path.endswith(_OPEN)
    return SEARCH_SECURITY_POLICY if is_of_search else CONTENT_SECURITY_POLICY


def _found(
    path: str, document: StoredDocument, request: Mapping[str, str], further: Mapping[str, str]
) -> Response:
    headers = _headers(path, document, further)
    is_text = bool(_TEXT.match(document.media_type)) and len(document.body) in _COMPRESSED
    depends_on = {"Accept-Encoding": is_text, "Accept": varies(path)}
    if any(depends_on.values()):
        headers["Vary"] = ", ".join(name for name in depends_on if depends_on[name])
    if _is_fresh(document, request):
        return Response(HTTPStatus.NOT_MODIFIED, headers)
    headers["Content-Type"] = document.media_type
    if is_text and _accepts_gzip(request.get("Accept-Encoding", "")):
        # The bytes differ from the stored ones, so the ETag becomes weak, as on CloudFront.
        packed = {**headers, "Content-Encoding": "gzip", "ETag": f"W/{document.etag}"}
        return Response(HTTPStatus.OK, packed, gzip.compress(document.body, mtime=0))
    return Response(HTTPStatus.OK, headers, document.body)


def _is_fresh(document: StoredDocument, request: Mapping[str, str]) -> bool:
    """Return whether the client has these bytes; an ETag precedes a date (RFC 9110 §13.2.2)."""
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
    # A date without a zone is not an HTTP date.
    return moment.tzinfo is not None and document.last_modified.replace(microsecond=0) <= moment


def _accepts_gzip(accepted: str) -> bool:
    for coding in accepted.lower().split(","):
        name, _, quality = coding.partition(";")
        if name.strip() == "gzip":
            return not _ZERO.fullmatch(quality)
    return False


def _error(status: HTTPStatus) -> Response:
    """Return an error page without caching: a page may appear right after its link (SPEC H2)."""
    headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": NEVER, **_SAFE}
    return Response(status, headers, _ERROR_PAGE.format(reason=status.phrase).encode())


class SiteServer(ThreadingHTTPServer):
    """Binds its port when it is constructed, and answers within `serving`.

    Raises:
        OSError: the port is in use.
    """

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__((HOST, port), _Handler)
        self.extension: Extension | None = None

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that has left before its answer was complete."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # as it came

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server_port}"

    @contextmanager
    def serving(self, read: Reader, links: FeedLinks | None = None) -> Iterator[None]:
        """Serve in the background until the block ends; feeds have the links of this site."""
        self.read, self.links = read, links or FeedLinks(self.url)
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
    # Seconds without a request after which the connection is closed.
    timeout = 30

    def do_GET(self) -> None:
        if not self._is_extended():
            self._answer(with_body=True)

    def do_HEAD(self) -> None:
        if not self._is_extended():
            self._answer(with_body=False)

    def do_POST(self) -> None:
        if not self._is_extended():
            self.send_error(HTTPStatus.NOT_IMPLEMENTED)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server's signature
        """Log nothing: the terminal shows the progress of publishing."""

    def _is_extended(self) -> bool:
        """Let the extension answer if the address is one of its own."""
        extension = self.server.extension
        if extension is None or not self.path.startswith(extension.prefix):
            return False
        extension.answer(self)
        return True

    def _answer(self, *, with_body: bool) -> None:
        try:
            headers = {name.title(): value for name, value in self.headers.items()}
            response = respond(self.path, headers, self.server.read, self.server.links)
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
