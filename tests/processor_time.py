"""Processor time in seconds of a quiet machine, so that a bound holds on a busy one too.

Processor time alone is not enough: cores that share a socket and a throttled clock make the same
work two or three times as long. So the same fixed work is timed before and after it. And the
collector of garbage looks only at the objects of the block: those that other tests have left can
take it a second.
"""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager

# What `_reference` took on the quiet machine on which the bounds of the tests were chosen.
_REFERENCE_SECONDS = 0.05
_NUMBERS = 200_000


class Stopwatch:
    """Processor seconds of the quiet machine; 0 until the block of `timed` has ended."""

    seconds = 0.0


@contextmanager
def timed() -> Iterator[Stopwatch]:
    """Measure the processor time of a block."""
    stopwatch = Stopwatch()
    before = _reference_seconds()
    gc.freeze()
    try:
        start = time.process_time()
        yield stopwatch
        taken = time.process_time() - start
    finally:
        gc.unfreeze()
    slowness = (before + _reference_seconds()) / 2 / _REFERENCE_SECONDS
    stopwatch.seconds = taken / slowness


def _reference_seconds() -> float:
    """Do what slow code does here: a loop with small strings, numbers and a table."""
    start = time.process_time()
    table: dict[int, str] = {}
    for number in range(_NUMBERS):
        table[number & 1023] = str(number)
    return time.process_time() - start
