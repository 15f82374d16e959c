"""Where two sequences of text differ, within a bounded effort; it knows nothing of what they are.

The shortest difference is found as Myers found it (An O(ND) Difference Algorithm, 1986). What costs
more than the effort allows counts as replaced as a whole.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

_SLIDES_A_STEP = 5  # an item that equals its partner costs that much less than a new edit


class ChangedRange(NamedTuple):
    """A range of the older sequence, and what of the newer one took its place; one may be empty."""

    before_start: int
    before_end: int
    after_start: int
    after_end: int


@dataclass(slots=True)
class Effort:
    """How many steps may still be taken: a count, so that the same input ends the same way."""

    left: int

    def spend(self, steps: int) -> bool:
        """Take steps; tell whether that many were left."""
        self.left -= steps
        return self.left >= 0


class _Snake(NamedTuple):
    """Items in common, and the way that led to them."""

    way: "_Snake | None"
    before: int
    after: int
    length: int


class _Reach(NamedTuple):
    """How far a diagonal has come in the older sequence, and on which way."""

    before: int
    way: _Snake | None


def changed_ranges(
    before: Sequence[str], after: Sequence[str], effort: Effort
) -> list[ChangedRange]:
    """Return the stretches that differ, in order; what lies between two of them is equal."""
    start = _same(before, after)
    end = _same(before[start:][::-1], after[start:][::-1])
    inner = _pairs(before[start : len(before) - end], after[start : len(after) - end], effort)
    shifted = ((start + there, start + here) for there, here in inner)
    return list(_between(shifted, start, len(before) - end, len(after) - end))


def _same(before: Sequence[str], after: Sequence[str]) -> int:
    """Return how many items both begin with."""
    pairs = enumerate(zip(before, after, strict=False))
    differing = (position for position, (there, here) in pairs if there != here)
    return next(differing, min(len(before), len(after)))


def _between(
    pairs: Iterable[tuple[int, int]], start: int, before_end: int, after_end: int
) -> Iterator[ChangedRange]:
    before = after = start
    for there, here in (*pairs, (before_end, after_end)):
        if there > before or here > after:
            yield ChangedRange(before, there, after, here)
        before, after = there + 1, here + 1


def _pairs(
    before: Sequence[str], after: Sequence[str], effort: Effort
) -> Iterator[tuple[int, int]]:
    """Pair equal items. What only one side has is left out first: it can have no partner."""
    shared = set(before) & set(after)
    there = [position for position, item in enumerate(before) if item in shared]
    here = [position for position, item in enumerate(after) if item in shared]
    snakes = _snakes(
        [before[position] for position in there], [after[position] for position in here], effort
    )
    for snake in snakes:
        for step in range(snake.length):
            yield there[snake.before + step], here[snake.after + step]


def _snakes(before: Sequence[str], after: Sequence[str], effort: Effort) -> list[_Snake]:
    snakes = []
    way = _shortest_way(before, after, effort)
    while way:
        snakes.append(way)
        way = way.way
    return snakes[::-1]


def _shortest_way(before: Sequence[str], after: Sequence[str], effort: Effort) -> _Snake | None:
    """Follow every diagonal as far as it goes with so many edits, then with one more."""
    # A diagonal holds the way it came, so that no table of all steps is needed to find it again.
    reached = {1: _Reach(0, None)}
    edits = 0
    while effort.spend(edits + 1):
        for diagonal in _diagonals(edits, len(before), len(after)):
            reach = _slide(before, after, diagonal, _step(reached, diagonal, edits), effort)
            reached[diagonal] = reach
            if reach.before >= len(before) and reach.before - diagonal >= len(after):
                return reach.way
        edits += 1
    return None


def _diagonals(edits: int, before: int, after: int) -> range:
    """Return the diagonals of so many edits, without those that lie outside of both sequences."""
    lowest = edits - 2 * max(0, edits - after)
    highest = edits - 2 * max(0, edits - before)
    return range(-lowest, highest + 1, 2)


def _step(reached: dict[int, _Reach], diagonal: int, edits: int) -> _Reach:
    """Come to a diagonal from the neighbour that is further: down is an item new in ``after``."""
    nowhere = _Reach(-1, None)
    above, below = reached.get(diagonal + 1, nowhere), reached.get(diagonal - 1, nowhere)
    if diagonal == -edits or (diagonal != edits and below.before < above.before):
        return above
    return _Reach(below.before + 1, below.way)


def _slide(
    before: Sequence[str], after: Sequence[str], diagonal: int, reach: _Reach, effort: Effort
) -> _Reach:
    position, stop = reach.before, min(len(before), len(after) + diagonal)
    while position < stop and before[position] == after[position - diagonal]:
        position += 1
    length = position - reach.before
    if length <= 0:
        return reach
    effort.spend(length // _SLIDES_A_STEP)
    return _Reach(position, _Snake(reach.way, reach.before, reach.before - diagonal, length))
