"""The form of the console on a stack over moto: what is written, previewed and refused."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gazette.runtime.bootstrap.clients import utc_now
from gazette_cli.console.editor import BASE, Editor
from gazette_cli.console.form import EVENT_ID, OTHER
from gazette_cli.console.views import event_shape
from gazette_cli.writing.uploads import UploadError
from tests.emulators.moto_stack import (
    SOURCE_BUCKET,
)
from tests.pipeline.conftest import SITE, Pipeline
from tests.pipeline.consoles import BRIDGE, Console, console_on, document, items
from tests.unit.images.image_files import PNG

FORM = {
    EVENT_ID: BRIDGE,
    "title": "Bridge opens",
    "date": "2026-07-04",
    "topics": "Harbour\nFerries",
    "body": "It opens at **6**.",
}


@pytest.fixture
def console(pipeline: Pipeline, tmp_path: Path) -> Iterator[Console]:
    with console_on(pipeline, tmp_path) as console:
        yield console


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
