"""Finds the addresses in the HTML of a text."""

import re
from collections.abc import Iterator
from html import unescape

# `gazette.projections.markup.body` writes tags in one way only.
_TAG = re.compile(r'<[a-z](?:[^<>"]|"[^"]*")*>')
_ADDRESS = re.compile(r' (?:href|src)="([^"]*)"')


def addresses_in(html: str) -> Iterator[str]:
    """Yield where links and images in HTML from `body_html` lead, in their order."""
    for tag in _TAG.findall(html):
        yield from map(unescape, _ADDRESS.findall(tag))
