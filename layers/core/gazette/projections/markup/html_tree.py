"""Sanitised HTML as a tree, and back.

It relies on how the sanitiser writes: every element but the void ones is closed, in order, and
every attribute stands in double quotes.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

_VOID = frozenset({"br", "hr", "img", "wbr"})
# What is deeper than this loses its tags, so that whoever walks a tree need not fear its depth.
_DEEPEST = 64
_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:[^<>"]|"[^"]*")*)>|[^<]+')


@dataclass(slots=True, eq=False)
class Element:
    """An element; ``attributes`` are as they were written, with the space before each."""

    name: str
    attributes: str = ""
    children: "list[Node]" = field(default_factory=list)


Node: TypeAlias = Element | str
# Says of an element whether its tags are to stay, where these are open around it.
Accepts: TypeAlias = Callable[[Element, Sequence[Element]], bool]


def parse(html: str, accepts: Accepts) -> list[Node]:
    """Return the nodes of a fragment; of elements that are not accepted only what is in them."""
    around = [Element("")]
    # Whether the tags of what is open stay.
    is_kept: list[bool] = []
    for token in _TOKEN.finditer(html):
        slash, name, attributes = token.groups()
        if name is None:
            around[-1].children.append(token[0])
        elif slash:
            if is_kept.pop():
                around.pop()
        else:
            element = Element(name, attributes)
            stays = len(around) <= _DEEPEST and accepts(element, around)
            if stays:
                around[-1].children.append(element)
            if name not in _VOID:
                is_kept.append(stays)
                around += [element] if stays else []
    return around[0].children


def write(nodes: Iterable[Node]) -> str:
    """Write nodes as the sanitiser would."""
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
    """Tell white space, which may stand anywhere."""
    return isinstance(node, str) and not node.strip()


def wrap(nodes: Iterable[Node], name: str, is_stray: Callable[[Node], bool]) -> list[Node]:
    """Put what has strayed into elements of a name, one for all that stand side by side."""
    wrapped: list[Node] = []
    strays: list[Node] = []
    for node in nodes:
        # White space goes on with what has strayed, and never strays by itself.
        if strays if is_blank(node) else is_stray(node):
            strays.append(node)
        else:
            wrapped += [*_wrapped(strays, name), node]
            strays = []
    return [*wrapped, *_wrapped(strays, name)]


def _wrapped(strays: list[Node], name: str) -> list[Node]:
    """Wrap what begins with a stray; white space at its end stays outside."""
    end = len(strays)
    while end and is_blank(strays[end - 1]):
        end -= 1
    return [Element(name, "", strays[:end]), *strays[end:]] if end else strays
