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


def drop_unprintable(text: str) -> str:
    """Remove characters that XML 1.0 cannot hold (SPEC X2) or HTML forbids.

    HTML forbids DEL, the C1 controls, which terminals obey, and noncharacters.
    """
    return _UNPRINTABLE.sub("", text)


def one_line(text: str) -> str:
    """Fold every run of white space into one space and strip the ends."""
    return _SPACE.sub(" ", text).strip()


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
