"""The record of a revision holds its whole document, so the document can be read from it again."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue, ValidationError

from gazette.models.contract.canonical import document_form
from gazette.models.contract.document import EventDocument
from gazette.models.contract.parsing import InvalidEventError, parse_accepted, parse_document
from gazette.models.contract.stored_document import (
    FIRST_FIELDS,
    read_recorded,
    read_stored,
    written,
)

FULL = {
    "title": "River opens",
    "date": "2026-07-04",
    "topics": ["Rivers", "C++"],
    "summary": "It opens.",
    "body": "Text.",
    "sources": [{"url": "https://post.example/a", "published": "2026-07-03"}],
    "image": {"key": "images/a.png", "alt": "A river"},
    "published": "2026-07-04T08:00:00Z",
    "revision": {"kind": "correction", "note": "It closed."},
}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text("aé<", max_size=3),
    lambda each: st.lists(each, max_size=2) | st.dictionaries(st.text("ab", min_size=1), each),
    max_leaves=4,
)


@given(extra=st.dictionaries(st.sampled_from(["extra", "section", "priority"]), VALUES))
def test_a_recorded_document_is_the_one_that_was_accepted(extra: dict[str, object]) -> None:
    form = document_form(parse_document(json.dumps(FULL | extra).encode()))
    assert document_form(read_recorded(form)) == form


def test_unknown_fields_of_a_source_that_was_accepted_once_stay_with_it() -> None:
    source: dict[str, JsonValue] = {"url": "https://post.example/a", "extra": {"page": 3}}
    (read,) = read_recorded({"title": "A", "date": "2026-07-04", "sources": [source]}).sources
    assert read.model_extra == {"page": 3}


def test_a_form_without_a_title_is_no_document() -> None:
    with pytest.raises(ValidationError):
        read_recorded({"date": "2026-07-04", "extra": 3})


# What the contract of release 0.1.0 had. It took any other field, with any value, as unknown.
OF_THE_FIRST_CONTRACT = {
    *("title", "date", "published", "modified", "expires", "slug", "language", "translations"),
    *("topics", "category", "byline", "summary", "body", "image", "sources", "revision"),
}


def test_the_first_contract_is_known() -> None:
    assert FIRST_FIELDS == OF_THE_FIRST_CONTRACT


LATER = sorted(EventDocument.model_fields.keys() - OF_THE_FIRST_CONTRACT)


@pytest.mark.parametrize("name", LATER)
@given(value=VALUES)
def test_a_field_that_was_unknown_once_is_read_with_any_value(name: str, value: object) -> None:
    document = read_stored(json.dumps({"title": "A", "date": "2026-07-04", name: value}))
    assert document.title == "A"


@pytest.mark.parametrize(
    "fields",
    [
        {"sources": [{"url": "https://post.example/a", "page": 3}]},
        {"revision": {"kind": "minor", "knd": "correction"}},
        {"image": {"key": "images/a.png", "alt": "A", "taken": "dawn"}},
        {"kind": "correction"},
        {"language": "english"},
    ],
)
def test_a_document_that_an_earlier_release_accepted_is_still_read(
    fields: dict[str, object],
) -> None:
    raw = json.dumps(FULL | fields).encode()
    with pytest.raises(InvalidEventError):
        parse_document(raw)
    document = parse_accepted(raw)
    assert document_form(read_stored(written(document))) == document_form(document)
