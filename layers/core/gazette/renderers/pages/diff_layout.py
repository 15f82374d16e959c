"""The layout of revisions and their differences, the same in every format.

Long unchanged paragraphs are counted instead of shown: the page itself has the text.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from gazette.models.texts.catalogue import Catalogue
from gazette.models.views.diff import DiffKind, FieldChange
from gazette.models.views.page import ListedRevision
from gazette.projections.diff.fields import OTHER
from gazette.projections.diff.spans import DiffSpan, diff_spans, paragraph_groups

# A longer difference stands closed where it is in the way of the text.
_SHORT_CHARACTERS = 1500

Paragraph = tuple[DiffSpan, ...]


class ShownChange(NamedTuple):
    """A field: its changed paragraphs, and the numbers of unchanged ones between them.

    Passages that are not ``is_quoted`` are the site's words, not the event's.
    """

    label: str
    passages: tuple[Paragraph | int, ...]
    is_quoted: bool


def newest_first(changes: Iterable[ListedRevision]) -> list[ListedRevision]:
    return sorted(changes, key=lambda revision: revision.number, reverse=True)


def shown_changes(texts: Catalogue, changes: Iterable[FieldChange]) -> tuple[ShownChange, ...]:
    return tuple(_shown_change(texts, change) for change in changes)


def _shown_change(texts: Catalogue, change: FieldChange) -> ShownChange:
    label = texts.stored(change.label)
    if change.label != OTHER.label:
        return ShownChange(label, tuple(_passages(change)), is_quoted=True)
    sentence = DiffSpan(DiffKind.INSERTED, texts("difference.other"), "")
    return ShownChange(label, ((sentence,),), is_quoted=False)


def is_short(changes: Iterable[ShownChange]) -> bool:
    """Return whether a difference is short enough to stand open above the text."""
    paragraphs = (each for change in changes for each in change.passages)
    spans = (span for each in paragraphs if not isinstance(each, int) for span in each)
    return sum(len(span.text) for span in spans) <= _SHORT_CHARACTERS


def _passages(change: FieldChange) -> Iterator[Paragraph | int]:
    for paragraphs, is_left_out in paragraph_groups(change):
        if is_left_out:
            yield len(paragraphs)
        else:
            yield from (tuple(diff_spans(runs)) for runs in paragraphs)
