"""Matches the filter patterns of event source mappings, as far as the template uses them.

A pattern is a tree whose leaves are lists of alternatives: exact strings, ``prefix`` and
``anything-but`` (https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html).
"""

from collections.abc import Mapping, Sequence
from typing import Any


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Return whether an event matches a pattern."""
    return all(_matches_value(wanted, event.get(name)) for name, wanted in pattern.items())


def _matches_value(wanted: Mapping[str, Any] | Sequence[Any], value: object) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(value, Mapping) and matches(wanted, value)
    return any(_matches_alternative(alternative, value) for alternative in wanted)


def _matches_alternative(alternative: object, value: object) -> bool:
    if not isinstance(alternative, Mapping):
        return alternative == value
    ((rule, operand),) = alternative.items()
    if rule == "prefix":
        return isinstance(value, str) and value.startswith(operand)
    if rule == "anything-but":
        return value is not None and value not in operand
    raise ValueError(f"unknown filter rule: {rule}")
