"""The local web server serves the site as SPEC H demands."""

import gzip
import http.client
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from gazette.delivery.s3 import S3SiteStore
from gazette.models.views.site_document import document
from gazette_cli.emulators.feed_links import FeedLinks
from gazette_cli.emulators.serve import bind_port
from gazette_cli.emulators.webserver import (
    HOST,
    Response,
    SiteServer,
    StoredDocument,
    bucket_reader,
    respond,
)
from gazette_cli.engines.engine import EngineError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CHANGED = datetime(2026, 11, 3, 9, 30, 15, tzinfo=UTC)
HTML, MARKDOWN = "text/html; charset=utf-8", "text/markdown; charset=utf-8"
ATOM, RSS = "application/atom+xml; charset=utf-8", "application/rss+xml; charset=utf-8"
JSON_FEED, JSON = "application/feed+json; charset=utf-8", "application/json; charset=utf-8"
LIVE = "public, max-age=60, stale-while-revalidate=300"


def stored(media_type: str, body: bytes = b"a text said once and again, " * 50) -> StoredDocument:
    return StoredDocument(body, media_type, '"5f36"', CHANGED, LIVE)


SITE = {
    "index.html": stored(HTML),
    "topics/harbour/index.html": stored(HTML),
    "topics/harbour/feed.rss": stored(RSS),
    "topics/harbour/feed.atom": stored(ATOM),
    "topics/harbour/feed.json": stored(JSON_FEED),
    "news/2026/11/3/نور البحر.html": stored(HTML),
    "news/2026/11/3/storm.md": stored(MARKDOWN),
    "news/2026/11/3/storm.json": stored(JSON),
    "image/quay.png": stored("image/png", b"\x89PNG"),
    "image/bridge": stored("image/jpeg", b"\xff\xd8"),
    "404.html": StoredDocument(b"<h1>Nothing here</h1>", HTML, '"4"', CHANGED, "no-store"),
    "assets/gazette.css": stored("text/css; charset=utf-8"),
}


def get(target: str, **headers: str) -> Response:
    """Return the response to a request; header names have underscores."""
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}
    return respond(target, named, SITE.get)


@pytest.mark.parametrize("target", ["/", "/index.html", "/topics/harbour/", "/?from=a-feed"])
def test_a_folder_is_served_as_its_index(target: str) -> None:
    response = get(target)
    assert response.status == HTTPStatus.OK
    assert response.headers["Content-Type"] == HTML


def test_a_folder_without_a_slash_is_redirected() -> None:
    response = get("/topics/harbour")
    assert response.status == HTTPStatus.MOVED_PERMANENTLY
    assert response.headers["Location"] == "/topics/harbour/"


def test_an_image_without_an_extension_is_not_a_folder() -> None:
    assert get("/image/bridge").status == HTTPStatus.OK


@pytest.mark.parametrize("target", ["//evil", "/\\evil", "///evil"])
def test_a_redirect_never_leaves_the_site(target: str) -> None:
    assert get(target).headers["Location"] == "/evil/"


def test_a_percent_encoded_unicode_path_is_decoded() -> None:
    target = quote("/news/2026/11/3/نور البحر.html")
    assert target.isascii()
    assert get(target).status == HTTPStatus.OK


@pytest.mark.parametrize("target", ["/nothing.html", "/nothing/", "/topics/", "/image/none"])
def test_a_missing_document_gets_the_404_page_and_is_not_cached(target: str) -> None:
    response = get(target)
    assert response.status == HTTPStatus.NOT_FOUND
    assert response.headers["Cache-Control"] == "no-store"
    assert response.body == SITE["404.html"].body


def test_a_site_without_a_404_page_gets_a_default_one() -> None:
    response = respond("/", {}, lambda _: None)
    assert (response.status, response.headers["Cache-Control"]) == (404, "no-store")
    assert b"Not Found" in response.body


def test_a_path_that_is_not_utf_8_is_a_bad_request() -> None:
    response = get("/%ff%fe")
    assert response.status == HTTPStatus.BAD_REQUEST
    assert response.headers["Cache-Control"] == "no-store"


