"""Finds the new version of each changed paragraph, with bounded work."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from gazette.models.limits import MAX_PAIRING_STEPS, MAX_PARAGRAPH_PAIRS
from gazette.projections.diff.words import Words, similarity

# Two paragraphs that share fewer words are different texts: mixing their words would confuse.
MIN_SIMILARITY = 0.4

Pairs = Iterator[tuple[Words | None, Words | None]]


@dataclass(slots=True)
class PairingBudget:
    """The steps that are left for one field: a count, so the result does not depend on time."""

    steps_left: int = MAX_PAIRING_STEPS

    def spend(self, steps: int) -> bool:
        """Take steps, and return whether that many were left."""
        self.steps_left -= steps
        return self.steps_left >= 0


def paragraph_pairs(before: list[Words], after: list[Words], budget: PairingBudget) -> Pairs:
    """Pair each paragraph with its most similar new version, in the order of both.

    Beyond the budget paragraphs are paired by position. Unpaired ones come with None.
    """
    pairs = len(before) * len(after)
    if pairs <= 1 or pairs > MAX_PARAGRAPH_PAIRS:
        return zip_longest(before, after)
    words = sum(len(old.words) for old in before) * len(after)
    if not budget.spend(pairs + words // 4):
        return zip_longest(before, after)
    return _most_similar_pairs(before, after)


def _most_similar_pairs(before: list[Words], after: list[Words]) -> Pairs:
    similarities = [[similarity(old, new) for new in after] for old in before]
    best = _best_sums(similarities)
    row = column = 0
    while row < len(before) and column < len(after):
        if best[row][column] == best[row + 1][column]:
            yield before[row], None
            row += 1
        elif best[row][column] == best[row][column + 1]:
            yield None, after[column]
            column += 1
        else:
            yield before[row], after[column]
            row, column = row + 1, column + 1
    yield from zip_longest(before[row:], after[column:])


def _best_sums(similarities: list[list[float]]) -> list[list[float]]:
    """Return for each cell the greatest sum of similarities from there on, in order."""
    best = [[0.0] * (len(row) + 1) for row in (*similarities, similarities[0])]
    for row in reversed(range(len(similarities))):
        for column in reversed(range(len(similarities[0]))):
            value = similarities[row][column]
            paired = best[row + 1][column + 1] + (value if value >= MIN_SIMILARITY else 0)
            best[row][column] = max(best[row + 1][column], best[row][column + 1], paired)
    return best
