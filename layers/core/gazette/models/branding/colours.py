"""Colours of a brand, and whether words in them can be read (WCAG 2.2, 1.4.3)."""

import colorsys
import re
from collections.abc import Iterable

# Words may stand on the page and on what is tinted. The stylesheet has the same colours.
LIGHT_BACKGROUNDS = ("#fffdf8", "#f5f0e4")
DARK_BACKGROUNDS = ("#161512", "#201e1a")
LEAST_CONTRAST = 4.5
_STEPS = 256
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")
_SHORT = len("#abc")
# The relative luminance of WCAG: the knee of sRGB, and the share of each part.
_KNEE, _SHARES = 0.04045, (0.2126, 0.7152, 0.0722)


def canonical_colour(text: str) -> str:
    """Return a colour as ``#rrggbb``, in lower case.

    Raises:
        ValueError: it is written in another way.
    """
    colour = text.strip().lower()
    if not _HEX.fullmatch(colour):
        reason = "is no colour"
        raise ValueError(reason)
    if len(colour) == _SHORT:
        return "#" + "".join(2 * digit for digit in colour[1:])
    return colour


def contrast(colour: str, background: str) -> float:
    """Return the ratio of contrast of two colours, from 1 to 21."""
    darker, lighter = sorted(map(_luminance, (colour, background)))
    return (lighter + 0.05) / (darker + 0.05)


def least_contrast(colour: str, backgrounds: Iterable[str]) -> float:
    """Return the contrast with the background on which a colour is read worst."""
    return min(contrast(colour, background) for background in backgrounds)


def readable(colour: str, backgrounds: tuple[str, ...], least: float = LEAST_CONTRAST) -> str:
    """Return the colour itself if it can be read, or the nearest one of its hue that can.

    ``least`` is a contrast that black or white has with each of the backgrounds.
    """
    red, green, blue = _parts(colour)
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    end = 1.0 if _luminance(backgrounds[0]) < _luminance("#808080") else 0.0
    shades = (
        colorsys.hls_to_rgb(hue, lightness + (end - lightness) * step / _STEPS, saturation)
        for step in range(_STEPS + 1)
    )
    written = ("#" + "".join(f"{round(255 * part):02x}" for part in shade) for shade in shades)
    return next(shade for shade in written if least_contrast(shade, backgrounds) >= least)


def check_contrast(colour: str, backgrounds: tuple[str, ...]) -> str:
    """Return a colour in which words can be read.

    Raises:
        ValueError: they cannot; it names a colour of the same hue in which they can.
    """
    worst = min(backgrounds, key=lambda background: contrast(colour, background))
    found = contrast(colour, worst)
    if found >= LEAST_CONTRAST:
        return colour
    # Cut, not rounded: 4.49 must not be shown as 4.5.
    shown = f"{int(found * 10) / 10}"
    reason = (
        f"has a contrast of {shown} with {worst}, a background of the page, and needs"
        f" {LEAST_CONTRAST}; choose another, such as {readable(colour, backgrounds)}"
    )
    raise ValueError(reason)


def _luminance(colour: str) -> float:
    linear = (
        part / 12.92 if part <= _KNEE else ((part + 0.055) / 1.055) ** 2.4
        for part in _parts(colour)
    )
    return sum(share * part for share, part in zip(_SHARES, linear, strict=True))


def _parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue
