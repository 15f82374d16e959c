"""Finds the ranges in which two sequences of text differ, with bounded work."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from rapidfuzz.distance import Indel

from gazette.models.limits import MAX_DIFF_CELLS


class ChangedRange(NamedTuple):
    """A range of the older sequence and the range that replaces it; one of them may be empty."""

    before_start: int
    before_end: int
    after_start: int
    after_end: int


def changed_ranges(
    before: Sequence[str], after: Sequence[str], max_cells: int = MAX_DIFF_CELLS
) -> list[ChangedRange]:
    """Return the ranges that differ, in order; the items between two of them are equal.

    The difference is the shortest one if the product of both lengths is at most ``max_cells``.
    Longer sequences are cut into parts, and each part is compared with the one at the same place.
    """
    numbers: dict[str, int] = {}
    old, new = (
        [numbers.setdefault(item, len(numbers)) for item in side] for side in (before, after)
    )
    start = _common_start(old, new)
    end = _common_start(old[start:][::-1], new[start:][::-1])
    parts = _parts(start, len(old) - end, start, len(new) - end, max_cells)
    ranges: list[ChangedRange] = []
    for found in chain.from_iterable(_compared(old, new, part) for part in parts):
        last = ranges[-1] if ranges else None
        if last and (last.before_end, last.after_end) == (found.before_start, found.after_start):
            # The end of a part lies inside a change.
            ranges[-1] = last._replace(before_end=found.before_end, after_end=found.after_end)
        else:
            ranges.append(found)
    return ranges


def _common_start(old: Sequence[int], new: Sequence[int]) -> int:
    """Return the number of items that both begin with."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((position for position, (o, n) in pairs if o != n), min(len(old), len(new)))


def _parts(
    before_start: int, before_end: int, after_start: int, after_end: int, max_cells: int
) -> Iterator[ChangedRange]:
    """Cut both sequences at the same proportion until every part is small enough to compare.

    Halves of both sides take half the work in sum, so the work is bounded by the length.
    """
    if (before_end - before_start) * (after_end - after_start) <= max_cells:
        yield ChangedRange(before_start, before_end, after_start, after_end)
        return
    before_middle = (before_start + before_end) // 2
    after_middle = (after_start + after_end) // 2
    yield from _parts(before_start, before_middle, after_start, after_middle, max_cells)
    yield from _parts(before_middle, before_end, after_middle, after_end, max_cells)


def _compared(old: list[int], new: list[int], part: ChangedRange) -> Iterator[ChangedRange]:
    before, after = part.before_start, part.after_start
    blocks = Indel.editops(
        old[before : part.before_end], new[after : part.after_end]
    ).as_matching_blocks()
    # The last block is empty and marks the end.
    for block in blocks:
        before_end, after_end = part.before_start + block.a, part.after_start + block.b
        if before_end > before or after_end > after:
            yield ChangedRange(before, before_end, after, after_end)
        before, after = before_end + block.size, after_end + block.size
