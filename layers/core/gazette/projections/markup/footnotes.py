"""Puts footnotes at the end of a text, also those that nothing refers to (SPEC X9).

The plugin finds definitions and references. It would drop definitions that have no reference,
those with the label of an earlier one, and texts around a definition within a definition.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

_OPEN, _CLOSE = "footnote_reference_open", "footnote_reference_close"


@dataclass(slots=True)
class _Footnote:
    label: str
    tokens: list[Token] = field(default_factory=list)


def footnote_rules(parser: MarkdownIt) -> None:
    """Add these rules to a parser that has the plugin."""
    parser.core.ruler.after("inline", "footnotes_last", _move_footnotes)
    parser.add_render_rule("footnote_ref", _render_reference)


def _move_footnotes(state: StateCore) -> None:
    known = state.env.get("footnotes", {})
    text, footnotes = _apart(state.tokens)
    if not footnotes:
        return
    numbers: dict[str, int] = {
        label.removeprefix(":"): number
        for label, number in known.get("refs", {}).items()
        if number >= 0
    }
    numbered: list[tuple[int, _Footnote]] = []
    more = len(numbers)
    for footnote in footnotes:
        number = numbers.pop(footnote.label, None)
        if number is None:
            number, more = more, more + 1
            footnote = _Footnote("", footnote.tokens)  # noqa: PLW2901 - nothing refers to it
        numbered.append((number, footnote))
    numbered.sort(key=lambda pair: pair[0])
    state.tokens = [*text, *_listed(numbered)]


def _apart(tokens: Sequence[Token]) -> tuple[list[Token], list[_Footnote]]:
    """Return the text without definitions, and the definitions; one may hold another."""
    text: list[Token] = []
    footnotes: list[_Footnote] = []
    open_footnotes: list[_Footnote] = []
    for token in tokens:
        if token.type == _OPEN:
            open_footnotes.append(_Footnote(token.meta["label"]))
        elif token.type == _CLOSE:
            footnotes.append(open_footnotes.pop())
        else:
            (open_footnotes[-1].tokens if open_footnotes else text).append(token)
    return text, footnotes


def _listed(numbered: Sequence[tuple[int, _Footnote]]) -> Iterator[Token]:
    yield Token("footnotes_open", "ol", 1, block=True)
    for number, footnote in numbered:
        item = Token("footnote_item_open", "li", 1, block=True)
        item.attrSet("id", f"fn{number + 1}")
        yield item
        yield from _with_way_back(footnote, number)
        yield Token("footnote_item_close", "li", -1, block=True)
    yield Token("footnotes_close", "ol", -1, block=True)


def _with_way_back(footnote: _Footnote, number: int) -> list[Token]:
    """Return the text of a footnote with a link to where it was referred to first."""
    last = footnote.tokens[-2] if len(footnote.tokens) > 1 else None
    if footnote.label and last and last.type == "inline":
        back = Token("link_open", "a", 1, attrs={"href": f"#fnref{number + 1}"})
        arrow = Token("text", "", 0, content="↩\N{VARIATION SELECTOR-15}")
        space = Token("text", "", 0, content=" ")
        last.children = [*(last.children or ()), space, back, arrow, Token("link_close", "a", -1)]
    return footnote.tokens


def _render_reference(
    _renderer: RendererProtocol,
    tokens: Sequence[Token],
    position: int,
    _options: OptionsDict,
    _env: EnvType,
) -> str:
    meta = tokens[position].meta
    number = meta["id"] + 1
    # Only the first reference is the way back.
    anchor = "" if meta["subId"] else f' id="fnref{number}"'
    return f'<sup><a href="#fn{number}"{anchor}>[{number}]</a></sup>'
