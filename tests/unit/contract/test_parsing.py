import json
import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from gazette.models.contract.document import Attachment, EventDocument, Image, RevisionNote, Source
from gazette.models.contract.parsing import InvalidEventError, Problem, parse, parse_document
from gazette.models.limits import MAX_DOCUMENT_BYTES
from gazette.models.problems.remedies import REMEDIES

BLANK = "is blank; write something that can be seen"
LEAST: dict[str, object] = {"title": "River opens", "date": "2026-07-04"}

AT_MOST = "at most 1,048,576 are taken: shorten the body, or attach its long parts"
NO_NUMBER = "which JSON does not have; write a number, a text or null"
TOO_DEEP = "is nested deeper than 32 levels; put its values nearer to the top"


def raw(**fields: object) -> bytes:
    return json.dumps(LEAST | fields).encode()


def problems_of_any(text: bytes) -> tuple[Problem, ...]:
    """Return the problems of a document, none if it is valid."""
    try:
        parse(text)
    except InvalidEventError as error:
        return error.problems
    return ()


def problems_of(text: bytes) -> tuple[Problem, ...]:
    with pytest.raises(InvalidEventError) as caught:
        parse_document(text)
    return caught.value.problems


def with_number(digits: str) -> bytes:
    return f'{{"title": "A", "date": "2026-07-04", "id": {digits}}}'.encode()


def test_a_title_and_a_date_are_enough() -> None:
    document = parse_document(raw())
    assert (document.title, document.date) == ("River opens", date(2026, 7, 4))
    assert document.topics == ()
    assert document.revision is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"[]", "is not a JSON object; write its fields between { and }"),
        (b'"River opens"', "is not a JSON object; write its fields between { and }"),
        (b"null", "is not a JSON object; write its fields between { and }"),
        (b"\xff{}", "is not UTF-8: byte 0 is wrong; save the document as UTF-8"),
        (b'{"title": "caf\xe9"}', "is not UTF-8: byte 14 is wrong; save the document as UTF-8"),
        (b"[" * 100_000, TOO_DEEP),
        (b'{"a":' * 100_000, TOO_DEEP),
        (
            b'{"a":' * 32 + b"[]" + b"}" * 32,
            TOO_DEEP,
        ),
        (with_number("NaN"), f"holds NaN, {NO_NUMBER}"),
        (
            with_number("Infinity"),
            f"holds Infinity, {NO_NUMBER}",
        ),
        (
            with_number("-Infinity"),
            f"holds -Infinity, {NO_NUMBER}",
        ),
    ],
)
def test_bytes_that_are_no_document_are_refused_with_a_reason(text: bytes, reason: str) -> None:
    assert problems_of(text) == (Problem("document", reason),)


def test_a_document_may_be_a_mebibyte_and_no_byte_more() -> None:
    padding = " " * (MAX_DOCUMENT_BYTES - len(raw()))
    assert parse_document(raw() + padding.encode()).title == "River opens"
    assert problems_of(raw() + padding.encode() + b" ") == (
        Problem("document", f"is 1,048,577 bytes; {AT_MOST}"),
    )


