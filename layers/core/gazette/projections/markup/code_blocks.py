"""Finds the blocks of script and style in a text, which may be left out (SPEC X11).

A pair whose tags stand in different cells, headings, items or quotes is none: a writer named these
tags, and what stands between them is text (SPEC X9).
"""

from collections.abc import Mapping, Sequence
from typing import Final

from gazette.projections.markup.raw_html import Tag, Text

_CODE: Final = frozenset({"script", "style"})


def code_blocks(tokens: Sequence[Text | Tag], blocks: frozenset[str]) -> list[range]:
    """Return the blocks of script and style, start and end tag included, in their order.

    ``blocks`` are the names of elements of which none may begin or end within such a block alone.
    """
    search = _Search(_partners(tokens, blocks))
    for position, token in enumerate(tokens):
        if isinstance(token, Tag):
            search.read(position, token)
    return sorted(search.found, key=lambda block: block.start)


class _Search:
    """What is open where the tokens are read; ``partners`` are the other tags of elements."""

    def __init__(self, partners: Mapping[int, int]) -> None:
        self.found: list[range] = []
        self._partners = partners
        self._code: dict[str, list[int]] = {name: [] for name in _CODE}
        self._elements: list[int] = []

    def read(self, position: int, tag: Tag) -> None:
        if tag.name in _CODE:
            self._read_code(position, tag)
        elif (partner := self._partners.get(position, position)) > position:
            # Markdown puts the last lines of code into a paragraph if an empty line is before them.
            self._elements += [position] if tag.name != "p" else []
        elif partner < position:
            # An element that was open before some code ends within it.
            for starts in self._code.values():
                while starts and starts[-1] > partner:
                    starts.pop()

    def _read_code(self, position: int, tag: Tag) -> None:
        starts = self._code[tag.name]
        if not tag.is_end:
            starts.append(position)
        elif starts and not self._is_open_since(starts[-1], position):
            self.found.append(range(starts.pop(), position + 1))

    def _is_open_since(self, start: int, position: int) -> bool:
        """Return whether an element that began after a start is open at a position."""
        while self._elements and self._partners[self._elements[-1]] < position:
            self._elements.pop()
        return bool(self._elements) and self._elements[-1] > start


def _partners(tokens: Sequence[Text | Tag], names: frozenset[str]) -> dict[int, int]:
    """Return the end tag of each start tag, and the other way round, where both are there."""
    opened: dict[str, list[int]] = {}
    partners: dict[int, int] = {}
    for position, token in enumerate(tokens):
        if not isinstance(token, Tag) or token.name not in names:
            continue
        starts = opened.setdefault(token.name, [])
        if not token.is_end:
            starts.append(position)
        elif starts:
            start = starts.pop()
            partners |= {start: position, position: start}
    return partners
