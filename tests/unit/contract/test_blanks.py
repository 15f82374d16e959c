"""What is written as nothing: absent where it is optional, refused where it is required.

Cases 25 and 45; and the bounds of labels, case 72, and leap seconds, case 33.
"""

import json
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.characters import is_blank
from gazette.models.contract.document import EventDocument
from gazette.models.contract.parsing import InvalidEventError, Problem, parse, parse_document

LEAST: dict[str, object] = {"title": "River opens", "date": "2026-07-04"}
OPTIONAL = [name for name, field in EventDocument.model_fields.items() if not field.is_required()]
INVISIBLE = (
    *("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u061c", "\u180e"),
    *("\u202a", "\u202e", "\u2066", "\u2069", "\u200e", "\u115f", "\u1160", "\u3164", "\uffa0"),
    *("\ufe0f", "\U000e0100", "\U000e0001", "\U000e0041", "\U000e007f", "\u2061", "\u206f"),
    *("\u17b4", "\u180b", "\u2800", "\U0001d173", "\U0001bca0", "\ufff9", "\u2065", "\U0001d159"),
    *(" ", "\t", "\u00a0", "\u3000", "\u2028", "\u1680", "\x00", "\x7f", "\ufffe"),
)
NOTHING = ("", " ", "\n\t ", "\u200b", "\u00a0\u2060", "\u3164", None)
BLANK = "is blank; write something that can be seen"


def raw(**fields: object) -> bytes:
    return json.dumps(LEAST | fields).encode()


def problems_of(text: bytes) -> tuple[Problem, ...]:
    with pytest.raises(InvalidEventError) as caught:
        parse_document(text)
    return caught.value.problems


@given(st.text(st.sampled_from(INVISIBLE)))
def test_a_title_or_a_topic_of_invisible_characters_is_refused_as_blank(text: str) -> None:
    assert problems_of(raw(title=text, topics=["Rivers", text])) == (
        Problem("title", BLANK),
        Problem("topics.1", BLANK),
    )


@given(st.text(st.sampled_from(INVISIBLE)), st.characters(categories=("L", "N", "P", "S")))
def test_one_visible_character_among_them_is_enough(text: str, seen: str) -> None:
    if is_blank(seen):
        return
    assert seen in parse_document(raw(title=text + seen + text)).title


