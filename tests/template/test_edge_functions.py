"""What CloudFront Functions do at the edge: the code in the template, run by node where it is."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from gazette_cli.emulators.negotiation import negotiated, prefers_markdown
from gazette_cli.emulators.template import properties, resources
from tests.template.reading import TEMPLATE_TREE

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
DOMAIN = "d111.cloudfront.net"
EDGE_FUNCTIONS = sorted(resources(TEMPLATE_TREE, "AWS::CloudFront::Function"))


def code_of(function: str, **values: str) -> str:
    """Return the code of a function, with these values of its variables."""
    code = properties(TEMPLATE_TREE, function)["FunctionCode"]["Fn::Sub"]
    text = str(code[0] if isinstance(code, list) else code)
    for name, default in {"SiteFormats": "md,xml,rss", "Site": "", "Hubs": ""}.items():
        text = text.replace(f"${{{name}}}", values.get(name, default))
    return text


def run(function: str, event: dict[str, Any], **values: str) -> dict[str, Any]:
    code = code_of(function, **values)
    answer: dict[str, Any] = node(
        f"{code}\nconsole.log(JSON.stringify(handler({json.dumps(event)})));"
    )
    return answer


def node(script: str) -> Any:  # noqa: ANN401  # JSON
    """Run a script, and return the JSON that it prints."""
    done = subprocess.run(
        ["node", "-"],  # noqa: S607  # wherever it is installed
        input=script,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def found(uri: str, accept: str | None = None) -> dict[str, Any]:
    headers = {} if accept is None else {"accept": {"value": accept}}
    return run("FindDocument", {"request": {"method": "GET", "uri": uri, "headers": headers}})


def responded(uri: str, headers: Mapping[str, Mapping[str, str]], **values: str) -> dict[str, Any]:
    return run("NameMediaType", response_event(uri, headers), **values)


def response_event(uri: str, headers: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    return {
        "context": {"distributionDomainName": DOMAIN},
        "request": {"method": "GET", "uri": uri, "headers": {}},
        "response": {"statusCode": 200, "headers": headers},
    }


@pytest.mark.parametrize(
    ("uri", "document"),
    [
        ("/", "/index.html"),
        ("/topics/harbour/", "/topics/harbour/index.html"),
        ("/topics/harbour/feed.atom", "/topics/harbour/feed.atom"),
        ("/news/2026/11/3/%D8%A8.html", "/news/2026/11/3/%D8%A8.html"),
        ("//feed.rss", "/feed.rss"),
        ("/image/bridge", "/image/bridge"),
    ],
)
def test_a_request_is_for_a_document(uri: str, document: str) -> None:
    assert found(uri)["uri"] == document


@pytest.mark.parametrize(
    ("uri", "folder"),
    [
        ("/topics", "/topics/"),
        ("/news/2026/11/3", "/news/2026/11/3/"),
        ("//evil", "/evil/"),
        ("/\\evil", "/evil/"),
    ],
)
def test_a_folder_without_its_slash_is_redirected_to_it_on_this_site(uri: str, folder: str) -> None:
    answer = found(uri)
    assert answer["statusCode"] == 301
    assert answer["headers"]["location"] == {"value": folder}


def test_a_document_is_served_with_its_stored_media_type() -> None:
    headers = {
        "content-type": {"value": "application/xml; charset=utf-8"},
        "x-amz-meta-media-type": {"value": "application/atom+xml; charset=utf-8"},
        "etag": {"value": 'W/"1"'},
    }
    answer = responded("/day.xml", headers)
    assert answer["headers"] == {
        "content-type": {"value": "application/atom+xml; charset=utf-8"},
        "etag": {"value": 'W/"1"'},
    }


@pytest.mark.parametrize("headers", [{}, {"content-type": {"value": "text/html"}}])
def test_a_response_with_its_own_media_type_keeps_it(headers: dict[str, dict[str, str]]) -> None:
    answer = responded("/topics/harbour/index.html", headers)
    assert answer["headers"] == headers


NAMES = ("text/markdown", "text/html", "text/*", "*/*", "TEXT/Markdown", "text/plain", "", "a b")
QUALITIES = (
    "",
    ";q=1",
    "; q=0.9",
    ";q=0.95",
    " ;\tq=0",
    ";q=2",
    ";q=",
    ";variant=GFM;q=0.5",
    ";Q=.5",
)


def test_markdown_is_served_as_the_local_server_does() -> None:
    """SPEC H5."""
    pick = Random(5)  # noqa: S311  # the same headers every time
    headers = [
        ", ".join(pick.choice(NAMES) + pick.choice(QUALITIES) for _ in range(pick.randrange(5)))
        for _ in range(2_000)
    ]
    code = code_of("FindDocument")
    asked = f"{json.dumps(headers)}.map(value => prefersMarkdown({{accept: {{value}}}}))"
    there = node(f"{code}\nconsole.log(JSON.stringify({asked}));")
    assert there == [prefers_markdown(header) for header in headers]
    assert set(there) == {True, False}


@pytest.mark.parametrize(
    ("accept", "is_markdown"),
    [
        ("text/markdown", True),
        ("text/markdown, text/html;q=0.9, */*;q=0.8", True),
        ("text/html;q=0.5, text/markdown;q=0.6", True),
        ("text/markdown, */*", False),
        ("text/markdown, text/html", False),
        ("text/markdown;q=0.8, text/*", False),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_markdown_is_preferred_only_if_its_quality_exceeds_that_of_html(
    accept: str, *, is_markdown: bool
) -> None:
    """SPEC H5."""
    assert prefers_markdown(accept) is is_markdown
    for uri in ("/", "/news/", "/news/2026/11/3/", "/news/2026/11/3/bridge.html"):
        page = found(uri, accept)["uri"]
        assert page.endswith(".md" if is_markdown else ".html")
        assert page.removeprefix("/") == negotiated(found(uri)["uri"].removeprefix("/"), accept)


@pytest.mark.parametrize(
    "uri", ["/topics/harbour/", "/feed.atom", "/news/2026/11/3/bridge.json", "/image/a.html"]
)
def test_what_has_no_markdown_is_never_negotiated(uri: str) -> None:
    """SPEC H5."""
    assert found(uri, "text/markdown")["uri"] == found(uri)["uri"]
    assert "vary" not in responded(uri, {})["headers"]


@pytest.mark.parametrize(
    ("formats", "is_markdown"), [("md", True), ("xml,rss", False), ("", False)]
)
def test_a_site_without_markdown_serves_none(formats: str, *, is_markdown: bool) -> None:
    """SPEC H5."""
    headers = {"accept": {"value": "text/markdown"}}
    event = {"request": {"method": "GET", "uri": "/news/", "headers": headers}}
    page = run("FindDocument", event, SiteFormats=formats)["uri"]
    assert page == f"/news/index.{'md' if is_markdown else 'html'}"


@pytest.mark.parametrize("uri", ["/", "/index.md", "/news/2026/11/", "/news/2026/11/3/bridge.html"])
def test_both_forms_of_a_page_say_that_they_depend_on_accept(uri: str) -> None:
    """SPEC H5."""
    assert responded(uri, {})["headers"]["vary"] == {"value": "Accept"}
    before = {"vary": {"value": "Accept-Encoding"}}
    assert responded(uri, before)["headers"]["vary"] == {"value": "Accept-Encoding, Accept"}


@pytest.mark.parametrize("function", EDGE_FUNCTIONS)
def test_a_function_is_as_small_as_cloudfront_wants_it(function: str) -> None:
    own = properties(TEMPLATE_TREE, function)
    assert len(code_of(function).encode()) <= 10 * 1024
    assert own["FunctionConfig"]["Runtime"] == "cloudfront-js-2.0"
    assert own["AutoPublish"] is True