def test_thirty_two_levels_are_taken() -> None:
    nested = json.loads("[" * 31 + "]" * 31)
    assert parse_document(raw(tree=nested)).model_extra == {"tree": nested}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (b'{"title": "A", "title": "B", "date": "2026-07-04"}', "title"),
        (b'{"title": "A", "date": "2026-07-04", "x": [{"y": 1, "y": 1}]}', "y"),
        (b'{"\\u0000x": 1, "\\u0000x": 2}', "x"),
    ],
)
def test_a_repeated_name_is_refused(text: bytes, name: str) -> None:
    assert problems_of(text) == (Problem(name, "stands twice in one object; leave one out"),)


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ({"title": None}, "title", "is missing; write"),
        ({"title": ""}, "title", BLANK),
        ({"title": " \t\n"}, "title", BLANK),
        ({"title": "\x00"}, "title", BLANK),
        ({"title": "x" * 1001}, "title", "more than 1,000 characters; shorten it"),
        ({"title": 5}, "title", "is not a text; write"),
        ({"title": ["A"]}, "title", "is not a text; write"),
        ({"date": None}, "date", "is missing; write"),
        ({"date": ""}, "date", "is not a day; write"),
        ({"date": "yesterday"}, "date", "is not a day; write"),
        ({"date": "2026-02-30"}, "date", "is not a day; write"),
        ({"date": "2026-07-04T10:00:00Z"}, "date", "is not a day; write"),
        ({"date": 1783123200}, "date", "is not a day; write"),
        ({"topics": "rivers"}, "topics", "is not a list; write"),
        ({"topics": ["rivers", 3]}, "topics.1", "is not a text; write"),
        ({"topics": ["rivers", ""]}, "topics.1", BLANK),
        ({"topics": [f"t{n}" for n in range(65)]}, "topics", "more than 64 items; shorten it"),
        ({"byline": "x" * 501}, "byline", "more than 500 characters"),
        ({"summary": "x" * 5001}, "summary", "more than 5,000 characters"),
        ({"body": {"text": "A"}}, "body", "is not a text; write"),
        ({"sources": [{}]}, "sources.0.url", "is missing; write"),
        ({"sources": [{"url": "ftp://a.example"}]}, "sources.0.url", "absolute http(s) address"),
        ({"sources": [{"url": "/a"}]}, "sources.0.url", "absolute http(s) address"),
        (
            {"sources": [{"url": f"https://a.example/{'a' * 4000}"}]},
            "sources.0.url",
            "more than 4,000 characters",
        ),
        (
            {"sources": [{"url": "https://a.example", "published": "0001-01-01T00:00:00+14:00"}]},
            "sources.0.published",
            "is not between the years 1 and 9999 in UTC",
        ),
        ({"image": {"alt": "A"}}, "image", "needs either key or url"),
        (
            {"image": {"alt": "A", "key": "images/a.png", "url": "https://a.example/a.png"}},
            "image",
            "has both key and url; leave out one of them",
        ),
        ({"image": {"url": "https://a.example/a.png"}}, "image.alt", "is missing; write"),
        ({"image": {"alt": " ", "url": "https://a.example/a.png"}}, "image.alt", BLANK),
        (
            {"image": {"alt": "A", "key": "a.png"}},
            "image.key",
            "does not begin with images/; write the key of an object in the source bucket",
        ),
        ({"image": {"alt": "A", "key": "images/"}}, "image.key", "relative path segment"),
        ({"image": {"alt": "A", "key": "images/a\\b.png"}}, "image.key", "has a backslash"),
        (
            {"image": {"alt": "A", "key": "images/a.svg"}},
            "image.key",
            "ends in .svg, but images are JPEG, PNG, GIF, WebP or AVIF; end it in .jpg, .jpeg,",
        ),
        (
            {"attachments": [{"title": "A", "key": "images/a.pdf"}]},
            "attachments.0.key",
            "ends in .pdf, but images are JPEG, PNG",
        ),
        (
            {"attachments": [{"title": "A", "url": "https://a.example", "length": 10**30}]},
            "attachments.0.length",
            "cannot take exactly: 1000000000000000000000000000000; write the number of bytes",
        ),
        (
            {"sources": [{"url": "https://a.example:99999/"}]},
            "sources.0.url",
            "has a port that is no number from 0 to 65,535; write it like https://post.",
        ),
        (
            {"sources": [{"url": "https://[a/"}]},
            "sources.0.url",
            "has no valid host name; write it like https://post.",
        ),
        (
            {"sources": [{"url": "https://ü..b/"}]},
            "sources.0.url",
            "has no valid host name; write it like https://post.",
        ),
        ({"image": {"alt": "A", "key": "images/../a"}}, "image.key", "relative path segment"),
        ({"image": {"alt": "A", "key": "images//a"}}, "image.key", "empty or relative"),
        (
            {"published": "2026-07-05T00:00:00Z", "expires": "2026-07-04T00:00:00Z"},
            "expires",
            "must be later than published",
        ),
        ({"translations": ["ä" * 700]}, "translations.0", "is longer than"),
        ({"translations": ["events/.json"]}, "translations.0", "is blank; write the id"),
        ({"language": "not a tag"}, "language", "is not a BCP 47 language tag"),
        ({"published": "2026-07-04"}, "published", "is not a time; write a time with its zone"),
        ({"published": "2026-07-04T10:00:00"}, "published", "has no time zone; write"),
        ({"published": 1783123200}, "published", "is not a time; write a time with its zone"),
        ({"modified": "0001-01-01T00:00:00+14:00"}, "modified", "between the years 1 and 9999"),
        ({"modified": "9999-12-31T23:59:59-01:00"}, "modified", "between the years 1 and 9999"),
        ({"revision": {"kind": "correction"}}, "revision", "a correction needs a note"),
        (
            {"revision": {"kind": "retraction", "note": " "}},
            "revision",
            "a retraction needs a note",
        ),
        (
            {"revision": {"kind": "publication"}},
            "revision.kind",
            'is none of its words; write "minor"',
        ),
        ({"revision": "minor"}, "revision", "is not an object; write an object"),
    ],
)
def test_a_broken_field_is_named_with_its_reason(
    fields: dict[str, object], field: str, reason: str
) -> None:
    (problem,) = problems_of(raw(**fields))
    assert problem.field == field
    assert reason in problem.reason


