import json
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gazette.models.contract.document import EventDocument
from gazette.models.ledger.entry import Entry
from gazette.models.views.page import Link
from gazette.renderers.json.pages import (
    render_calendar_json,
    render_event_json,
    render_list_json,
    render_moved_json,
)
from tests.unit.pages import page_examples as examples

TAG = "tag:gazette.example,2026:event/2026/river-opens"
FORMATS = {
    "html": f"{examples.BASE_PATH}.html",
    "md": f"{examples.BASE_PATH}.md",
    "json": f"{examples.BASE_PATH}.json",
    "xml": f"{examples.BASE_PATH}.xml",
}
RIVERS = {"slug": "rivers", "label": "Rivers", "url": f"{examples.SITE}topics/rivers/"}
ENGINEERING = {
    "slug": "engineering",
    "label": "Engineering",
    "url": f"{examples.SITE}topics/engineering/",
}
ENVIRONMENT = {
    "slug": "environment",
    "label": "Environment",
    "url": f"{examples.SITE}categories/environment/",
}
IMAGE: dict[str, object] = {
    "url": examples.IMAGE.url,
    "alt": examples.IMAGE.alt,
    "credit": examples.IMAGE.credit,
    "media_type": "image/png",
    "width": 1200,
    "height": 630,
    "length": None,
    "thumbnails": [],
}


def read(page: bytes) -> dict[str, object]:
    data: dict[str, object] = json.loads(page)
    return data


def shown(entry: Entry) -> dict[str, object]:
    """Return all fields of an event, in their order."""
    return {
        "id": TAG,
        "url": FORMATS["html"],
        "status": "published",
        "title": entry.title,
        "date": "2026-07-04",
        "published": "2026-07-04T09:30:00Z",
        "updated": "2026-07-04T09:30:00Z",
        "revision": {
            "number": 1,
            "kind": "publication",
            "note": None,
            "at": "2026-07-04T09:30:00Z",
            "sha256": "a" * 64,
            "previous_sha256": "b" * 64,
        },
        "topics": [RIVERS, ENGINEERING],
        "category": ENVIRONMENT,
        "language": "en",
        "byline": "Ana Example",
        "summary": entry.summary,
        "body": "*B*",
        "sources": [source.model_dump() for source in examples.SOURCES],
        "attachments": [],
        "image": IMAGE,
        "extra": {"x": [1]},
        "corrections": [],
        "changes": [],
        "related": [],
        "history": None,
        "formats": FORMATS,
    }


def test_an_event_is_complete_and_in_a_fixed_order() -> None:
    entry = examples.make_entry(byline="Ana Example")
    page = examples.make_event_page(
        entry, body="*B*", image=examples.IMAGE, extra={"x": [1]}, previous_sha256="b" * 64
    )
    assert json.dumps(read(render_event_json(page))) == json.dumps(shown(entry))


def test_absent_fields_of_an_event_are_null_or_empty() -> None:
    entry = examples.make_entry(category=None, topics=(), sources=())
    data = read(render_event_json(examples.make_event_page(entry, body="")))
    assert (data["image"], data["category"], data["byline"]) == (None, None, None)
    assert (data["topics"], data["sources"], data["extra"], data["body"]) == ([], [], {}, "")


def test_a_withdrawn_event_has_only_its_title_and_the_reason() -> None:
    """SPEC T5."""
    page = render_event_json(examples.make_withdrawn_page())
    data = read(page)
    assert data["status"] == "withdrawn"
    revision = data["revision"]
    assert isinstance(revision, dict)
    assert (revision["kind"], revision["note"]) == ("retraction", "The report was a hoax.")
    assert not {"body", "summary", "sources", "image", "extra"} & set(data)
    assert b"SECRET" not in page


def test_a_moved_page_points_to_where_the_event_is() -> None:
    """SPEC V6."""
    data = read(render_moved_json(examples.make_moved_page()))
    assert (data["id"], data["status"], data["url"]) == (TAG, "moved", FORMATS["html"])


def test_a_list_describes_each_event() -> None:
    frame = examples.make_frame(
        feeds=examples.feeds(), previous=Link("June", f"{examples.SITE}news/2026/06/")
    )
    data = read(render_list_json(examples.make_list_page(examples.listed(), frame=frame, count=7)))
    assert list(data) == [
        *("url", "title", "description", "language", "formats", "feeds", "previous", "next"),
        *("count", "events"),
    ]
    assert data["count"] == 7
    assert (data["previous"], data["next"]) == (f"{examples.SITE}news/2026/06/", None)
    assert data["feeds"] == [
        {"title": feed.text, "url": feed.url, "type": feed.media_type} for feed in examples.feeds()
    ]
    assert data["events"] == [
        {
            "id": "tag:gazette.example,2026:event/2026/river-opens",
            "url": FORMATS["html"],
            "title": examples.ENTRY.title,
            "date": "2026-07-04",
            "published": "2026-07-04T09:30:00Z",
            "updated": "2026-07-04T09:30:00Z",
            "revision": {"number": 1, "kind": "publication"},
            "topics": [RIVERS, ENGINEERING],
            "category": ENVIRONMENT,
            "summary": examples.ENTRY.summary,
            "language": "en",
        }
    ]


def test_a_calendar_shows_the_counts_of_its_periods() -> None:
    data = read(render_calendar_json(examples.make_calendar_page()))
    assert data["count"] == 1201
    assert data["periods"] == [
        {"title": "3 July", "url": f"{examples.SITE}news/2026/07/3/", "count": 1},
        {"title": "4 July", "url": f"{examples.SITE}news/2026/07/4/", "count": 1200},
    ]
    assert data["formats"] == {
        "html": f"{examples.SITE}news/2026/07/",
        "md": f"{examples.SITE}news/2026/07/index.md",
        "json": f"{examples.SITE}news/2026/07/index.json",
    }


def test_topics_that_do_not_match_their_links_are_refused() -> None:
    page = replace(examples.make_event_page(), topics=())
    with pytest.raises(ValueError, match="zip"):
        render_event_json(page)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_is_written_as_it_is(text: str) -> None:
    assume(text not in EventDocument.model_fields)  # it is the name of an unknown field here
    entry = examples.make_entry(title=text, summary=text, byline=text, note=text)
    page = render_event_json(examples.make_event_page(entry, body=text, extra={text: text}))
    data = read(page)
    assert (data["title"], data["body"], data["extra"]) == (text, text, {text: text})
    assert page.endswith(b"\n}\n")


def test_letters_of_every_script_are_readable() -> None:
    entry = examples.make_entry(title="افتتاح النهر")
    assert "افتتاح النهر" in render_event_json(examples.make_event_page(entry)).decode()
