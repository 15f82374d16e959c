"""The console on a stack over moto: what the real handlers log and publish, and the form."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gazette.models.contract.identity import event_key
from gazette.models.kinds import RevisionKind
from gazette.projections.items.due_items import DueEvent
from gazette.runtime.bootstrap import utc_now
from gazette.runtime.telemetry import telemetry
from gazette.store.dynamodb import DynamoLedger
from gazette_cli.console.arrivals import MAX_ARRIVALS, Arrival, Arrivals
from gazette_cli.console.editor import BASE, Editor
from gazette_cli.console.form import EVENT_ID, OTHER
from gazette_cli.console.function_log import FailureLine, RefusalLine
from gazette_cli.console.log_follower import LogFollower
from gazette_cli.console.terminal import DONE, arrival_line
from gazette_cli.console.views import Shape, arrival_shape, attention_shape, event_shape
from gazette_cli.operate.deployment import Deployment
from gazette_cli.writing.uploads import UploadError
from tests.cli.operators import FAILURES
from tests.emulators.moto_stack import (
    INGEST_DEAD_LETTERS,
    LEDGER,
    PUBLISH_DEAD_LETTERS,
    SITE_BUCKET,
    SOURCE_BUCKET,
    queue_url,
)
from tests.pipeline.conftest import SITE, Pipeline
from tests.unit.images.image_files import PNG

FUNCTIONS = ("ingest_event", "publish_changes")
BRIDGE = "2026/bridge"
FORM = {
    EVENT_ID: BRIDGE,
    "title": "Bridge opens",
    "date": "2026-07-04",
    "topics": "Harbour\nFerries",
    "body": "It opens at **6**.",
}


class Console:
    """The parts of the console, and the stack that it belongs to."""

    def __init__(self, pipeline: Pipeline, log: Path) -> None:
        self.pipeline, self.log = pipeline, log
        self.deployment = deployment_of(pipeline)
        self.arrivals = Arrivals()
        self.follower = LogFollower(log, self.arrivals, self.deployment)
        self.editor = Editor(self.deployment, SITE, utc_now, self._pause)
        self.heard: list[Arrival | DueEvent | RefusalLine | FailureLine] = []

    def settle(self) -> None:
        """Let the stack work, and the console read what was logged."""
        self.pipeline.settle()
        self.follower.read()

    def put(self, name: str, body: bytes | None) -> None:
        key = event_key(name)
        if body is None:
            self.pipeline.stack.delete(key, utc_now())
        else:
            self.pipeline.put(key, body, utc_now())
        self.settle()

    def rows(self) -> list[Shape]:
        return [arrival_shape(self.deployment, row) for row in self.arrivals.since(0)]

    def attention(self) -> Shape:
        return attention_shape(self.deployment, self.follower.failures)

    def _pause(self, _: float) -> bool:
        self.settle()
        return False

    # The console is a reporter of its own follower.
    def arrived(self, row: Arrival) -> None:
        self.heard.append(row)

    def held(self, event: DueEvent, _at: datetime) -> None:
        self.heard.append(event)

    def refused(self, line: RefusalLine | FailureLine) -> None:
        self.heard.append(line)


def deployment_of(pipeline: Pipeline) -> Deployment:
    stack = pipeline.stack
    stack.clock.now = utc_now()
    stack.s3.create_bucket(Bucket=FAILURES)
    outputs = {
        "FailedBatchBucketName": FAILURES,
        "IngestDeadLetterQueueUrl": queue_url(INGEST_DEAD_LETTERS),
        "IngestQueueUrl": stack.queue_url,
        "PublishDeadLetterQueueUrl": queue_url(PUBLISH_DEAD_LETTERS),
        "PublishRetryQueueUrl": stack.publish_retry_url,
        "SiteAddress": "https://gazette.example",
        "SiteBucketName": SITE_BUCKET,
        "SourceBucketName": SOURCE_BUCKET,
    }
    ledger = DynamoLedger(stack.dynamodb, LEDGER, utc_now)
    return Deployment(outputs, stack.sqs, stack.s3, ledger, no_call, no_call, wait_seconds=0)


def no_call(*_: object) -> None:
    raise AssertionError("nothing else may run")


def items(shape: Shape, name: str) -> list[Any]:
    """Return a list of a view."""
    found = shape[name]
    assert isinstance(found, list)
    return found


def document(**fields: object) -> bytes:
    given = {"title": "Bridge opens", "date": "2026-07-04", "topics": ["Harbour"]}
    return json.dumps(given | fields).encode()


@pytest.fixture
def console(pipeline: Pipeline, tmp_path: Path) -> Iterator[Console]:
    """Yield the console, with a file that has what the functions log."""
    handlers = [(name, logging.FileHandler(tmp_path / "log")) for name in FUNCTIONS]
    for name, handler in handlers:
        handler.setFormatter(telemetry(name).logger.registered_formatter)
        logging.getLogger(name).addHandler(handler)
    yield Console(pipeline, tmp_path / "log")
    for name, handler in handlers:
        logging.getLogger(name).removeHandler(handler)
        handler.close()


def test_an_arrival_is_followed_from_the_write_to_the_feed(console: Console) -> None:
    console.put(BRIDGE, document())
    (row,) = console.rows()
    assert (row["id"], row["number"], row["done"]) == (BRIDGE, 1, "published")
    assert row["title"] == "Bridge opens"
    assert row["page"] == "https://gazette.example/news/2026/07/4/bridge-opens.html"
    assert row["put"] <= row["ingested"]  # type: ignore[operator]  # texts
    assert row["page_seconds"] is not None
    assert row["feed_seconds"] is not None
    assert 10 < int(str(row["documents"])) < 200


def test_each_revision_is_an_arrival_of_its_own(console: Console) -> None:
    console.put(BRIDGE, document())
    console.put(BRIDGE, document(revision={"kind": "minor"}, body="It opens."))
    console.put(BRIDGE, None)
    console.put(BRIDGE, document(body="It opens."))
    assert [row["done"] for row in console.rows()] == [
        "published",
        "edited",
        "retracted",
        "updated",
    ]
    assert all(row["published"] for row in console.rows())


def test_events_with_spaces_and_signs_in_their_ids_are_followed(console: Console) -> None:
    for name in ("a b", "c#d", "e REVISION#000001 f", "g ENTRY#2"):
        console.put(name, document(title=name))
    assert [row["id"] for row in console.rows()] == [
        "a b",
        "c#d",
        "e REVISION#000001 f",
        "g ENTRY#2",
    ]
    assert all(row["published"] for row in console.rows())


def test_a_line_of_an_arrival_says_what_happened_how_fast_and_how_much(console: Console) -> None:
    console.put(BRIDGE, document())
    (row,) = console.arrivals.since(0)
    put = row.details.put if row.details else None
    assert put is not None
    shown = row._replace(page=put + timedelta(seconds=0.4), feed=put + timedelta(seconds=0.25))
    documents = len(row.documents)
    assert arrival_line(shown) == f"{BRIDGE}: published, revision 1, 0.4 s, {documents} documents"


def test_every_kind_of_revision_has_a_word_for_a_line() -> None:
    assert {str(kind) for kind in RevisionKind} == {str(kind) for kind in DONE}


def test_only_the_newest_arrivals_are_kept() -> None:
    arrivals = Arrivals()
    for number in range(1, MAX_ARRIVALS + 4):
        arrivals.record(BRIDGE, number, utc_now())
    assert [row.number for row in arrivals.since(0)] == list(range(4, MAX_ARRIVALS + 4))


def test_half_a_line_and_foreign_lines_of_the_log_are_left(console: Console) -> None:
    console.log.write_text('{"level": "INFO", "message": "Other"}\nnoise {\n\n{"level": "IN')
    assert list(console.follower.read()) == []
    with console.log.open("a") as file:
        file.write(
            'FO", "message": "Ingested a batch", "timestamp": "2026-11-30 18:47:23,412+0000"'
        )
        file.write(', "recorded": [{"event_id": "a", "revision": 1, "kind": "x"}]}\n')
    assert len(console.follower.read()) == 1
    assert [row.event_id for row in console.arrivals.since(0)] == ["a"]


def test_only_what_comes_after_the_start_is_reported(console: Console) -> None:
    console.put("2026/old", document())
    follower = LogFollower(console.log, Arrivals(), console.deployment)
    ended = _Ended(lambda: console.put("2026/new", document(title="Ferry sails")))
    follower.follow(console, ended)
    assert [one.event_id for one in console.heard if isinstance(one, Arrival)] == ["2026/new"]


def test_a_refused_document_is_reported_and_listed_with_reason_and_remedy(console: Console) -> None:
    follower = LogFollower(console.log, Arrivals(), console.deployment)
    follower.follow(console, _Ended(lambda: console.put(BRIDGE, b'{"date": "2026-07-04"}')))
    (refused,) = console.heard
    assert isinstance(refused, RefusalLine)
    assert refused.key == event_key(BRIDGE)
    (listed,) = items(console.attention(), "quarantined")
    assert listed["id"] == BRIDGE
    assert listed["problems"] == [
        {
            "field": "title",
            "reason": "is missing",
            "remedy": 'write a text, such as "The bridge opens"',
        }
    ]


class _Ended(threading.Event):
    """Does something when it is waited for first, and is set the third time."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self.acts: list[Callable[[], object]] = [act, list]

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is None or timeout > 0
        if not self.acts:
            return True
        self.acts.pop(0)()
        return False


