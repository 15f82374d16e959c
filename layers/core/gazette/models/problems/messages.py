"""Says in our words what a model refuses: what is wrong with a field, and how to write it right."""

import json
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from pydantic import ValidationError

from gazette.models.characters import shorten
from gazette.models.limits import MAX_QUOTED_CHARACTERS, MAX_REPORTED_PROBLEMS
from gazette.models.problems.problems import Problem

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

# What is wrong, by the type of the error; the names in braces are what it says of the limit.
_WRONG = {
    "missing": "is missing",
    "string_type": "is not a text",
    "string_too_short": "is empty",
    "string_too_long": "has more than {max_length:,} characters",
    "string_pattern_mismatch": "is not written as it must be",
    "int_type": "is not a whole number",
    "greater_than_equal": "is less than {ge}",
    "less_than_equal": "is more than {le:,}",
    "date_type": "is not a day",
    "date_parsing": "is not a day",
    "date_from_datetime_parsing": "is not a day",
    "date_from_datetime_inexact": "is not a day",
    "datetime_type": "is not a time",
    "datetime_parsing": "is not a time",
    "datetime_object_invalid": "is not a time",
    "datetime_from_date_parsing": "is not a time",
    "timezone_aware": "has no time zone",
    "tuple_type": "is not a list",
    "too_long": "has more than {max_length:,} items",
    "model_type": "is not an object",
    "literal_error": "is none of its words",
    "extra_forbidden": "is no field",
}
_LIMITS = frozenset({"string_too_long", "too_long"})
_OWN = "value_error"
_TOO_LONG = "is longer than"
_ANY = "is not right"
# A field that may be a day or a time is refused twice, under the name of each.
_CHOICES = frozenset({"date", "datetime"})
# What a field may be, in the path of an error within it.
TEXT, LIST = "<text>", "<list>"
_CLOSE = 0.6

Remedies = Mapping[str, str]


def problems_of(
    error: ValidationError,
    remedies: Remedies,
    *,
    are_quoted: bool = False,
    whole: str = "the document",
) -> Iterator[Problem]:
    """Yield what a model refuses, each field once.

    ``remedies`` say how to write a field, by its path without positions (``sources.url``). The
    reasons begin with the value that was given if they ``are_quoted``. ``whole`` has the fields.
    """
    found: dict[str, str] = {}
    for detail in error.errors(include_url=False):
        loc = [part for part in detail["loc"] if part not in {TEXT, LIST}]
        field = ".".join(map(str, loc[:-1] if len(loc) > 1 and loc[-1] in _CHOICES else loc))
        reason = (_given(detail) if are_quoted else "") + _reason(
            detail, _plain(field), remedies, whole
        )
        found.setdefault(field or "document", reason)
        if len(found) == MAX_REPORTED_PROBLEMS:
            break
    for field, reason in found.items():
        yield Problem(field, reason)


def quoted(value: object) -> str:
    """Return a value as JSON writes it, cut to what a message shows."""
    return shorten(json.dumps(value, ensure_ascii=False, default=str), MAX_QUOTED_CHARACTERS)


def with_remedy(problem: Problem, remedies: Remedies) -> Problem:
    """Add how to write the field, or the field that it is a part of."""
    field = _plain(problem.field)
    remedy = remedies.get(field) or remedies.get(field.partition(".")[0], "")
    return problem._replace(reason=_joined(problem.reason, remedy))


def did_you_mean(name: str, known: Iterable[str], close_enough: float = _CLOSE) -> str:
    """Return a question that names the known word most like another, empty if none is.

    ``close_enough`` is a ratio: 1 are equal words, 0 are words without a common letter.
    """
    words = {word.lower(): word for word in known}
    close = get_close_matches(name.lower(), words, n=1, cutoff=close_enough)
    return f"did you mean {words[close[0]]}?" if close else ""


def _given(detail: "ErrorDetails") -> str:
    """Return what was written, as JSON; empty if nothing was."""
    if detail["type"] == "missing":
        return ""
    return f"{quoted(detail['input'])} is refused: "


def _plain(field: str) -> str:
    return ".".join(part for part in field.split(".") if not part.isdigit())


def _reason(detail: "ErrorDetails", field: str, remedies: Remedies, whole: str) -> str:
    kind, remedy = detail["type"], remedies.get(field, "")
    if kind == _OWN:
        reason = detail["msg"].removeprefix("Value error, ")
        says_all = ";" in reason or reason.startswith(_TOO_LONG)
        return reason if says_all else _joined(reason, remedy)
    wrong = _WRONG.get(kind, _ANY).format(**detail.get("ctx", {}))
    if kind == "extra_forbidden":
        return _joined(wrong, _known_fields(field, remedies, whole))
    if kind == "literal_error":
        wrong = _joined(wrong, _meant(detail))
    return _joined(wrong, "shorten it" if kind in _LIMITS else remedy)


def _joined(*parts: str) -> str:
    return "; ".join(filter(None, parts)).replace("?; ", "? ")


# What publishers call the fields of our objects elsewhere: the first that the object has is meant.
_ELSEWHERE = {
    "author": ("credit", "publisher"),
    "bytes": ("length",),
    "caption": ("alt",),
    "comment": ("note",),
    "copyright": ("credit",),
    "date": ("published",),
    "description": ("alt", "note"),
    "file": ("key",),
    "href": ("url",),
    "link": ("url",),
    "mime_type": ("type",),
    "name": ("title",),
    "outlet": ("publisher",),
    "path": ("key",),
    "photographer": ("credit",),
    "reason": ("note",),
    "size": ("length",),
    "src": ("url",),
    "text": ("note", "alt", "title"),
    "type": ("kind",),
    "uri": ("url",),
}


def _known_fields(field: str, remedies: Remedies, whole: str) -> str:
    """Say which fields an object has, and which one was meant."""
    parent, _, name = field.rpartition(".")
    start = f"{parent}." if parent else ""
    known = [
        path.removeprefix(start)
        for path in remedies
        if path.startswith(start) and "." not in path.removeprefix(start)
    ]
    listed = f"{parent or whole} has only {', '.join(known)}"
    elsewhere = _ELSEWHERE.get(name.lower(), ()) if parent else ()
    named = next((one for one in elsewhere if one in known), None)
    return _joined(f"did you mean {named}?" if named else did_you_mean(name, known), listed)


def _meant(detail: "ErrorDetails") -> str:
    expected = str(detail.get("ctx", {}).get("expected", ""))
    return did_you_mean(str(detail["input"]), expected.replace(" or ", ", ").split(", "))
