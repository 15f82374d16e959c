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
from urllib.parse import urljoin, urlsplit

import nh3

from gazette.models import paths
from gazette.models.byte_cache import CachedFunction
from gazette.models.contract.identity import is_image_key
from gazette.models.contract.languages import canonical_language
from gazette.models.contract.urls import canonical_url
from gazette.models.limits import MAX_MARKDOWN_MARKS
from gazette.models.product import SUMMARY_CHARACTERS
from gazette.models.text import drop_unprintable, isolate_directions, one_line, shorten
from gazette.projections.markup.anchors import prefixed, with_anchors
from gazette.projections.markup.content_model import fit_content_model
from gazette.projections.markup.markdown import render_markdown
from gazette.projections.markup.visible import SHOWN, left_out, show_hidden

_LINKED_SCHEMES = frozenset({"mailto", "tel"})
# An event's page is four folders below the root of the site.
_ROOT_OF_EVENT = "../../../../"
TAGS = SHOWN - {"div"}
_ATTRIBUTES = {
    "*": {"dir", "id", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}

# The sanitiser writes tags in one way only, and these patterns match just that.
_HEADING = re.compile(r"(</?h)([1-6])\b")
_IMAGE = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_SOURCE = re.compile(r' src="([^"]*)"')
_ALTERNATIVE = re.compile(r' alt="([^"]*)"')
_BLOCK_EDGE = re.compile(
    r"</?(?:p|h[1-6]|li|dt|dd|tr|pre|blockquote|caption|figcaption|table|ul|ol|dl|figure|hr)"
    r'(?: [a-z]+="[^"]*")*>'
)
_CELL_END = re.compile(r"</t[dh]>|<br>")
_TAG = re.compile(r'<(?:[^<>"]|"[^"]*")*>')
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
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
    safe = _IMAGE.sub(_complete_image, sanitized(markdown, base_url))
    if "<" in markdown or "![" in markdown:
        # Only HTML written by the publisher, and images that cannot be shown, can break the
        # content model.
        safe = fit_content_model(safe)
    # A character reference in the text can stand for a character that XML forbids (SPEC X2).
    readable = _isolated(drop_unprintable(_HEADING.sub(_demote, safe)))
    return with_anchors(readable, canonical_url(base_url)).strip()


# Bodies take half the time of a topic feed, and an event is in the feeds of many topics.
RENDERED_BODIES: CachedFunction[[str, str], str] = CachedFunction(
    rendered_body, lambda html, markdown, _: getsizeof(html) + getsizeof(markdown)
)


def body_html(markdown: str, base_url: str) -> str:
    """Return what `rendered_body` does, from a cache if it was rendered before."""
    return RENDERED_BODIES(markdown, base_url)


def sanitized(markdown: str, base_url: str) -> str:
    """Render Markdown and remove all that runs or embeds; the content model may be broken."""
    html = render_markdown(markdown)
    if "<" in markdown:
        html = show_hidden(html, partial(_is_usable, base_url))
    return nh3.clean(
        html,
        tags=set(SHOWN),
        clean_content_tags=set(),
        attributes=_ATTRIBUTES,
        attribute_filter=partial(_filter_attribute, base_url),
        url_schemes={"http", "https", *_LINKED_SCHEMES},
        url_relative=("rewrite_with_base", base_url),
        link_rel=None,
    )


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


def _filter_attribute(base_url: str, tag: str, name: str, value: str) -> str | None:
    try:
        if name in {"href", "src"}:
            return absolute_address(base_url, tag, value)
        return _CHECKED.get(name, str)(value)
    except ValueError:
        return None


def absolute_address(base_url: str, tag: str, value: str) -> str:
    """Return what an address in a text means, for the tag that has it.

    Raises:
        ValueError: no reader can follow it.
    """
    address = value.strip()
    if is_image_key(address):
        # The key that `image.key` takes.
        address = urljoin(base_url, f"{_ROOT_OF_EVENT}{paths.image_path(address)}")
    address = urljoin(base_url, address)
    is_call = tag == "a" and urlsplit(address).scheme in _LINKED_SCHEMES
    return address if is_call else canonical_url(address)


def _is_usable(base_url: str, value: str) -> bool:
    try:
        return bool(absolute_address(base_url, "", value))
    except ValueError:
        return False


def _number(value: str) -> str | None:
    return value if value.isascii() and value.isdigit() else None


def _direction(value: str) -> str | None:
    return value if value in {"ltr", "rtl", "auto"} else None


_CHECKED: dict[str, Callable[[str], str | None]] = {
    **dict.fromkeys(("width", "height", "colspan", "rowspan", "start"), _number),
    "dir": _direction,
    "id": prefixed,
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
