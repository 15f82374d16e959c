"""Parses the bytes of an object into an `EventDocument`, or says what to correct."""

import json
import math
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from pydantic import JsonValue, ValidationError

from gazette.models.contract.document import EventDocument
from gazette.models.limits import (
    MAX_DOCUMENT_BYTES,
    MAX_DOCUMENT_DEPTH,
    MAX_INTEGER,
    MAX_PROBLEM_CHARACTERS,
    MAX_REPORTED_PROBLEMS,
)
from gazette.models.text import drop_unprintable, shorten

# More digits are refused before `int` reads them, which takes quadratic time.
_MAX_DIGITS = len(str(-MAX_INTEGER))


class Problem(NamedTuple):
    """One reason why a document breaks the contract; ``field`` is like ``sources.2.url``."""

    field: str
    reason: str


class InvalidEventError(ValueError):
    """The document breaks the contract: quarantine it, never retry.

    Long problems are cut: they are stored in one item and logged in one line.
    """

    def __init__(self, *problems: Problem) -> None:
        self.problems = tuple(Problem(*map(_cut, problem)) for problem in problems)
        super().__init__("; ".join(f"{field}: {reason}" for field, reason in self.problems))


def _cut(text: str) -> str:
    return shorten(text, MAX_PROBLEM_CHARACTERS)


def parse_document(raw: bytes) -> EventDocument:
    """Parse a JSON document and check it against the input contract.

    Characters that XML cannot hold are dropped: they would break every feed of the event (SPEC X2).

    Raises:
        InvalidEventError: the document breaks the contract; it names every problem.
    """
    try:
        return EventDocument.model_validate_json(json.dumps(_without_nulls(_read_json(raw))))
    except ValidationError as error:
        raise InvalidEventError(*_problems(error)) from None


def _read_json(raw: bytes) -> dict[str, JsonValue]:
    if len(raw) > MAX_DOCUMENT_BYTES:
        _refuse(f"is {len(raw):,} bytes; at most {MAX_DOCUMENT_BYTES:,} are taken")
    try:
        value: JsonValue = json.loads(
            raw.decode("utf-8-sig"),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_exact,
        )
    except UnicodeDecodeError as error:
        _refuse(f"is not UTF-8: {error.reason} at byte {error.start}")
    except RecursionError:
        _refuse(f"is nested deeper than {MAX_DOCUMENT_DEPTH} levels")
    except json.JSONDecodeError as error:
        _refuse(f"is not JSON: {error.msg} at line {error.lineno}, column {error.colno}")
    if not isinstance(value, dict):
        _refuse("is not a JSON object")
    return value


def _refuse(reason: str) -> NoReturn:
    raise InvalidEventError(Problem("document", reason))


def _unique(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for name, value in pairs:
        if name in found:
            raise InvalidEventError(
                Problem(drop_unprintable(name)[:100], "stands twice in one object")
            )
        found[name] = value
    return found


def _no_constant(name: str) -> NoReturn:
    _refuse(f"holds {name}, which JSON does not have")


def _exact(digits: str) -> int:
    """Refuse integers that other JSON readers would round: they would compute another hash."""
    if len(digits) > _MAX_DIGITS or abs(int(digits)) > MAX_INTEGER:
        _refuse(f"holds a number that JSON readers cannot take exactly: {digits[:40]}")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        _refuse(f"holds a number beyond what JSON readers can take: {digits[:40]}")
    return number


def _clean(value: JsonValue, depth: int) -> JsonValue:
    if depth > MAX_DOCUMENT_DEPTH:
        _refuse(f"is nested deeper than {MAX_DOCUMENT_DEPTH} levels")
    if isinstance(value, str):
        return drop_unprintable(value)
    if isinstance(value, list):
        return [_clean(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return _clean_fields(value, depth)
    return value


def _clean_fields(value: dict[str, JsonValue], depth: int = 1) -> dict[str, JsonValue]:
    return {drop_unprintable(name): _clean(item, depth + 1) for name, item in value.items()}


def _without_nulls(document: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Drop fields of the contract that are null: publishers write null for a missing field."""
    known, fields = EventDocument.model_fields, _clean_fields(document)
    return {name: item for name, item in fields.items() if item is not None or name not in known}


def _problems(error: ValidationError) -> Iterator[Problem]:
    for detail in error.errors(include_url=False, include_input=False)[:MAX_REPORTED_PROBLEMS]:
        field = ".".join(str(part) for part in detail["loc"]) or "document"
        yield Problem(field, detail["msg"].removeprefix("Value error, "))