def test_every_broken_field_is_reported_at_once() -> None:
    found = problems_of(b'{"date": "never", "topics": [1], "image": {"alt": "A"}}')
    assert [problem.field for problem in found] == ["title", "date", "topics.0", "image"]


def test_no_more_than_twenty_problems_are_reported() -> None:
    assert len(problems_of(raw(sources=[{}] * 100))) == 20


def test_an_error_reads_as_one_line_of_fields_and_reasons() -> None:
    error = InvalidEventError(Problem("title", "Field required"), Problem("date", "is no date"))
    assert str(error) == "title: Field required; date: is no date"


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        (
            {"revision": {"knd": "correction", "note": "The hour was wrong."}},
            "revision.knd",
            "is no field; did you mean kind? revision has only kind, note",
        ),
        (
            {"sources": [{"url": "https://a.example/"}, {"url": "https://a.example/", "page": 3}]},
            "sources.1.page",
            "is no field; sources has only url, title, publisher, published",
        ),
        (
            {"sources": [{"url": "https://a.example/", "link": "https://b.example/"}]},
            "sources.0.link",
            "is no field; did you mean url? sources has only url, title, publisher, published",
        ),
        (
            {"revision": {"note": "A", "Type": "correction"}},
            "revision.Type",
            "is no field; did you mean kind? revision has only kind, note",
        ),
        (
            {"image": {"url": "https://a.example/", "alt": "A", "caption": "B"}},
            "image.caption",
            "is no field; did you mean alt? image has only key, url, alt, credit",
        ),
        (
            {"image": {"url": "https://a.example/", "alt": "A", "taken": None}},
            "image.taken",
            "is no field; image has only key, url, alt, credit",
        ),
        (
            {"revision": {"kind": "corection", "note": "A"}},
            "revision.kind",
            f"is none of its words; did you mean 'correction'? {REMEDIES['revision.kind']}",
        ),
        (
            {"kind": "correction"},
            "kind",
            'belongs into revision; write "revision": {"kind": "correction", "note": "…"}',
        ),
        (
            {"language": "english"},
            "language",
            "is no registered language; did you mean en? write a tag such as en, pt-BR or zh-Hant",
        ),
        (
            {"published": "1783123200"},
            "published",
            "is not a time; write a time with its zone, such as 2026-03-04T08:00:00Z",
        ),
        (
            {"sources": [{"url": "https://a.example/", "published": "never"}]},
            "sources.0.published",
            "is not a day; write a day like 2026-03-04, or a time with its zone",
        ),
    ],
)
def test_a_mistake_that_would_pass_silently_is_refused(
    fields: dict[str, object], field: str, reason: str
) -> None:
    """Cases 73 and 74."""
    assert problems_of(raw(**fields)) == (Problem(field, reason),)


