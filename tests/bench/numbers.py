"""Numbers as the tables show them."""

import statistics
from collections.abc import Sequence
from typing import NamedTuple

_PARTS = 100


class Spread(NamedTuple):
    """What half, and 95 of a hundred, stay below; and the largest."""

    p50: float
    p95: float
    most: float


def spread(values: Sequence[float]) -> Spread:
    """Return percentiles, interpolated between the two nearest values.

    Raises:
        statistics.StatisticsError: there are fewer than two values.
    """
    parts = statistics.quantiles(values, n=_PARTS, method="inclusive")
    return Spread(parts[49], parts[94], max(values))


def whole(value: float) -> str:
    return f"{value:,.0f}"


def tenths(value: float) -> str:
    return f"{value:,.1f}"


def hundredths(value: float) -> str:
    return f"{value:,.2f}"
