"""Cards: the image that stands for a page where somebody shares its address (og:image).

The font comes with Pillow and has the characters of ASCII and some signs. A text with others is not
drawn at all: half a name would be wrong.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont

from gazette.models.characters import shorten
from gazette.models.product import CARD_PIXELS

_EDGE, _BAR = 90, 12
_LARGEST, _SMALLEST, _STEP = 96, 48, 8
_LINE_HEIGHT = 1.2
_MAX_LINES, _MAX_CHARACTERS = 4, 160
_INK = "#ffffff"
# The smooth edges of letters need few colours.
_COLOURS = 16
# No font has a sign for it, so this is what a font shows for any other that it lacks.
_NO_CHARACTER = "\uffff"


@lru_cache(maxsize=4)
def site_card(title: str, accent: str) -> bytes:
    """Draw the card of a site: its title on its accent, if the font has the characters."""
    card = Image.new("RGB", CARD_PIXELS, accent)
    draw = ImageDraw.Draw(card)
    lines, size = _fitting(title) if is_drawable(title) else ([], _LARGEST)
    height = round(size * _LINE_HEIGHT)
    top = (CARD_PIXELS[1] - height * len(lines)) // 2
    for number, line in enumerate(lines):
        draw.text((_EDGE, top + number * height), line, fill=_INK, font=_font(size))
    bottom = CARD_PIXELS[1] - _EDGE
    draw.rectangle((_EDGE, bottom, 3 * _EDGE, bottom + _BAR), fill=_INK)
    return _png(card)


def is_drawable(text: str) -> bool:
    """Return whether the font has every character of a text."""
    return bool(text.strip()) and all(map(_has_character, set(text)))


def _fitting(text: str) -> tuple[list[str], int]:
    """Return the lines of a text in the largest size in which they fit; a long text is cut."""
    text = shorten(text, _MAX_CHARACTERS)
    for size in range(_LARGEST, _SMALLEST, -_STEP):
        lines = list(_lines(text, size))
        if len(lines) <= _MAX_LINES and all(_fits(line, size) for line in lines):
            return lines, size
    return list(_lines(text, _SMALLEST))[:_MAX_LINES], _SMALLEST


def _lines(text: str, size: int) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}".lstrip()
        if line and not _fits(longer, size):
            yield line
            longer = word
        line = longer
    yield line


def _fits(line: str, size: int) -> bool:
    return _font(size).getlength(line) <= CARD_PIXELS[0] - 2 * _EDGE


def _png(card: Image.Image) -> bytes:
    written = BytesIO()
    card.quantize(_COLOURS).save(written, "PNG", optimize=True)
    return written.getvalue()


@cache
def _font(size: int) -> FreeTypeFont:
    """Return the font in a size.

    Raises:
        TypeError: Pillow was built without FreeType, and has a font of one size only.
    """
    font = ImageFont.load_default(size)
    if not isinstance(font, FreeTypeFont):
        reason = "Pillow has no FreeType; install a wheel of it"
        raise TypeError(reason)
    return font


@lru_cache(maxsize=1024)
def _has_character(character: str) -> bool:
    if character == " ":
        return True
    shown, missing = (bytes(_font(_SMALLEST).getmask(one)) for one in (character, _NO_CHARACTER))
    return shown != missing
