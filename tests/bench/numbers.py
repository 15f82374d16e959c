"""Percentiles, and number formats of the tables."""

import statistics
from collections.abc import Sequence
from typing import NamedTuple

_PARTS = 100


class Spread(NamedTuple):
    """The median, the 95th percentile and the maximum."""

    p50: float
    p95: float
    most: float


def spread(values: Sequence[float]) -> Spread:
    """Return percentiles, interpolated between the nearest values.

    Raises:
        statistics.StatisticsError: fewer than two values.
    """
    parts = statistics.quantiles(values, n=_PARTS, method="inclusive")
    return Spread(parts[49], parts[94], max(values))


def whole(value: float) -> str:
    return f"{value:,.0f}"


def tenths(value: float) -> str:
    return f"{value:,.1f}"


def hundredths(value: float) -> str:
    return f"{value:,.2f}"
