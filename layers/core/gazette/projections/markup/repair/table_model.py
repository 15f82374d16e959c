"""Repairs a table to meet the table model of HTML (HTML §4.9): ordered parts, cells in a grid."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product

from gazette.models.limits import MAX_SPANNED_TABLE_CELLS
from gazette.projections.markup.repair.html_tree import Element, Node, is_blank, is_element, wrap

_SECTIONS = ("thead", "tbody", "tfoot")
_SPAN = re.compile(r' (col|row)span="([0-9]*)"')
_MAX_SPAN_DIGITS = 3


def fit_table(table: Element) -> list[Node]:
    """Return the table without empty parts, or nothing if all are empty."""
    children = _with_one_caption(table.children)
    sections = [child for child in children if isinstance(child, Element)]
    filled = [section for section in sections if _fill(section)]
    bodies = [section for section in filled if section.name != "caption"]
    for position, section in enumerate(bodies):
        section.name = _section_name(section.name, position, len(bodies) - 1)
    if not _is_grid(bodies):
        _drop_spans(bodies)
    table.children = [
        child for child in children if not isinstance(child, Element) or child in filled
    ]
    return [table] if filled else []


def _with_one_caption(children: Sequence[Node]) -> list[Node]:
    """Put the first caption first; turn other captions and stray nodes into rows."""
    captions: list[Element] = []
    others: list[Node] = []
    for child in children:
        if isinstance(child, Element) and child.name == "caption":
            captions.append(child)
        else:
            others.append(child)
    bodies = wrap(others, "tbody", lambda child: not is_element(child, *_SECTIONS))
    more = [Element("tbody", "", caption.children) for caption in captions[1:]]
    return [*captions[:1], *bodies, *more]


def _fill(section: Element) -> bool:
    """Remove empty rows of a section, wrap stray nodes in cells, and return whether rows remain."""
    if section.name == "caption":
        return True
    rows = wrap(section.children, "tr", lambda child: not is_element(child, "tr"))
    for row in rows:
        if isinstance(row, Element):
            row.children = wrap(row.children, "td", _is_no_cell)
    section.children = [row for row in rows if is_blank(row) or _cells(row)]
    return any(map(_cells, section.children))


def _is_no_cell(node: Node) -> bool:
    return not is_element(node, "td", "th")


def _section_name(name: str, position: int, last: int) -> str:
    if (name == "thead" and position > 0) or (name == "tfoot" and position < last):
        return "tbody"
    return name


def _is_grid(sections: Sequence[Element]) -> bool:
    grid = _Grid()
    return all(map(grid.takes, sections)) and grid.is_full


@dataclass(slots=True)
class _Grid:
    """The columns of a table: their number, and those in which a cell begins."""

    width: int = 0
    begun: set[int] = field(default_factory=set)
    covered: int = 0

    @property
    def is_full(self) -> bool:
        return len(self.begun) == self.width

    def takes(self, section: Element) -> bool:
        """Return whether the cells of a section neither overlap nor reach beyond the section."""
        rows = [cells for row in section.children if (cells := _cells(row))]
        taken: set[tuple[int, int]] = set()
        return all(self._takes_row(cells, y, len(rows), taken) for y, cells in enumerate(rows))

    def _takes_row(
        self, cells: Sequence[Element], y: int, bottom: int, taken: set[tuple[int, int]]
    ) -> bool:
        x = 0
        for cell in cells:
            while (y, x) in taken:
                x += 1
            width, height = _span(cell, "col"), _span(cell, "row")
            self.covered += width * height
            if y + height > bottom or self.covered > MAX_SPANNED_TABLE_CELLS:
                return False
            area = set(product(range(y, y + height), range(x, x + width)))
            if area & taken or not area:
                return False
            taken |= area
            self.begun.add(x)
            x += width
            self.width = max(self.width, x)
        return True


def _cells(row: Node) -> list[Element]:
    if not isinstance(row, Element):
        return []
    return [cell for cell in row.children if isinstance(cell, Element)]


def _span(cell: Element, direction: str) -> int:
    """Return the number of columns or rows of a cell, or 0 (invalid) if it is too large."""
    given = next((span[2] for span in _SPAN.finditer(cell.attributes) if span[1] == direction), "1")
    return int(given) if len(given) <= _MAX_SPAN_DIGITS else 0


def _drop_spans(sections: Sequence[Element]) -> None:
    for section in sections:
        for row in section.children:
            for cell in _cells(row):
                cell.attributes = _SPAN.sub("", cell.attributes)
