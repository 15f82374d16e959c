"""Markdown of a publisher to HTML that is safe in feeds and pages (SPEC X4, X5), and on to text.

It knows nothing of events: text and the address it stands at come in, text goes out.
"""

import re
from collections.abc import Callable
from functools import lru_cache, partial
from html import escape, unescape
from urllib.parse import urljoin, urlsplit

import nh3
from markdown_it import MarkdownIt

from gazette.models.contract.languages import canonical_language
from gazette.models.contract.urls import canonical_url
from gazette.models.text import drop_unprintable, one_line, shorten
from gazette.projections.markup.content_model import fit_content_model

SUMMARY_LENGTH = 300

# Half the time of a topic feed is its bodies, and an event stands in many topics. A batch of 500
# records meets a few dozen time lines of up to a hundred entries; as bodies in feeds are short,
# this many take some ten megabytes.
_CACHED_BODIES = 2048

# Time is bounded by the marks that may begin something and lead nowhere, not by the length. The
# heaviest are brackets, each of which is looked for an end, and HTML elements left open, whose cost
# is quadratic. The largest permitted body of prose stays below these numbers; a body above one of
# them is shown as it was written.
_MOST_MARKS = {"<": 20_000, "[": 25_000, "!&>*_`~|\\\n+-#": 200_000}
# A level is a quote, a list or an item; what lies deeper is dropped. Each level makes brackets
# dearer.
_DEEPEST_NESTING = 32

_BLOCKS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre", "blockquote", "figure"}
_LISTS = {"ul", "ol", "li", "dl", "dt", "dd"}
_TABLES = {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"}
_EMPHASIS = {"em", "strong", "b", "i", "u", "s", "small", "mark", "sub", "sup", "del", "ins"}
_TERMS = {"abbr", "cite", "code", "dfn", "kbd", "q", "samp", "var", "span", "bdi", "bdo"}
_OTHERS = {"a", "br", "img", "wbr", "figcaption", "ruby", "rt", "rp"}
TAGS = _BLOCKS | _LISTS | _TABLES | _EMPHASIS | _TERMS | _OTHERS
# Their text is code or a fallback, never prose.
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

_MARKDOWN = MarkdownIt("commonmark", {"maxNesting": _DEEPEST_NESTING}).enable(
    ["table", "strikethrough"]
)

# The sanitiser writes tags in one way only, so these patterns meet no other.
_HEADING = re.compile(r"(</?h)([1-6])\b")
_IMAGE = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_ALTERNATIVE = re.compile(r' alt="([^"]*)"')
_BLOCK_END = re.compile(
    r"(?:</(?:p|h[1-6]|li|dt|dd|tr|pre|blockquote|caption|figcaption|table|ul|ol|dl|figure)>|<hr>)"
)
_CELL_END = re.compile(r"</t[dh]>|<br>")
_TAG = re.compile(r'<(?:[^<>"]|"[^"]*")*>')
_PARAGRAPH = re.compile(r"<p\b[^>]*>(.*?)</p>", re.DOTALL)


@lru_cache(maxsize=_CACHED_BODIES)
def body_html(markdown: str, base_url: str) -> str:
    """Render CommonMark with tables, strikethrough and HTML to a fragment that may stand anywhere.

    Nothing in it runs or embeds; every address is absolute, http(s) or mailto; its highest heading
    is h3, because the page's own are above it. Links carry no ``rel``: the publisher chose them, so
    ``nofollow`` would disown the sources of the archive, and ``noopener`` matters only to links
    with a target, which is removed.
    """
    if not _is_prose(markdown):
        return _as_written(markdown)
    safe = sanitized(markdown, base_url)
    if "<" in markdown:
        # Only tags of the publisher's own stand where none may stand.
        safe = fit_content_model(safe)
    # A character reference in the text may have become what no XML can hold (SPEC X2).
    return drop_unprintable(_HEADING.sub(_demote, _IMAGE.sub(_complete_image, safe))).strip()


def sanitized(markdown: str, base_url: str) -> str:
    """Render Markdown, and leave of it what runs and embeds nothing, wherever it stands."""
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
    """Return the text of what `body_html` made, a line for each paragraph, blank lines between."""
    blocks = _BLOCK_END.sub("\n\n", _CELL_END.sub(" ", html)).split("\n\n")
    lines = (one_line(unescape(_TAG.sub("", block))) for block in blocks)
    return "\n\n".join(line for line in lines if line)


def first_paragraph(html: str) -> str:
    """Return the text of the first paragraph that has any, short enough for a summary."""
    texts = (plain_text(match[1]) for match in _PARAGRAPH.finditer(html))
    return shorten(next(filter(None, texts), ""), SUMMARY_LENGTH)


def _is_prose(markdown: str) -> bool:
    return all(sum(map(markdown.count, marks)) <= most for marks, most in _MOST_MARKS.items())


def _as_written(text: str) -> str:
    return "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in text.split("\n\n"))


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
    """Give an image the alternative text HTML demands; of one without address, leave only that."""
    attributes = image[1]
    alternative = _ALTERNATIVE.search(attributes)
    if ' src="' not in attributes:
        return alternative[1] if alternative else ""
    return image[0] if alternative else f'<img{attributes} alt="">'


def _demote(heading: re.Match[str]) -> str:
    return f"{heading[1]}{min(int(heading[2]) + 2, 6)}"