def test_every_field_of_the_contract_has_a_remedy() -> None:
    parts: dict[str, type[BaseModel]] = {"": EventDocument, "sources.": Source}
    parts |= {"image.": Image, "revision.": RevisionNote, "attachments.": Attachment}
    fields = {start + name for start, part in parts.items() for name in part.model_fields}
    assert fields == set(REMEDIES)


@given(
    name=st.sampled_from(sorted(EventDocument.model_fields)),
    value=st.recursive(
        st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-2, 2) | st.text(max_size=3),
        lambda each: st.lists(each, max_size=2) | st.dictionaries(st.text(max_size=2), each),
        max_leaves=4,
    ),
)
def test_no_message_is_in_the_words_of_the_library(name: str, value: object) -> None:
    for _, reason in problems_of_any(raw(**{name: value})):
        assert not re.search(r"Input|should|validat|permitted|required", reason)
        assert "is not right" not in reason


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("sumary", "; did you mean summary?"),
        ("Titel", "; did you mean title?"),
        ("lang", "; did you mean language?"),
        ("note", "; did you mean revision.note?"),
        ("description", "; did you mean summary?"),
        ("embargo", "; did you mean published?"),
        ("priority", ""),
    ],
)
def test_an_unknown_field_is_published_and_reported(name: str, meant: str) -> None:
    document, remarks = parse(raw(**{name: "A"}))
    assert document.model_extra == {name: "A"}
    remark = Problem(name, f"is no field of the contract, and is published under extra{meant}")
    assert remarks == (remark,)


def test_unknown_fields_of_an_event_are_kept() -> None:
    document = parse_document(raw(place={"lat": 1.5, "name": None}))
    assert document.model_extra == {"place": {"lat": 1.5, "name": None}}


@pytest.mark.parametrize("name", ["", "model_fields", "__class__", "copy", "extra", "json"])
def test_no_name_of_a_field_is_special(name: str) -> None:
    assert parse_document(raw(**{name: 1})).model_extra == {name: 1}


def test_characters_no_xml_can_hold_are_dropped_everywhere() -> None:
    document = parse_document(
        raw(title="Riv\x00er\x0b", topics=["Fo\ufffexes"], note={"a\x1f": ["\ud800b\uffff"]})
    )
    assert document.title == "River"
    assert document.topics == ("Foxes",)
    assert document.model_extra == {"note": {"a": ["b"]}}


def test_white_space_in_lines_is_folded_and_kept_in_texts() -> None:
    document = parse_document(raw(title=" River\n opens ", body=" a\n\nb ", summary=" c\n d "))
    assert (document.title, document.body, document.summary) == ("River opens", " a\n\nb ", "c\n d")


def test_a_topic_is_named_once_as_it_was_written_first() -> None:
    document = parse_document(raw(topics=["C++", "Rivers", "c plus plus", " RIVERS ", "C"]))
    assert document.topics == ("C++", "Rivers", "C")


def test_moments_are_cut_to_seconds_in_utc() -> None:
    document = parse_document(
        raw(published="2026-07-04T10:00:00.9+02:00", modified="2026-07-05T00:00:00Z")
    )
    assert document.published == datetime(2026, 7, 4, 8, 0, 0, tzinfo=UTC)
    assert document.published.tzinfo is UTC
    assert document.modified == datetime(2026, 7, 5, tzinfo=UTC)


def test_addresses_and_languages_are_made_canonical() -> None:
    document = parse_document(raw(language="PT-br", sources=[{"url": "HTTPS://A.Example/ä b"}]))
    assert document.language == "pt-BR"
    assert document.sources[0].url == "https://a.example/%C3%A4%20b"


def test_a_revision_is_an_update_where_its_kind_is_not_said() -> None:
    document = parse_document(raw(revision={"note": "Now with figures."}))
    assert document.revision is not None
    assert (document.revision.kind, document.revision.note) == ("update", "Now with figures.")


def test_a_revision_without_a_kind_is_an_update() -> None:
    raw = b'{"title": "x", "date": "2026-03-04", "revision": {"kind": null, "note": "More."}}'
    revision = parse_document(raw).revision
    assert revision is not None
    assert (revision.kind, revision.note) == ("update", "More.")
