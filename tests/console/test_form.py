"""The form of the console loses nothing of a document, be it right or wrong."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from gazette.models.contract.parsing import InvalidEventError, parse_document
from gazette_cli.console.form import (
    OTHER,
    TEXTS,
    check_document,
    document_of,
    document_text,
    form_of,
)
from gazette_cli.demo.samples import SAMPLES

_NAMES = ("url", "title", "publisher", "published", "kind", "note", "x")
_LEAVES = st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=4)
_LINES = st.sampled_from(("a | b", "|", " a", "a\nb", "a\r\nb", " | ", "https://a.example/"))
_ITEMS = _LEAVES | _LINES | st.dictionaries(st.sampled_from(_NAMES), _LEAVES | _LINES, max_size=3)
_VALUES = _ITEMS | st.lists(_ITEMS, max_size=2)
_FIELDS = st.sampled_from((*TEXTS, "topics", "sources", "revision", "image", "anything"))


@given(document=st.dictionaries(_FIELDS, _VALUES, max_size=4))
def test_the_document_of_a_form_is_the_one_that_it_was_made_from(
    document: dict[str, JsonValue],
) -> None:
    assert document_of(form_of(document)) == document


@pytest.mark.parametrize("file", sorted(SAMPLES.rglob("events/**/*.json")), ids=lambda f: f.name)
def test_a_sample_is_the_same_after_the_form(file: Path) -> None:
    raw = file.read_bytes()
    again = document_text(document_of(form_of(json.loads(raw)))).encode()
    assert parse_document(again) == parse_document(raw)


def test_the_fields_of_a_form_are_those_of_the_contract() -> None:
    form = {
        "title": "Bridge opens",
        "date": "2026-07-04",
        "topics": " Harbour \n\nFerries",
        "category": "",
        "sources": "https://a.example/ | The Post | Post Ltd | 2026-07-03\nhttps://b.example/",
        "kind": "correction",
        "note": "At 7.",
        OTHER: '{"byline": "Ada", "title": "Another"}',
    }
    assert document_of(form) == {
        "title": "Bridge opens",
        "date": "2026-07-04",
        "topics": ["Harbour", "Ferries"],
        "sources": [
            {
                "url": "https://a.example/",
                "title": "The Post",
                "publisher": "Post Ltd",
                "published": "2026-07-03",
            },
            {"url": "https://b.example/"},
        ],
        "revision": {"kind": "correction", "note": "At 7."},
        "byline": "Ada",
    }
    assert check_document(document_of(form)) == []


@given(text=st.text(max_size=20))
def test_any_text_as_other_fields_is_an_object_or_named_as_the_problem(text: str) -> None:
    fields = set()
    try:
        document_of({OTHER: text})
    except InvalidEventError as error:
        fields = {problem.field for problem in error.problems}
    assert fields <= {OTHER}
