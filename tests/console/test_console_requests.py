"""SPEC L3: the console answers this machine's own pages with the token, and no others."""

import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from typing import NamedTuple

import pytest
from moto import mock_aws

from gazette.runtime.bootstrap.clients import utc_now
from gazette.store.dynamodb import DynamoLedger
from gazette_cli.commands.site_config import DEFAULTS
from gazette_cli.console.console import serving_console
from gazette_cli.console.requests import MAX_BODY_BYTES
from gazette_cli.console.terminal import ArrivalPrinter
from gazette_cli.emulators.serve import CONSOLE, bind_port
from gazette_cli.emulators.template import load_template
from gazette_cli.operate.deployment import Deployment
from tests.cli.operators import FAILURES
from tests.emulators.moto_stack import (
    INGEST_DEAD_LETTERS,
    LEDGER,
    SITE_BUCKET,
    SOURCE_BUCKET,
    create_stack,
    queue_url,
)

READS = ("", "event.json?id=a", "form.json?id=a&for=edit", "attention.json", "stream", "none.json")
WRITES = ("preview.json", "publish.json", "replay.json")
FORM = {"title": "Bridge opens", "date": "2026-07-04"}
NOTIFICATION = json.dumps({"Records": [{"s3": {"object": {"key": "events/a.json"}}}]})


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass
class Client:
    """Sends requests as a page of the console does, but for the headers that are given."""

    port: int
    token: str
    deployment: Deployment

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, **headers: str | None) -> Answer:
        return self.ask("GET", path, None, headers)

    def post(self, path: str, body: object = None, **headers: str | None) -> Answer:
        raw = body if isinstance(body, bytes) else json.dumps(body or FORM).encode()
        own = {"Origin": self.origin, "Content-Type": "application/json"}
        return self.ask("POST", path, raw, {**own, **headers})

    def ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str | None]
    ) -> Answer:
        own = {"Host": f"127.0.0.1:{self.port}", "X-Gazette-Token": self.token}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in {**own, **named}.items() if value is not None}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.putrequest(method, f"/_gazette/{path}", skip_host=True)
            for name, value in sent.items():
                connection.putheader(name, value)
            if body is not None and "Content-Length" not in sent:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            found = connection.getresponse()
            is_endless = found.getheader("Content-Type") == "text/event-stream"
            return Answer(found.status, found.headers, b"" if is_endless else found.read())


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    log = tmp_path_factory.mktemp("console") / "log"
    with mock_aws(), bind_port(0) as server:
        deployment = _deployment()
        printer = ArrivalPrinter(CONSOLE, is_quiet=True)
        with (
            server.serving(lambda _: None),
            serving_console(server, deployment, DEFAULTS, log, printer) as console,
        ):
            yield Client(server.server_port, console.access.token, deployment)


def _deployment() -> Deployment:
    stack = create_stack(load_template())
    stack.s3.create_bucket(Bucket=FAILURES)
    outputs = {
        "FailedBatchBucketName": FAILURES,
        "IngestDeadLetterQueueUrl": stack.dead_letter_url,
        "IngestQueueUrl": stack.queue_url,
        "PublishRetryQueueUrl": stack.publish_retry_url,
        "SiteAddress": "https://gazette.example",
        "SiteBucketName": SITE_BUCKET,
        "SourceBucketName": SOURCE_BUCKET,
    }
    ledger = DynamoLedger(stack.dynamodb, LEDGER, utc_now)
    nothing = lambda *_: None  # noqa: E731  # two arguments of the same kind
    return Deployment(outputs, stack.sqs, stack.s3, ledger, nothing, nothing, wait_seconds=0)


@pytest.mark.parametrize("token", [None, "", "wrong", "ключ", "x" * 5000])
@pytest.mark.parametrize("path", READS)
def test_nothing_is_read_without_the_token(client: Client, path: str, token: str | None) -> None:
    sent = token.encode().decode("latin-1") if token else token
    answer = client.get(path, X_Gazette_Token=sent)
    assert answer.status == HTTPStatus.FORBIDDEN
    assert client.token.encode() not in answer.body
    assert b"printed" in answer.body


@pytest.mark.parametrize("path", WRITES)
def test_nothing_is_written_without_the_token(client: Client, path: str) -> None:
    assert client.post(path, X_Gazette_Token=None).status == HTTPStatus.FORBIDDEN
    assert client.post(path, X_Gazette_Token="wrong").status == HTTPStatus.FORBIDDEN  # noqa: S106  # none


@pytest.mark.parametrize("path", [*READS, "console.js", "console.css"])
@pytest.mark.parametrize(
    "host", [None, "", "evil.example", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil.example:{port}"]
)
def test_a_name_of_another_site_for_this_machine_is_refused(
    client: Client, path: str, host: str | None
) -> None:
    sent = host.format(port=client.port) if host else host
    assert client.get(path, Host=sent).status == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    "origin",
    [None, "null", "https://evil.example", "http://127.0.0.1:1", "http://localhost:{port}", ""],
)
@pytest.mark.parametrize("path", WRITES)
def test_a_page_of_another_site_writes_nothing(
    client: Client, path: str, origin: str | None
) -> None:
    sent = origin.format(port=client.port) if origin else origin
    assert client.post(path, Origin=sent).status == HTTPStatus.FORBIDDEN


