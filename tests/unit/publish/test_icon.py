"""`/favicon.ico` is there for those who read no page."""

from dataclasses import replace
from io import BytesIO

from PIL import Image
from PIL.IcoImagePlugin import IcoFile

from gazette.models.branding.brand import Brand
from gazette.models.limits import MAX_ICON_BYTES
from tests.unit.images.image_files import image_file
from tests.unit.publish.worlds import SITE, World, hours
from tests.unit.reconcile.reconciling import broken, reconcile


def test_the_icon_is_published_with_the_first_event_in_two_sizes() -> None:
    world = World()
    world.put("a", hours(0))
    world.settle()
    document = world.store.documents["favicon.ico"]
    assert document.media_type == "image/vnd.microsoft.icon"
    with Image.open(BytesIO(document.body)) as icon:
        assert icon.format == "ICO"
        assert icon.info["sizes"] == {(16, 16), (32, 32)}


def test_a_later_event_does_not_ask_for_the_icon() -> None:
    world = World()
    world.put("a", hours(0), topics=["Foxes"])
    world.settle()
    broken(world, "favicon.ico", None)
    world.put("b", hours(1), topics=["Bears"])
    world.settle()
    assert "favicon.ico" not in world.site()


def test_a_rebuild_brings_the_icon_to_a_site_without_one() -> None:
    world = World()
    world.put("a", hours(0))
    world.settle()
    before = world.site()
    broken(world, "favicon.ico", None)
    assert reconcile(world).counts.orphans == 0
    assert world.site() == before


def test_the_included_icon_has_the_accent_of_the_brand() -> None:
    world = World(replace(SITE, brand=Brand(accent="#7a1f3d")))
    world.put("a", hours(0))
    world.settle()
    assert b'fill="#7a1f3d"' in world.store.documents["assets/icon.svg"].body
    for side in (16, 32):
        icon = IcoFile(BytesIO(world.site()["favicon.ico"])).getimage((side, side))
        colours = {colour for _, colour in icon.convert("RGB").getcolors() or ()}
        assert colours == {(0x7A, 0x1F, 0x3D), (255, 255, 255)}


def own_icon() -> World:
    return World(replace(SITE, brand=Brand(icon="images/icon.png")))


def test_an_icon_of_the_publisher_is_there_too_whenever_it_comes_changes_or_goes() -> None:
    world = own_icon()
    world.put("a", hours(0))
    world.settle()
    included = world.site()["favicon.ico"]
    for hour, body in enumerate((image_file(64, 64), image_file(32, 32))):
        world.source.put("images/icon.png", body, hours(hour + 1))
        world.settle()
        assert world.store.documents["favicon.ico"].body == body
        assert world.store.documents["favicon.ico"].media_type == "image/png"
    world.source.delete("images/icon.png", hours(4))
    world.settle()
    assert world.site()["favicon.ico"] == included


def test_another_image_does_not_ask_for_the_icon() -> None:
    world = own_icon()
    world.put("a", hours(0))
    world.settle()
    broken(world, "favicon.ico", None)
    world.source.put("images/other.png", image_file(64, 64), hours(1))
    world.settle()
    assert "favicon.ico" not in world.site()


def test_an_image_that_is_too_large_for_an_icon_is_not_served_as_one() -> None:
    world = own_icon()
    world.put("a", hours(0))
    world.source.put(
        "images/icon.png", image_file(64, 64).ljust(MAX_ICON_BYTES + 1, b"\0"), hours(0)
    )
    world.settle()
    assert "image/icon.png" in world.site()
    assert world.store.documents["favicon.ico"].media_type == "image/vnd.microsoft.icon"
