"""Guids: which texts are ids, and how each becomes an id in Atom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models import limits
from gazette.models.contract.guids import entry_id, guid_of, is_iri, is_of_site
from gazette.models.contract.identity import tag_uri
from gazette.models.contract.parsing import InvalidEventError, parse_document
from tests.unit.publish.worlds import document_of

AUTHORITY = "gazette.example,2026"


@pytest.mark.parametrize(
    "guid",
    [
        "https://old.example/?p=123",
        "http://old.example",
        "https://old.example/año/#more",
        "https://old.example/a%20b",
        "tag:blogger.com,1999:blog-12.post-34",
        "urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a",
        "x-old:5",
    ],
)
def test_a_guid_that_is_an_iri_is_the_id_as_it_is(guid: str) -> None:
    assert parse_document(document_of(guid=guid)).guid == guid
    assert is_iri(guid)
    assert entry_id(AUTHORITY, "a", guid) == guid


@pytest.mark.parametrize(
    ("guid", "end"),
    [
        ("5f3c0ffee", "5f3c0ffee"),
        ("123 at https://old.example", "123%20at%20https://old.example"),
        ("/2019/05/bridge/", "/2019/05/bridge/"),
        ("https://old.example/a%b", "https://old.example/a%25b"),
        ("https://old.example/[1]", "https://old.example/%5B1%5D"),
        ("https:old", "https:old"),
        ("tag:old", "tag:old"),
        ("urn:x", "urn:x"),
        ("a:b#c#d", "a:b%23c%23d"),
        ("ж", "%D0%B6"),
    ],
)
def test_any_other_guid_becomes_the_end_of_a_tag_uri(guid: str, end: str) -> None:
    """Readers of Atom ask for an IRI (RFC 4287 §4.2.6)."""
    assert parse_document(document_of(guid=guid)).guid == guid
    assert entry_id(AUTHORITY, "a", guid) == f"tag:{AUTHORITY}:guid/{end}"


@given(st.text(min_size=1), st.text(min_size=1))
def test_different_guids_are_different_ids(one: str, other: str) -> None:
    ids = {entry_id(AUTHORITY, "a", guid) for guid in (one, other)}
    assert len(ids) == len({one, other})
    for guid in (one, other):
        assert is_iri(entry_id(AUTHORITY, "a", guid))
        assert is_of_site(AUTHORITY, guid) or guid_of(entry_id(AUTHORITY, "a", guid), "a") == guid


def test_an_event_without_a_guid_has_the_id_that_it_always_had() -> None:
    assert entry_id(AUTHORITY, "2026/a b", None) == tag_uri(AUTHORITY, "event", "2026/a b")
    assert guid_of(entry_id(AUTHORITY, "2026/a b", None), "2026/a b") is None


@pytest.mark.parametrize(
    ("guid", "reason"),
    [
        (5, "is not a text; write the id"),
        ("a\tb", "holds white space other than a space; write the id that feeds had"),
        ("a\nb", "holds white space other than a space; write the id that feeds had"),
        ("a\u0007b", "holds a control character; write the id that feeds had"),
        ("a\u202eb", "holds a control character; write the id that feeds had"),
        ("a\x7f", "holds a control character; write the id that feeds had"),
        ("ж" * 501, "is longer than 1,000 bytes; leave it out"),
    ],
)
def test_a_text_that_is_no_id_is_refused_with_a_remedy(guid: object, reason: str) -> None:
    with pytest.raises(InvalidEventError, match=f"^guid: {reason}"):
        parse_document(document_of(guid=guid))


def test_a_guid_has_no_spaces_at_its_ends_and_may_be_left_out() -> None:
    assert parse_document(document_of(guid=" a b ")).guid == "a b"
    assert parse_document(document_of(guid="")).guid is None
    assert parse_document(document_of(guid=" \u200b")).guid is None
    assert parse_document(document_of(guid=None)).guid is None
    longest = "ж" * (limits.MAX_GUID_BYTES // 2)
    assert parse_document(document_of(guid=longest)).guid == longest
