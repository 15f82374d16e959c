"""Renders Markdown of publishers as HTML that is safe in feeds and pages (SPEC X4, X5).

It also turns this HTML into plain text. It must not know events: it takes a text and the address of
its page.
"""

import re
from collections.abc import Callable
from functools import partial
from html import escape, unescape
from sys import getsizeof
from urllib.parse import urljoin, urlsplit

import nh3
from markdown_it import MarkdownIt

from gazette.models.byte_cache import CachedFunction
from gazette.models.contract.languages import canonical_language
from gazette.models.contract.urls import canonical_url
from gazette.models.limits import MAX_MARKDOWN_DEPTH, MAX_MARKDOWN_MARKS
from gazette.models.product import SUMMARY_CHARACTERS
from gazette.models.text import drop_unprintable, one_line, shorten
from gazette.projections.markup.content_model import fit_content_model

_BLOCKS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre", "blockquote", "figure"}
_LISTS = {"ul", "ol", "li", "dl", "dt", "dd"}
_TABLES = {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"}
_EMPHASIS = {"em", "strong", "b", "i", "u", "s", "small", "mark", "sub", "sup", "del", "ins"}
_TERMS = {"abbr", "cite", "code", "dfn", "kbd", "q", "samp", "var", "span", "bdi", "bdo"}
_OTHERS = {"a", "br", "img", "wbr", "figcaption", "ruby", "rt", "rp"}
TAGS = _BLOCKS | _LISTS | _TABLES | _EMPHASIS | _TERMS | _OTHERS
# Elements whose text is code or a fallback; it is dropped too.
_CODE = {"script", "style", "template", "svg", "math"}
_FALLBACKS = {"iframe", "object", "embed", "noscript", "title"}
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}

_MARKDOWN = MarkdownIt("commonmark", {"maxNesting": MAX_MARKDOWN_DEPTH}).enable(
    ["table", "strikethrough"]
)

# The sanitiser writes tags in one way only, and these patterns match just that.
_HEADING = re.compile(r"(</?h)([1-6])\b")
_IMAGE = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_ALTERNATIVE = re.compile(r' alt="([^"]*)"')
_BLOCK_END = re.compile(
    r"(?:</(?:p|h[1-6]|li|dt|dd|tr|pre|blockquote|caption|figcaption|table|ul|ol|dl|figure)>|<hr>)"
)
_CELL_END = re.compile(r"</t[dh]>|<br>")
_TAG = re.compile(r'<(?:[^<>"]|"[^"]*")*>')
_PARAGRAPH = re.compile(r"<p\b[^>]*>(.*?)</p>", re.DOTALL)


def rendered_body(markdown: str, base_url: str) -> str:
    """Render CommonMark with tables, strikethrough and HTML as a fragment for any page or feed.

    The fragment has no scripts and embeds nothing. Every address is absolute, http(s) or mailto.
    Its highest heading is h3, below those of the page. Links have no ``rel``: ``nofollow`` would
    disown the publisher's sources, and ``noopener`` is only for links with a target, which are
    removed. A text with too many marks is returned in paragraphs without Markdown.
    """
    if any(sum(map(markdown.count, marks)) > most for marks, most in MAX_MARKDOWN_MARKS.items()):
        return "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in markdown.split("\n\n"))
    safe = sanitized(markdown, base_url)
    if "<" in markdown:
        # Only HTML written by the publisher can break the content model.
        safe = fit_content_model(safe)
    # A character reference in the text can stand for a character that XML forbids (SPEC X2).
    return drop_unprintable(_HEADING.sub(_demote, _IMAGE.sub(_complete_image, safe))).strip()


# Bodies take half the time of a topic feed, and an event is in the feeds of many topics.
RENDERED_BODIES: CachedFunction[[str, str], str] = CachedFunction(
    rendered_body, lambda html, markdown, _: getsizeof(html) + getsizeof(markdown)
)


def body_html(markdown: str, base_url: str) -> str:
    """Return what `rendered_body` does, from a cache if it was rendered before."""
    return RENDERED_BODIES(markdown, base_url)


def sanitized(markdown: str, base_url: str) -> str:
    """Render Markdown and remove all that runs or embeds; the content model may be broken."""
    return nh3.clean(
        _MARKDOWN.render(markdown),
        tags=TAGS,
        clean_content_tags=_CODE | _FALLBACKS,
        attributes=_ATTRIBUTES,
        attribute_filter=partial(_filter_attribute, base_url),
        url_schemes={"http", "https", "mailto"},
        url_relative=("rewrite_with_base", base_url),
        link_rel=None,
    )


def plain_text(html: str) -> str:
    """Return the text of HTML from `body_html`: a line for each paragraph, blank lines between."""
    blocks = _BLOCK_END.sub("\n\n", _CELL_END.sub(" ", html)).split("\n\n")
    lines = (one_line(unescape(_TAG.sub("", block))) for block in blocks)
    return "\n\n".join(line for line in lines if line)


def first_paragraph(html: str) -> str:
    """Return the text of the first paragraph that has any, cut to the length of a summary."""
    texts = (plain_text(match[1]) for match in _PARAGRAPH.finditer(html))
    return shorten(next(filter(None, texts), ""), SUMMARY_CHARACTERS)


def _filter_attribute(base_url: str, tag: str, name: str, value: str) -> str | None:
    try:
        if name in {"href", "src"}:
            return _address(base_url, tag, value)
        return _CHECKED.get(name, str)(value)
    except ValueError:
        return None


def _address(base_url: str, tag: str, value: str) -> str:
    address = urljoin(base_url, value.strip())
    is_mail = tag == "a" and urlsplit(address).scheme == "mailto"
    return address if is_mail else canonical_url(address)


def _number(value: str) -> str | None:
    return value if value.isascii() and value.isdigit() else None


def _direction(value: str) -> str | None:
    return value if value in {"ltr", "rtl", "auto"} else None


_CHECKED: dict[str, Callable[[str], str | None]] = {
    **dict.fromkeys(("width", "height", "colspan", "rowspan", "start"), _number),
    "dir": _direction,
    "lang": canonical_language,
}


def _complete_image(image: re.Match[str]) -> str:
    """Give an image the alt that HTML requires; replace one without address by its alt text."""
    attributes = image[1]
    alternative = _ALTERNATIVE.search(attributes)
    if ' src="' not in attributes:
        return alternative[1] if alternative else ""
    return image[0] if alternative else f'<img{attributes} alt="">'


def _demote(heading: re.Match[str]) -> str:
    return f"{heading[1]}{min(int(heading[2]) + 2, 6)}"
