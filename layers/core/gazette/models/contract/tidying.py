"""Tidies the JSON values of a document before the model checks them.

It knows which fields the contract has, and nothing of their rules.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NoReturn, TypeAlias, get_args

from pydantic import AwareDatetime, BaseModel, JsonValue

from gazette.models.characters import drop_unprintable, is_blank, isolate_in_lines
from gazette.models.contract.numbers import LongNumber
from gazette.models.limits import MAX_DOCUMENT_BYTES, MAX_DOCUMENT_DEPTH
from gazette.models.problems.problems import InvalidEventError, Problem

Fields: TypeAlias = dict[str, JsonValue]

_LEAP_SECOND = re.compile(r"(?<=[Tt _][0-9]{2}:[0-9]{2}):60")


def clean(fields: Fields, depth: int = 1) -> Fields:
    """Drop characters that XML cannot hold (SPEC X2) from all names and texts.

    Characters that would turn the text next to them are isolated or dropped (SPEC X10).

    Raises:
        InvalidEventError: the values are nested too deeply.
    """
    return {drop_unprintable(name): _clean(item, depth + 1) for name, item in fields.items()}


def _clean(value: JsonValue, depth: int) -> JsonValue:
    if depth > MAX_DOCUMENT_DEPTH:
        refuse_depth()
    if isinstance(value, str) and not isinstance(value, LongNumber):
        return isolate_in_lines(drop_unprintable(value))
    if isinstance(value, list):
        return [_clean(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return clean(value, depth)
    return value


def refuse_depth() -> NoReturn:
    """Refuse a document that is nested too deeply."""
    reason = f"is nested deeper than {MAX_DOCUMENT_DEPTH} levels; put its values nearer to the top"
    raise InvalidEventError(Problem("document", reason))


def tidy(fields: Fields, model: type[BaseModel], remarks: list[Problem], path: str = "") -> Fields:
    """Tidy the fields that a model knows, and the objects in them; keep the other fields.

    Publishers write null, an empty text, or an object of these for what they do not have, so these
    are absent. A leap second is the second before it. ``remarks`` gains a line for each number that
    is kept as a string.

    Raises:
        InvalidEventError: a field that the model knows holds a number of too many digits.
    """
    found: Fields = {}
    for name, value in fields.items():
        here = f"{path}{name}"
        known = _known_fields(model).get(name)
        if known is None:
            remarks += _long_numbers(value, here)
            found[name] = value
        elif not known.is_absent(value):
            tidied = _tidy_field(value, known, remarks, here)
            if tidied or not (value and known.is_optional):
                found[name] = tidied
    return found


def without_excess(fields: Fields, model: type[BaseModel]) -> Fields:
    """Cut each list one item after the limit of its field, so that it is refused quickly.

    A model looks at each item of a list before it counts them, and so do `clean` and `tidy`, so
    this comes before all of them. It knows the names as `clean` leaves them.
    """
    known = _known_fields(model)
    cut = dict(fields)
    for name, value in fields.items():
        field = known.get(drop_unprintable(name))
        if field and isinstance(value, list):
            cut[name] = value[: field.most + 1]
    return cut


@dataclass(frozen=True, slots=True)
class _Known:
    """What the tidying needs to know of a field."""

    is_optional: bool
    has_time: bool
    part: type[BaseModel] | None
    most: int

    def is_absent(self, value: JsonValue) -> bool:
        return value is None or (self.is_optional and isinstance(value, str) and is_blank(value))


@cache
def _known_fields(model: type[BaseModel]) -> dict[str, _Known]:
    known = {}
    for name, field in model.model_fields.items():
        types = set(_types(field.annotation))
        parts = (one for one in types if issubclass(one, BaseModel))
        has_time = not types.isdisjoint({datetime, AwareDatetime})
        most = min(
            getattr(rule, "max_length", MAX_DOCUMENT_BYTES) for rule in (field, *field.metadata)
        )
        known[name] = _Known(not field.is_required(), has_time, next(parts, None), most)
    return known


def _types(annotation: object) -> Iterator[type]:
    """Yield the classes that an annotation is made of."""
    for argument in get_args(annotation):
        yield from _types(argument)
    if isinstance(annotation, type) and not get_args(annotation):
        yield annotation


def _tidy_field(value: JsonValue, known: _Known, remarks: list[Problem], path: str) -> JsonValue:
    if isinstance(value, LongNumber):
        reason = f"is a number that JSON readers cannot take exactly: {value[:40]}"
        raise InvalidEventError(Problem(path, reason))
    if isinstance(value, list):
        return [
            _tidy_field(item, known, remarks, f"{path}.{position}")
            for position, item in enumerate(value)
        ]
    if known.has_time and isinstance(value, str):
        return _LEAP_SECOND.sub(":59", value)
    if known.part and isinstance(value, dict):
        return tidy(value, known.part, remarks, f"{path}.")
    return value


def _long_numbers(value: JsonValue, path: str) -> Iterator[Problem]:
    if isinstance(value, LongNumber):
        yield Problem(path, f"is kept as a string: JSON readers would round {value[:40]}")
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _long_numbers(item, f"{path}.{position}")
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _long_numbers(item, f"{path}.{name}")
