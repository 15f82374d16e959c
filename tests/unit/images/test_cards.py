"""The image of a page without one, where somebody shares its address (og:image)."""

from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from PIL import Image, ImageFont

from gazette.models.branding.brand import Brand
from gazette.models.product import CARD_PIXELS
from gazette.models.site import Site
from gazette.renderers import cards
from gazette.renderers.cards import is_drawable, site_card
from tests.unit.images.image_files import PNG
from tests.unit.publish.worlds import SITE, World, hours
from tests.unit.reconcile.reconciling import broken, reconcile

ACCENT = "#7a1f3d"
PATH = "assets/card.png"
PAGE = "news/2026/07/4/river-opens.html"


def colours(card: bytes) -> dict[tuple[int, ...], int]:
    """Return how many pixels have each colour."""
    with Image.open(BytesIO(card)) as image:
        assert image.format == "PNG"
        assert image.size == CARD_PIXELS
        found = image.convert("RGB").getcolors() or ()
    return {colour: count for count, colour in found if isinstance(colour, tuple)}


def written(title: str) -> int:
    """Return how many pixels of a card are not its ground."""
    return (
        sum(colours(site_card(title, ACCENT)).values())
        - colours(site_card(title, ACCENT))[(0x7A, 0x1F, 0x3D)]
    )


def published(site: Site = SITE, **fields: object) -> World:
    world = World(site)
    world.put("a", hours(0), **fields)
    world.settle()
    return world


def shown(world: World, path: str = PAGE) -> dict[str, str]:
    tree = html.fromstring(world.site()[path])
    return {
        str(one.get("property")): str(one.get("content"))
        for one in tree.iterfind(".//meta[@property]")
        if str(one.get("property")).startswith("og:image")
    }


def test_a_card_has_the_title_on_the_accent() -> None:
    assert written("The Harbour Post") > written("Post") > written("بريد")


@pytest.mark.parametrize("title", ["بريد الميناء", "São Paulo", "港の新聞", "Пошта", "\uffff", " "])
def test_a_title_with_a_character_that_the_font_lacks_is_left_out_whole(title: str) -> None:
    assert not is_drawable(title)
    assert site_card(title, ACCENT) == site_card("", ACCENT)


@pytest.mark.parametrize("title", ["A", "x" * 200, "word " * 60, "The Post, no. 1: “News” & more…"])
def test_a_title_of_any_length_fits(title: str) -> None:
    """Its edges are empty."""
    assert is_drawable(title)
    with Image.open(BytesIO(site_card(title, ACCENT))) as image:
        pixels = image.convert("RGB")
    for box in ((0, 0, CARD_PIXELS[0], 40), (0, CARD_PIXELS[1] - 40, *CARD_PIXELS)):
        assert pixels.crop(box).getcolors() == [(40 * CARD_PIXELS[0], (0x7A, 0x1F, 0x3D))]


@given(st.text(max_size=200))
def test_any_title_gives_a_card(title: str) -> None:
    assert len(site_card(title, ACCENT)) < 60_000


def test_the_same_settings_give_the_same_bytes() -> None:
    """SPEC X6."""
    first = site_card("The Post", ACCENT)
    site_card.cache_clear()
    assert site_card("The Post", ACCENT) == first


def test_a_build_of_pillow_without_freetype_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    cards._font.cache_clear()
    monkeypatch.setattr(ImageFont, "load_default", lambda _size: ImageFont.ImageFont())
    with pytest.raises(TypeError, match="install a wheel"):
        cards._font(50)
    cards._font.cache_clear()


def test_an_event_without_an_image_shows_the_card_of_the_site() -> None:
    """SPEC S11: it is there before the first event's page is shared."""
    world = published(replace(SITE, title="The Post", brand=Brand(accent=ACCENT)))
    assert shown(world) == {
        "og:image": f"https://gazette.example/{PATH}",
        "og:image:type": "image/png",
        "og:image:width": str(CARD_PIXELS[0]),
        "og:image:height": str(CARD_PIXELS[1]),
        "og:image:alt": "The Post",
    }
    document = world.store.documents[PATH]
    assert (document.body, document.media_type) == (site_card("The Post", ACCENT), "image/png")


def test_an_event_with_an_image_shows_that() -> None:
    world = World()
    world.source.put("images/a.png", PNG, hours(0))
    world.put("a", hours(0), image={"key": "images/a.png", "alt": "A river"})
    world.settle()
    assert shown(world)["og:image"] == "https://gazette.example/image/a.png"


def test_a_later_event_does_not_ask_for_the_card_and_a_rebuild_brings_it() -> None:
    world = published()
    before = world.site()
    broken(world, PATH, None)
    world.put("b", hours(1), title="Sea")
    world.settle()
    assert PATH not in world.site()
    assert reconcile(world).counts.orphans == 0
    assert world.site()[PATH] == before[PATH]
