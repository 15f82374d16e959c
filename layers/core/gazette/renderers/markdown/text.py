"""Text inside Markdown: plain text that stays plain, and a body that nothing can make active.

CommonMark decides what a body means. Readers that take more for markup than CommonMark does are
the danger, so a body is published as it was written only if it holds nothing such a reader could
turn into a tag, an attribute or an address that runs.
"""

import re
from collections.abc import Iterator
from html import unescape

from markdown_it import MarkdownIt
from markdown_it.token import Token

from gazette.models.text import one_line
from gazette.projections.markup.body import body_html

_ENTITY = re.compile(r"&(?=#?\w+;)")
_SPECIAL = re.compile(r"([\\`*_\[\]{}~#])")
_BLOCK_START = re.compile(r"^(?:(?=[-+=])|(\d+)(?=[.)]))")
_ACTIVE_SCHEME = re.compile(r"(?:java|vb)\s*script\s*:|data:\w+/", re.IGNORECASE)
# The last brace before a sign of equality is enough; looking on from each would take the square.
_TAG_OR_ATTRIBUTE = re.compile(r"<[a-z!/?]|\{[^{}]*=", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n[ \t\r]*(?=\n)")
_SCHEMES = frozenset({"", "http", "https", "mailto"})
_END = "END"
_MARKS, _MOST_MARKS = "[]!<&*_`", 10_000  # they bound the time a parser takes
_MAX_LEVEL = 15  # the parser skips what is nested 20 deep, so that nobody would have looked at it


class _EveryLink(MarkdownIt):
    """Takes every address for a link, as the most trusting reader does, so that each is seen."""

    def validateLink(self, url: str) -> bool:  # noqa: N802, ARG002 - the parser's hook
        return True


_PARSER = _EveryLink("commonmark")


def plain(text: str) -> str:
    """Escape a line of plain text so that Markdown shows it as it is."""
    text = _ENTITY.sub("&amp;", one_line(text)).replace("<", "&lt;").replace(">", "&gt;")
    return _BLOCK_START.sub(r"\1\\", _SPECIAL.sub(r"\\\1", text))


def target(url: str) -> str:
    """Write a canonical address as a link target; brackets could end it too early."""
    url = _ENTITY.sub("&amp;", url)
    return f"<{url}>" if "(" in url or ")" in url else url


def link(text: str, url: str) -> str:
    return f"[{plain(text)}]({target(url)})"


def quoted(label: str, text: str) -> str:
    """Write a block quotation that begins with a label; line breaks are kept."""
    lines = [f"**{label}**: {plain(text.partition(chr(10))[0])}"]
    lines += [plain(line) for line in text.split("\n")[1:]]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def safe_body(body: str, base_url: str) -> str:
    """Return a body as it was written, or as sanitised HTML where that could be active.

    Nothing is returned where nothing is left of it.
    """
    if _is_inert(body):
        return body.strip("\n")
    safe_html = body_html(body, base_url)
    return _html_block(safe_html) if safe_html else ""


def _is_inert(body: str) -> bool:
    if sum(map(body.count, _MARKS)) > _MOST_MARKS:
        return False
    environment: dict[str, dict[str, dict[str, str]]] = {}
    tokens = _PARSER.parse(f"{body}\n\n{_END}\n", environment)
    addresses = [reference["href"] for reference in environment.get("references", {}).values()]
    return (
        _ends_outside(tokens)
        and not _ACTIVE_SCHEME.search(unescape(body))
        and all(_is_harmless(token) for token in _walk(tokens))
        and all(_is_web_address(address) for address in addresses)
    )


def _ends_outside(tokens: list[Token]) -> bool:
    """Tell whether what follows a body stays outside of it: a fence may lack its end."""
    last = tokens[-1]
    return last.type == "paragraph_close" and last.level == 0 and tokens[-2].content == _END


def _walk(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _walk(token.children or [])


def _is_harmless(token: Token) -> bool:
    if token.type in {"html_block", "html_inline"} or token.level > _MAX_LEVEL:
        return False
    if token.type == "text" and _TAG_OR_ATTRIBUTE.search(token.content):
        return False
    addresses = (token.attrGet("href"), token.attrGet("src"))
    return "{" not in token.info and all(_is_web_address(str(url or "")) for url in addresses)


def _is_web_address(url: str) -> bool:
    before_path = re.split(r"[/?#]", url, maxsplit=1)[0]
    scheme, colon, _ = before_path.rpartition(":")
    return not colon or scheme.lower() in _SCHEMES


def _html_block(safe_html: str) -> str:
    """Wrap safe HTML so that no reader of Markdown looks for markup in it.

    An HTML block ends at a blank line (CommonMark §4.6), so there is none; and as a belt, no
    bracket is left that could begin a link or an attribute list.
    """
    unbroken = _BLANK_LINE.sub("&#10;", safe_html.strip()).replace("\r", "")
    return f"<div>\n{unbroken.replace('[', '&#91;').replace('{', '&#123;')}\n</div>"
