"""Reads the requests of the console from a connection, and writes its answers."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from gazette.models.limits import MAX_DOCUMENT_BYTES
from gazette_cli.console.access import PREFIX, SAFE_HEADERS
from gazette_cli.emulators.webserver import Response

JSON, HTML = "application/json", "text/html; charset=utf-8"
# A document as a text of JSON takes more bytes than the document, two for each quotation mark.
MAX_BODY_BYTES = 2 * MAX_DOCUMENT_BYTES
_MAX_DIGITS = 9


class RefusedError(Exception):
    """The request is not answered as it was meant; the message says why."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Request(NamedTuple):
    """A request; ``path`` follows the prefix of the console, header names are in Title-Case."""

    is_post: bool
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


def read_request(connection: BaseHTTPRequestHandler) -> Request:
    """Read everything but the body."""
    address = urlsplit(connection.path)
    return Request(
        connection.command == "POST",
        address.path.removeprefix(PREFIX),
        dict(parse_qsl(address.query, keep_blank_values=True)),
        {name.title(): value for name, value in connection.headers.items()},
    )


def read_fields(connection: BaseHTTPRequestHandler, request: Request) -> dict[str, str]:
    """Read the body: an object of texts.

    Raises:
        RefusedError: it is none, or too large.
    """
    length = request.headers.get("Content-Length", "")
    if not (length.isascii() and length.isdigit()) or len(length) > _MAX_DIGITS:
        raise RefusedError(HTTPStatus.LENGTH_REQUIRED, "the request has no length")
    if int(length) > MAX_BODY_BYTES:
        reason = f"the request is longer than {MAX_BODY_BYTES:,} bytes; shorten the document"
        raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason)
    if request.headers.get("Content-Type", "").partition(";")[0].strip() != JSON:
        raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"the request is not {JSON}")
    try:
        fields = json.loads(connection.rfile.read(int(length)))
    except (ValueError, RecursionError) as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "the request is not JSON") from error
    if not isinstance(fields, dict) or not all(isinstance(one, str) for one in fields.values()):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "the request is no object of texts")
    return fields


def json_response(shape: object, status: HTTPStatus = HTTPStatus.OK) -> Response:
    body = json.dumps(shape, ensure_ascii=False).encode(errors="replace")
    return Response(status, {"Content-Type": JSON}, body)


def refusal(error: RefusedError) -> Response:
    return json_response({"error": str(error)}, error.status)


def send(connection: BaseHTTPRequestHandler, response: Response) -> None:
    """Send an answer. After a refusal the connection ends: a body may be unread."""
    connection.send_response(response.status)
    for name, value in {**SAFE_HEADERS, **response.headers}.items():
        connection.send_header(name, value)
    connection.send_header("Content-Length", str(len(response.body)))
    if response.status >= HTTPStatus.BAD_REQUEST:
        connection.send_header("Connection", "close")
        connection.close_connection = True
    connection.end_headers()
    if connection.command != "HEAD":
        connection.wfile.write(response.body)
