import json
from datetime import UTC, date, datetime

import pytest

from gazette.models.contract.parsing import InvalidEventError, Problem, parse_document
from gazette.models.limits import MAX_DOCUMENT_BYTES

BLANK = "is blank; write something that can be seen"
LEAST: dict[str, object] = {"title": "River opens", "date": "2026-07-04"}


def raw(**fields: object) -> bytes:
    return json.dumps(LEAST | fields).encode()


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
        (b"", "is not JSON: Expecting value at line 1, column 1"),
        (b"River opens", "is not JSON: Expecting value at line 1, column 1"),
        (b'{"title": "A",\n "date"', "is not JSON: Expecting ':' delimiter at line 2, column 8"),
        (b"[]", "is not a JSON object"),
        (b'"River opens"', "is not a JSON object"),
        (b"null", "is not a JSON object"),
        (b"\xff{}", "is not UTF-8: invalid start byte at byte 0"),
        (b'{"title": "caf\xe9"}', "is not UTF-8: invalid continuation byte at byte 14"),
        (b"[" * 100_000, "is nested deeper than 32 levels"),
        (b'{"a":' * 100_000, "is nested deeper than 32 levels"),
        (b'{"a":' * 32 + b"[]" + b"}" * 32, "is nested deeper than 32 levels"),
        (with_number("NaN"), "holds NaN, which JSON does not have"),
        (with_number("Infinity"), "holds Infinity, which JSON does not have"),
        (with_number("-Infinity"), "holds -Infinity, which JSON does not have"),
    ],
)
def test_bytes_that_are_no_document_are_refused_with_a_reason(text: bytes, reason: str) -> None:
    assert problems_of(text) == (Problem("document", reason),)


def test_a_document_may_be_a_mebibyte_and_no_byte_more() -> None:
    padding = " " * (MAX_DOCUMENT_BYTES - len(raw()))
    assert parse_document(raw() + padding.encode()).title == "River opens"
    assert problems_of(raw() + padding.encode() + b" ") == (
        Problem("document", "is 1,048,577 bytes; at most 1,048,576 are taken"),
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
    assert problems_of(text) == (Problem(name, "stands twice in one object"),)


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ({"title": None}, "title", "Field required"),
        ({"title": ""}, "title", BLANK),
        ({"title": " \t\n"}, "title", BLANK),
        ({"title": "\x00"}, "title", BLANK),
        ({"title": "x" * 1001}, "title", "at most 1000 characters"),
        ({"title": 5}, "title", "valid string"),
        ({"title": ["A"]}, "title", "valid string"),
        ({"date": None}, "date", "Field required"),
        ({"date": ""}, "date", "valid date"),
        ({"date": "yesterday"}, "date", "valid date"),
        ({"date": "2026-02-30"}, "date", "day value is outside expected range"),
        ({"date": "2026-07-04T10:00:00Z"}, "date", "valid date"),
        ({"date": 1783123200}, "date", "valid date"),
        ({"topics": "rivers"}, "topics", "valid array"),
        ({"topics": ["rivers", 3]}, "topics.1", "valid string"),
        ({"topics": ["rivers", ""]}, "topics.1", BLANK),
        ({"topics": [f"t{n}" for n in range(65)]}, "topics", "at most 64 items"),
        ({"byline": "x" * 501}, "byline", "at most 500 characters"),
        ({"summary": "x" * 5001}, "summary", "at most 5000 characters"),
        ({"body": {"text": "A"}}, "body", "valid string"),
        ({"sources": [{}]}, "sources.0.url", "Field required"),
        ({"sources": [{"url": "ftp://a.example"}]}, "sources.0.url", "absolute http(s) address"),
        ({"sources": [{"url": "/a"}]}, "sources.0.url", "absolute http(s) address"),
        ({"sources": [{"url": f"https://a.example/{'a' * 4000}"}]}, "sources.0.url", "at most"),
        (
            {"sources": [{"url": "https://a.example", "published": "0001-01-01T00:00:00+14:00"}]},
            "sources.0.published",
            "is not between the years 1 and 9999 in UTC",
        ),
        ({"image": {"alt": "A"}}, "image", "needs either key or url"),
        (
            {"image": {"alt": "A", "key": "images/a.png", "url": "https://a.example/a.png"}},
            "image",
            "needs either key or url",
        ),
        ({"image": {"url": "https://a.example/a.png"}}, "image.alt", "Field required"),
        ({"image": {"alt": " ", "url": "https://a.example/a.png"}}, "image.alt", BLANK),
        ({"image": {"alt": "A", "key": "a.png"}}, "image.key", "match pattern"),
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
        ({"published": "2026-07-04"}, "published", "valid datetime"),
        ({"published": "2026-07-04T10:00:00"}, "published", "timezone"),
        ({"published": 1783123200}, "published", "valid datetime"),
        ({"modified": "0001-01-01T00:00:00+14:00"}, "modified", "between the years 1 and 9999"),
        ({"modified": "9999-12-31T23:59:59-01:00"}, "modified", "between the years 1 and 9999"),
        ({"revision": {"kind": "correction"}}, "revision", "a correction needs a note"),
        (
            {"revision": {"kind": "retraction", "note": " "}},
            "revision",
            "a retraction needs a note",
        ),
        ({"revision": {"kind": "publication"}}, "revision.kind", "'minor', 'update'"),
        ({"revision": "minor"}, "revision", "should be an object"),
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


def test_unknown_fields_are_kept_on_every_level() -> None:
    document = parse_document(
        raw(
            place={"lat": 1.5, "name": None},
            sources=[{"url": "https://a.example/", "page": 3}],
            image={"url": "https://a.example/", "alt": "A", "taken": "dawn"},
            revision={"kind": "minor", "editor": "B"},
        )
    )
    assert document.model_extra == {"place": {"lat": 1.5, "name": None}}
    assert document.sources[0].model_extra == {"page": 3}
    assert document.image is not None
    assert document.image.model_extra == {"taken": "dawn"}
    assert document.revision is not None
    assert document.revision.model_extra == {"editor": "B"}


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
