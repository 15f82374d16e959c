"""Slugs: readable names of titles and topics in paths.

Unicode letters and their marks are kept: Indic and Thai words need the marks. Slugs are NFKC and
lower case, so two slugs that look the same are the same.
"""

import hashlib
import re
import unicodedata

from gazette.models.limits import MAX_SLUG_BYTES, MAX_SLUG_CHARACTERS

_SPELLED = {
    "+": " plus ",
    "#": " sharp ",
    "&": " and ",
    "@": " at ",
    "%": " percent ",
    "$": " dollar ",
}
_LEADING_DOT = re.compile(r"(?<!\w)\.(?=\w)")
# Fillers and variation selectors: their categories are letter and mark, but they are invisible
# (Default_Ignorable_Code_Point, Unicode Standard Annex 44).
_FILLERS = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)
_DOTTED_I = "i\N{COMBINING DOT ABOVE}"
# The site has a folder topics/by-size.
_RESERVED = frozenset({"by-size"})
_APOSTROPHES = str.maketrans(
    "", "", "'\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}"
)


def title_slug(title: str) -> str:
    """Make the slug of a title, cut at a word to fit the limits of `gazette.models.limits`."""
    return _cut(_dashed(title), MAX_SLUG_CHARACTERS) or f"event-{_short_hash(title)}"


def topic_slug(label: str) -> str:
    """Make the slug that identifies a topic.

    Labels that differ by case, spaces, dashes or insignificant punctuation have the same slug.
    Signs that distinguish topics are spelled out (``C++`` → ``c-plus-plus``). A hash identifies a
    label of other signs alone, and is appended to a slug that is too long or reserved.
    """
    spelled = "".join(
        _SPELLED.get(character, character) for character in _LEADING_DOT.sub(" dot ", label)
    )
    slug = _dashed(spelled.translate(_APOSTROPHES))
    if not slug:
        return f"topic-{_short_hash(unicodedata.normalize('NFKC', label))}"
    short = _cut(slug, MAX_SLUG_CHARACTERS)
    is_whole = short == slug and slug not in _RESERVED
    return slug if is_whole else f"{short}-{_short_hash(slug)}"


def author_slug(name: str) -> str:
    """Make the slug that identifies an author, as that of a topic does.

    The slug of a slug is the slug itself: after an erasure it stands in for the name.
    """
    slug = _dashed(name.translate(_APOSTROPHES))
    if not slug:
        return f"author-{_short_hash(unicodedata.normalize('NFKC', name))}"
    if _cut(slug, MAX_SLUG_CHARACTERS) == slug:
        return slug
    ending = f"-{_short_hash(slug)}"
    return _cut(slug, MAX_SLUG_CHARACTERS - len(ending), MAX_SLUG_BYTES - len(ending)) + ending


def _dashed(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    # Folding leaves a dot above the i of a Turkish İ, which no sign for both replaces.
    folded = folded.replace(_DOTTED_I, "i")
    kept = [
        c if unicodedata.category(c)[0] in "LMN" else "-" for c in folded if not _is_invisible(c)
    ]
    return re.sub("-{2,}", "-", "".join(kept)).strip("-")


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) == "Cf" or character in _FILLERS


def _cut(slug: str, characters: int, size: int = MAX_SLUG_BYTES) -> str:
    if len(slug) <= characters and len(slug.encode()) <= size:
        return slug
    cut = slug[:characters].encode()[:size].decode(errors="ignore")
    whole_words, _, _ = cut.rpartition("-")
    return (whole_words if len(whole_words) > len(cut) // 2 else cut).rstrip("-")


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
