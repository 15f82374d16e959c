"""An image that only a version under embargo names is not published before it (SPEC V11)."""

from collections.abc import Mapping

import pytest

from gazette.models.contract.identity import event_key
from gazette.models.frozen import rfc3339
from gazette.models.ledger import keys
from tests.property.test_dead_links import dead_links
from tests.unit.erasures.erasing import dies_after, erase, undo
from tests.unit.images.image_files import image_file
from tests.unit.publish.worlds import World, hours

KEY, FILES = "images/a.png", {"image/a.png", "thumbnails/320/a.png.webp"}
PAGE = "news/2026/07/4/river-opens.html"
NAMING: tuple[Mapping[str, object], ...] = (
    {"image": {"key": KEY, "alt": "Someone"}},
    {"body": f"Look: ![Someone]({KEY})"},
    {"sources": [{"url": "https://news.example.org/image/a.png", "title": "The image"}]},
)
RELEASE = rfc3339(hours(4))


def upload(world: World) -> None:
    world.source.put(KEY, image_file(800, 600), hours(0))
    world.settle()


def held_world(fields: Mapping[str, object], *, is_first: bool = True) -> World:
    world = World()
    if is_first:
        upload(world)
    world.put("a", hours(1), published=RELEASE, **fields)
    world.settle()
    if not is_first:
        upload(world)
    return world


def settle_at(world: World, hour: float) -> None:
    world.now = hours(hour)
    world.ingest("a")
    world.settle()


def is_there(world: World) -> bool:
    there = FILES & world.site().keys()
    assert there in (set(), FILES)
    assert dead_links(world.site()) == set()
    return bool(there)


@pytest.mark.parametrize("fields", NAMING, ids=["own", "text", "source"])
@pytest.mark.parametrize("is_first", [True, False])
def test_an_image_waits_for_the_release_of_what_names_it(
    fields: Mapping[str, object], *, is_first: bool
) -> None:
    world = held_world(fields, is_first=is_first)
    assert not is_there(world)
    assert keys.image_erased_key(KEY, "a") in world.records()
    settle_at(world, 4)
    assert is_there(world)
    world.delete("a", hours(5))
    world.settle()
    assert is_there(world)


def test_an_image_that_a_public_event_shows_too_stays() -> None:
    world = World()
    world.put("b", hours(0), body=f"![Someone]({KEY})")
    world.settle()
    upload(world)
    world.put("a", hours(1), published=RELEASE, **NAMING[0])
    world.settle()
    assert is_there(world)


def test_an_image_comes_with_another_event_that_shows_it() -> None:
    world = held_world(NAMING[0])
    world.put("b", hours(2), title="Sea", **NAMING[0])
    world.settle()
    assert is_there(world)


def test_the_image_of_a_version_that_is_replaced_before_its_release_was_never_public() -> None:
    world = held_world(NAMING[0])
    world.put("a", hours(2), title="Without")
    world.settle()
    settle_at(world, 5)
    assert not is_there(world)
    world.put("a", hours(6), title="Without", **NAMING[1])
    world.settle()
    assert is_there(world)


def test_the_image_of_a_version_that_is_erased_before_its_release_never_comes() -> None:
    world = held_world(NAMING[0])
    erase(world, "a", hours(2), "all")
    settle_at(world, 5)
    assert not is_there(world)
    undo(world, "a", hours(6))
    settle_at(world, 6)
    assert is_there(world)
    erase(world, "a", hours(7), "all")
    settle_at(world, 7)
    assert not is_there(world)


@pytest.mark.parametrize("fields", NAMING, ids=["own", "text", "source"])
def test_a_held_version_that_lost_its_number_to_the_next_one_shows_no_image(
    fields: Mapping[str, object],
) -> None:
    """The run that releases it does not see the next one: S3 has removed that (SPEC V9, V11)."""
    world = held_world(fields)
    world.put("a", hours(2), title="Without")
    assert dies_after(2, world)
    assert world.revision("a", 1).entry.title == "Without"
    for version in world.source.versions(event_key("a")):
        world.source.remove_version(event_key("a"), version.version_id)
    world.delete("a", hours(5))
    world.settle()
    assert world.snapshot("a").number == 2
    upload(world)
    assert not is_there(world)
    world.put("a", hours(6), title="With", **fields)
    world.settle()
    assert is_there(world)


def test_a_held_event_without_an_image_hides_none() -> None:
    world = held_world({"image": {"url": "https://images.example/b.png", "alt": "Someone"}})
    assert is_there(world)
