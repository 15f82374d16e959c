"""Bounds how many elements are open at once in HTML of publishers, before a parser reads it.

A parser of browsers looks through all open elements at each tag, and opens formatting that was left
open again in each paragraph that follows: 47 kB could take a gigabyte. This module counts what such
a parser has open (https://html.spec.whatwg.org/multipage/parsing.html); it must not know what a tag
means to a reader.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from gazette.models.limits import MAX_OPEN_ELEMENTS, MAX_OPEN_FORMATTING
from gazette.projections.markup.raw_html import Tag

_VOID: Final = frozenset({"br", "hr", "img", "wbr"})
_FORMATTING: Final = frozenset({"a", "b", "code", "em", "i", "s", "small", "strong", "u"})
# A parser opens no more than three again that say the same.
_MOST_ALIKE: Final = 3
_INLINE: Final = frozenset(
    {
        *("abbr", "bdi", "bdo", "cite", "del", "dfn", "ins", "kbd", "mark", "q", "rp", "rt"),
        *("ruby", "samp", "span", "sub", "sup", "var"),
    }
)
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CELLS: Final = frozenset({"td", "th", "caption"})
_GROUPS: Final = frozenset({"thead", "tbody", "tfoot"})
_TABLE: Final = frozenset({"table"})
# Where a parser stops to look for what a tag ends.
_SCOPES: Final = _CELLS | _TABLE
# A part of a table ends all that is open within the nearest of these.
_HOLDERS: Final = {
    **dict.fromkeys(("td", "th"), _TABLE | _GROUPS | {"tr"}),
    "tr": _TABLE | _GROUPS,
    **dict.fromkeys((*_GROUPS, "caption"), _TABLE),
}
# Where a parser stops to look for an item that another one ends.
_SPECIAL: Final = (
    _HEADINGS
    | _TABLE
    | frozenset(_HOLDERS)
    | {"pre", "blockquote", "ul", "ol", "dl", "li", "dt", "dd", "figure", "figcaption"}
)
_PARAGRAPH: Final = frozenset({"p"})
_DESCRIBED: Final = frozenset({"dt", "dd"})
_ITEMS: Final = {"li": frozenset({"li"}), **dict.fromkeys(_DESCRIBED, _DESCRIBED)}


@dataclass(slots=True, eq=False)
class _Inline:
    """An element of a block that is none; ``says`` are its attributes if it is formatting."""

    name: str
    says: tuple[tuple[str, str], ...] = ()
    is_open: bool = True


class OpenElements:
    """The elements that are open where a text is read."""

    def __init__(self) -> None:
        # Blocks, and within each the other elements that are open in it.
        self._blocks: list[tuple[str, list[_Inline]]] = [("", [])]
        self._names: Counter[str] = Counter()
        self._inline = 0
        # Formatting that is opened again after its block, by the table or cell in which it began.
        self._formatting: list[tuple[str, list[_Inline]]] = [("", [])]

    def written(self, tag: Tag) -> str:
        """Read the next tag; return it, or what stands in its place where too much is open."""
        if self._takes(tag):
            return tag.as_tag
        if tag.name in _FORMATTING | _INLINE:
            return ""
        # Without a space, words of two blocks would become one.
        self.read_words()
        return " "

    def _takes(self, tag: Tag) -> bool:
        """Read a tag; return whether it may stay, as an end tag always may."""
        if tag.name in _VOID:
            self.read_words()
            return True
        if tag.name in _FORMATTING:
            return self._end_format(tag.name) if tag.is_end else self._format(tag)
        if tag.name in _INLINE:
            return self._end_inline(tag.name) if tag.is_end else self._open(_Inline(tag.name))
        return self._end(tag.name) if tag.is_end else self._start(tag.name)

    def read_words(self) -> None:
        """Read text, before which formatting is opened again."""
        active = self._formatting[-1][1]
        first = next((at + 1 for at in range(len(active) - 1, -1, -1) if active[at].is_open), 0)
        for each in active[first:]:
            each.is_open = True
            self._blocks[-1][1].append(each)
            self._inline += 1

    @property
    def _has_room(self) -> bool:
        return len(self._blocks) + self._inline <= MAX_OPEN_ELEMENTS

    def _open(self, element: _Inline) -> bool:
        if not self._has_room:
            return False
        self.read_words()
        self._blocks[-1][1].append(element)
        self._inline += 1
        return True

    def _end_inline(self, name: str) -> bool:
        opened = self._blocks[-1][1]
        for at in range(len(opened) - 1, -1, -1):
            if opened[at].name == name:
                self._close_inline(opened, at)
                break
        return True

    def _close_inline(self, opened: list[_Inline], first: int) -> None:
        for each in opened[first:]:
            each.is_open = False
        self._inline -= len(opened) - first
        del opened[first:]

    def _format(self, tag: Tag) -> bool:
        element = _Inline(tag.name, tuple(tag.attributes.items()))
        active = self._formatting[-1][1]
        alike = [each for each in active if (each.name, each.says) == (tag.name, element.says)]
        is_full = sum(len(each) for _, each in self._formatting) >= MAX_OPEN_FORMATTING
        if not self._has_room or (is_full and len(alike) < _MOST_ALIKE):
            return False
        if tag.name == "a":
            self._end_format("a")
        elif len(alike) >= _MOST_ALIKE:
            active.remove(alike[0])
        self._open(element)
        active.append(element)
        return True

    def _end_format(self, name: str) -> bool:
        active = self._formatting[-1][1]
        ended = next((each for each in reversed(active) if each.name == name), None)
        if ended is None:
            return self._end_inline(name)
        active.remove(ended)
        if ended.is_open:
            opened = next(each for _, each in reversed(self._blocks) if ended in each)
            if opened is self._blocks[-1][1]:
                self._close_inline(opened, opened.index(ended))
            else:
                # The blocks within it stay open.
                opened.remove(ended)
                self._inline -= 1
        return True

    def _start(self, name: str) -> bool:
        holders = _HOLDERS.get(name)
        if holders and len(self._formatting) == 1:
            return True  # outside a table it means nothing
        first = self._ended_by(name, holders)
        room = MAX_OPEN_ELEMENTS - first - self._inline
        if room + sum(len(opened) for _, opened in self._blocks[first:]) < 0:
            return False
        self._close(first)
        if holders and name != "caption":
            self._complete(name)
        self._begin(name)
        return True

    def _ended_by(self, name: str, holders: frozenset[str] | None) -> int:
        """Return the position of the first block that a start tag ends, else their number."""
        first = len(self._blocks)
        if holders:
            return self._nearest(holders, frozenset(), first) + 1
        if name == "table" and self._formatting[-1][0] == "table":
            return self._nearest(_TABLE, frozenset(), first) or first
        first = self._nearest(_PARAGRAPH, _SCOPES, first) or first
        if items := _ITEMS.get(name):
            return self._nearest(items, _SPECIAL - items, first) or first
        last, opened = self._blocks[first - 1]
        return first - 1 if name in _HEADINGS and last in _HEADINGS and not opened else first

    def _complete(self, name: str) -> None:
        """Begin the group and row in which a part of a table stands."""
        if name not in _GROUPS and self._blocks[-1][0] == "table":
            self._begin("tbody")
        if name in _CELLS and self._blocks[-1][0] in _GROUPS:
            self._begin("tr")

    def _begin(self, name: str) -> None:
        self._blocks.append((name, []))
        self._names[name] += 1
        if name in _SCOPES:
            self._formatting.append((name, []))

    def _end(self, name: str) -> bool:
        names = _HEADINGS if name in _HEADINGS else frozenset({name})
        if name in _HOLDERS or name == "table":
            stops = _TABLE
        else:
            stops = _SCOPES | {"ul", "ol"} if name == "li" else _SCOPES
        first = self._nearest(names, stops, len(self._blocks))
        self._close(first or len(self._blocks))
        return True

    def _nearest(self, names: frozenset[str], stops: frozenset[str], end: int) -> int:
        """Return the position of the last block of these names before an end, 0 if none is."""
        if not any(self._names[name] for name in names):
            return 0
        looked_for = names | stops
        at = next((at for at in range(end - 1, 0, -1) if self._blocks[at][0] in looked_for), 0)
        return at if self._blocks[at][0] in names else 0

    def _close(self, first: int) -> None:
        """Close the blocks from a position on, with all in them."""
        for name, opened in reversed(self._blocks[first:]):
            self._names[name] -= 1
            self._close_inline(opened, 0)
            if name in _SCOPES:
                _, left = self._formatting.pop()
                # The formatting of a cell ends with it; that of a table itself goes on.
                self._formatting[-1][1].extend(left if name == "table" else ())
        del self._blocks[first:]
