"""Says in our words why a text is not JSON: line and column, the cause, and what to write."""

import json
import re

_COMMENT = re.compile(r"//|/\*|#")
_WORD = re.compile(r"[^\W\d][\w.-]*")
_WORDS = {"None": "null", "undefined": "null", "True": "true", "False": "false"}
_TYPOGRAPHIC = "“”„‟«»″"
_OPEN, _CLOSED = "{[", "}]"
_NAMES = {"{": "brace {", "[": "bracket ["}
_PARTNER = {"{": "}", "[": "]"}
_SHOWN = 30
# What a number runs on with: other digits, signs, the parts of a date or a time.
_RUN = re.compile(r"[\w.:+-]+")
_NAME = re.compile(r"[\w.-]+")
_ZERO = re.compile(r"(-?)0+(\d[\d.]*)")


def json_problem(text: str, error: json.JSONDecodeError, *, is_row: bool = False) -> str:
    """Return where and why a text is not JSON; a row of a file has columns only."""
    position, cause = _cause(text, error)
    column = position - text.rfind("\n", 0, position)
    if is_row:
        return f"is not JSON at column {column}: {cause}"
    line = text.count("\n", 0, position) + 1
    return f"is not JSON at line {line}, column {column}: {cause}"


def _cause(text: str, error: json.JSONDecodeError) -> tuple[int, str]:  # noqa: PLR0911  # one a cause
    """Return the position to look at, and what is wrong there."""
    position, rest = error.pos, text[error.pos :].lstrip()
    position += len(text[error.pos :]) - len(rest)
    if "control character" in error.msg or "Unterminated" in error.msg:
        return _unclosed_text(text, error)
    if "uXXXX" in error.msg:
        return position, "write four digits after \\u, such as \\u00e9"
    if "escape" in error.msg:
        return position, "a backslash before this character; write \\\\ for a backslash"
    if not text.strip():
        return position, 'there is no text; write an object, such as {"title": …}'
    # Python 3.13 finds a comma after the last item, earlier ones find the bracket after it.
    comma = position if rest[:1] == "," else _comma_before(text, position)
    if comma is not None and text[comma + 1 :].lstrip()[:1] in {"}", "]"}:
        return comma, "a comma after the last item; remove it"
    if rest[:1] == ",":
        return position, "a comma too many; remove it"
    if not rest:
        return _unclosed_bracket(text, position)
    return _number(text, position) or (position, _of_character(text, position, error.msg))


def _number(text: str, position: int) -> tuple[int, str] | None:
    """Return where a number begins that JSON does not have, and how to write it."""
    before = re.search(r"[\w.:+-]*$", text[:position])
    start = before.start() if before else position
    run = _RUN.match(text, start)
    if run is None or not re.match(r"[+.-]*\d", run[0]):
        return None
    is_run_on = start < position or not text[position].isdigit()
    return (start, _how_to_write(run[0])) if is_run_on else None


def _how_to_write(number: str) -> str:
    if zero := _ZERO.fullmatch(number):
        return f'a number with a leading zero; write {zero[1]}{zero[2]}, or "{number}" as a text'
    if re.fullmatch(r"\+\d[\d.]*", number):
        return f"a number with a plus sign; write {number[1:]}"
    if re.fullmatch(r"-?\.\d+", number):
        return f"a number without a digit before its point; write {number.replace('.', '0.')}"
    if re.fullmatch(r"-?\d+\.", number):
        return f"a number without a digit after its point; write {number}0"
    return f'{number[:_SHOWN]} is not a number of JSON; write a text in double quotes: "'


def _of_character(text: str, position: int, message: str) -> str:  # noqa: PLR0911  # one a cause
    """Return what is wrong with the character at a position."""
    character = text[position]
    if character == "'":
        return 'a text in single quotes; write double quotes: "'
    if character in _TYPOGRAPHIC:
        return f'the quotes {character} are not those of JSON; write double quotes: "'
    if _COMMENT.match(text, position):
        return "a comment, which JSON does not have; remove it"
    if "Extra data" in message:
        return "there is more text after the end of the document; remove it"
    if "':' delimiter" in message:
        return "a colon is missing after the name of the field"
    if "',' delimiter" in message:
        return _no_comma(text, position)
    is_name = "property name" in message
    word = (_NAME if is_name else _WORD).match(text, position)
    if word is None:
        return f"a value is missing before {character}"
    if other := _WORDS.get(word[0]):
        return f"{word[0]} is not a word of JSON; write {other}"
    kind = "a field name" if is_name else "a text"
    return f'{kind} without quotes; write "{word[0][:_SHOWN]}"'


def _no_comma(text: str, position: int) -> str:
    """Return why something stands after a value where a comma or an end is expected."""
    character, opened = text[position], _opened(text[:position])
    if character in _CLOSED:
        return f"{character} closes nothing; the open one needs {_PARTNER[text[opened[-1]]]}"
    if _WORD.match(text, position) and text[:position].rstrip(" ")[-1:] == '"':
        return 'a quote ends the text before this; write \\" for a quote within a text'
    return "a comma is missing before this"


def _comma_before(text: str, position: int) -> int | None:
    """Return where the comma stands that comes right before a position, if any."""
    before = text[:position].rstrip()
    return len(before) - 1 if before.endswith(",") else None


def _unclosed_text(text: str, error: json.JSONDecodeError) -> tuple[int, str]:
    """Return where a text begins that has no closing quote on its line."""
    if "Unterminated" in error.msg:
        return error.pos, 'the text that begins here has no closing quote; write "'
    if text[error.pos] in "\r\n":
        quotes = [match.start() for match in re.finditer(r'(?<!\\)"', text[: error.pos])]
        reason = 'the text that begins here has no closing quote on its line; write ", or \\n'
        return quotes[-1], reason
    return error.pos, "a control character within a text; write it as \\u0009 or so, or remove it"


def _unclosed_bracket(text: str, position: int) -> tuple[int, str]:
    opened = _opened(text)
    if not opened:
        return position, "a value is missing at the end"
    bracket = text[opened[-1]]
    reason = f"the {_NAMES[bracket]} that opens here is never closed; write {_PARTNER[bracket]}"
    return opened[-1], reason


def _opened(text: str) -> list[int]:
    """Return the positions of the brackets that are open at the end of a text."""
    opened: list[int] = []
    for match in re.finditer(r'"(?:\\.|[^"\\])*"|[{}\[\]]', text):
        if match[0] in _OPEN:
            opened.append(match.start())
        elif match[0] in _CLOSED and opened:
            opened.pop()
    return opened
