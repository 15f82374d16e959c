"""Writes HTML and plain text as bodies of the contract, which are Markdown that may hold HTML.

No character of such a body is read as Markdown: an HTML block ends at a blank line (CommonMark
§4.6), so it has no blank line.
"""

import re
from collections.abc import Iterator
from html import escape, unescape
from urllib.parse import urljoin

from gazette.models.characters import one_line
from gazette.projections.markup.body import body_html, plain_text

_ANY_PAGE = "https://localhost/news/2026/01/1/event.html"
_LINE_END = re.compile(r"\r\n?")
# Elements of programs, such as <o:p> or <amp-img>: browsers show what is in them.
_OWN_TAG = re.compile(r"</?[a-z][a-z0-9]*[:-][a-z0-9:-]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
_PRE_TAG = re.compile(r"(</?pre\b[^<>]*>)", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
_BLANK_LINE = re.compile(r"\n(?=[ \t]*\n)")
_ADDRESS = re.compile(
    r"(<(?:a|img|audio|video|source|iframe|embed)\b(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?"
    r"\b(?:href|src)\s*=\s*)(\"[^\"]*\"|'[^']*'|[^\s\"'<>]+)",
    re.IGNORECASE,
)
_ELEMENTS = (
    "a|abbr|article|b|blockquote|br|center|code|dd|del|div|dl|dt|em|embed|figcaption|figure|font"
    "|h[1-6]|hr|i|iframe|img|ins|li|ol|p|pre|q|s|section|small|span|strong|sub|sup|table|tbody|td"
    "|th|thead|tr|tt|u|ul|video"
)
_MARKUP = re.compile(
    rf"</(?:{_ELEMENTS})\s*>|<(?:br|hr|img|p)\b[^<>]*>|&(?:#\d+|#x[0-9a-f]+|[a-z]\w+);",
    re.IGNORECASE,
)


def html_body(html: str, base: str = "") -> str:
    """Return HTML as a body; relative addresses follow from the base, if there is one."""
    text = absolute(_OWN_TAG.sub("", _LINE_END.sub("\n", html)), base).strip()
    if not text:
        return ""
    closed = "".join(_without_blank_lines(text))
    # Where two parts meet, a blank line may be left.
    return f"<div>\n{_BLANK_LINES.sub(chr(10), closed)}\n</div>"


def _without_blank_lines(html: str) -> Iterator[str]:
    """Yield the parts of HTML; in preformatted text, a blank line is written as a reference."""
    is_pre = False
    for part in _PRE_TAG.split(html):
        if _PRE_TAG.fullmatch(part):
            is_pre = not part.startswith("</")
        yield _BLANK_LINE.sub("&#10;", part) if is_pre else _BLANK_LINES.sub("\n", part)


def text_body(text: str) -> str:
    """Return plain text as a body: its paragraphs and lines stay, and nothing is markup."""
    paragraphs = _BLANK_LINES.split(_LINE_END.sub("\n", text).strip())
    shown = (escape(one, quote=False).replace("\n", "<br>\n") for one in paragraphs if one.strip())
    return "\n\n".join(f"<p>{one}</p>" for one in shown)


def body_of(text: str, base: str = "") -> str:
    """Return a text as a body, of which only its look says whether it is HTML."""
    return html_body(text, base) if looks_like_html(text) else text_body(text)


def looks_like_html(text: str) -> bool:
    return _MARKUP.search(text) is not None


def visible_text(body: str) -> str:
    """Return the words of a body: a line for each paragraph, blank lines between."""
    return plain_text(body_html(body, _ANY_PAGE))


def text_of_html(html: str) -> str:
    """Return the words of HTML on one line."""
    return one_line(visible_text(html_body(html)))


def absolute(html: str, base: str) -> str:
    """Make the addresses of links and images absolute."""
    return _ADDRESS.sub(lambda found: _joined(found, base), html) if base else html


def _joined(found: re.Match[str], base: str) -> str:
    written = found[2].strip("\"'")
    address = unescape(written).strip()
    if address.startswith("#"):
        return found[0]
    try:
        whole = urljoin(base, address)
    except ValueError:
        return found[0]
    return f'{found[1]}"{escape(whole)}"'


def addresses_of(html: str) -> list[str]:
    """Return the addresses of all images."""
    images = (found for found in _ADDRESS.finditer(html) if found[1][:4].lower() == "<img")
    return [unescape(found[2].strip("\"'")).strip() for found in images]
