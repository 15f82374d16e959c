"""The files that a brand colours: the stylesheet of all pages, and the icon that is included."""

import re
import struct
from functools import cache
from pathlib import Path

from gazette.models.branding.brand import DEFAULT_ACCENT, DEFAULT_DARK_ACCENT, Brand
from gazette.models.texts.catalogue import Catalogue

_ASSETS = Path(__file__).parent / "assets"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_LINE_COMMENT = re.compile(r"^ *//.*\n", re.MULTILINE)
_AROUND_SIGNS = re.compile(r"\s*([{};,>])\s*")
_PROPERTY = re.compile(r"(?<=[;{])([a-z-]+): ")
_ZERO = re.compile(r"(?<=[\s:(,-])0(?=\.\d)")
_ACCENT = "--brand:{}"

# The lines of the icon on a square of 32 units: left, top, right, bottom.
_LINES = ((7, 8, 25, 10), (7, 14, 25, 16), (7, 20, 25, 22), (7, 25, 18, 27))
_SIDES = (16, 32)
_UNITS = 32
_HEADER_BYTES, _ENTRY_BYTES = 6, 16


@cache
def stylesheet(brand: Brand, texts: Catalogue) -> bytes:
    """Return the stylesheet that all pages share, in the colours of the brand.

    It leaves out comments, line breaks and what else a browser does not need. It has two words,
    which screen readers say of differences.
    """
    written = (_ASSETS / "gazette.css").read_text(encoding="utf-8")
    for word in ("inserted", "deleted"):
        written = written.replace(f"[{word}]", f"[{texts(f'difference.{word}')}]")
    short = _AROUND_SIGNS.sub(r"\1", _COMMENT.sub("", written))
    short = _ZERO.sub("", _PROPERTY.sub(r"\1:", short)).replace(";}", "}")
    for default, own in ((DEFAULT_ACCENT, brand.accent), (DEFAULT_DARK_ACCENT, brand.dark_accent)):
        short = short.replace(_ACCENT.format(default), _ACCENT.format(own))
    return short.encode()


@cache
def search_script() -> bytes:
    """Return the script of the search page, without the comments that take a line each."""
    written = (_ASSETS / "search.js").read_text(encoding="utf-8")
    return _LINE_COMMENT.sub("", written).encode()


@cache
def icon(brand: Brand) -> bytes:
    """Return the icon of a site without one. Browsers ask for a file where pages name none."""
    lines = "".join(f"M{left} {(top + bottom) // 2}H{right}" for left, top, right, bottom in _LINES)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_UNITS} {_UNITS}">'
        f'<rect width="{_UNITS}" height="{_UNITS}" fill="{brand.accent}"/>'
        f'<path d="{lines}" stroke="#fff" stroke-width="2.5"/></svg>\n'
    ).encode()


@cache
def favicon(brand: Brand) -> bytes:
    """Return the same icon for those who ask for `/favicon.ico` without reading a page.

    It has two sizes, each a bitmap of two colours.
    """
    images = [_bitmap(side, brand.accent) for side in _SIDES]
    offset = _HEADER_BYTES + _ENTRY_BYTES * len(images)
    head = struct.pack("<HHH", 0, 1, len(images))
    for side, image in zip(_SIDES, images, strict=True):
        head += struct.pack("<BBBBHHII", side, side, 2, 0, 1, 1, len(image), offset)
        offset += len(image)
    return head + b"".join(images)


def _bitmap(side: int, accent: str) -> bytes:
    """Return a bitmap as an icon holds it: its rows from below, then a mask that hides nothing."""
    row_bytes = 4 * -(-side // 32)
    header = struct.pack("<IiiHHIIiiII", 40, side, 2 * side, 1, 1, 0, 0, 0, 0, 2, 0)
    blue, green, red = (int(accent[start : start + 2], 16) for start in (5, 3, 1))
    palette = bytes((blue, green, red, 0, 255, 255, 255, 0))
    rows = (_row(y * _UNITS // side, side, row_bytes) for y in reversed(range(side)))
    return header + palette + b"".join(rows) + bytes(row_bytes * side)


def _row(y: int, side: int, row_bytes: int) -> bytes:
    lit = [
        any(
            left <= x * _UNITS // side < right and top <= y < bottom
            for left, top, right, bottom in _LINES
        )
        for x in range(side)
    ]
    bits = "".join(str(int(one)) for one in lit).ljust(8 * row_bytes, "0")
    return int(bits, 2).to_bytes(row_bytes, "big")
