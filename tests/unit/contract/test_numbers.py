"""Numbers that JSON readers would round are kept as strings, exactly (case 49)."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.contract.canonical import document_form
from gazette.models.contract.parsing import InvalidEventError, Problem, parse, parse_document

DIGITS = st.from_regex(
    r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,4})?", fullmatch=True
)


def with_number(digits: str) -> bytes:
    return f'{{"title": "A", "date": "2026-07-04", "id": {digits}}}'.encode()


def taken(digits: str) -> object:
    return (parse_document(with_number(digits)).model_extra or {})["id"]


@pytest.mark.parametrize("number", [2**53 - 1, 1 - 2**53, 0, -0.0, 0.1, 1.5, 1e300, 5e-324, 1e22])
def test_numbers_that_every_reader_takes_stay_numbers(number: float) -> None:
    assert taken(json.dumps(number)) == number
    assert isinstance(taken(json.dumps(number)), type(number))


@pytest.mark.parametrize(
    "digits",
    [
        "1234567890123456789",
        "9007199254740992",
        "-9007199254740992",
        "9007199254740993.0",
        "3.14159265358979323846",
        "0.1000000000000000055511151231257827",
        "1e999",
        "-1e999",
        "1e-999",
        "1e99999999999999999999",
        "12345678901234567890e3",
        "9" * 5000,
        "9" * 500_000,
        "0." + "1" * 500_000,
    ],
    ids=lambda digits: digits[:40],
)
def test_numbers_that_readers_would_round_are_kept_digit_by_digit(digits: str) -> None:
    assert taken(digits) == digits


@given(DIGITS)
def test_no_reader_loses_a_digit_of_any_number(digits: str) -> None:
    read = json.loads(json.dumps(document_form(parse_document(with_number(digits)))))["extra"]["id"]
    if isinstance(read, str):
        assert read == digits
    else:
        assert Decimal(repr(read)) == Decimal(digits)


def test_numbers_are_kept_at_every_depth_and_reported_by_their_place() -> None:
    raw = b"""{"title": "A", "date": "2026-07-04", "ids": [1, [98765432109876543210]],
        "post": {"tweet_id": 1234567890123456789}}"""
    document, remarks = parse(raw)
    assert document.model_extra == {
        "ids": [1, ["98765432109876543210"]],
        "post": {"tweet_id": "1234567890123456789"},
    }
    assert remarks[:2] == (
        Problem("ids.1.0", "is kept as a string: JSON readers would round 98765432109876543210"),
        Problem(
            "post.tweet_id", "is kept as a string: JSON readers would round 1234567890123456789"
        ),
    )


@pytest.mark.parametrize(
    ("fields", "position"),
    [
        ('"title": 12345678901234567890', "title"),
        ('"title": "A", "topics": ["B", 12345678901234567890]', "topics.1"),
        ('"title": "A", "sources": [{"title": 12345678901234567890}]', "sources.0.title"),
    ],
)
def test_a_long_number_is_no_text_of_a_field_that_the_contract_has(
    fields: str, position: str
) -> None:
    with pytest.raises(InvalidEventError) as caught:
        parse_document(f'{{"date": "2026-07-04", {fields}}}'.encode())
    (problem,) = caught.value.problems
    assert problem.field == position
    reason = "is a number that JSON readers cannot take exactly: 12345678901234567890; write "
    assert problem.reason.startswith(reason)


def test_a_document_that_is_published_as_written_has_no_remarks() -> None:
    assert parse(b'{"title": "A", "date": "2026-07-04"}').remarks == ()
