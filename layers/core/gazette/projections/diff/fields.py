"""What a reader sees of the difference between a revision and the one before it.

Texts are compared as they are read, without markup: paragraphs first, then words inside those
that have changed. The work is bounded for any input; what is beyond it is shown as replaced.
"""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from gazette.models.contract.document import EventDocument, Image, Source
from gazette.models.text import one_line
from gazette.models.texts import text
from gazette.models.views.diff import DiffKind, DiffRun, FieldChange
from gazette.projections.diff.alignment import Effort, changed_ranges
from gazette.projections.diff.words import Words, compare_words, similarity
from gazette.projections.history.entries import source_ref
from gazette.projections.markup.body import body_html, plain_text

OTHER = FieldChange(text("field.other"), ((DiffRun(DiffKind.INSERTED, text("difference.other")),),))

# Together little more than a second, and what only grows with the length comes on top.
_PARAGRAPH_EFFORT = 200_000
_WORD_EFFORT = 500_000
# To look at two paragraphs costs so much before their words count, and as their words are many.
_STEPS_A_PAIR, _CHARACTERS_A_STEP = 20, 50
# A stretch of more is no text that somebody has revised.
_MOST_PARAGRAPHS = 20_000
# Pairing the paragraphs of a stretch looks at each with each.
_MOST_PAIRS = 2_500
# Two paragraphs that share fewer words are two texts, and their words side by side a salad.
_LEAST_SIMILARITY = 0.4
# A date or a topic is another one, not one with other words.
_ATOMIC = {text("field.date"), text("field.topics")}

_Paragraphs = Iterator[tuple[DiffRun, ...]]
_Partners = Iterator[tuple[Words | None, Words | None]]


def differences(
    before: EventDocument | None, after: EventDocument | None, base_url: str
) -> tuple[FieldChange, ...]:
    """Compare two documents field by field; only fields that differ are returned.

    A first version, a withdrawal and what is published again after one have nothing to be compared
    with: all of their text would be new, or gone, and their label says that better.
    """
    if before is None or after is None or before == after:
        return ()
    old, new, words = _readable(before, base_url), _readable(after, base_url), Effort(_WORD_EFFORT)
    changes = tuple(
        FieldChange(label, tuple(_compared(old[label], new[label], label in _ATOMIC, words)))
        for label in old
        if old[label] != new[label]
    )
    return changes or (OTHER,)


def _readable(document: EventDocument, base_url: str) -> dict[str, tuple[str, ...]]:
    """Return the fields as they are read, in the order of the page: paragraphs of plain text."""
    fields: dict[str, Sequence[str | None]] = {
        text("field.title"): [document.title],
        text("field.date"): [document.date.isoformat()],
        text("field.topics"): document.topics,
        text("field.category"): [document.category],
        text("field.summary"): [one_line(document.summary or "")],
        text("field.text"): plain_text(body_html(document.body or "", base_url)).split("\n\n"),
        text("field.sources"): [_source_line(source) for source in document.sources],
        text("field.image"): _image_lines(document.image),
        text("field.byline"): [document.byline],
    }
    return {label: tuple(filter(None, paragraphs)) for label, paragraphs in fields.items()}


def _source_line(source: Source) -> str:
    shown = source_ref(source)
    return ", ".join(filter(None, (shown.title, shown.publisher, shown.published)))


def _image_lines(image: Image | None) -> Sequence[str | None]:
    return (image.alt, image.credit, image.key or image.url) if image else ()


def _compared(
    before: Sequence[str], after: Sequence[str], is_atomic: bool, words: Effort
) -> _Paragraphs:
    kept = 0
    for stretch in changed_ranges(before, after, Effort(_PARAGRAPH_EFFORT)):
        yield from _all(DiffKind.KEPT, after[kept : stretch.after_start])
        old = before[stretch.before_start : stretch.before_end]
        new = after[stretch.after_start : stretch.after_end]
        kept = stretch.after_end
        if is_atomic or len(old) + len(new) > _MOST_PARAGRAPHS:
            yield from _all(DiffKind.DELETED, old)
            yield from _all(DiffKind.INSERTED, new)
        else:
            yield from _reworded(list(map(Words, old)), list(map(Words, new)), words)
    yield from _all(DiffKind.KEPT, after[kept:])


def _all(kind: DiffKind, paragraphs: Sequence[str]) -> _Paragraphs:
    return ((DiffRun(kind, text),) for text in paragraphs)


def _reworded(before: list[Words], after: list[Words], effort: Effort) -> _Paragraphs:
    """Compare word by word the paragraphs of which one took the place of another."""
    for old, new in _partners(before, after, effort):
        if old and new and _is_reworded(old, new, effort):
            yield compare_words(old, new, effort)
            continue
        if old:
            yield (DiffRun(DiffKind.DELETED, old.text),)
        if new:
            yield (DiffRun(DiffKind.INSERTED, new.text),)


def _is_reworded(old: Words, new: Words, effort: Effort) -> bool:
    characters = len(old.text) + len(new.text)
    is_affordable = effort.spend(_STEPS_A_PAIR + characters // _CHARACTERS_A_STEP)
    return is_affordable and similarity(old, new) >= _LEAST_SIMILARITY


def _partners(before: list[Words], after: list[Words], effort: Effort) -> _Partners:
    """Find the old version of each paragraph: the most similar in the order of both.

    Where that would be too much work, paragraphs are paired by their number.
    """
    looks = len(before) * len(after)
    is_clear = looks == 1 or not before or not after
    if is_clear or looks > _MOST_PAIRS or not effort.spend(_cost(before, after)):
        return zip_longest(before, after)
    return _most_similar(before, after)


def _cost(before: list[Words], after: list[Words]) -> int:
    """Return what it takes to look at each with each: as many steps as words are counted."""
    words = sum(len(old.words) for old in before) * len(after)
    return len(before) * len(after) + words // 4


def _most_similar(before: list[Words], after: list[Words]) -> _Partners:
    likeness = [[similarity(old, new) for new in after] for old in before]
    best = _best_sums(likeness)
    there = here = 0
    while there < len(before) and here < len(after):
        if best[there][here] == best[there + 1][here]:
            yield before[there], None
            there += 1
        elif best[there][here] == best[there][here + 1]:
            yield None, after[here]
            here += 1
        else:
            yield before[there], after[here]
            there, here = there + 1, here + 1
    yield from zip_longest(before[there:], after[here:])


def _best_sums(likeness: list[list[float]]) -> list[list[float]]:
    """Return the greatest sum of likeness from each cell on, where pairs keep the order."""
    best = [[0.0] * (len(row) + 1) for row in (*likeness, likeness[0])]
    for there in reversed(range(len(likeness))):
        for here in reversed(range(len(likeness[0]))):
            value = likeness[there][here]
            paired = best[there + 1][here + 1] + (value if value >= _LEAST_SIMILARITY else 0)
            best[there][here] = max(best[there + 1][here], best[there][here + 1], paired)
    return best
