"""Text in Markdown: escapes plain text, and checks that no reader can run a body.

A body is CommonMark, but some readers see more markup than CommonMark does. So a body is published
as written only if no such reader can find a tag, an attribute or a script address in it.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from gazette.models.characters import isolate_in_lines, one_line
from gazette.models.contract.identity import IMAGES
from gazette.projections.markup.absolute_address import absolute_address
from gazette.projections.markup.body import NOTHING_MISSING, body_html

_ENTITY = re.compile(r"&(?=#?\w+;)")
_SPECIAL = re.compile(r"([\\`*_\[\]{}~#])")
_BLOCK_START = re.compile(r"^(?:(?=[-+=])|(\d+)(?=[.)]))")
_ACTIVE_SCHEME = re.compile(r"(?:java|vb)\s*script\s*:|data:\w+/", re.IGNORECASE)
# Only the last brace before an equals sign counts; trying each brace would take quadratic time.
_TAG_OR_ATTRIBUTE = re.compile(r"<[a-z!/?]|\{[^{}]*=", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n[ \t\r]*(?=\n)")
_STORED_IMAGE = re.compile(rf"(!\[[^\[\]]*\]\()({IMAGES}[^\s()<>]+)(?=\))")
_FOOTNOTE = re.compile(r"^[ >]*\[\^([^\]\s]+)\]:", re.MULTILINE)
_SCHEMES = frozenset({"", "http", "https", "mailto", "tel"})
_END = "END"
_SIGNS, _MOST_SIGNS = "[]!<&*_`", 10_000  # the time that the parser takes grows with these
_MAX_LEVEL = 15  # the parser skips what is nested 20 deep, so this module could not check it


class _EveryLink(MarkdownIt):
    """Accepts every address as a link, as a careless reader does, so all of them are checked."""

    def validateLink(self, url: str) -> bool:  # noqa: N802, ARG002 - the parser's hook
        return True


_PARSER = _EveryLink("commonmark")


def plain(text: str) -> str:
    """Escape one line of plain text for Markdown."""
    text = _ENTITY.sub("&amp;", one_line(text)).replace("<", "&lt;").replace(">", "&gt;")
    return _BLOCK_START.sub(r"\1\\", _SPECIAL.sub(r"\\\1", text))


def target(url: str) -> str:
    """Write an address as a link target; a bracket could end it too early."""
    url = _ENTITY.sub("&amp;", url)
    return f"<{url}>" if "(" in url or ")" in url else url


def link(text: str, url: str) -> str:
    return f"[{plain(text)}]({target(url)})"


def quoted(label: str, text: str) -> str:
    """Write a block quotation that begins with a label and keeps line breaks."""
    lines = [f"**{label}**: {plain(text.partition(chr(10))[0])}"]
    lines += [plain(line) for line in text.split("\n")[1:]]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def safe_body(body: str, base_url: str, missing: frozenset[str] = NOTHING_MISSING) -> str:
    """Return a body as written if it is harmless, else as sanitised HTML, which may be empty.

    A body that leads to ``missing`` images is no body to show as written.
    """
    written = _with_images(body, base_url)
    if not missing and _is_inert(written):
        return written.strip("\n")
    safe_html = body_html(body, base_url, missing)
    return _html_block(safe_html) if safe_html else ""


def _with_images(body: str, base_url: str) -> str:
    """Write the addresses of images in the source bucket, which are keys, as those on the site.

    Nothing is written where what looks like an image may be code.
    """
    if IMAGES not in body or sum(map(body.count, _SIGNS)) > _MOST_SIGNS:
        return body
    shown = sum(map(_is_stored_image, _walk(_PARSER.parse(body))))
    if shown != len(_STORED_IMAGE.findall(body)):
        return body
    return _STORED_IMAGE.sub(
        lambda found: found[1] + target(absolute_address(base_url, "img", found[2])), body
    )


def _is_stored_image(token: Token) -> bool:
    return token.type == "image" and str(token.attrGet("src")).startswith(IMAGES)


def _is_inert(body: str) -> bool:
    if sum(map(body.count, _SIGNS)) > _MOST_SIGNS:
        return False
    environment: dict[str, dict[str, dict[str, str]]] = {}
    tokens = _PARSER.parse(f"{body}\n\n{_END}\n", environment)
    references = environment.get("references", {})
    addresses = [reference["href"] for reference in references.values()]
    return (
        _ends_outside(tokens)
        and not _hides_footnotes(body, references)
        and not _ACTIVE_SCHEME.search(unescape(body))
        and isolate_in_lines(unescape(body)) == unescape(body)
        and all(_is_harmless(token) for token in _walk(tokens))
        and all(_is_web_address(address) for address in addresses)
    )


def _hides_footnotes(body: str, references: Iterable[str]) -> bool:
    """Return whether readers may not show a footnote: nothing refers to it, or it is a word.

    Readers without footnotes take one of a single word for the address of a link.
    """
    labels = (found[1] for found in _FOOTNOTE.finditer(body))
    return any(name.startswith("^") for name in references) or any(
        body.count(f"[^{label}]") < 2  # noqa: PLR2004 - the definition and a reference
        for label in labels
    )


def _ends_outside(tokens: list[Token]) -> bool:
    """Check that text after the body is outside of it: the body may leave a fence open."""
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
    if token.type == "image" and not urlsplit(str(token.attrGet("src"))).netloc:
        return False
    addresses = (token.attrGet("href"), token.attrGet("src"))
    return "{" not in token.info and all(_is_web_address(str(url or "")) for url in addresses)


def _is_web_address(url: str) -> bool:
    """Return whether an address is harmless, and means the same in every document.

    An address without a host does so if it leads to a part of the text, or begins at the root.
    """
    before_path = re.split(r"[/?#]", url, maxsplit=1)[0]
    scheme, colon, _ = before_path.rpartition(":")
    if colon:
        return scheme.lower() in _SCHEMES
    return not before_path and not url.startswith(("?", f"/{IMAGES}"))


def _html_block(safe_html: str) -> str:
    """Wrap safe HTML so that readers of Markdown find no markup in it.

    An HTML block ends at a blank line (CommonMark §4.6), so blank lines are escaped. Brackets are
    escaped as well, in case a reader looks for links or attribute lists in HTML.
    """
    unbroken = _BLANK_LINE.sub("&#10;", safe_html.strip()).replace("\r", "")
    return f"<div>\n{unbroken.replace('[', '&#91;').replace('{', '&#123;')}\n</div>"
