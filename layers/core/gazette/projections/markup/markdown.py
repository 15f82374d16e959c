"""Parses Markdown of publishers: CommonMark with the extensions of GitHub (GFM) and Pandoc.

These are tables, strikethrough, task lists, bare addresses, footnotes and definition lists. What is
opened and never closed is text here, so that it cannot hide the rest (SPEC X9).
"""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.html_block import html_block
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from gazette.models.limits import MAX_MARKDOWN_DEPTH
from gazette.projections.markup.autolinks import link_bare_addresses
from gazette.projections.markup.footnotes import footnote_rules

# HTML blocks that CommonMark ends only where it finds these (CommonMark §4.6, conditions 1 to 5).
_ENDS = (
    (re.compile(r"<(script|pre|style|textarea)(?=[\s>]|$)", re.IGNORECASE), "</{}>"),
    (re.compile(r"<!--"), "-->"),
    (re.compile(r"<\?"), "?>"),
    (re.compile(r"<!\[CDATA\["), "]]>"),
    (re.compile(r"<![A-Za-z]"), ">"),
)
_CODE_ENDS = frozenset({"</script>", "</style>", "</textarea>"})
_TASK = re.compile(r"\[([ xX])\](?=\s)")
_BOXES = {" ": "☐", "x": "☑", "X": "☑"}


def render_markdown(markdown: str) -> str:
    """Render Markdown as HTML in which the publisher's own HTML is as it was written."""
    return str(_PARSER.render(markdown))


def _closed_html_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read an HTML block, unless it would only end with the text because nothing closes it."""
    position = state.bMarks[start] + state.tShift[start]
    for opening, closing in _ENDS:
        if found := opening.match(state.src, position, state.eMarks[start]):
            mark = closing.format(*found.groups()).lower()
            # A tag at the beginning of a line of a paragraph is a word of it.
            if (silent and mark in _CODE_ENDS) or not _is_closed(state, mark, position):
                return False
            break
    return html_block(state, start, end, silent)


def _is_closed(state: StateBlock, mark: str, start: int) -> bool:
    """Return whether a mark follows; an end tag with text behind it belongs to a sentence."""
    if _last(state, mark) < start:
        return False
    if mark not in _CODE_ENDS:
        return True
    end = state.src.lower().find(mark, start) + len(mark)
    line, _, rest = state.src[end:].partition("\n")
    next_line = rest.partition("\n")[0].strip()
    return not line.strip() and (not next_line or next_line.startswith("<"))


def _last(state: StateBlock, mark: str) -> int:
    """Return where a mark stands last, from a note of this rendering if it was asked before."""
    notes: dict[str, int] = state.env.setdefault("last", {})
    if mark not in notes:
        notes[mark] = state.src.lower().rfind(mark)
    return notes[mark]


def _mark_tasks(state: StateCore) -> None:
    """Show the box of a task as a character: feeds hold no form fields (SPEC X5)."""
    for first in _first_texts(state.tokens):
        if found := _TASK.match(first.content):
            first.content = _BOXES[found[1]] + first.content[found.end() :]


def _first_texts(tokens: list[Token]) -> Iterator[Token]:
    """Yield the first text of each list item."""
    for item, _paragraph, inline in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if item.type == "list_item_open" and inline.children:
            yield inline.children[0]


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_MARKDOWN_DEPTH})
    parser.enable(["table", "strikethrough"])
    parser.use(deflist_plugin)
    parser.use(footnote_plugin, inline=False, move_to_end=False)
    parser.use(footnote_rules)
    parser.block.ruler.at(
        "html_block", _closed_html_block, {"alt": ["paragraph", "reference", "blockquote"]}
    )
    parser.core.ruler.push("tasks", _mark_tasks)
    parser.core.ruler.push("bare_addresses", link_bare_addresses)
    return parser


_PARSER = _parser()
