"""Text that every output format can carry: XML 1.0 characters only, tidy white space."""

import re
from html import unescape

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACE = re.compile(r"\s+")
_TAG = re.compile(r"<(?:/?[A-Za-z][^<>]*|!--.*?--)>", re.DOTALL)


def drop_unprintable(text: str) -> str:
    """Remove what XML 1.0 cannot hold, surrogates included (SPEC X2)."""
    return _NOT_XML.sub("", text)


def one_line(text: str) -> str:
    """Fold every run of white space into one space and strip the ends."""
    return _SPACE.sub(" ", text).strip()


def without_tags(html: str) -> str:
    """Return the text of an HTML fragment on one line, entities decoded once."""
    return one_line(unescape(_TAG.sub(" ", html)))


def shorten(text: str, limit: int) -> str:
    """Cut at a word so that at most ``limit`` characters remain, an ellipsis included."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    head, _, _ = cut.rpartition(" ")
    return (head if len(head) > limit // 2 else cut).rstrip(" ,;:\N{EN DASH}-") + "…"
