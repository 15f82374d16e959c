"""The last guard before a feed is written: every text that reached it can be carried (SPEC X2)."""

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TypeVar, cast

from gazette.models.text import drop_unprintable

T = TypeVar("T")


def printable(view: T) -> T:
    """Return a view model without what XML 1.0 cannot hold, on which feedgen's trees raise.

    A part that is clean, as all should be, is returned as it is.
    """
    return cast("T", _printable(view))


def _printable(value: object) -> object:
    if isinstance(value, str):
        return value if isinstance(value, Enum) else drop_unprintable(value)
    if isinstance(value, tuple):
        return tuple(map(_printable, value))
    if not is_dataclass(value) or isinstance(value, type):
        return value
    before = {field.name: getattr(value, field.name) for field in fields(value)}
    after = {name: _printable(part) for name, part in before.items()}
    return value if after == before else replace(value, **after)