def test_a_held_event_is_listed_with_its_time(console: Console) -> None:
    console.put(BRIDGE, document(published="2199-01-01T08:00:00Z"))
    assert console.attention()["held"] == [{"id": BRIDGE, "release": "2199-01-01T08:00:00Z"}]
    assert console.rows() == []


def test_an_event_that_is_held_is_reported_once(console: Console) -> None:
    held = document(published="2199-01-01T08:00:00Z")
    console.put("2026/before", held)
    follower = LogFollower(console.log, Arrivals(), console.deployment)
    follower.follow(console, _Ended(lambda: console.put(BRIDGE, held)))
    assert [one.event_id for one in console.heard if isinstance(one, DueEvent)] == [BRIDGE]


def test_failed_work_is_listed_with_its_reason(console: Console) -> None:
    notification = {"Records": [{"s3": {"object": {"key": "events/a.json"}}}]}
    console.pipeline.stack.sqs.send_message(
        QueueUrl=queue_url(INGEST_DEAD_LETTERS), MessageBody=json.dumps(notification)
    )
    (failed,) = items(console.attention(), "failed")
    assert failed["subject"] == "events/a.json"
    assert failed["can_be_replayed"]
    # It is not hidden from the next one who asks.
    assert len(items(console.attention(), "failed")) == 1


