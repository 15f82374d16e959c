"""What CloudFront Functions do at the edge: the code in the template, run by node where it is."""

import json
import shutil
import subprocess
from typing import Any

import pytest

from gazette_cli.emulators.template import properties, resources
from tests.template.reading import TEMPLATE_TREE

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
EDGE_FUNCTIONS = sorted(resources(TEMPLATE_TREE, "AWS::CloudFront::Function"))


def run(function: str, event: dict[str, Any]) -> dict[str, Any]:
    code = properties(TEMPLATE_TREE, function)["FunctionCode"]
    script = f"{code}\nconsole.log(JSON.stringify(handler({json.dumps(event)})));"
    done = subprocess.run(
        ["node", "-"],  # noqa: S607  # wherever it is installed
        input=script,
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def found(uri: str) -> dict[str, Any]:
    return run("FindDocument", {"request": {"method": "GET", "uri": uri, "headers": {}}})


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
    answer = run("NameMediaType", {"response": {"statusCode": 200, "headers": headers}})
    assert answer["headers"] == {
        "content-type": {"value": "application/atom+xml; charset=utf-8"},
        "etag": {"value": 'W/"1"'},
    }


@pytest.mark.parametrize("headers", [{}, {"content-type": {"value": "text/html"}}])
def test_a_response_with_its_own_media_type_keeps_it(headers: dict[str, dict[str, str]]) -> None:
    answer = run("NameMediaType", {"response": {"statusCode": 200, "headers": headers}})
    assert answer["headers"] == headers


@pytest.mark.parametrize("function", EDGE_FUNCTIONS)
def test_a_function_is_as_small_as_cloudfront_wants_it(function: str) -> None:
    own = properties(TEMPLATE_TREE, function)
    assert len(own["FunctionCode"].encode()) <= 10 * 1024
    assert own["FunctionConfig"]["Runtime"] == "cloudfront-js-2.0"
    assert own["AutoPublish"] is True
