"""Headings inside a text, brought into the outline of the page that the text stands on."""

import re

# The sanitiser writes attributes in double quotes; what is in them is no tag.
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:[^<>"]|"[^"]*")*)>')
_HEADING = re.compile(r"h[1-6]")


class _Outline:
    """Gives each heading the level it asks for, or the next below the one before it."""

    def __init__(self) -> None:
        self.last = 1
        self.open: list[int] = []

    def __call__(self, tag: re.Match[str]) -> str:
        slash, name, attributes = tag.groups()
        if not _HEADING.fullmatch(name):
            return tag[0]
        level = self.open.pop() if slash else self._next(int(name[1]))
        return f"<{slash}h{level}{attributes}>"

    def _next(self, wanted: int) -> int:
        # `body_html` begins at h3, and the page's own outline ends at h1 where the text begins.
        self.last = min(max(wanted - 1, 2), self.last + 1)
        self.open.append(self.last)
        return self.last


def nest_headings(safe_html: str) -> str:
    """Renumber the headings of a sanitised text so that they follow an h1 without a gap."""
    return _TAG.sub(_Outline(), safe_html)
