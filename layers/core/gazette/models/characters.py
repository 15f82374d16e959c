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


_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ISOLATE_OF = {"\u202a": "\u2066", "\u202b": "\u2067"}
_OVERRIDES = "\u202d\u202e"
_ISOLATES = "\u2066\u2067\u2068"
_POP, _POP_ISOLATE = "\u202c", "\u2069"


def drop_unprintable(text: str) -> str:
    """Remove characters that XML 1.0 cannot hold (SPEC X2) or HTML forbids.

    HTML forbids DEL, the C1 controls, which terminals obey, and noncharacters.
    """
    return _UNPRINTABLE.sub("", text)


def isolate_directions(text: str) -> str:
    """Keep the direction of a text from turning what stands next to it (SPEC X10).

    Embeddings become isolates. Overrides go, and so does what is never closed or never opened
    (Unicode Standard Annex 9). The text must be one paragraph.
    """
    if not _DIRECTIONS.search(text):
        return text
    letters = list(text)
    opened: list[tuple[str, int]] = []
    for position, letter in enumerate(text):
        if letter in _ISOLATE_OF or letter in _ISOLATES or letter in _OVERRIDES:
            opened.append((letter, position))
            letters[position] = ""
        elif letter in {_POP, _POP_ISOLATE}:
            letters[position] = ""
            mark, start = _popped(opened, is_isolate=letter == _POP_ISOLATE)
            if mark and mark not in _OVERRIDES:
                letters[start] = _ISOLATE_OF.get(mark, mark)
                letters[position] = _POP_ISOLATE
    return "".join(letters)


def _popped(opened: list[tuple[str, int]], *, is_isolate: bool) -> tuple[str, int]:
    """Take what a closing mark closes from the stack; the end of an isolate ends what is in it."""
    if is_isolate and any(mark in _ISOLATES for mark, _ in opened):
        while opened[-1][0] not in _ISOLATES:
            opened.pop()
    if opened and (opened[-1][0] in _ISOLATES) == is_isolate:
        return opened.pop()
    return "", 0


def isolate_in_lines(text: str) -> str:
    """Do what `isolate_directions` does, for each line of a text."""
    if not _DIRECTIONS.search(text):
        return text
    return "\n".join(map(isolate_directions, text.split("\n")))


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
