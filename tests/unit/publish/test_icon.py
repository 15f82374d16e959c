"""`/favicon.ico` is there for those who read no page."""

from io import BytesIO

from PIL import Image

from tests.unit.publish.worlds import World, hours
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
