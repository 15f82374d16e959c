"""How revisions and their differences are laid out, whatever the format.

Long stretches that stayed as they were are counted instead of shown: the page has the text itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from gazette.models.page import Fate, FieldChange, ListedRevision, Run
from gazette.projections.differences import OTHER

_LONG = 300  # characters, about three lines


class Mark(NamedTuple):
    """A run without white space at its ends, which is better not underlined or struck out."""

    fate: Fate
    text: str
    space: str


Paragraph = tuple[Mark, ...]


class ShownChange(NamedTuple):
    """A field: its paragraphs, and in place of unchanged ones their number.

    What is not ``is_quoted`` are words of the page, not of the event.
    """

    label: str
    passages: tuple[Paragraph | int, ...]
    is_quoted: bool


def newest_first(changes: Iterable[ListedRevision]) -> list[ListedRevision]:
    return sorted(changes, key=lambda revision: revision.number, reverse=True)


def shown_changes(changes: Iterable[FieldChange]) -> tuple[ShownChange, ...]:
    return tuple(
        ShownChange(change.label, tuple(_passages(change)), change.label != OTHER.label)
        for change in changes
    )


def _passages(change: FieldChange) -> Iterator[Paragraph | int]:
    for is_kept, group in groupby(change.paragraphs, key=_is_kept):
        paragraphs = list(group)
        if is_kept and sum(len(run.text) for runs in paragraphs for run in runs) > _LONG:
            yield len(paragraphs)
        else:
            yield from (tuple(_marks(runs)) for runs in paragraphs)


def _is_kept(paragraph: Sequence[Run]) -> bool:
    return all(run.fate is Fate.KEPT for run in paragraph)


def _marks(paragraph: Sequence[Run]) -> Iterator[Mark]:
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


def _is_apart(run: Run, following: Run) -> bool:
    """Tell whether two words would run into each other: what is gone, and what came for it."""
    return following.fate not in {Fate.KEPT, run.fate} and not following.text[:1].isspace()
