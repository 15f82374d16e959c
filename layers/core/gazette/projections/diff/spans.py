"""Runs of a difference as they are marked in any format: without white space at their ends."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gazette.models.views.diff import DiffKind, DiffRun


class DiffSpan(NamedTuple):
    """A run without white space at its ends, which is better not underlined or struck out."""

    kind: DiffKind
    text: str
    space: str


def diff_spans(paragraph: Sequence[DiffRun]) -> Iterator[DiffSpan]:
    """Return the runs of a paragraph with the white space that follows each of them."""
    followers = (*paragraph[1:], None)
    for run, following in zip(paragraph, followers, strict=True):
        text = run.text.strip()
        before, _, space = run.text.partition(text) if text else (run.text, "", "")
        if before:
            yield DiffSpan(DiffKind.KEPT, "", before)
        if not text:
            continue
        if not space and run.kind is not DiffKind.KEPT and following and _is_apart(run, following):
            yield DiffSpan(run.kind, text, " ")
        else:
            yield DiffSpan(run.kind, text, space)


def is_kept(paragraph: Sequence[DiffRun]) -> bool:
    return all(run.kind is DiffKind.KEPT for run in paragraph)


def _is_apart(run: DiffRun, following: DiffRun) -> bool:
    """Tell whether two words would run into each other: what is gone, and what came for it."""
    return following.kind not in {DiffKind.KEPT, run.kind} and not following.text[:1].isspace()
