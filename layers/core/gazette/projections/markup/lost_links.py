"""Finds what a text is shown without, so that its publisher learns of it (SPEC S11, X11).

These are addresses that mean nothing here (`gazette.projections.markup.absolute_address`): a link
is shown as its words, an image as its alternative text. Blocks of script and style are left out.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from gazette.models.characters import drop_unprintable, shorten
from gazette.models.problems.problems import Problem
from gazette.projections.markup.absolute_address import absolute_address
from gazette.projections.markup.anchors import anchors_of, is_anchor
from gazette.projections.markup.body import body_html, code_left_out, has_too_many_marks
from gazette.projections.markup.markdown import render_markdown
from gazette.projections.markup.raw_html import Tag, read_tags

_FIELD = "body"
_SHOWN_CHARACTERS = 100
_ADDRESS = {"a": "href", "img": "src"}
_LOST = {
    "a": "leads to {}, which means nothing on this site, so only its words are shown; write a "
    "whole address, such as https://a.example/page",
    "img": "shows {}, which is no image of this site, so only its alternative text is shown; write "
    "its key, such as images/bridge.jpg, or a whole address",
}
_NO_ANCHOR = (
    "leads to {}, and no heading or id of the text is called so, so only its words are shown; "
    "write the words of the heading, such as #what-it-cost"
)
_CODE = "is published without a block of {}"
_WHOLE = r"(?:https?://|mailto:|tel:)"
# Most texts lead to whole addresses only: they need not be rendered once more.
_MAY_BE_LOST = re.compile(
    rf"\]\(\s*+<?(?!{_WHOLE})|\]:\s*+<?(?!{_WHOLE})|(?:href|src)\s*+=\s*+[\"']?+(?!\s*+{_WHOLE})",
    re.IGNORECASE,
)
_MAY_BE_CODE = re.compile(r"<(?:script|style)", re.IGNORECASE)


def lost_in(markdown: str, base_url: str) -> Iterator[Problem]:
    """Yield a remark for everything that a text is shown without, each once."""
    if has_too_many_marks(markdown):
        return
    if _MAY_BE_LOST.search(markdown):
        yield from dict.fromkeys(_lost_addresses(markdown, base_url))
    if _MAY_BE_CODE.search(markdown):
        for name in dict.fromkeys(code_left_out(markdown)):
            yield Problem(_FIELD, _CODE.format(name))


def _lost_addresses(markdown: str, base_url: str) -> Iterator[Problem]:
    known = anchors_of(body_html(markdown, base_url))
    for tag in read_tags(render_markdown(markdown)):
        if not isinstance(tag, Tag) or _ADDRESS.get(tag.name) not in tag.attributes:
            continue
        address = tag.attributes[_ADDRESS[tag.name]].strip()
        shown = shorten(drop_unprintable(address), _SHOWN_CHARACTERS)
        if address.startswith("#"):
            if tag.name == "a" and not is_anchor(known, unquote(address[1:])):
                yield Problem(_FIELD, _NO_ANCHOR.format(shown))
        elif _is_lost(base_url, tag.name, address):
            yield Problem(_FIELD, _LOST[tag.name].format(shown))


def _is_lost(base_url: str, tag: str, address: str) -> bool:
    try:
        return not absolute_address(base_url, tag, address)
    except ValueError:
        return True
