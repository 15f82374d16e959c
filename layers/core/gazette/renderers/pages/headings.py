"""Fits the headings of a text into the outline of the page that shows it."""

import re

# The sanitiser writes attributes in double quotes; a tag inside the quotes is text.
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:[^<>"]|"[^"]*")*)>')
_HEADING = re.compile(r"h[1-6]")


class _Outline:
    """Gives each heading its own level, but at most one below the heading before it."""

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
        # `body_html` begins at h3; the heading before a text is the page's h1.
        self.last = min(max(wanted - 1, 2), self.last + 1)
        self.open.append(self.last)
        return self.last


def nest_headings(safe_html: str) -> str:
    """Renumber the headings of a sanitised text, which follows an h1, without gaps."""
    return _TAG.sub(_Outline(), safe_html)
