import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gazette.models.views.feed import FeedLink
from gazette.renderers.json.pages import (
    render_event_json,
    render_history_json,
    render_record_json,
)
from tests.unit.pages import page_examples as examples
from tests.unit.pages import revision_examples as revisions

BASE_PATH = examples.BASE_PATH


def test_an_event_lists_its_changes_newest_first_and_its_related_events() -> None:
    relations = (
        FeedLink("alternate", f"{BASE_PATH}.x"),
        FeedLink("version-history", f"{BASE_PATH}.history.json"),
    )
    page = examples.make_event_page(frame=examples.make_frame(relations=relations))
    data = json.loads(render_event_json(revisions.make_page_with_history(page)))
    assert [change["number"] for change in data["changes"]] == [3, 2, 1]
    assert data["changes"][0] == {
        "number": 3,
        "kind": "correction",
        "label": "Correction",
        "at": "2026-07-05T18:05:00Z",
        "title": examples.ENTRY.title,
        "note": "There are three bathing places, not four.",
        "url": f"{BASE_PATH}.html",
        "json": f"{BASE_PATH}.r3.json",
        "sha256": "c" * 64,
        "current": True,
    }
    assert data["related"][0] == {
        "title": "Engineers finish the cleaning of the river",
        "url": f"{examples.SITE}news/2026/06/30/engineers-finish.html",
        "date": "2026-06-30",
        "context": ["Rivers", "Engineering"],
    }
    assert data["history"] == f"{BASE_PATH}.history.json"


def test_a_withdrawn_event_shows_its_changes_but_no_related_events() -> None:
    """SPEC T5."""
    page = revisions.make_page_with_history(examples.make_withdrawn_page())
    data = json.loads(render_event_json(page))
    assert len(data["changes"]) == 3
    assert "related" not in data


def test_a_record_has_what_its_hash_was_made_of_and_links_back() -> None:
    """SPEC V5."""
    page = render_record_json(revisions.make_record())
    assert (
        page.decode()
        == f"""\
{{
  "sha256": "{"a" * 64}",
  "record": {{
    "number": 2,
    "document": {{
      "title": "نهر",
      "size": 1.5
    }}
  }},
  "links": {{
    "self": "{BASE_PATH}.r2.json",
    "current": "{BASE_PATH}.html",
    "history": "{BASE_PATH}.history.json",
    "predecessor": "{BASE_PATH}.r1.html"
  }}
}}
"""
    )


def test_a_history_lists_revisions_oldest_first_with_previous_hashes() -> None:
    page = render_history_json(revisions.make_history_page())
    data = json.loads(page)
    assert list(data) == ["id", "event", "title", "url", "revisions"]
    assert (data["event"], data["url"]) == ("2026/river-opens", f"{BASE_PATH}.html")
    first, second, third = data["revisions"]
    assert first == {
        "number": 1,
        "kind": "publication",
        "label": "First version",
        "at": "2026-07-04T09:30:00Z",
        "title": "Rivers: River opens",
        "note": None,
        "url": f"{BASE_PATH}.r1.html",
        "json": f"{BASE_PATH}.r1.json",
        "sha256": "a" * 64,
        "previous_sha256": None,
    }
    assert (second["previous_sha256"], third["previous_sha256"]) == ("a" * 64, "b" * 64)
    assert page.endswith(b"\n}\n")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_is_written_as_it_is(text: str) -> None:
    page = revisions.make_history_page()
    listed = tuple(replace(each, title=text, note=text) for each in page.revisions)
    data = json.loads(render_history_json(replace(page, title=text, revisions=listed)))
    shown = {data["title"], data["revisions"][0]["title"], data["revisions"][0]["note"]}
    assert shown == {text}
