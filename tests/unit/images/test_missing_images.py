"""No document names an image that is not in the source bucket (SPEC S11)."""

from collections.abc import Callable

import pytest

from gazette.models.ledger import keys, partitions
from gazette.models.tasks.tasks import IMAGE_REQUEST
from gazette.services.publish.images.missing_images import missing_images
from tests.property.archives import NAMES, SMALL
from tests.unit.images.image_files import image_file
from tests.unit.publish.worlds import World, hours

KEY, OTHER = "images/typo.png", "images/right.png"
IMAGE = {"key": KEY, "alt": "A ship", "credit": "R. Moss"}
PNG, NARROW, BROKEN = image_file(40, 30), image_file(30, 20), b"no image"
EVENT: dict[str, object] = {
    "title": "Ship",
    "topics": ["Harbour", "Boats"],
    "category": "City",
    "image": IMAGE,
}


def naming(world: World) -> set[str]:
    """Return the documents that name the image by its address."""
    return {path for path, body in world.site().items() if b"image/typo.png" in body}


def upload(world: World, body: bytes | None, hour: float) -> None:
    if body is None:
        world.source.delete(KEY, hours(hour))
    else:
        world.source.put(KEY, body, hours(hour))
    world.settle()


def published(*steps: Callable[[World], object], at_once: bool = False) -> World:
    world = World(SMALL)
    for step in steps:
        step(world)
        if not at_once:
            world.settle()
    world.settle()
    return world


def named(world: World) -> None:
    world.put("a", hours(0), **EVENT)


def named_again(world: World) -> None:
    world.put("a", hours(5), **EVENT | {"body": "More.", "topics": ["Harbour", "Fog"]})


def there(world: World) -> None:
    upload(world, PNG, 1)


def deleted(world: World) -> None:
    upload(world, None, 2)


def back(world: World) -> None:
    upload(world, PNG, 3)


def test_an_image_that_was_never_uploaded_is_in_no_document() -> None:
    world = published(named)
    assert naming(world) == set()
    assert b"A ship" not in world.site()["topics/harbour/feed.rss"]


def test_an_image_that_was_deleted_before_an_event_names_it_is_in_no_document() -> None:
    world = published(there, deleted, named)
    assert naming(world) == set()


def test_an_image_that_was_deleted_afterwards_leaves_all_documents() -> None:
    world = published(there, named, named_again)
    assert {
        "feed.atom",
        "feed.rss",
        "feed.json",
        "categories/city/feed.rss",
        "topics/harbour/feed.json",
        "topics/fog/feed.atom",
        "news/2026/07/4/index.xml",
        "news/2026/07/4/ship.html",
        "news/2026/07/4/ship.r1.html",
        "sitemaps/2026-07-04.xml",
    } <= naming(world)
    deleted(world)
    assert naming(world) == set()


def test_an_image_that_cannot_be_shown_is_as_good_as_none() -> None:
    world = published(named)
    upload(world, BROKEN, 1)
    assert naming(world) == set()
    assert world.quarantined(KEY) is not None
    upload(world, PNG, 2)
    assert "feed.rss" in naming(world)


@pytest.mark.parametrize(
    "steps",
    [
        (named, there),
        (named, named_again, there),
        (named, there, named_again),
        (named, there, deleted, back),
        (there, named, deleted, named_again, back),
        (named, there, deleted, named_again, back),
    ],
    ids=lambda steps: ", ".join(step.__name__ for step in steps),
)
def test_an_image_that_arrives_later_is_where_it_would_be_if_it_had_come_first(
    steps: tuple[Callable[[World], object], ...],
) -> None:
    last = back if back in steps else there
    others = [step for step in steps if step in {named, named_again}]
    assert published(*steps).site() == published(last, *others).site()


def test_an_image_that_comes_back_before_anything_is_published_is_there() -> None:
    world = published(named, there, deleted)
    world.source.put(KEY, PNG, hours(3))
    world.put("a", hours(5), **EVENT | {"body": "More.", "topics": ["Harbour", "Fog"]})
    world.settle()
    assert world.site() == published(back, named, named_again).site()


def test_an_event_that_takes_another_image_shows_that() -> None:
    world = published(named)
    world.source.put(OTHER, PNG, hours(1))
    world.put("a", hours(2), **EVENT | {"image": IMAGE | {"key": OTHER}})
    world.settle()
    assert b"image/right.png" in world.site()["feed.rss"]
    assert list(missing_images(world.ledger)) == []


def test_an_event_without_its_missing_image_is_as_one_that_never_had_one() -> None:
    world = published(named)
    plain = EVENT | {"image": None}
    world.put("a", hours(5), **plain)
    world.settle()
    other = World(SMALL)
    for hour in (0, 5):
        other.put("a", hours(hour), **EVENT | {"image": None, "body": f"{hour}"})
        other.settle()
    assert naming(world) == naming(other) == set()
    assert list(missing_images(world.ledger)) == []


def test_an_archive_document_leaves_out_a_missing_image() -> None:
    world = World(SMALL)
    for number, name in enumerate(NAMES):
        world.put(name, hours(number / 10), title=f"Ship {number}", image=IMAGE)
        world.settle()
    archives = {path for path in world.site() if path.startswith("archive/")}
    assert archives
    assert naming(world) == set()
    upload(world, PNG, 1)
    assert archives & naming(world)
    upload(world, None, 2)
    assert naming(world) == set()


def test_each_event_is_listed_that_names_a_missing_image() -> None:
    world = published(named)
    world.put("b", hours(1), title="Boat", image=IMAGE)
    world.settle()
    found = list(missing_images(world.ledger))
    assert [(one.event_id, one.key) for one in found] == [("a", KEY), ("b", KEY)]
    assert found[0].reason == (
        "images/typo.png is not in the source bucket, or cannot be shown, so no document names it; "
        "upload it, or correct the key"
    )
    world.delete("b", hours(2))
    world.settle()
    assert [one.event_id for one in missing_images(world.ledger)] == ["a"]
    there(world)
    assert list(missing_images(world.ledger)) == []


def presence_requests(world: World) -> list[int]:
    """Return the orders of the requests to publish the revisions with the image again."""
    event = partitions.event_partition("a")
    found = world.ledger.scan(event, IMAGE_REQUEST)
    return [item.revision for item in found]


def test_old_revisions_are_published_again_when_the_image_comes_or_goes() -> None:
    world = published(named, named_again, there)
    (came,) = presence_requests(world)
    upload(world, NARROW, 6)
    assert presence_requests(world) == [came]
    upload(world, None, 7)
    (went,) = presence_requests(world)
    assert went > came


def test_images_that_are_there_cost_a_time_line_one_read() -> None:
    plain, illustrated = World(SMALL), World(SMALL)
    there(illustrated)
    for world, image in ((plain, None), (illustrated, IMAGE)):
        for number in range(3):
            world.put(f"e{number}", hours(1), **EVENT | {"image": image})
        world.settle()
        world.calls.clear()
        world.publish([keys.ItemKey(partitions.SITE, keys.EXPIRED)])
    extra = illustrated.calls - plain.calls
    assert extra == {"dynamodb.Query": 1}
