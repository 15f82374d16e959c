"""Reads the tags in HTML of publishers, before a parser of browsers can act on them.

A browser hides the rest of a text behind a tag or a comment that is never closed. This module finds
each tag by itself, so nothing hides anything (SPEC X9).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape, unescape

# A quoted value that holds a tag has lost its closing quotation mark before that tag.
_DOUBLE = r'"[^"<]*+(?:<(?![A-Za-z/!?])[^"<]*+)*+"'
_SINGLE = r"'[^'<]*+(?:<(?![A-Za-z/!?])[^'<]*+)*+'"
_NAME = r"[^\s\"'<>/=]++"
_VALUE = rf"(?:{_DOUBLE}|{_SINGLE}|[^\s\"'<>]++)"
_ATTRIBUTE = re.compile(rf"({_NAME})(?:\s*+=\s*+({_VALUE}))?+")
# Some publishers leave out the space after a quoted value.
_BEFORE_NAME = r"(?:[\s/]++|(?<=[\"']))"
_ATTRIBUTES = rf"(?:{_BEFORE_NAME}{_NAME}(?:\s*+=\s*+{_VALUE})?+)*+"
_TAG = rf"<(/?)([A-Za-z][^\s/>\"'<=]*+)({_ATTRIBUTES})[\s/]*+>|<!doctype[^<>]*+>"
# A comment in which another one begins was never closed.
_COMMENT = r"<!--(?:-?>|(?:[^<-]++|-(?!->)|<(?!!--))*+-->)"
_TOKEN = re.compile(rf"{_TAG}|{_COMMENT}|<", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Text:
    """HTML without tags."""

    html: str

    @property
    def is_blank(self) -> bool:
        return not self.html.strip()


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as it was written, and what it says; values of attributes are decoded."""

    source: str
    name: str
    is_end: bool = False
    attributes: dict[str, str] = field(default_factory=dict)

    @property
    def as_text(self) -> str:
        return escape(unescape(self.source), quote=False)

    @property
    def as_tag(self) -> str:
        """Write the tag in a way that every parser reads alike."""
        if self.is_end:
            return f"</{self.name}>"
        pairs = self.attributes.items()
        attributes = "".join(f' {name}="{escape(value)}"' for name, value in pairs)
        return f"<{self.name}{attributes}>"


def read_tags(html: str) -> Iterator[Text | Tag]:
    """Yield texts and tags in order. Comments are dropped; a stray ``<`` is text."""
    position = 0
    for found in _TOKEN.finditer(html):
        if found.start() > position:
            yield Text(html[position : found.start()])
        position = found.end()
        if found[2]:
            yield Tag(found[0], found[2].lower(), bool(found[1]), _attributes(found[3]))
        elif found[0] == "<":
            yield Text("&lt;")
    if position < len(html):
        yield Text(html[position:])


def _attributes(source: str) -> dict[str, str]:
    """Return the attributes of a tag; the first of a name counts, as in HTML."""
    attributes: dict[str, str] = {}
    for found in _ATTRIBUTE.finditer(source):
        value = found[2] or ""
        value = value[1:-1] if value[:1] in {'"', "'"} else value
        attributes.setdefault(found[1].lower(), unescape(value))
    return attributes
