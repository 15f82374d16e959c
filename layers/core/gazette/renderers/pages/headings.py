"""Fits the headings of a text into the outline of the page that shows it."""

import re

# The sanitiser writes attributes in double quotes; a tag inside the quotes is text.
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:[^<>"]|"[^"]*")*)>')
_HEADING = re.compile(r"h[1-6]")


class _Outline:
    """Places each heading one level below the heading whose section it is in.

    Headings of one level in one section stay equal. ``above`` are the levels, as they are written,
    of the headings whose sections are open.
    """

    def __init__(self) -> None:
        self.above: list[int] = []
        self.open: list[int] = []

    def __call__(self, tag: re.Match[str]) -> str:
        slash, name, attributes = tag.groups()
        if not _HEADING.fullmatch(name):
            return tag[0]
        level = self.open.pop() if slash else self._next(int(name[1]))
        return f"<{slash}h{level}{attributes}>"

    def _next(self, written: int) -> int:
        while self.above and self.above[-1] >= written:
            self.above.pop()
        self.above.append(written)
        # The heading before a text is the page's h1.
        self.open.append(min(len(self.above) + 1, 6))
        return self.open[-1]


def nest_headings(safe_html: str) -> str:
    """Renumber the headings of a sanitised text, which follows an h1, without gaps."""
    return _TAG.sub(_Outline(), safe_html)
