"""Slugs: the readable names that titles and topics have in paths.

Unicode is kept (marks included, or Indic and Thai words fall apart); everything is NFKC and lower
case, so that two slugs that look the same are the same.
"""

import hashlib
import re
import unicodedata

TITLE_CHARACTERS = 140
# A file name holds 255 bytes on the usual file systems; this leaves room for ".r999.history.atom"
# and a suffix.
SLUG_BYTES = 200

_SPELLED = {
    "+": " plus ",
    "#": " sharp ",
    "&": " and ",
    "@": " at ",
    "%": " percent ",
    "$": " dollar ",
}
_LEADING_DOT = re.compile(r"(?<!\w)\.(?=\w)")
# Fillers and variation selectors: letters and marks by their category, and nothing to be seen
# (Default_Ignorable_Code_Point, Unicode Standard Annex 44).
_FILLERS = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)
# Under topics/ there is a folder of ours by this name.
_TAKEN = frozenset({"by-size"})
_APOSTROPHES = str.maketrans(
    "", "", "'\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}"
)


def title_slug(title: str) -> str:
    """Make a slug of a title, cut at a word to fewer than 140 characters and 200 bytes."""
    return _cut(_dashed(title), TITLE_CHARACTERS - 1) or f"event-{_short_hash(title)}"


def topic_slug(label: str) -> str:
    """Make the identity of a topic out of its label.

    Labels that differ by case, spaces, dashes or insignificant punctuation give one slug; signs
    that tell topics apart are spelled (``C++`` → ``c-plus-plus``); a label of nothing but other
    signs gets a short hash, and so does one whose folder is taken.
    """
    spelled = "".join(
        _SPELLED.get(character, character) for character in _LEADING_DOT.sub(" dot ", label)
    )
    slug = _dashed(spelled.translate(_APOSTROPHES))
    if not slug:
        return f"topic-{_short_hash(unicodedata.normalize('NFKC', label))}"
    short = _cut(slug, TITLE_CHARACTERS - 1)
    is_whole = short == slug and slug not in _TAKEN
    return slug if is_whole else f"{short}-{_short_hash(slug)}"


def _dashed(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = [
        c if unicodedata.category(c)[0] in "LMN" else "-" for c in folded if not _is_invisible(c)
    ]
    return re.sub("-{2,}", "-", "".join(kept)).strip("-")


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) == "Cf" or character in _FILLERS


def _cut(slug: str, characters: int) -> str:
    if len(slug) <= characters and len(slug.encode()) <= SLUG_BYTES:
        return slug
    cut = slug[:characters].encode()[:SLUG_BYTES].decode(errors="ignore")
    head, _, _ = cut.rpartition("-")
    return (head if len(head) > len(cut) // 2 else cut).rstrip("-")


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
