"""Two versions of one paragraph, word by word, so that a person can read what became of it."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate, groupby

from gazette.models.views.diff import DiffKind, DiffRun
from gazette.projections.diff.alignment import ChangedRange, Effort, changed_ranges

# Scripts that put no spaces between words, so that each character counts as a word: Thai, Lao,
# Tibetan, Myanmar and Khmer; kana and ideographs.
_UNSPACED = (
    "\u0e00-\u109f\u1780-\u17ff\u3001-\u303f\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
)
# Marks that belong to the character before them: of Thai, Lao and kana; variation selectors.
_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u3099\u309a\ufe00-\ufe0f"
# Punctuation that ends a word is one of its own, so that a sentence may end elsewhere.
_CLOSING = ".,;:!?\u2026)\\]}\"'\u2019\u201d\u00bb\u060c\u061b\u061f\u06d4\u0964"
_TOKEN = re.compile(
    rf"(?:[{_UNSPACED}][{_MARKS}]*|[^\s{_UNSPACED}]*[^\s{_UNSPACED}{_CLOSING}]|[^\s{_UNSPACED}]+)\s*"
    r"|\s+"
)


class Words:
    """A paragraph and its words. White space follows its word, and does not tell words apart."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def tokens(self) -> list[str]:
        return _TOKEN.findall(self.text)

    @cached_property
    def words(self) -> list[str]:
        return [token.rstrip() for token in self.tokens]

    @cached_property
    def counts(self) -> Counter[str]:
        return Counter(self.words)

    @cached_property
    def ends(self) -> list[int]:
        return list(accumulate(map(len, self.tokens), initial=0))


def similarity(old: Words, new: Words) -> float:
    """Return how much of both is the same words in whatever order, from 0 to 1."""
    common = (old.counts & new.counts).total()
    return 2 * common / (len(old.words) + len(new.words) or 1)


def compare_words(old: Words, new: Words, effort: Effort) -> tuple[DiffRun, ...]:
    """Return the runs of both: kept and inserted ones are the new text, kept and deleted the old.

    Beyond the effort all of it is shown as replaced.
    """
    stretches = _without_islands(changed_ranges(old.words, new.words, effort), old, new)
    pieces = (piece for piece in _pieces(old.tokens, new.tokens, stretches) if piece.text)
    return tuple(
        DiffRun(kind, "".join(piece.text for piece in group))
        for kind, group in groupby(pieces, key=lambda piece: piece.kind)
    )


def _without_islands(stretches: list[ChangedRange], old: Words, new: Words) -> list[ChangedRange]:
    """Join changes where no more stayed between them than was changed on either side.

    The shortest difference keeps every "of" and "the" of a sentence that was written anew.
    """
    joined: list[ChangedRange] = []
    for stretch in stretches:
        whole = stretch
        while joined and _is_island(joined[-1], whole, old, new):
            last = joined.pop()
            whole = whole._replace(before_start=last.before_start, after_start=last.after_start)
        joined.append(whole)
    return joined


def _is_island(last: ChangedRange, following: ChangedRange, old: Words, new: Words) -> bool:
    kept = old.ends[following.before_start] - old.ends[last.before_end]
    return kept <= min(_size(last, old, new), _size(following, old, new))


def _size(stretch: ChangedRange, old: Words, new: Words) -> int:
    deleted = old.ends[stretch.before_end] - old.ends[stretch.before_start]
    inserted = new.ends[stretch.after_end] - new.ends[stretch.after_start]
    return max(deleted, inserted)


def _pieces(
    old: Sequence[str], new: Sequence[str], stretches: list[ChangedRange]
) -> Iterator[DiffRun]:
    before = after = 0
    end = ChangedRange(len(old), len(old), len(new), len(new))
    for stretch in (*stretches, end):
        yield from _kept(old[before : stretch.before_start], new[after : stretch.after_start])
        before, after = stretch.before_end, stretch.after_end
        yield DiffRun(DiffKind.DELETED, "".join(old[stretch.before_start : before]))
        yield DiffRun(DiffKind.INSERTED, "".join(new[stretch.after_start : after]))


def _kept(old: Sequence[str], new: Sequence[str]) -> Iterator[DiffRun]:
    """Keep words whose white space may have changed: the last of a paragraph has none."""
    for there, here in zip(old, new, strict=True):
        word = here.rstrip()
        if there == here:
            yield DiffRun(DiffKind.KEPT, here)
        else:
            yield DiffRun(DiffKind.KEPT, word)
            yield DiffRun(DiffKind.DELETED, there[len(word) :])
            yield DiffRun(DiffKind.INSERTED, here[len(word) :])
