"""Renders Markdown of publishers as HTML that is safe in feeds and pages (SPEC X4, X5).

It also turns this HTML into plain text. It must not know events: it takes a text and the address of
its page.
"""

import re
from collections.abc import Callable
from functools import partial
from html import escape, unescape
from itertools import pairwise
from sys import getsizeof
from typing import Final

import nh3

from gazette.models.byte_cache import CachedFunction
from gazette.models.characters import drop_unprintable, isolate_directions, one_line, shorten
from gazette.models.identifiers.languages import canonical_language
from gazette.models.identifiers.urls import bare_address, canonical_url
from gazette.models.limits import MAX_MARKDOWN_MARKS
from gazette.models.product import SUMMARY_CHARACTERS
from gazette.projections.markup.absolute_address import (
    LINKED_SCHEMES,
    absolute_address,
    is_usable,
)
from gazette.projections.markup.anchors import prefixed, with_anchors
from gazette.projections.markup.markdown import render_markdown
from gazette.projections.markup.repair.content_model import fit_content_model
from gazette.projections.markup.visible import SHOWN, left_out, show_hidden

NOTHING_MISSING: Final[frozenset[str]] = frozenset()
TAGS = SHOWN - {"div"}
_ATTRIBUTES = {
    "*": {"dir", "id", "lang", "title"},
    "a": {"href", "name"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}

# The sanitiser writes tags in one way only, and these patterns match just that.
_HEADING = re.compile(r"(</?h)([1-6])\b")
_IMAGE = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_SOURCE = re.compile(r' src="([^"]*)"')
_NAMED = re.compile(r'<a((?: [a-z]+="[^"]*")*?) name="([^"]*)"((?: [a-z]+="[^"]*")*)>')
_ALTERNATIVE = re.compile(r' alt="([^"]*)"')
_BLOCK_EDGE = re.compile(
    r"</?(?:p|h[1-6]|li|dt|dd|tr|pre|blockquote|caption|figcaption|table|ul|ol|dl|figure|hr)"
    r'(?: [a-z]+="[^"]*")*>'
)
_CELL_END = re.compile(r"</t[dh]>|<br>")
_TAG = re.compile(r'<(?:[^<>"]|"[^"]*")*>')
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_PARAGRAPH = re.compile(r"<p\b[^>]*>(.*?)</p>", re.DOTALL)


def rendered_body(markdown: str, base_url: str, missing: frozenset[str] = NOTHING_MISSING) -> str:
    """Render CommonMark with tables, strikethrough and HTML as a fragment for any page or feed.

    The fragment has no scripts and embeds nothing. Every address is absolute, http(s) or mailto.
    Its highest heading is h3, below those of the page. Links have no ``rel``: ``nofollow`` would
    disown the publisher's sources, and ``noopener`` is only for links with a target, which are
    removed. A text with too many marks is returned in paragraphs without Markdown.

    ``missing`` are bare addresses (`gazette.models.identifiers.urls`) where no image is: an image
    from there is shown as its alternative text, and nothing links there. The same holds for
    addresses that mean nothing here (`gazette.projections.markup.lost_links`).
    """
    if has_too_many_marks(markdown):
        return "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in markdown.split("\n\n"))
    safe = _IMAGE.sub(_complete_image, sanitized(markdown, base_url, missing))
    if "<" in markdown or "![" in markdown:
        # Only HTML written by the publisher, and images that cannot be shown, can break the
        # content model.
        safe = fit_content_model(safe)
    # A character reference in the text can stand for a character that XML forbids (SPEC X2).
    readable = _isolated(drop_unprintable(_HEADING.sub(_demote, safe)))
    return with_anchors(readable, canonical_url(base_url)).strip()


def has_too_many_marks(markdown: str) -> bool:
    """Return whether Markdown would take too long, so that a text is shown without it."""
    return any(sum(map(markdown.count, marks)) > most for marks, most in MAX_MARKDOWN_MARKS.items())


# Bodies take half the time of a topic feed, and an event is in the feeds of many topics.
RENDERED_BODIES: CachedFunction[[str, str, frozenset[str]], str] = CachedFunction(
    rendered_body, lambda html, markdown, *_: getsizeof(html) + getsizeof(markdown)
)


def body_html(markdown: str, base_url: str, missing: frozenset[str] = NOTHING_MISSING) -> str:
    """Return what `rendered_body` does, from a cache if it was rendered before."""
    return RENDERED_BODIES(markdown, base_url, missing)


def sanitized(markdown: str, base_url: str, missing: frozenset[str] = NOTHING_MISSING) -> str:
    """Render Markdown and remove all that runs or embeds; the content model may be broken."""
    html = render_markdown(markdown)
    if "<" in markdown:
        html = show_hidden(html, partial(is_usable, base_url))
    safe = nh3.clean(
        html,
        tags=set(SHOWN),
        clean_content_tags=set(),
        attributes=_ATTRIBUTES,
        attribute_filter=partial(_filter_attribute, base_url, missing),
        url_schemes={"http", "https", *LINKED_SCHEMES},
        url_relative=("rewrite_with_base", base_url),
        link_rel=None,
    )
    return _NAMED.sub(_with_id, safe)


def _with_id(anchor: re.Match[str]) -> str:
    """Give an anchor the name that HTML 4 gave it as its id, unless it has one."""
    before, name, after = anchor.groups()
    own = "" if ' id="' in before + after else f' id="{name}"'
    return f"<a{before}{own}{after}>"


def code_left_out(markdown: str) -> tuple[str, ...]:
    """Return the names of the blocks of script or style that a text is shown without (SPEC X11)."""
    return left_out(render_markdown(markdown)) if "<" in markdown else ()


def plain_text(html: str) -> str:
    """Return the text of HTML from `body_html`: a line for each paragraph, blank lines between."""
    described = _IMAGE.sub(_description, html)
    blocks = _BLOCK_EDGE.sub("\n\n", _CELL_END.sub(" ", described)).split("\n\n")
    lines = (one_line(unescape(_TAG.sub("", block))) for block in blocks)
    return "\n\n".join(line for line in lines if line)


def first_paragraph(html: str) -> str:
    """Return the text of the first paragraph that has any, cut to the length of a summary."""
    # The text of an image is no beginning of an article.
    texts = (plain_text(_IMAGE.sub("", match[1])) for match in _PARAGRAPH.finditer(html))
    return shorten(next(filter(None, texts), ""), SUMMARY_CHARACTERS)


def _filter_attribute(
    base_url: str, missing: frozenset[str], tag: str, name: str, value: str
) -> str | None:
    try:
        if name in {"href", "src"}:
            address = absolute_address(base_url, tag, value)
            return None if missing and bare_address(address) in missing else address
        return _CHECKED.get(name, str)(value)
    except ValueError:
        return None


def _number(value: str) -> str | None:
    return value if value.isascii() and value.isdigit() else None


def _direction(value: str) -> str | None:
    return value if value in {"ltr", "rtl", "auto"} else None


_CHECKED: dict[str, Callable[[str], str | None]] = {
    **dict.fromkeys(("width", "height", "colspan", "rowspan", "start"), _number),
    "dir": _direction,
    **dict.fromkeys(("id", "name"), prefixed),
    "lang": canonical_language,
}


def _complete_image(image: re.Match[str]) -> str:
    """Give an image the alt that HTML requires; replace one that no page may load.

    A page loads images over https only. Another one becomes a link, or its alt without address.
    """
    attributes = image[1]
    address = _SOURCE.search(attributes)
    name = _description(image)
    if not address:
        return name
    if address[1].startswith("http:"):
        return f'<a href="{address[1]}">{name or address[1]}</a>'
    return image[0] if _ALTERNATIVE.search(attributes) else f'<img{attributes} alt="">'


def _description(image: re.Match[str]) -> str:
    alternative = _ALTERNATIVE.search(image[1])
    return alternative[1] if alternative else ""


def _isolated(html: str) -> str:
    """Isolate directions within each block; the end of a block ends them anyway."""
    if not _DIRECTION.search(html):
        return html
    edges = [edge.span() for edge in _BLOCK_EDGE.finditer(html)]
    bounds = [0, *(position for edge in edges for position in edge), len(html)]
    return "".join(isolate_directions(html[start:end]) for start, end in pairwise(bounds))


def _demote(heading: re.Match[str]) -> str:
    return f"{heading[1]}{min(int(heading[2]) + 2, 6)}"
