"""Parses sanitised HTML into a tree, and writes it again.

It relies on the output of the sanitiser: all elements but void ones are closed in order, and all
attributes are in double quotes.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from gazette.models.limits import MAX_HTML_DEPTH

_VOID = frozenset({"br", "hr", "img", "wbr"})
# Without their tags, the words before and after these would become one.
_APART = re.compile(
    r"h[1-6r]|p|pre|blockquote|[uod]l|li|d[dt]|t(?:able|head|body|foot|[rhd])|caption|figure|figcaption|div"
)
_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:[^<>"]|"[^"]*")*)>|[^<]+')


@dataclass(slots=True, eq=False)
class Element:
    """An element; ``attributes`` are its source text, with a space before each."""

    name: str
    attributes: str = ""
    children: "list[Node]" = field(default_factory=list)


Node: TypeAlias = Element | str
# Returns whether an element may stay inside these ancestors.
Accepts: TypeAlias = Callable[[Element, Sequence[Element]], bool]


def parse(html: str, accepts: Accepts) -> list[Node]:
    """Return the nodes of a fragment; elements that are not accepted are replaced by children."""
    ancestors = [Element("")]
    # For each open tag whether it was accepted.
    is_kept: list[bool] = []
    for token in _TOKEN.finditer(html):
        slash, name, attributes = token.groups()
        if name is None:
            ancestors[-1].children.append(token[0])
        elif slash:
            if is_kept.pop():
                ancestors.pop()
            elif _APART.fullmatch(name):
                set_apart(ancestors[-1].children)
        else:
            element = Element(name, attributes)
            stays = len(ancestors) <= MAX_HTML_DEPTH and accepts(element, ancestors)
            if stays:
                ancestors[-1].children.append(element)
            elif _APART.fullmatch(name):
                set_apart(ancestors[-1].children)
            if name not in _VOID:
                is_kept.append(stays)
                ancestors += [element] if stays else []
    return ancestors[0].children


def set_apart(nodes: list[Node]) -> None:
    """Add a space at the end, unless there is one or nothing stands before it."""
    if nodes and not (isinstance(nodes[-1], str) and nodes[-1][-1:].isspace()):
        nodes.append(" ")


def write(nodes: Iterable[Node]) -> str:
    """Write nodes in the style of the sanitiser."""
    return "".join(_written(nodes))


def _written(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Element):
            yield f"<{node.name}{node.attributes}>"
            if node.name not in _VOID:
                yield from _written(node.children)
                yield f"</{node.name}>"
        else:
            yield node


def is_element(node: Node, *names: str) -> bool:
    return isinstance(node, Element) and node.name in names


def is_blank(node: Node) -> bool:
    """Return whether a node is white space, which is allowed anywhere."""
    return isinstance(node, str) and not node.strip()


def wrap(nodes: Iterable[Node], name: str, is_stray: Callable[[Node], bool]) -> list[Node]:
    """Wrap adjacent strays together in an element of this name."""
    wrapped: list[Node] = []
    strays: list[Node] = []
    for node in nodes:
        # White space joins the strays before it, but does not begin a group.
        if strays if is_blank(node) else is_stray(node):
            strays.append(node)
        else:
            wrapped += [*_wrapped(strays, name), node]
            strays = []
    return [*wrapped, *_wrapped(strays, name)]


def _wrapped(strays: list[Node], name: str) -> list[Node]:
    """Wrap strays in an element; white space at the end stays outside."""
    end = len(strays)
    while end and is_blank(strays[end - 1]):
        end -= 1
    return [Element(name, "", strays[:end]), *strays[end:]] if end else strays
