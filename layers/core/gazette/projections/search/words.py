"""The words of a text, as the search knows them.

The script of the search page does the same (renderers/pages/assets/search.js), and a test compares
the two. Case, accents and optional vowel marks do not count. Scripts without spaces between words
have no words that a program could find, so each two characters in a row are one.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import groupby, pairwise

# Accents of Latin, Greek and Cyrillic letters, points of Hebrew, vowels and the tatweel of Arabic.
_MARKS = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u0640\u064b-\u065f\u0670]"
)
# Thai and Lao, Myanmar, Hangul, Khmer, kana, bopomofo and Han: first and last code points.
_WITHOUT_SPACES = (
    *((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1100, 0x11FF), (0x1780, 0x17FF), (0x3005, 0x3007)),
    *((0x3040, 0x312F), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xAC00, 0xD7AF)),
    (0x20000, 0x3FFFF),
)
_SEPARATOR, _OF_WORDS, _OF_PAIRS = range(3)
_LETTERS_MARKS_NUMBERS = frozenset("LMN")


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text."""
    found: set[str] = set()
    for kind, run in groupby(folded(text), _kind):
        characters = "".join(run)
        if kind == _OF_WORDS or (kind == _OF_PAIRS and len(characters) == 1):
            found.add(characters)
        elif kind == _OF_PAIRS:
            found.update(map("".join, pairwise(characters)))
    return frozenset(found)


def folded(text: str) -> str:
    """Return a text without differences that do not count.

    Upper case first, because it has one form of what lower case writes in two: ß, or final ς.
    """
    lower = unicodedata.normalize("NFKC", text).upper().lower()
    bare = _MARKS.sub("", unicodedata.normalize("NFD", lower))
    return unicodedata.normalize("NFC", bare).replace("\u03c2", "\u03c3")


@lru_cache(maxsize=8192)
def _kind(character: str) -> int:
    if unicodedata.category(character)[0] not in _LETTERS_MARKS_NUMBERS:
        return _SEPARATOR
    code = ord(character)
    is_of_pairs = any(first <= code <= last for first, last in _WITHOUT_SPACES)
    return _OF_PAIRS if is_of_pairs else _OF_WORDS