def test_an_event_shows_its_revisions_with_addresses_that_exist(console: Console) -> None:
    console.put(BRIDGE, document())
    console.put(BRIDGE, document(body="At 7.", revision={"kind": "correction", "note": "Not 6."}))
    shape = event_shape(console.deployment, BRIDGE)
    assert (shape["state"], shape["title"]) == ("published", "Bridge opens")
    revisions, links = items(shape, "revisions"), items(shape, "links")
    assert [one["kind"] for one in revisions] == ["correction", "publication"]
    assert revisions[0]["note"] == "Not 6."
    assert all(len(one["sha256"]) == 64 for one in revisions)
    addresses = [one["page"] for one in revisions] + [link["url"] for link in links]
    paths = [address.removeprefix("https://gazette.example/") for address in addresses]
    assert [path for path in paths if console.pipeline.read(path) is None] == []
    assert [link["text"] for link in links] == [
        "Page",
        "JSON",
        "History",
        "Feed of the site",
        "Feed of Harbour",
    ]


def test_a_form_publishes_corrects_retracts_and_restores_an_event(
    console: Console,
) -> None:
    first = console.editor.publish(FORM)
    assert (first["outcome"], first["kind"], first["number"]) == ("published", "publication", 1)
    assert first["page"] == "https://gazette.example/news/2026/07/4/bridge-opens.html"
    for number, (purpose, kind) in enumerate(
        [("correct", "correction"), ("retract", "retraction"), ("restore", "update")], 2
    ):
        form = loaded(console, purpose) | {"note": "It opens at 7."}
        done = console.editor.publish(form | {"body": "It opens at **7**."})
        assert (done["outcome"], done["kind"], done["number"]) == ("published", kind, number)
    assert [row["done"] for row in console.rows()] == [
        "published",
        "corrected",
        "retracted",
        "updated",
    ]


def loaded(console: Console, purpose: str) -> dict[str, str]:
    form = console.editor.load(BRIDGE, purpose)["form"]
    assert isinstance(form, dict)
    return form


def test_a_new_event_without_an_id_has_the_year_and_its_title(console: Console) -> None:
    done = console.editor.publish(FORM | {EVENT_ID: ""})
    assert done["key"] == f"events/{datetime.now(UTC).year}/bridge-opens.json"


