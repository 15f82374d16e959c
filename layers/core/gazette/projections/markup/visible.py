"""Shows what a browser would hide or embed, so that no word of a text is lost (SPEC X9, X11).

Tags that GFM's filter names, and tags that HTML does not know, become text. Frames, films, sounds
and objects become links. The sanitiser then finds only elements that it can show or unwrap.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from html import escape
from typing import Final

from gazette.projections.markup.code_blocks import code_blocks
from gazette.projections.markup.nesting import OpenElements
from gazette.projections.markup.raw_html import Tag, Text, read_tags

TEXT_BLOCKS: Final = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre", "blockquote"})
LISTS: Final = frozenset({"ul", "ol", "li", "dl", "dt", "dd"})
TABLES: Final = frozenset({"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"})
EMPHASIS: Final = frozenset(
    {"em", "strong", "b", "i", "u", "s", "small", "mark", "sub", "sup", "del", "ins"}
)
TERMS: Final = frozenset(
    {"abbr", "cite", "code", "dfn", "kbd", "q", "samp", "var", "span", "bdi", "bdo"}
)
OTHERS: Final = frozenset({"a", "br", "img", "wbr", "ruby", "rt", "rp"})
# What a page or feed shows.
SHOWN: Final = (
    TEXT_BLOCKS | LISTS | TABLES | EMPHASIS | TERMS | OTHERS | {"figure", "figcaption", "div"}
)

# Elements that become a paragraph, or nothing if they hold paragraphs.
_SECTIONS = frozenset(
    {
        *("address", "article", "aside", "body", "center", "details", "dialog", "dir", "fieldset"),
        *("footer", "form", "head", "header", "hgroup", "html", "legend", "main", "menu", "nav"),
        *("search", "section", "summary", "noscript", "optgroup", "frameset"),
    }
)
# Elements of which only the text is shown.
_UNWRAPPED = frozenset(
    {
        *("acronym", "base", "basefont", "bgsound", "big", "blink", "button", "col", "colgroup"),
        *("data", "datalist", "font", "input", "keygen", "label", "link", "map"),
        *("marquee", "meta", "meter", "nobr", "option", "output", "param", "picture", "progress"),
        *("rb", "rtc", "select", "slot", "source", "spacer", "strike", "time", "track", "tt"),
        "canvas",
    }
)
# Elements that stand next to each other without space in HTML, but apart on a screen.
_APART = frozenset({"button", "option", "select", "input", "label", "meter", "progress"})
# The attribute with the address of what an element embeds.
_EMBEDDED = {
    **dict.fromkeys(("iframe", "frame", "embed", "video", "audio"), "src"),
    "object": "data",
    "area": "href",
}
_NAMES = ("title", "aria-label", "alt", "name")
_SOURCES = ("src", "href", "xlink:href")
_DRAWINGS = frozenset({"svg", "math"})
_VOID = frozenset({"frame", "embed", "area"})
# Elements that hold paragraphs, or are some.
_STRUCTURE = TEXT_BLOCKS | LISTS | TABLES | _SECTIONS | {"div", "figure"}
# Elements at which a paragraph begins or ends.
_EDGES = _STRUCTURE | {"link", "meta"} | _DRAWINGS | frozenset(_EMBEDDED)

_SILENT_INPUTS = frozenset({"hidden", "password", "checkbox", "radio", "file", "image", "color"})
_MOST_SOURCES = 32

# Returns whether readers can follow an address.
IsUsable = Callable[[str], bool]


def show_hidden(html: str, is_usable: IsUsable) -> str:
    """Return HTML of publishers in which a parser of browsers finds all words."""
    reading = _Reading(list(read_tags(html)), is_usable)
    return "".join(map(reading.shown, range(len(reading.tokens))))


def left_out(html: str) -> tuple[str, ...]:
    """Return the names of the blocks of script or style that `show_hidden` leaves out."""
    tokens = list(read_tags(html))
    starts = (tokens[block.start] for block in _Reading(tokens, bool).code)
    return tuple(start.name for start in starts if isinstance(start, Tag))


class _Reading:
    """The tokens of one text, and what is known of the elements that they form."""

    def __init__(self, tokens: Sequence[Text | Tag], is_usable: IsUsable) -> None:
        self.tokens = tokens
        self.is_usable = is_usable
        self.ends = _ends(tokens)
        self.before, self.after = _neighbours(tokens)
        self.is_code: set[int] = set()
        self.code = list(self._code())
        self.is_code = {position for block in self.code for position in block}
        # For each open element that embeds something, whether it is shown as a link.
        self.embedding: dict[str, list[bool]] = {}
        self.end_of_drawing = -1
        self.open = OpenElements()

    def shown(self, position: int) -> str:
        token = self.tokens[position]
        if position in self.is_code:
            return ""
        if isinstance(token, Text):
            self.open.read_words()
            return token.html
        is_drawn = position <= self.end_of_drawing
        is_image = token.name == "image" or (is_drawn and token.name == "img")
        return _image(token) if is_image else self._tag(position, token)

    def _tag(self, position: int, token: Tag) -> str:
        if position <= self.end_of_drawing or ":" in token.name:
            return " "
        if token.name in _EMBEDDED:
            return self._embedded(position, token)
        if token.name in _DRAWINGS:
            return self._drawing(position, token)
        if token.name in _UNWRAPPED:
            return _control(token)
        if token.name in SHOWN or token.name in _SECTIONS:
            tag = replace(token, name="div" if token.name in _SECTIONS else token.name)
            return self.open.written(tag)
        return token.as_text

    def _code(self) -> Iterator[range]:
        """Yield the blocks of script and style that stand between blocks of text.

        Those of a drawing do so if the drawing does.
        """
        drawings = {position: each for each in self._drawings() for position in each}
        for blocks in self._adjacent_code():
            first = drawings.get(blocks[0].start, blocks[0])
            last = drawings.get(blocks[-1].start, blocks[-1])
            if self._is_edge(self.before[first.start]) and self._is_edge(self.after[last[-1]]):
                yield from blocks

    def _drawings(self) -> Iterator[range]:
        done = -1
        for position, end in self.ends.items():
            token = self.tokens[position]
            if position > done and isinstance(token, Tag) and token.name in _DRAWINGS:
                yield range(position, end + 1)
                done = end

    def _adjacent_code(self) -> list[list[range]]:
        """Return the blocks of script and style, those together that nothing separates."""
        found: list[list[range]] = []
        done = -1
        for block in code_blocks(self.tokens, _STRUCTURE):
            if block.start < done:
                continue  # within another one
            if found and self.before[block.start] == done:
                found[-1].append(block)
            else:
                found.append([block])
            done = block[-1]
        return found

    def _is_edge(self, position: int | None) -> bool:
        """Return whether no text of the same paragraph stands at a position."""
        if position is None or position in self.is_code:
            return True
        token = self.tokens[position]
        return isinstance(token, Tag) and token.name in _EDGES

    def _embedded(self, position: int, token: Tag) -> str:
        stack = self.embedding.setdefault(token.name, [])
        if token.is_end:
            is_link = stack.pop() if stack else False
            return "" if is_link else token.as_text
        end = self.ends.get(position, position)
        address = self._address(position, end, token)
        if token.name not in _VOID:
            stack.append(address is not None)
        if address is None:
            return token.as_text
        name = _named(token, _NAMES) or address
        link = f'<a href="{escape(address)}">{escape(name, quote=False)}</a>'
        is_alone = self._is_edge(self.before[position]) and self._is_edge(self.after[end])
        return f"<div>{link}</div>" if is_alone else f" {link} "

    def _address(self, position: int, end: int, token: Tag) -> str | None:
        """Return the first usable address of an element, or of its sources."""
        sources = (
            other.attributes.get("src", "")
            for other in self.tokens[position : min(end, position + _MOST_SOURCES)]
            if isinstance(other, Tag) and other.name == "source"
        )
        addresses = (token.attributes.get(_EMBEDDED[token.name], ""), *sources)
        return next((each for each in addresses if each.strip() and self.is_usable(each)), None)

    def _drawing(self, position: int, token: Tag) -> str:
        """Leave out the tags of a drawing or formula, but not its words."""
        end = self.ends.get(position)
        if end is None:
            return token.as_text
        self.end_of_drawing = end
        return " "


def _image(token: Tag) -> str:
    """Write an image of a drawing as one of HTML; browsers do so with ``image`` elsewhere."""
    if token.is_end:
        return " "
    source = _named(token, _SOURCES)
    # Another part of a drawing is no image.
    attributes = {"src": "" if source.startswith("#") else source}
    attributes["alt"] = _named(token, ("alt", *_NAMES))
    return f" {Tag('', 'img', attributes=attributes).as_tag} "


def _named(token: Tag, names: Iterable[str]) -> str:
    """Return the first of some attributes that says anything."""
    return next(filter(str.strip, (token.attributes.get(name, "") for name in names)), "")


def _control(token: Tag) -> str:
    """Return the words of an element of a form; other elements have theirs between their tags."""
    if token.name == "input" and token.attributes.get("type", "").lower() not in _SILENT_INPUTS:
        return f" {escape(token.attributes.get('value', ''), quote=False)} "
    return " " if token.name in _APART else ""


def _ends(tokens: Sequence[Text | Tag]) -> dict[int, int]:
    """Return, for each start tag that is followed by an end tag of its name, where that is."""
    nearest: dict[str, int] = {}
    ends: dict[int, int] = {}
    for position in range(len(tokens) - 1, -1, -1):
        token = tokens[position]
        if isinstance(token, Tag) and token.is_end:
            nearest[token.name] = position
        elif isinstance(token, Tag) and token.name in nearest:
            ends[position] = nearest[token.name]
    return dict(reversed(ends.items()))


def _neighbours(tokens: Sequence[Text | Tag]) -> tuple[list[int | None], list[int | None]]:
    """Return, for each token, where the nearest ones that are no white space stand."""
    before = _nearest(tokens, range(len(tokens)))
    after = _nearest(tokens, range(len(tokens) - 1, -1, -1))
    return before, after


def _nearest(tokens: Sequence[Text | Tag], order: range) -> list[int | None]:
    nearest: list[int | None] = [None] * len(tokens)
    last: int | None = None
    for position in order:
        nearest[position] = last
        token = tokens[position]
        if not (isinstance(token, Text) and token.is_blank):
            last = position
    return nearest