def test_a_page_of_another_site_reads_nothing(client: Client) -> None:
    answer = client.get("attention.json", Origin="https://evil.example")
    assert answer.status == HTTPStatus.FORBIDDEN
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_both_names_of_this_machine_are_answered(client: Client) -> None:
    for host in ("127.0.0.1", "LocalHost"):
        own = f"{host}:{client.port}"
        assert client.get("", Host=own).status == HTTPStatus.OK
        assert client.post("preview.json", Host=own, Origin=f"http://{own}".lower()).status == 200


def test_the_token_may_be_in_the_address(client: Client) -> None:
    assert client.get(f"?token={client.token}", X_Gazette_Token=None).status == HTTPStatus.OK


@pytest.mark.parametrize("path", [*READS, "console.js", "gazette.css"])
def test_every_answer_is_safe(client: Client, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in headers


def test_the_page_has_no_script_and_no_style_of_its_own(client: Client) -> None:
    page = client.get("").body.decode()
    assert '<script src="console.js" defer></script>' in page
    for inline in ("<style", "style=", "onclick", "javascript:"):
        assert inline not in page
    assert page.count("<script") == 1


@pytest.mark.parametrize("path", WRITES)
def test_writing_needs_a_post_and_reading_does_not(client: Client, path: str) -> None:
    assert client.get(path).status == HTTPStatus.METHOD_NOT_ALLOWED
    for read in ("event.json", "attention.json"):
        assert client.post(read).status == HTTPStatus.METHOD_NOT_ALLOWED
    assert client.post("console.js").status == HTTPStatus.NOT_FOUND
    assert client.post("").status == HTTPStatus.NOT_FOUND
    assert client.ask("HEAD", "", None, {}).body == b""


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{}", {"Content-Length": "-1"}, HTTPStatus.LENGTH_REQUIRED),
        (b"{}", {"Content-Length": "\u00b2"}, HTTPStatus.LENGTH_REQUIRED),
        (b"", {"Content-Length": str(MAX_BODY_BYTES + 1)}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        (b"", {"Content-Length": "9" * 5000}, HTTPStatus.LENGTH_REQUIRED),
        (b"{}", {"Content-Type": "text/plain"}, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
        (b"title=a", {}, HTTPStatus.BAD_REQUEST),
        (b"\xff", {}, HTTPStatus.BAD_REQUEST),
        (b"[" * 100_000, {}, HTTPStatus.BAD_REQUEST),
        (b"[]", {}, HTTPStatus.BAD_REQUEST),
        (b'{"title": 3}', {}, HTTPStatus.BAD_REQUEST),
    ],
)
def test_a_body_that_is_no_form_is_refused(
    client: Client, body: bytes, headers: dict[str, str], status: HTTPStatus
) -> None:
    answer = client.post("preview.json", body, **headers)
    assert answer.status == status
    assert json.loads(answer.body)["error"]
    assert answer.headers["Connection"] == "close"


@pytest.mark.parametrize("name", ["title", "id", "other", "date", "topics", "note"])
@pytest.mark.parametrize("action", ["preview.json", "publish.json"])
def test_lone_surrogates_in_a_form_end_nothing(client: Client, action: str, name: str) -> None:
    form = {"title": "Bridge", "date": "2026-11-20"} | {name: "A\ud800"}
    answer = client.post(action, json.dumps(form).encode())
    assert answer.status == HTTPStatus.OK
    (problem,) = json.loads(answer.body)["problems"]
    assert problem["field"] == name
    assert "half a character" in problem["reason"]


def test_what_does_not_exist_is_an_answer_and_no_traceback(client: Client) -> None:
    for path in (
        "event.json?id=nothing",
        "form.json?id=nothing&for=edit",
        "event.json",
        "form.json",
    ):
        answer = client.get(path)
        assert answer.status == HTTPStatus.CONFLICT
        assert json.loads(answer.body)["error"]


def test_failed_work_is_replayed_once(client: Client) -> None:
    sqs = client.deployment.sqs
    sqs.purge_queue(QueueUrl=client.deployment.outputs["IngestQueueUrl"])
    sqs.send_message(QueueUrl=queue_url(INGEST_DEAD_LETTERS), MessageBody=NOTIFICATION)
    (failed,) = json.loads(client.get("attention.json").body)["failed"]
    name = {"name": failed["name"]}
    assert json.loads(client.post("replay.json", name).body) == {"problem": ""}
    assert json.loads(client.get("attention.json").body)["failed"] == []
    assert json.loads(client.post("replay.json", name).body)["problem"]
    received = sqs.receive_message(QueueUrl=client.deployment.outputs["IngestQueueUrl"])
    assert [message["Body"] for message in received["Messages"]] == [NOTIFICATION]


def test_an_aws_that_refuses_is_an_answer_that_says_why(client: Client) -> None:
    url = client.deployment.outputs["FailedBatchBucketName"]
    client.deployment.s3.delete_bucket(Bucket=url)
    try:
        answer = client.get("attention.json")
        assert answer.status == HTTPStatus.BAD_GATEWAY
        assert "AWS refuses ListObjectsV2" in json.loads(answer.body)["error"]
    finally:
        client.deployment.s3.create_bucket(Bucket=url)


def test_without_the_console_its_addresses_are_those_of_the_site() -> None:
    with bind_port(0) as server, server.serving(lambda _: None):
        client = Client(server.server_port, "", None)  # type: ignore[arg-type]  # nothing asks it
        assert client.get("").status == HTTPStatus.NOT_FOUND
        assert client.post("publish.json").status == HTTPStatus.NOT_IMPLEMENTED
