"""Reduces text to what every output format can hold: XML 1.0 characters, simple white space."""

import json
import re
from itertools import accumulate

# Every plane ends in two noncharacters.
_HIGHER_PLANES = "".join(
    f"{chr(plane << 16)}-{chr(plane << 16 | 0xFFFD)}" for plane in range(1, 17)
)
_UNPRINTABLE = re.compile(
    f"[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd{_HIGHER_PLANES}]"
)
_SPACE = re.compile(r"\s+")
_ELLIPSIS = "…"
# Default_Ignorable_Code_Point (Unicode Standard Annex 44): joiners, directions, fillers, variation
# selectors, tags. And what is drawn as nothing: annotation marks, the blank of Braille, an empty
# note head, a filler of Khitan.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_VISIBLE = re.compile(rf"[^\s{_INVISIBLE}]")


def drop_unprintable(text: str) -> str:
    """Remove characters that XML 1.0 cannot hold (SPEC X2) or HTML forbids.

    HTML forbids DEL, the C1 controls, which terminals obey, and noncharacters.
    """
    return _UNPRINTABLE.sub("", text)


def one_line(text: str) -> str:
    """Fold every run of white space into one space and strip the ends."""
    return _SPACE.sub(" ", text).strip()


def is_blank(text: str) -> bool:
    """Return whether nothing of a text can be seen."""
    return _VISIBLE.search(text) is None


def shorten(text: str, limit: int) -> str:
    """Cut at a word so that at most ``limit`` characters remain, an ellipsis included."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    whole_words, _, _ = cut.rpartition(" ")
    return (whole_words if len(whole_words) > limit // 2 else cut).rstrip(
        " ,;:\N{EN DASH}-"
    ) + _ELLIPSIS


def bytes_in_json(text: str) -> int:
    """Return how many bytes a text takes in JSON, without its quotation marks."""
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2


def cut_to_bytes(text: str, most: int) -> str:
    """Cut a text so that at most so many bytes in JSON remain, an ellipsis included."""
    if bytes_in_json(text) <= most:
        return text
    sizes = accumulate(map(bytes_in_json, text))
    left = most - len(_ELLIPSIS.encode())
    kept = "".join(letter for letter, size in zip(text, sizes, strict=True) if size <= left)
    return kept.rstrip() + _ELLIPSIS