def test_mistakes_are_named_at_their_fields_and_nothing_is_written(console: Console) -> None:
    wrong = FORM | {
        "title": " ",
        "date": "tomorrow",
        "sources": "nonsense | x",
        "kind": "correction",
    }
    for shape in (console.editor.publish(wrong), console.editor.preview(wrong)):
        problems = items(shape, "problems")
        assert {one["field"] for one in problems} == {"title", "date", "sources", "note"}
        assert all(one["reason"] for one in problems)
    assert not console.pipeline.stack.s3.list_object_versions(Bucket=SOURCE_BUCKET).get("Versions")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({OTHER: "{"}, OTHER),
        ({OTHER: "[1]"}, OTHER),
        ({OTHER: '{"image": 3}'}, OTHER),
        ({EVENT_ID: "x" * 2000}, EVENT_ID),
        ({"published": "soon"}, "published"),
        ({"kind": "nonsense"}, "kind"),
        ({"language": "no language"}, "language"),
    ],
)
def test_a_mistake_of_any_field_is_shown_at_it(
    console: Console, changed: dict[str, str], field: str
) -> None:
    problems = items(console.editor.publish(FORM | changed), "problems")
    assert [one["field"] for one in problems] == [field]


def test_nothing_is_written_over_a_version_that_the_form_does_not_know(console: Console) -> None:
    console.put(BRIDGE, document())
    for form, reason in (
        (FORM, "exists already"),
        (loaded(console, "edit") | {BASE: "older"}, "meanwhile"),
    ):
        (problem,) = items(console.editor.publish(form), "problems")
        assert problem["field"] == EVENT_ID
        assert reason in problem["reason"]
    assert [row["number"] for row in console.rows()] == [1]


def test_a_document_in_quarantine_is_loaded_as_it_is_and_written_again(console: Console) -> None:
    console.put(BRIDGE, b'{"title": 3, "date": "2026-07-04", "byline": "Ada"}')
    form = loaded(console, "again")
    assert json.loads(form[OTHER]) == {"title": 3, "byline": "Ada"}
    assert form["title"] == ""
    done = console.editor.publish(form | {"title": "Bridge opens"})
    assert done["outcome"] == "published"
    assert console.attention()["quarantined"] == []


def test_a_document_that_is_no_json_is_loaded_as_text(console: Console) -> None:
    console.put(BRIDGE, b'{"title": ')
    form = loaded(console, "again")
    assert form[OTHER] == '{"title": '
    (problem,) = items(console.editor.preview(form), "problems")
    assert problem["field"] == OTHER
    assert "line 1" in problem["reason"]


def test_what_was_refused_by_ingest_alone_is_an_outcome(console: Console) -> None:
    console.put(BRIDGE, document(guid="urn:a"))
    taken = FORM | {EVENT_ID: "2026/other", OTHER: '{"guid": "urn:a"}'}
    done = console.editor.publish(taken)
    assert (done["outcome"], "page" in done) == ("quarantined", False)
    assert "guid" in str(done["reason"])


def test_an_unknown_event_says_so(console: Console) -> None:
    with pytest.raises(UploadError, match="no document"):
        console.editor.load("nothing", "edit")
    with pytest.raises(UploadError, match="knows no such event"):
        event_shape(console.deployment, "nothing")


def test_a_preview_is_the_page_that_is_published_then(console: Console) -> None:
    """SPEC: one renderer; but for times, and links to other events."""
    stack = console.pipeline.stack
    stack.put("images/bridge.png", PNG, utc_now())
    console.put(BRIDGE, document())
    form = loaded(console, "correct") | {
        "note": "It opens at 7.",
        OTHER: '{"image": {"key": "images/bridge.png", "alt": "The bridge"}}',
    }
    shown = console.editor.preview(form)
    assert shown["problems"] == []
    page = str(shown["page"])
    assert '<base target="_blank">' in page
    for part in ("It opens at 7.", 'class="note correction"', "/image/bridge.png", "2 versions"):
        assert part in page
    assert json.loads(str(shown["json"]))["revision"]["kind"] == "correction"
    # Nothing was written.
    assert [row["number"] for row in console.rows()] == [1]


def test_a_preview_of_a_held_event_shows_it_after_its_release(console: Console) -> None:
    shown = console.editor.preview(FORM | {"published": "2199-01-01T08:00:00Z"})
    assert "1 January 2199" in str(shown["page"])


def test_an_unpublished_write_is_waited_for_no_longer_than_the_console_runs(
    console: Console,
) -> None:
    editor = Editor(console.deployment, SITE, utc_now, lambda _: True)
    assert editor.publish(FORM)["outcome"] == "waiting"
