"""Gives the headings of a text ids, and leads the links within a text to their targets.

Ids of publishers get a prefix, so that they cannot be those of the page around the text.
"""

import re
from collections.abc import Container
from html import escape, unescape
from urllib.parse import quote, unquote

from gazette.models.limits import MAX_ANCHOR_CHARACTERS

PREFIX = "text-"
_TOP = "top"

_ID = re.compile(rf' id="{PREFIX}([^"]*)"')
_HEADING = re.compile(r'<(h[1-6])((?: [a-z]+="[^"]*")*)>(.*?)</\1>', re.DOTALL)
_TAG = re.compile(r'<(?:[^<>"]|"[^"]*")*>')
_HREF = re.compile(r' href="([^"#]*)#([^"]+)"')
_NOT_IN_SLUG = re.compile(r"[^\w\- ]")
_SPACE = re.compile(r"\s+")
_SAFE = "/:@!$&'()*+,;=-._~?"


def prefixed(anchor: str) -> str | None:
    """Return the id that stands for the publisher's, or None for a blank one."""
    anchor = _SPACE.sub("-", anchor.strip())[:MAX_ANCHOR_CHARACTERS]
    return f"{PREFIX}{anchor}" if anchor else None


def with_anchors(safe_html: str, page_url: str) -> str:
    """Return sanitised HTML in which every id is unique, headings have one, and links find them."""
    anchors = _Anchors()
    html = anchors.name_headings(_ID.sub(anchors.keep_first, safe_html))
    own = escape(page_url)
    return _HREF.sub(lambda link: anchors.lead(link, own) if link[1] == own else link[0], html)


def anchors_of(safe_html: str) -> frozenset[str]:
    """Return the ids of HTML from `with_anchors`, without their prefix and without case."""
    return frozenset(unescape(found).casefold() for found in _ID.findall(safe_html))


def is_anchor(known: Container[str], wanted: str) -> bool:
    """Return whether a link to a part of a text finds it; browsers find the top of every page."""
    return not wanted or wanted.casefold() == _TOP or wanted.casefold() in known


class _Anchors:
    """The ids of one text, without their prefix."""

    def __init__(self) -> None:
        self.taken: set[str] = set()
        self.repeated: dict[str, int] = {}
        self.folded: dict[str, str] = {}

    def keep_first(self, found: re.Match[str]) -> str:
        return found[0] if self._take(unescape(found[1])) else ""

    def name_headings(self, html: str) -> str:
        return _HEADING.sub(self._name, html)

    def lead(self, link: re.Match[str], own: str) -> str:
        """Lead a link to an id of this text; the case of letters does not matter.

        A link to an id that is not there leads nowhere, so only its words are left.
        """
        wanted = unquote(unescape(link[2]))
        found = wanted if wanted in self.taken else self.folded.get(wanted.casefold())
        if found is None:
            return link[0] if wanted.casefold() == _TOP else ""
        return f' href="{own}#{escape(quote(PREFIX + found, safe=_SAFE))}"'

    def _name(self, heading: re.Match[str]) -> str:
        tag, attributes, inner = heading.groups()
        slug = "" if ' id="' in attributes else _slug(inner)
        if not slug:
            return heading[0]
        return f'<{tag}{attributes} id="{PREFIX}{escape(self._free(slug))}">{inner}</{tag}>'

    def _free(self, slug: str) -> str:
        """Number a repeated slug, as GitHub does."""
        free = slug
        while not self._take(free):
            self.repeated[slug] = self.repeated.get(slug, 0) + 1
            free = f"{slug}-{self.repeated[slug]}"
        return free

    def _take(self, anchor: str) -> bool:
        if anchor in self.taken:
            return False
        self.taken.add(anchor)
        self.folded.setdefault(anchor.casefold(), anchor)
        return True


def _slug(inner: str) -> str:
    """Make an anchor of a heading by GitHub's rule."""
    text = unescape(_TAG.sub("", inner)).strip().lower()
    return _SPACE.sub("-", _NOT_IN_SLUG.sub("", text))[:MAX_ANCHOR_CHARACTERS]
