"""A colour of the brand is taken if words in it can be read, else refused with one that is."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from gazette.models.branding.brand import DEFAULT_ACCENT, DEFAULT_BRAND, Brand
from gazette.models.branding.colours import (
    DARK_BACKGROUNDS,
    LEAST_CONTRAST,
    LIGHT_BACKGROUNDS,
    contrast,
    least_contrast,
    readable,
)
from gazette.models.texts.catalogue import catalogue_of
from gazette.renderers.pages.brand_files import stylesheet

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
FIELDS = pytest.mark.parametrize(
    ("field", "backgrounds"), [("accent", LIGHT_BACKGROUNDS), ("accent_dark", DARK_BACKGROUNDS)]
)

ENGLISH = catalogue_of("en")


def refusal(**settings: str) -> str:
    with pytest.raises(ValidationError) as refused:
        Brand.model_validate(settings)
    return str(refused.value.errors()[0]["msg"])


@FIELDS
@given(colour=COLOURS)
@example(colour="#ffee00")
@example(colour="#ffffff")
@example(colour="#000000")
@example(colour="#808080")
def test_any_colour_is_readable_or_refused_with_one_that_is(
    field: str, backgrounds: tuple[str, ...], colour: str
) -> None:
    ratio = least_contrast(colour, backgrounds)
    if ratio >= LEAST_CONTRAST:
        assert getattr(Brand.model_validate({field: colour}), field) == colour
        return
    message = refusal(**{field: colour})
    shown = re.search(r"a contrast of ([\d.]+) with (#\w{6}).*needs 4\.5; .*(#\w{6})$", message)
    assert shown
    assert float(shown[1]) <= ratio < LEAST_CONTRAST
    assert shown[2] in backgrounds
    assert least_contrast(shown[3], backgrounds) >= LEAST_CONTRAST
    assert getattr(Brand.model_validate({field: shown[3]}), field) == shown[3]


@given(colour=COLOURS)
def test_the_dark_accent_that_follows_from_another_one_is_readable(colour: str) -> None:
    accent = readable(colour, LIGHT_BACKGROUNDS)
    dark = Brand(accent=accent).dark_accent
    assert least_contrast(dark, DARK_BACKGROUNDS) >= LEAST_CONTRAST


def test_the_contrast_is_that_of_the_guidelines() -> None:
    """WCAG 2.2, the definition of contrast ratio."""
    assert contrast("#000000", "#ffffff") == contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colour", ["red", "#12", "#12345", "#1234567", "rgb(1,2,3)", "12445c"])
def test_what_is_no_colour_is_refused(colour: str) -> None:
    assert refusal(accent=colour) == "Value error, is no colour"


@pytest.mark.parametrize(
    ("written", "colour"), [("#124", "#112244"), (" #12445C ", "#12445c"), ("", DEFAULT_ACCENT)]
)
def test_a_colour_may_be_written_shorter_or_in_capitals(written: str, colour: str) -> None:
    assert Brand(accent=written).accent == colour


def test_the_stylesheet_has_the_backgrounds_that_colours_are_compared_with() -> None:
    """Else a colour would be accepted that cannot be read, or the other way round."""
    light, dark = stylesheet(DEFAULT_BRAND, ENGLISH).decode().split("prefers-color-scheme: dark", 1)
    for css, (paper, tint) in ((light, LIGHT_BACKGROUNDS), (dark, DARK_BACKGROUNDS)):
        assert re.search(r"--paper:(#\w{6})", css)[1] == paper  # type: ignore[index]  # else it fails
        assert re.search(r"--tint:(#\w{6})", css)[1] == tint  # type: ignore[index]  # the same


@given(accent=COLOURS, dark=COLOURS)
def test_the_stylesheet_has_the_colours_of_the_brand_and_is_not_longer(
    accent: str, dark: str
) -> None:
    brand = Brand(
        accent=readable(accent, LIGHT_BACKGROUNDS), accent_dark=readable(dark, DARK_BACKGROUNDS)
    )
    before, css = stylesheet(DEFAULT_BRAND, ENGLISH), stylesheet(brand, ENGLISH).decode()
    assert len(css.encode()) == len(before)
    # The third one is that of print, which is black whatever the brand.
    assert re.findall(r"--brand:([^;}]+)", css) == [brand.accent, brand.dark_accent, "#000"]