def test_every_format_character_that_unicode_lets_a_renderer_ignore_is_blank() -> None:
    """Those that show (number signs of Arabic, an abbreviation of Syriac, hieroglyphs) are not."""
    shown = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
    shown |= set(range(0x13430, 0x13440))
    formats = {code for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"}
    assert {code for code in formats if not is_blank(chr(code))} == shown & formats


@pytest.mark.parametrize("nothing", NOTHING)
@pytest.mark.parametrize("field", OPTIONAL)
def test_an_optional_field_with_nothing_in_it_is_absent(field: str, nothing: str | None) -> None:
    assert parse_document(raw(**{field: nothing})) == parse_document(raw())


def test_all_optional_fields_may_have_nothing_in_them_at_once() -> None:
    assert parse_document(raw(**dict.fromkeys(OPTIONAL, ""))) == parse_document(raw())


@pytest.mark.parametrize("nothing", NOTHING)
def test_it_is_absent_in_the_objects_of_a_document_too(nothing: str | None) -> None:
    source = {"url": "https://a.example/"}
    image = {"url": "https://a.example/", "alt": "A"}
    blank_source = source | dict.fromkeys(("title", "publisher", "published"), nothing)
    blank_image = image | dict.fromkeys(("key", "credit"), nothing)
    revision = {"kind": nothing, "note": nothing}
    document = parse_document(
        raw(sources=[source, blank_source], image=blank_image, revision=revision)
    )
    assert document == parse_document(raw(sources=[source, source], image=image))


def test_a_kind_of_revision_that_is_blank_is_an_update() -> None:
    revision = parse_document(raw(revision={"kind": " ", "note": "More."})).revision
    assert revision is not None
    assert (revision.kind, revision.note) == ("update", "More.")


def test_an_object_of_nothing_is_absent() -> None:
    """A form sends all its fields, filled in or not."""
    image = {"key": "", "url": " ", "alt": None, "credit": ""}
    assert parse_document(raw(image={"key": "", "url": None})) == parse_document(raw())
    assert problems_of(raw(image=image | {"alt": ""})) == (Problem("image.alt", BLANK),)


@pytest.mark.parametrize(
    ("fields", "position"),
    [
        ({"sources": [{"url": ""}]}, "sources.0.url"),
        ({"sources": [{}]}, "sources.0.url"),
        ({"image": {"alt": "\u200b", "key": "images/a.png"}}, "image.alt"),
        ({"image": {"alt": None, "key": "images/a.png"}}, "image.alt"),
        ({"revision": {"kind": "correction", "note": "\u2060"}}, "revision"),
        ({"translations": [""]}, "translations.0"),
        ({"date": ""}, "date"),
        ({"date": "\u200b"}, "date"),
    ],
)
def test_what_is_required_may_not_be_blank(fields: dict[str, object], position: str) -> None:
    assert [field for field, _ in problems_of(raw(**fields))] == [position]


def test_unknown_fields_keep_what_is_written() -> None:
    kept = {"mood": "", "notes": [None, "\u200b", {"a": ""}]}
    assert parse_document(raw(**kept)).model_extra == kept


@pytest.mark.parametrize("field", ["topics", "category"])
def test_a_label_of_five_hundred_characters_is_taken_whole(field: str) -> None:
    label = "🦊" * 500
    document, remarks = parse(raw(**{field: [label] if field == "topics" else label}))
    assert getattr(document, field) in (label, (label,))
    assert remarks == ()


def test_a_longer_label_is_cut_at_a_word_and_reported() -> None:
    label = "protection district " * 50
    document, remarks = parse(raw(topics=["El Dorado", label], category=label))
    short = document.topics[1]
    assert short == document.category
    assert short.endswith("protection…")
    assert 480 < len(short) <= 500
    cut = "is cut: a label has at most 500 characters"
    assert remarks == (Problem("topics", cut), Problem("category", cut))


def test_a_long_label_of_a_stored_document_is_cut_too() -> None:
    raw_text = json.dumps({"title": "A", "date": "2026-07-04", "topics": ["x" * 501]})
    assert EventDocument.model_validate_json(raw_text).topics == ("x" * 499 + "…",)


@pytest.mark.parametrize("second", ["60", "60.5", "60.999999"])
@pytest.mark.parametrize(
    ("before", "zone", "utc"),
    [
        ("2016-12-31T23:59:", "Z", (2016, 12, 31, 23)),
        ("2016-12-31t23:59:", "z", (2016, 12, 31, 23)),
        ("2016-12-31 23:59:", "Z", (2016, 12, 31, 23)),
        ("2017-01-01T08:59:", "+09:00", (2016, 12, 31, 23)),
        ("2012-06-30T18:59:", "-05:00", (2012, 6, 30, 23)),
    ],
)
def test_a_leap_second_is_the_second_before_it(
    before: str, second: str, zone: str, utc: tuple[int, int, int, int]
) -> None:
    moment = before + second + zone
    source = {"url": "https://a.example/", "published": moment}
    document = parse_document(raw(published=moment, modified=moment, sources=[source]))
    year, month, day, hour = utc
    expected = datetime(year, month, day, hour, 59, 59, tzinfo=UTC)
    assert document.published == document.modified == document.sources[0].published == expected


@pytest.mark.parametrize(
    "moment", ["2016-12-31T23:59:61Z", "2016-12-31T23:60:00Z", "2016-12-31T24:00:60Z"]
)
def test_a_second_that_no_clock_shows_is_refused(moment: str) -> None:
    assert [field for field, _ in problems_of(raw(published=moment))] == ["published"]


def test_a_text_about_a_leap_second_stays_as_it_is() -> None:
    text = "At 2016-12-31T23:59:60Z"
    document = parse_document(raw(title=text, body=text, clock=text))
    assert (document.title, document.body, document.model_extra) == (text, text, {"clock": text})
