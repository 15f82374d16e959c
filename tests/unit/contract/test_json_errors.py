"""A text that is no JSON is refused with line, column, the cause, and what to write."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.contract.parsing import InvalidEventError, parse_document
from gazette.models.problems.json_errors import json_problem

DOUBLE = 'write double quotes: "'
LAST = "a comma after the last item; remove it"
COMMENT = "a comment, which JSON does not have; remove it"
CLOSING = 'the text that begins here has no closing quote; write "'
ON_ITS_LINE = 'the text that begins here has no closing quote on its line; write ", or \\n'


def reason_of(text: str) -> str:
    with pytest.raises(InvalidEventError) as caught:
        parse_document(text.encode())
    ((field, reason),) = caught.value.problems
    assert field == "document"
    return reason


@pytest.mark.parametrize(
    ("text", "line", "column", "cause"),
    [
        ("", 1, 1, 'there is no text; write an object, such as {"title": …}'),
        (" \n ", 2, 2, 'there is no text; write an object, such as {"title": …}'),
        ('{"a": 1,}', 1, 8, LAST),
        ('{"a": [\n 1,\n 2,\n]}', 3, 3, LAST),
        ('{"a": 1,, "b": 2}', 1, 9, "a comma too many; remove it"),
        ("{'a': 1}", 1, 2, f"a text in single quotes; {DOUBLE}"),
        ("{\"a\": 'b'}", 1, 7, f"a text in single quotes; {DOUBLE}"),
        ("{“a”: 1}", 1, 2, f"the quotes “ are not those of JSON; {DOUBLE}"),
        ('{"a": 1 // x\n}', 1, 9, COMMENT),
        ('{/* x */"a": 1}', 1, 2, COMMENT),
        ('{"a": 1,\n# x\n"b": 2}', 2, 1, COMMENT),
        ('{"a": "b,\n "c": "d"}', 1, 7, ON_ITS_LINE),
        ('{"a": "b', 1, 7, CLOSING),
        ('{"a": "\tb"}', 1, 8, "a control character within a text; write it as \\u0009 or so, "),
        ('{"a": "c:\\dir"}', 1, 10, "a backslash before this character; write \\\\ for a"),
        ('{"a": "b"', 1, 1, "the brace { that opens here is never closed; write }"),
        ('{"a": [{"b": "]"}, 1', 1, 7, "the bracket [ that opens here is never closed; write ]"),
        ('{"a":', 1, 1, "the brace { that opens here is never closed; write }"),
        ('{"a": ["b"}', 1, 11, "} closes nothing; the open one needs ]"),
        ('{"a" 1}', 1, 6, "a colon is missing after the name of the field"),
        ('{"a": 1\n "b": 2}', 2, 2, "a comma is missing before this"),
        ('{"a": "x "no" y"}', 1, 11, 'a quote ends the text before this; write \\" for a quote'),
        ('{"a": 1}}', 1, 9, "there is more text after the end of the document; remove it"),
        ("{title: 1}", 1, 2, 'a field name without quotes; write "title"'),
        ('{"a": River}', 1, 7, 'a text without quotes; write "River"'),
        ('{"a": None}', 1, 7, "None is not a word of JSON; write null"),
        ('{"a": }', 1, 7, "a value is missing before }"),
        ("<html>", 1, 1, "a value is missing before <"),
        ('{"a": 012}', 1, 7, 'a number with a leading zero; write 12, or "012" as a text'),
        ('{"a": [-007.5]}', 1, 8, "a number with a leading zero; write -7.5, or"),
        ("01", 1, 1, "a number with a leading zero; write 1, or"),
        ('{"a": +1}', 1, 7, "a number with a plus sign; write 1"),
        ('{"a": .5}', 1, 7, "a number without a digit before its point; write 0.5"),
        ('{"a": -.5}', 1, 7, "a number without a digit before its point; write -0.5"),
        ('{"a": 1.}', 1, 7, "a number without a digit after its point; write 1.0"),
        ('{"a": 0x10}', 1, 7, "0x10 is not a number of JSON; write a text in double quotes"),
        ('{"a": 1_000}', 1, 7, "1_000 is not a number of JSON; write a text in double"),
        ('{"a": 2026-03-04}', 1, 7, "2026-03-04 is not a number of JSON; write a text in"),
        ('{"a": 12:30}', 1, 7, "12:30 is not a number of JSON; write a text in double"),
        ('{"a": 1e}', 1, 7, "1e is not a number of JSON; write a text in double quotes"),
        ('{"a": 1 2}', 1, 9, "a comma is missing before this"),
        ('{"a": -}', 1, 7, "a value is missing before -"),
        ("{5: 1}", 1, 2, 'a field name without quotes; write "5"'),
        ('{"a": "\\u12"}', 1, 9, "write four digits after \\u, such as \\u00e9"),
    ],
)
def test_the_cause_of_a_syntax_error_is_named(
    text: str, line: int, column: int, cause: str
) -> None:
    expected = f"is not JSON at line {line}, column {column}: {cause}"
    assert reason_of(text).startswith(expected)


def test_a_text_that_ends_too_early_without_a_bracket_misses_a_value() -> None:
    error = json.JSONDecodeError("Expecting value", "1 ", 2)
    assert json_problem("1 ", error) == (
        "is not JSON at line 1, column 3: a value is missing at the end"
    )


@given(
    text=st.text("{}[]\",:'/#\\ \nab1“tn.-", max_size=20),
    start=st.sampled_from(("", '{"a": ', '{"a": [', '{"a": "b", ')),
)
def test_any_text_is_read_or_refused_with_a_place(start: str, text: str) -> None:
    try:
        json.loads(start + text)
    except json.JSONDecodeError as error:
        reason = json_problem(start + text, error)
        assert reason.startswith("is not JSON at line ")
        assert not reason.endswith(": ")
