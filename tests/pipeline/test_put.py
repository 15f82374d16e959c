"""`gazette put`, `retract` and `status` on a stack over moto: the real handlers publish."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gazette.runtime.bootstrap.clients import utc_now
from gazette.store.dynamodb import DynamoLedger
from gazette_cli.operate.deployment import Deployment
from gazette_cli.writing.put import (
    QUARANTINED,
    PutOptions,
    Times,
    put_bodies,
    read_files,
    retraction,
)
from gazette_cli.writing.status import print_status, read_status, shape
from gazette_cli.writing.uploads import UploadError, check, key_of, notification
from tests.emulators.moto_stack import LEDGER, SITE_BUCKET, SOURCE_BUCKET
from tests.pipeline.conftest import Pipeline
from tests.unit.images.image_files import PNG
from tests.unit.publish.worlds import document_of

NOON = datetime(2026, 7, 4, 12, 0, tzinfo=UTC)
KEY = "events/2026/bridge.json"
PAGE = "https://gazette.example/news/2026/07/4/bridge-opens.html"
Write = Callable[..., int]
Printed = Callable[[], str]


@pytest.fixture
def deployment(pipeline: Pipeline) -> Deployment:
    stack = pipeline.stack
    outputs = {
        "IngestQueueUrl": stack.queue_url,
        "SiteAddress": "https://gazette.example",
        "SiteBucketName": SITE_BUCKET,
        "SourceBucketName": SOURCE_BUCKET,
    }
    stack.clock.now = NOON
    ledger = DynamoLedger(stack.dynamodb, LEDGER, utc_now)
    return Deployment(outputs, stack.sqs, stack.s3, ledger, no_call, no_call)


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Printed:
    """Return what reads the output of the command, without the log and metrics of the handlers."""
    monkeypatch.setenv("COLUMNS", "160")

    def read() -> str:
        lines = capsys.readouterr().out.splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith('{"'))

    return read


def no_call(*_: object) -> None:
    raise AssertionError("nothing else may run")


@pytest.fixture
def write(pipeline: Pipeline, deployment: Deployment) -> Write:
    """Return what writes documents and settles the stack while the command waits."""
    seconds = iter(range(1_000_000))

    def run(bodies: dict[str, bytes], *, is_waiting: bool = True, as_json: bool = False) -> int:
        times = Times(lambda: next(seconds), lambda _: pipeline.settle())
        return put_bodies(deployment, bodies, PutOptions((), None, is_waiting, as_json), times)

    return run


def test_a_new_event_is_written_and_its_addresses_are_printed(
    write: Write, printed: Printed
) -> None:
    body = document_of(title="Bridge opens", topics=["Harbour"])
    assert write({KEY: body}) == 0
    first, *addresses = printed().splitlines()
    assert first.startswith(f"{KEY}: publication, revision 1, published after ")
    assert addresses == [
        f"  {PAGE}",
        "  https://gazette.example/feed.atom",
        "  https://gazette.example/topics/harbour/feed.atom",
    ]


def test_a_correction_leads_to_its_difference(write: Write, printed: Printed) -> None:
    write({KEY: document_of(title="Bridge opens")})
    printed()
    corrected = {"kind": "correction", "note": "Not at six."}
    write({KEY: document_of(title="Bridge opens", body="At 7.", revision=corrected)}, as_json=True)
    text = printed()
    (written,) = json.loads(text)["written"]
    assert (written["kind"], written["revision"]) == ("correction", 2)
    assert written["url"] == f"{PAGE}#difference"
    assert written["outcome"] == "published"


def test_the_same_document_again_is_nothing_new(write: Write, printed: Printed) -> None:
    body = document_of(title="Bridge opens")
    write({KEY: body})
    assert write({KEY: body}) == 0
    assert "nothing new; revision 1 stays" in printed()


def test_an_event_under_embargo_is_held(write: Write, printed: Printed) -> None:
    assert write({KEY: document_of(published="2199-01-01T00:00:00Z")}) == 0
    assert printed() == f"{KEY}: held until 2199-01-01T00:00:00+00:00\n"


def test_what_is_quarantined_after_all_is_named_with_its_reason(
    write: Write, printed: Printed
) -> None:
    """Ingest may know better: another release, or an object that it cannot read."""
    bodies = {KEY: b"{}", "images/a.png": b"no image", "events/good.json": document_of()}
    assert write(bodies) == QUARANTINED
    text = printed()
    assert f"{KEY}: quarantined title: is missing" in text
    assert "images/a.png: quarantined image: is not a JPEG" in text
    assert "events/good.json: publication" in text


def test_an_image_is_written_before_the_event_that_shows_it(
    pipeline: Pipeline, write: Write
) -> None:
    image = {"key": "images/a.png", "alt": "A bridge"}
    body = document_of(title="Bridge opens", image=image)
    assert write({KEY: body, "images/a.png": PNG, "static/humans.txt": b"We."}) == 0
    assert pipeline.read("humans.txt") == b"We."
    page = pipeline.read("news/2026/07/4/bridge-opens.json")
    assert page is not None
    assert json.loads(page)["image"]["url"] == "https://gazette.example/image/a.png"


def test_without_waiting_the_versions_are_printed(write: Write, printed: Printed) -> None:
    assert write({KEY: document_of()}, is_waiting=False) == 0
    assert printed().startswith(f"{KEY}: version ")


def test_an_event_that_never_appears_is_an_error_in_the_end(deployment: Deployment) -> None:
    seconds = iter(range(1000))
    times = Times(lambda: next(seconds), lambda _: None)
    with pytest.raises(UploadError, match="is written, but not published after 120 s"):
        put_bodies(deployment, {KEY: document_of()}, PutOptions(()), times)


def test_a_retraction_keeps_the_document_and_says_why(
    pipeline: Pipeline, deployment: Deployment, write: Write, printed: Printed
) -> None:
    """SPEC T5."""
    write({KEY: document_of(title="Bridge opens", body="At 7.")})
    retracted = retraction(deployment, "2026/bridge", "There is no bridge.")
    assert json.loads(retracted)["body"] == "At 7."
    assert write({KEY: retracted}) == 0
    assert f"published after 2.0 s\n  {PAGE}\n" in printed()
    page = json.loads(pipeline.read("news/2026/07/4/bridge-opens.json") or b"{}")
    assert (page["status"], page["revision"]["note"]) == ("withdrawn", "There is no bridge.")


@pytest.mark.parametrize(
    ("event_id", "note", "reason"),
    [
        ("2026/ferry", "Why", "events/2026/ferry.json: there is no such document in"),
        ("2026/bridge", " ", "revision: a retraction needs a note"),
    ],
)
def test_what_cannot_be_retracted_is_an_error(
    deployment: Deployment, write: Write, event_id: str, note: str, reason: str
) -> None:
    write({KEY: document_of()})
    with pytest.raises(UploadError, match=reason):
        retraction(deployment, event_id, note)


def test_the_status_lists_all_revisions(
    deployment: Deployment, write: Write, printed: Printed
) -> None:
    write({KEY: document_of(title="Bridge opens")})
    write({KEY: retraction(deployment, "2026/bridge", "There is no [bridge].")})
    printed()
    found = read_status(deployment, "2026/bridge")
    print_status(found)
    text = printed()
    assert text.startswith(f"2026/bridge: withdrawn\n{PAGE}\n")
    assert "There is no [bridge]." in text
    revisions = shape(found)["revisions"]
    assert isinstance(revisions, list)
    assert [one["kind"] for one in revisions] == ["publication", "retraction"]


@pytest.mark.parametrize(
    ("body", "state", "reason"),
    [
        (document_of(published="2199-01-01T00:00:00Z"), "held", "a version is held until 2199"),
        (b"{}", "unpublished", "the newest version is quarantined: title: is missing"),
        (document_of(), "published", ""),
    ],
)
def test_the_status_says_why_an_event_is_not_public(
    deployment: Deployment, write: Write, body: bytes, state: str, reason: str
) -> None:
    write({KEY: body})
    found = read_status(deployment, "2026/bridge")
    assert (found.state, found.reason[: len(reason)]) == (state, reason)


def test_an_unknown_event_has_no_status(deployment: Deployment) -> None:
    with pytest.raises(UploadError, match="2026/ferry: the stack knows no such event"):
        read_status(deployment, "2026/ferry")


@pytest.mark.parametrize(
    ("file", "key"),
    [
        ("site/events/2026/a.json", "events/2026/a.json"),
        ("events/old/events/a.json", "events/a.json"),
        ("site/images/a.png", "images/a.png"),
        ("site/static/about.html", "static/about.html"),
    ],
)
def test_the_key_of_a_file_is_its_path_from_the_folder_on(
    tmp_path: Path, file: str, key: str
) -> None:
    assert key_of(tmp_path / file) == key


def test_a_file_elsewhere_needs_a_key(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(document_of())
    with pytest.raises(UploadError, match=r"name its key with --key KEY"):
        read_files(PutOptions([file]))
    assert read_files(PutOptions([file], key=KEY)) == {KEY: document_of()}
    with pytest.raises(UploadError, match="--key names the key of one file"):
        read_files(PutOptions([file, file], key=KEY))


def test_remarks_are_printed_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(document_of(tags=["Harbour"]))
    read_files(PutOptions([file], key=KEY))
    assert f"remark {KEY}: tags: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("key", "body", "reason"),
    [
        (KEY, b"{}", "title: is missing"),
        ("images/a.png", b"no image", "image: is not a JPEG"),
        ("static/feed.atom", b"<feed/>", "key: "),
        ("static/a.exe", b"", "is not published; these endings are"),
        ("erasures/a.json", b"{}", "`gazette erase` writes it"),
        ("events/a.JSON", b"{}", "ends in .json, in lower case"),
        ("events/", b"{}", "is a folder"),
        (f"events/{'x' * 1024}.json", b"{}", "key: is longer than"),
    ],
)
def test_what_gazette_would_not_publish_is_not_uploaded(key: str, body: bytes, reason: str) -> None:
    with pytest.raises(UploadError, match=reason):
        check(key, body)


@pytest.mark.parametrize("key", ["events/a b+ü.json", "events/%2F&.json"])
def test_the_notification_is_read_as_the_key(key: str) -> None:
    from gazette.runtime.triggers import read_notifications  # noqa: PLC0415  # only here

    (found,) = read_notifications(json.loads(notification(key)))
    assert found.keys == (key,)
