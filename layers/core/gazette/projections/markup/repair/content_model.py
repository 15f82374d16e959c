"""Repairs HTML of publishers that breaks the content model of HTML.

The sanitiser accepts what browsers show, such as items without a list or paragraphs in bold type,
but HTML checkers report it. Texts and their order do not change.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from html import unescape

from gazette.projections.markup.repair.html_tree import (
    Element,
    Node,
    is_blank,
    is_element,
    parse,
    set_apart,
    wrap,
    write,
)
from gazette.projections.markup.repair.table_model import fit_table

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_INLINE = frozenset(
    {
        *("em", "strong", "b", "i", "u", "s", "small", "mark", "sub", "sup", "abbr", "cite"),
        *("code", "dfn", "kbd", "q", "samp", "var", "span", "bdi", "bdo", "ruby", "rt", "rp"),
        *("br", "img", "wbr"),
    }
)
# Elements with the content model of their parent.
_TRANSPARENT = frozenset({"a", "del", "ins"})
_ONLY_INLINE = _INLINE | _HEADINGS | {"p", "pre"}
_PARAGRAPHS = _HEADINGS | {"p", "pre"}
_TABLE_PARTS = ("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td")
# For an element, the ancestors that it must not have.
_NEVER_IN = {
    **dict.fromkeys(_HEADINGS, frozenset({"th", "dt"})),
    **dict.fromkeys(_TABLE_PARTS, frozenset({"caption"})),
    "a": frozenset({"a"}),
    "dfn": frozenset({"dfn"}),
}
_DEFINITIONS = re.compile(r"(?:t+d+)*")
_ANNOTATIONS = re.compile(r"(?:b+(?:r|prp)+)+")


def fit_content_model(safe_html: str) -> str:
    """Return sanitised HTML with every element where HTML allows it (HTML §3.2.5)."""
    nodes = _without_empty(parse(safe_html, _is_allowed))
    return write(_without_empty(_placed(_fitted(nodes), "")))


def _is_allowed(element: Element, ancestors: Sequence[Element]) -> bool:
    if element.name == "bdo":
        return ' dir="' in element.attributes
    never = _NEVER_IN.get(element.name)
    return never is None or never.isdisjoint(outer.name for outer in ancestors)


def _fitted(nodes: Iterable[Node]) -> list[Node]:
    """Repair elements, the innermost first; some are replaced by their children."""
    fitted: list[Node] = []
    for node in nodes:
        if isinstance(node, Element):
            node.children = _placed(_fitted(node.children), node.name)
            fitted += _fit(node)
        else:
            fitted.append(node)
    return fitted


def _fit(element: Element) -> list[Node]:
    if fit := _FITS.get(element.name):
        return fit(element)
    if element.name in _ONLY_INLINE and any(map(_is_block, element.children)):
        return element.children if element.name in _INLINE else _fit_section(element)
    return [element]


def _fit_list(element: Element) -> list[Node]:
    element.children = wrap(element.children, "li", _is_no_item)
    return [element]


def _placed(children: list[Node], parent: str) -> list[Node]:
    """Wrap children that need a certain parent, or remove their tags."""
    if parent not in {"ul", "ol"}:
        children = wrap(children, "ul", _is_item)
    if parent != "dl" and any(map(_is_definition, children)):
        children = _fitted(wrap(children, "dl", _is_definition))
    if parent != "figure":
        children = _without(children, "figcaption")
    return children if parent == "ruby" else _without(children, "rt", "rp")


def _fit_definitions(element: Element) -> list[Node]:
    """Keep a list in which descriptions follow terms; turn any other into paragraphs."""
    kinds = (
        ("t" if is_element(child, "dt") else "d" if is_element(child, "dd") else "x")
        for child in element.children
        if not is_blank(child)
    )
    if _DEFINITIONS.fullmatch("".join(kinds)):
        return [element]
    paragraphs: list[Node] = []
    for child in element.children:
        if isinstance(child, Element) and _is_definition(child):
            is_flow = any(map(_is_block, child.children))
            paragraphs += _fit_section(child) if is_flow else [Element("p", "", child.children)]
        else:
            paragraphs.append(child)
    return paragraphs


def _fit_figure(element: Element) -> list[Node]:
    """Keep the caption if it is the only one and comes first or last."""
    shown = [child for child in element.children if not is_blank(child)]
    captions = [child for child in shown if is_element(child, "figcaption")]
    if len(captions) > 1 or (captions and captions[0] not in (shown[0], shown[-1])):
        element.children = _without(element.children, "figcaption")
    return [element]


def _fit_section(section: Element) -> list[Node]:
    """Return the paragraphs of a section; what stands between them becomes one as well."""
    return wrap(section.children, "p", lambda child: not _is_block(child))


def _without_empty(nodes: Iterable[Node]) -> list[Node]:
    """Leave out paragraphs and headings that show nothing, but keep the anchors in them."""
    kept: list[Node] = []
    for node in nodes:
        if isinstance(node, Element):
            node.children = _without_empty(node.children)
            is_shown = node.name not in _PARAGRAPHS or _has_content(node.children)
            kept += [node] if is_shown else filter(_is_anchor, node.children)
        else:
            kept.append(node)
    return kept


def _has_content(nodes: Iterable[Node]) -> bool:
    return any(
        node.name == "img" or _has_content(node.children)
        if isinstance(node, Element)
        else bool(unescape(node).strip())
        for node in nodes
    )


def _is_anchor(node: Node) -> bool:
    return isinstance(node, Element) and ' id="' in node.attributes


def _fit_ruby(element: Element) -> list[Node]:
    """Keep annotations that follow their base text; remove the tags of others."""
    kinds = (
        ("r" if is_element(child, "rt") else "p" if is_element(child, "rp") else "b")
        for child in element.children
        if not is_blank(child)
    )
    if _ANNOTATIONS.fullmatch("".join(kinds)) and not any(map(_is_block, element.children)):
        return [element]
    return _without(element.children, "rt", "rp")


def _without(nodes: Iterable[Node], *names: str) -> list[Node]:
    """Replace the elements of these names by their children."""
    kept: list[Node] = []
    for node in nodes:
        if isinstance(node, Element) and node.name in names:
            # Words next to a caption would become one with those in it.
            if node.name == "figcaption":
                set_apart(kept)
            kept += node.children
            if node.name == "figcaption":
                set_apart(kept)
        else:
            kept.append(node)
    return kept


def _is_block(node: Node) -> bool:
    if not isinstance(node, Element) or node.name in _INLINE:
        return False
    return node.name not in _TRANSPARENT or any(map(_is_block, node.children))


def _is_item(node: Node) -> bool:
    return is_element(node, "li")


def _is_no_item(node: Node) -> bool:
    return not _is_item(node)


def _is_definition(node: Node) -> bool:
    return is_element(node, "dt", "dd")


_FITS: dict[str, Callable[[Element], list[Node]]] = {
    "ul": _fit_list,
    "ol": _fit_list,
    "dl": _fit_definitions,
    "div": _fit_section,
    "figure": _fit_figure,
    "ruby": _fit_ruby,
    "table": fit_table,
}
