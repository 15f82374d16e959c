"""Compares the distribution of template.yaml on ministack with the local web server.

ministack runs the edge functions in Node.js. It neither compresses nor caches.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from urllib.parse import quote

import pytest

from gazette.delivery.s3 import S3SiteStore
from gazette.models.formats import SCRIPT_TYPE
from gazette.models.views.site_document import NEVER, SUPERSEDED, document
from gazette_cli.emulators.feed_links import FeedLinks
from gazette_cli.emulators.stack import Stack
from gazette_cli.emulators.webserver import bucket_reader, respond
from tests.stack.conftest import SITE_URL
from tests.stack.distribution import Answer, Distribution

pytestmark = [
    pytest.mark.ministack,
    pytest.mark.skipif(shutil.which("node") is None, reason="needs node"),
]
ORIGIN = "https://reader.example"
DOCUMENTS = (
    document("edge/index.html", b"<h1>Edge</h1>"),
    document("edge/feed.rss", b"<rss/>"),
    document("edge/feed.atom", b"<feed/>"),
    document("edge/feed.json", b"{}", "application/feed+json; charset=utf-8"),
    document("edge/\u0628 \u0627.md", b"# Edge"),
    document("topics/\u0628 \u0627/feed.rss", b"<rss/>"),
    document("topics/edge/archive/first.atom", b"<feed/>"),
    document("edge/topics.opml", b"<opml/>"),
    document("edge/day.xml", b"<feed/>", "application/atom+xml; charset=utf-8"),
    document("edge/old.r1.html", b"<h1>Old</h1>", cache_control=SUPERSEDED),
    document("image/edge/bridge", b"\xff\xd8", "image/jpeg", SUPERSEDED),
    document("news/edge.html", b"<h1>Edge</h1>"),
    document("news/edge.md", b"# Edge"),
    document("search/index.html", b"<h1>Search</h1>"),
    document("search/search.js", b"'use strict';", SCRIPT_TYPE),
    document("search/2026.json", b"{}"),
    document("404.html", b"<h1>Nothing</h1>", cache_control=NEVER),
)
TARGETS = (
    *(f"/{quote(item.path)}" for item in DOCUMENTS if item.path != "404.html"),
    *("/edge/", "/edge", "//edge", "/edge/nothing.html", "/nothing/", "/edge/feed.atom?from=mail"),
    *("/image/edge/none", "/nothing.json", "/search/", "/search/?q=fog"),
)
COMPARED = frozenset(
    {
        *("Content-Type", "Cache-Control", "ETag", "Last-Modified", "Location", "Link"),
        *("Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options"),
        *("X-Frame-Options", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers"),
    }
)


@pytest.fixture(scope="module")
def site(stack: Stack) -> Iterator[Stack]:
    """Write documents into the site bucket, and allow to read them over plain HTTP."""
    # Without IAM enforcement ministack treats each request as plain HTTP.
    policy = json.loads(stack.s3.get_bucket_policy(Bucket=stack.site_bucket)["Policy"])
    allowed = [found for found in policy["Statement"] if found["Effect"] == "Allow"]
    stack.s3.put_bucket_policy(
        Bucket=stack.site_bucket, Policy=json.dumps({**policy, "Statement": allowed})
    )
    store = S3SiteStore(stack.s3, stack.site_bucket)
    paths = [item.path for item in DOCUMENTS]
    store.write(DOCUMENTS, store.etags(paths))
    yield stack
    store.remove(paths, store.etags(paths))
    stack.s3.put_bucket_policy(Bucket=stack.site_bucket, Policy=json.dumps(policy))


def ask(stack: Stack, target: str, scheme: str = "https", **headers: str) -> Answer:
    """Send a request to the distribution, as from an edge that has ended TLS."""
    return distribution(stack).get(target, **{"X-Forwarded-Proto": scheme, **headers})


def distribution(stack: Stack) -> Distribution:
    return Distribution(stack.ministack, stack.outputs["DistributionDomain"])


def ask_server(stack: Stack, target: str) -> Answer:
    reader = bucket_reader(stack.s3, stack.site_bucket)
    response = respond(target, {"Origin": ORIGIN}, reader, FeedLinks(SITE_URL))
    return Answer(response.status, response.headers, response.body)


def compared(headers: Mapping[str, str]) -> dict[str, str]:
    titled = {name.title(): value for name, value in headers.items()}
    return {name: titled[name.title()] for name in COMPARED if name.title() in titled}


@pytest.mark.parametrize("target", TARGETS)
def test_the_local_server_responds_as_the_distribution(site: Stack, target: str) -> None:
    """SPEC H2, H3."""
    there, here = ask(site, target, Origin=ORIGIN), ask_server(site, target)
    assert there.status == here.status
    assert compared(there.headers) == compared(here.headers)
    if there.status != HTTPStatus.MOVED_PERMANENTLY:
        assert there.body == here.body


@pytest.mark.parametrize("accept", ["text/markdown", "text/markdown, */*", "text/html", ""])
def test_markdown_is_served_to_a_client_that_prefers_it(site: Stack, accept: str) -> None:
    """SPEC H5."""
    read = bucket_reader(site.s3, site.site_bucket)
    for target in ("/news/edge.html", "/news/edge.md", "/edge/feed.rss"):
        there, here = ask(site, target, Accept=accept), respond(target, {"Accept": accept}, read)
        assert (there.body, compared(there.headers)) == (here.body, compared(here.headers))
        assert there.headers.get("Vary") == here.headers.get("Vary")


def test_a_feed_has_a_link_to_itself(site: Stack) -> None:
    """SPEC W1."""
    target = "/topics/%d8%a8%20%D8%A7/feed.rss?from=mail"
    own = f"{SITE_URL}/topics/%D8%A8%20%D8%A7/feed.rss"
    assert ask(site, target).headers["Link"] == f'<{own}>; rel="self"'
    assert "Link" not in ask(site, "/edge/feed.rss").headers


def test_stored_metadata_is_not_served(site: Stack) -> None:
    answer = ask(site, "/edge/feed.atom")
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert not [name for name in answer.headers if name.startswith("X-Amz-Meta")]


def test_plain_http_is_redirected_to_https(site: Stack) -> None:
    answer = ask(site, "/edge/feed.rss", scheme="http")
    assert answer.status == HTTPStatus.MOVED_PERMANENTLY
    domain = site.outputs["DistributionDomain"]
    assert answer.headers["Location"] == f"https://{domain}/edge/feed.rss"


def test_a_known_document_is_not_sent_again(site: Stack) -> None:
    """SPEC H1."""
    first = ask(site, "/edge/feed.rss")
    again = ask(site, "/edge/feed.rss", **{"If-None-Match": first.headers["Etag"]})
    assert (again.status, again.body) == (HTTPStatus.NOT_MODIFIED, b"")


def test_only_its_distribution_may_read_the_bucket(site: Stack) -> None:
    policy = json.loads(site.s3.get_bucket_policy(Bucket=site.site_bucket)["Policy"])
    (statement,) = policy["Statement"]
    assert statement["Action"] == "s3:GetObject"
    assert statement["Condition"]["StringEquals"]["aws:SourceArn"].endswith(
        f"distribution/{site.outputs['DistributionId']}"
    )
