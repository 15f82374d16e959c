"""How a difference is shown in every format: white space, and unchanged text left out."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from gazette.models.product import UNCHANGED_CHARACTERS_SHOWN
from gazette.models.views.diff import DiffKind, DiffRun, FieldChange


class DiffSpan(NamedTuple):
    """A run and the white space after it, which formats do not underline or strike out."""

    kind: DiffKind
    text: str
    space: str


def diff_spans(paragraph: Sequence[DiffRun]) -> Iterator[DiffSpan]:
    """Return the runs of a paragraph, each with the white space that follows it."""
    followers = (*paragraph[1:], None)
    for run, following in zip(paragraph, followers, strict=True):
        text = run.text.strip()
        before, _, space = run.text.partition(text) if text else (run.text, "", "")
        if before:
            yield DiffSpan(DiffKind.KEPT, "", before)
        if not text:
            continue
        if (
            not space
            and run.kind is not DiffKind.KEPT
            and following
            and _needs_space(run, following)
        ):
            yield DiffSpan(run.kind, text, " ")
        else:
            yield DiffSpan(run.kind, text, space)


class ParagraphGroup(NamedTuple):
    """Adjacent paragraphs that are all changed or all unchanged."""

    paragraphs: tuple[tuple[DiffRun, ...], ...]
    is_left_out: bool


def paragraph_groups(change: FieldChange) -> Iterator[ParagraphGroup]:
    """Group the paragraphs of a field; too much unchanged text is left out."""
    for is_unchanged, group in groupby(change.paragraphs, key=_is_kept):
        paragraphs = tuple(group)
        characters = sum(len(run.text) for runs in paragraphs for run in runs)
        is_long = characters > UNCHANGED_CHARACTERS_SHOWN
        yield ParagraphGroup(paragraphs, is_unchanged and is_long)


def _is_kept(paragraph: Sequence[DiffRun]) -> bool:
    return all(run.kind is DiffKind.KEPT for run in paragraph)


def _needs_space(run: DiffRun, following: DiffRun) -> bool:
    """Return whether a deleted and an inserted word would touch each other without a space."""
    return following.kind not in {DiffKind.KEPT, run.kind} and not following.text[:1].isspace()