def test_a_document_is_served_as_it_was_stored() -> None:
    response = get("/topics/harbour/feed.atom")
    assert response.body == SITE["topics/harbour/feed.atom"].body
    assert response.headers["Content-Type"] == ATOM
    assert response.headers["Cache-Control"] == LIVE
    assert response.headers["ETag"] == '"5f36"'
    assert response.headers["Last-Modified"] == "Tue, 03 Nov 2026 09:30:15 GMT"


@pytest.mark.parametrize("status", [HTTPStatus.OK, HTTPStatus.NOT_MODIFIED])
def test_a_feed_is_served_with_the_links_to_its_hubs_and_itself(status: HTTPStatus) -> None:
    """SPEC W1."""
    links = FeedLinks("https://news.example", ("https://hub.example/",))
    tag = {"If-None-Match": '"5f36"'} if status is HTTPStatus.NOT_MODIFIED else {}
    response = respond("/topics/harbour/feed.rss?from=mail", tag, SITE.get, links)
    own = "https://news.example/topics/harbour/feed.rss"
    expected = f'<https://hub.example/>; rel="hub", <{own}>; rel="self"'
    assert (response.status, response.headers["Link"]) == (status, expected)
    assert "Link" not in respond("/topics/nothing/feed.rss", {}, SITE.get, links).headers
    assert "Link" not in respond("/", {}, SITE.get, links).headers


@pytest.mark.parametrize("path", SITE)
def test_browsers_must_not_guess_a_media_type(path: str) -> None:
    assert get(f"/{quote(path)}").headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", SITE)
def test_pages_of_any_origin_may_read_feeds_and_json(path: str) -> None:
    is_open = path.endswith((".rss", ".atom", ".json"))
    asked = get(f"/{quote(path)}", origin="https://reader.example")
    assert asked.headers.get("Access-Control-Allow-Origin") == ("*" if is_open else None)


@pytest.mark.parametrize("target", ["/", "/nothing.html", "/topics/harbour/feed.rss"])
def test_a_page_runs_no_script(target: str) -> None:
    policy = get(target).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("tag", ['"5f36"', 'W/"5f36"', '"other", "5f36"', "*"])
def test_a_known_etag_gets_304(tag: str) -> None:
    response = get("/topics/harbour/feed.rss", if_none_match=tag)
    assert response.status == HTTPStatus.NOT_MODIFIED
    assert response.body == b""
    assert response.headers["ETag"] == '"5f36"'
    assert response.headers["Cache-Control"] == LIVE


def test_an_etag_precedes_a_date() -> None:
    response = get(
        "/index.html", if_none_match='"other"', if_modified_since="Tue, 03 Nov 2026 09:30:15 GMT"
    )
    assert response.status == HTTPStatus.OK


@pytest.mark.parametrize(
    ("since", "status"),
    [
        ("Tue, 03 Nov 2026 09:30:15 GMT", HTTPStatus.NOT_MODIFIED),
        ("Tue, 03 Nov 2026 09:30:14 GMT", HTTPStatus.OK),
        ("Tue, 03 Nov 2026 09:30:15 -0000", HTTPStatus.OK),
        ("yesterday", HTTPStatus.OK),
    ],
)
def test_a_date_gets_304_if_the_document_has_not_changed_since(
    since: str, status: HTTPStatus
) -> None:
    assert get("/index.html", if_modified_since=since).status == status


@pytest.mark.parametrize("accepted", ["gzip", "br, GZIP;q=0.5", "deflate, gzip"])
@pytest.mark.parametrize("path", [path for path in SITE if len(SITE[path].body) >= 1000])
def test_text_is_compressed_if_the_client_accepts_gzip(path: str, accepted: str) -> None:
    response = get(f"/{quote(path)}", accept_encoding=accepted)
    assert response.headers["Content-Encoding"] == "gzip"
    is_page = path == "index.html" or (path.endswith((".html", ".md")) and path.startswith("news/"))
    assert response.headers["Vary"] == ("Accept-Encoding, Accept" if is_page else "Accept-Encoding")
    assert response.headers["ETag"] == 'W/"5f36"'
    assert gzip.decompress(response.body) == SITE[path].body


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "br"])
def test_text_is_not_compressed_if_the_client_does_not_accept_gzip(accepted: str) -> None:
    response = get("/index.html", accept_encoding=accepted)
    assert "Content-Encoding" not in response.headers
    assert response.headers["Vary"] == "Accept-Encoding, Accept"


