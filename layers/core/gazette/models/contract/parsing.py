"""From the bytes of an object to an `EventDocument`, or to reasons a person can act on."""

import json
import math
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from pydantic import JsonValue, ValidationError

from gazette.models.contract.document import MAX_BYTES, EventDocument
from gazette.models.text import drop_unprintable

MAX_DEPTH = 32
_MAX_PROBLEMS = 20
_MAX_INTEGER = 2**53 - 1
_MOST_DIGITS = len(str(-_MAX_INTEGER))


class Problem(NamedTuple):
    """One reason why a document breaks the contract, by field (``sources.2.url``)."""

    field: str
    reason: str


class InvalidEventError(ValueError):
    """The document breaks the contract: quarantine it, never retry."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{problem.field}: {problem.reason}" for problem in problems))
        self.problems = problems


def parse_document(raw: bytes) -> EventDocument:
    """Read one JSON document under the input contract.

    Characters that no XML can hold are dropped, so that one bad event never spoils a feed (SPEC
    X2).

    Raises:
        InvalidEventError: with every problem, by field.
    """
    try:
        return EventDocument.model_validate_json(json.dumps(_present(_read_json(raw))))
    except ValidationError as error:
        raise InvalidEventError(*_problems(error)) from None


def _read_json(raw: bytes) -> dict[str, JsonValue]:
    if len(raw) > MAX_BYTES:
        _refuse(f"is {len(raw):,} bytes; at most {MAX_BYTES:,} are taken")
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
        _refuse(f"is nested deeper than {MAX_DEPTH} levels")
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
    """Refuse integers that other JSON readers would change (RFC 7493 §2.2): no hash would hold."""
    if len(digits) > _MOST_DIGITS or abs(int(digits)) > _MAX_INTEGER:
        _refuse(f"holds a number that JSON readers cannot take exactly: {digits[:40]}")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        _refuse(f"holds a number beyond what JSON readers can take: {digits[:40]}")
    return number


def _clean(value: JsonValue, depth: int) -> JsonValue:
    if depth > MAX_DEPTH:
        _refuse(f"is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, str):
        return drop_unprintable(value)
    if isinstance(value, list):
        return [_clean(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return _clean_fields(value, depth)
    return value


def _clean_fields(value: dict[str, JsonValue], depth: int = 1) -> dict[str, JsonValue]:
    return {drop_unprintable(name): _clean(item, depth + 1) for name, item in value.items()}


def _present(document: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Leave out fields of the contract that are null: publishers write them for "none"."""
    known, fields = EventDocument.model_fields, _clean_fields(document)
    return {name: item for name, item in fields.items() if item is not None or name not in known}


def _problems(error: ValidationError) -> Iterator[Problem]:
    for detail in error.errors(include_url=False, include_input=False)[:_MAX_PROBLEMS]:
        field = ".".join(str(part) for part in detail["loc"]) or "document"
        yield Problem(field, detail["msg"].removeprefix("Value error, "))
