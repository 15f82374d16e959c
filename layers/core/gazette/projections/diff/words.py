"""Compares two versions of one paragraph, word by word."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate, groupby

from gazette.models.views.diff import DiffKind, DiffRun
from gazette.projections.diff.alignment import ChangedRange, changed_ranges

# Scripts without spaces between words, whose characters count as words: Thai, Lao,
# Tibetan, Myanmar and Khmer; kana and ideographs.
_UNSPACED = (
    "\u0e00-\u109f\u1780-\u17ff\u3001-\u303f\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
)
# Marks that belong to the character before them: of Thai, Lao and kana; variation selectors.
_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u3099\u309a\ufe00-\ufe0f"
# Punctuation at the end of a word is a word of its own: a sentence may end elsewhere now.
_CLOSING = ".,;:!?\u2026)\\]}\"'\u2019\u201d\u00bb\u060c\u061b\u061f\u06d4\u0964"
_TOKEN = re.compile(
    rf"(?:[{_UNSPACED}][{_MARKS}]*|[^\s{_UNSPACED}]*[^\s{_UNSPACED}{_CLOSING}]|[^\s{_UNSPACED}]+)\s*"
    r"|\s+"
)


class Words:
    """A paragraph and its words; white space belongs to the word before, but is not compared."""

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
    """Return the share of words that both have, in any order, from 0 to 1."""
    common = (old.counts & new.counts).total()
    return 2 * common / (len(old.words) + len(new.words) or 1)


def compare_words(old: Words, new: Words) -> tuple[DiffRun, ...]:
    """Return runs: kept and inserted ones make the new text, kept and deleted ones the old."""
    ranges = _without_islands(changed_ranges(old.words, new.words), old, new)
    runs = (run for run in _runs(old.tokens, new.tokens, ranges) if run.text)
    return tuple(
        DiffRun(kind, "".join(run.text for run in group))
        for kind, group in groupby(runs, key=lambda run: run.kind)
    )


def _without_islands(ranges: list[ChangedRange], old: Words, new: Words) -> list[ChangedRange]:
    """Join two changes if the kept text between them is no longer than either of them.

    The shortest difference keeps every "of" and "the" of a rewritten sentence.
    """
    joined: list[ChangedRange] = []
    for changed in ranges:
        whole = changed
        while joined and _is_island(joined[-1], whole, old, new):
            last = joined.pop()
            whole = whole._replace(before_start=last.before_start, after_start=last.after_start)
        joined.append(whole)
    return joined


def _is_island(last: ChangedRange, following: ChangedRange, old: Words, new: Words) -> bool:
    kept = old.ends[following.before_start] - old.ends[last.before_end]
    return kept <= min(_size(last, old, new), _size(following, old, new))


def _size(changed: ChangedRange, old: Words, new: Words) -> int:
    deleted = old.ends[changed.before_end] - old.ends[changed.before_start]
    inserted = new.ends[changed.after_end] - new.ends[changed.after_start]
    return max(deleted, inserted)


def _runs(old: Sequence[str], new: Sequence[str], ranges: list[ChangedRange]) -> Iterator[DiffRun]:
    before = after = 0
    end = ChangedRange(len(old), len(old), len(new), len(new))
    for changed in (*ranges, end):
        yield from _kept(old[before : changed.before_start], new[after : changed.after_start])
        before, after = changed.before_end, changed.after_end
        yield DiffRun(DiffKind.DELETED, "".join(old[changed.before_start : before]))
        yield DiffRun(DiffKind.INSERTED, "".join(new[changed.after_start : after]))


def _kept(old: Sequence[str], new: Sequence[str]) -> Iterator[DiffRun]:
    """Return kept words; their white space may differ, as at the end of a paragraph."""
    for before, now in zip(old, new, strict=True):
        word = now.rstrip()
        if before == now:
            yield DiffRun(DiffKind.KEPT, now)
        else:
            yield DiffRun(DiffKind.KEPT, word)
            yield DiffRun(DiffKind.DELETED, before[len(word) :])
            yield DiffRun(DiffKind.INSERTED, now[len(word) :])
