"""Event filter patterns of event source mappings, as far as the template uses them.

See https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html: a pattern is a tree
whose leaves are lists of alternatives: exact strings, ``prefix``, ``anything-but``.
"""

from collections.abc import Mapping, Sequence
from typing import Any


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Say whether an event has all that a pattern names."""
    return all(_has(wanted, event.get(name)) for name, wanted in pattern.items())


def _has(wanted: Mapping[str, Any] | Sequence[Any], value: object) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(value, Mapping) and matches(wanted, value)
    return any(_is(alternative, value) for alternative in wanted)


def _is(alternative: object, value: object) -> bool:
    if not isinstance(alternative, Mapping):
        return alternative == value
    ((rule, operand),) = alternative.items()
    if rule == "prefix":
        return isinstance(value, str) and value.startswith(operand)
    if rule == "anything-but":
        return value is not None and value not in operand
    raise ValueError(f"the filter rule {rule} is not known here")