@pytest.mark.parametrize(
    ("size", "is_packed"), [(999, False), (1000, True), (10_000_000, True), (10_000_001, False)]
)
def test_text_is_compressed_within_the_limits_of_cloudfront(size: int, *, is_packed: bool) -> None:
    site = {"a.atom": stored(ATOM, b"a" * size)}
    response = respond("/a.atom", {"Accept-Encoding": "gzip"}, site.get)
    assert ("Content-Encoding" in response.headers) is is_packed


def test_an_image_is_not_compressed_again() -> None:
    response = get("/image/quay.png", accept_encoding="gzip")
    assert "Content-Encoding" not in response.headers
    assert "Vary" not in response.headers
    assert response.body == b"\x89PNG"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator["S3Client"]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="site")
        yield client
        client.close()


def test_the_reader_returns_the_body_and_headers_of_an_object(s3: "S3Client") -> None:
    s3.put_object(
        Bucket="site", Key="a/é.rss", Body=b"<rss/>", ContentType=RSS, CacheControl="max-age=60"
    )
    found = bucket_reader(s3, "site")("a/é.rss")
    assert found is not None
    assert (found.body, found.media_type, found.cache_control) == (b"<rss/>", RSS, "max-age=60")
    assert found.etag == s3.head_object(Bucket="site", Key="a/é.rss")["ETag"]
    assert found.last_modified.tzinfo is not None


def test_a_document_has_the_media_type_of_its_metadata(s3: "S3Client") -> None:
    store = S3SiteStore(s3, "site")
    store.write([document("feed.atom", b"<feed/>")], {"feed.atom": None})
    found = bucket_reader(s3, "site")("feed.atom")
    assert found is not None
    assert found.media_type == ATOM


def test_a_missing_key_is_none(s3: "S3Client") -> None:
    assert bucket_reader(s3, "site")("missing") is None


def failing(path: str) -> StoredDocument | None:
    if path == "broken.html":
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1")
    return SITE.get(path)


@pytest.fixture
def server() -> Iterator[SiteServer]:
    with SiteServer(0) as server, server.serving(failing):
        yield server


def ask(server: SiteServer, method: str, path: str) -> tuple[int, Mapping[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def test_the_server_answers_over_http(server: SiteServer) -> None:
    status, headers, body = ask(server, "GET", "/news/2026/11/3/storm.md")
    assert status == HTTPStatus.OK
    assert body == SITE["news/2026/11/3/storm.md"].body
    assert headers["Content-Length"] == str(len(body))


def test_a_head_is_a_get_without_its_body(server: SiteServer) -> None:
    _, of_get, _ = ask(server, "GET", "/")
    status, of_head, body = ask(server, "HEAD", "/")
    assert (status, body) == (HTTPStatus.OK, b"")
    assert {**of_head, "Date": ""} == {**of_get, "Date": ""}


def test_a_put_is_not_implemented(server: SiteServer) -> None:
    status, _, _ = ask(server, "PUT", "/index.html")
    assert status == HTTPStatus.NOT_IMPLEMENTED


def test_a_failing_store_is_a_bad_gateway_and_not_cached(server: SiteServer) -> None:
    status, headers, _ = ask(server, "GET", "/broken.html")
    assert status == HTTPStatus.BAD_GATEWAY
    assert headers["Cache-Control"] == "no-store"


def test_a_port_in_use_is_an_error_of_one_line(server: SiteServer) -> None:
    with pytest.raises(EngineError, match=rf"^port {server.server_port} .*in use.*--port$"):
        bind_port(server.server_port)


def test_an_impossible_port_is_an_error_of_one_line() -> None:
    with pytest.raises(EngineError, match=r"^99999 is not a port number$"):
        bind_port(99999)


def test_a_browser_that_has_left_is_no_traceback_and_every_other_error_is_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with bind_port(0) as server:
        for error in (BrokenPipeError(), ConnectionResetError(), RuntimeError("a mistake")):
            try:
                raise error
            except (OSError, RuntimeError):
                server.handle_error(None, (HOST, 1))
    assert capsys.readouterr().err.count("Traceback") == 1
