"""Runs of a difference as they are marked in any format: without white space at their ends."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gazette.models.page import Fate, Run


class Mark(NamedTuple):
    """A run without white space at its ends, which is better not underlined or struck out."""

    fate: Fate
    text: str
    space: str


def marks(paragraph: Sequence[Run]) -> Iterator[Mark]:
    """Return the runs of a paragraph with the white space that follows each of them."""
    followers = (*paragraph[1:], None)
    for run, following in zip(paragraph, followers, strict=True):
        text = run.text.strip()
        before, _, space = run.text.partition(text) if text else (run.text, "", "")
        if before:
            yield Mark(Fate.KEPT, "", before)
        if not text:
            continue
        if not space and run.fate is not Fate.KEPT and following and _is_apart(run, following):
            yield Mark(run.fate, text, " ")
        else:
            yield Mark(run.fate, text, space)


def is_kept(paragraph: Sequence[Run]) -> bool:
    return all(run.fate is Fate.KEPT for run in paragraph)


def _is_apart(run: Run, following: Run) -> bool:
    """Tell whether two words would run into each other: what is gone, and what came for it."""
    return following.fate not in {Fate.KEPT, run.fate} and not following.text[:1].isspace()
