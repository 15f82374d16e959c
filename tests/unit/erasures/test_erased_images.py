"""Which images go with an erasure: those that nothing else of the site shows or links to (V10)."""

import json
from collections.abc import Mapping

import pytest

from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.order import order
from gazette.models.ledger.snapshot import DERIVATION
from tests.unit.erasures.erasing import erase, undo
from tests.unit.images.image_files import PNG, image_file
from tests.unit.publish.worlds import World, hours
from tests.unit.reconcile.reconciling import reconcile

FILE, THUMBNAIL = "image/a.png", "thumbnails/320/a.png.webp"
OWN_IMAGE = {"image": {"key": "images/a.png", "alt": "Someone"}}
BODY = {"body": "Look: ![Someone](images/a.png)"}
LEADING_THERE = (
    BODY,
    {"body": '<p><img src="/image/a.png" alt="Someone"></p>'},
    {"body": "![Someone](../../../../image/a.png)"},
    {"body": "![Someone][1]\n\n[1]: /image/%61.png"},
    {"body": "[the whole image](images/a.png)"},
    {"body": '<a href="/image/a.png?large"><img src="/thumbnails/320/a.png.webp"></a>'},
    {"body": "See https://news.example.org/image/a.png."},
    {"image": {"url": "https://news.example.org/image/a.png", "alt": "Someone"}},
    {"sources": [{"url": "https://news.example.org/image/a.png", "title": "The image"}]},
)
LEADING_ELSEWHERE = (
    {"body": "A text with neither images nor links."},
    {"body": 'The code `<img src="/image/a.png">` shows an image.'},
    {"body": "![Someone](image/a.png)"},
    {"body": "[Write](mailto:image/a.png), ![](images/), [here](https://example.org/a.png)"},
    {"body": f"![Someone](images/{'a' * 900}.png)"},
)


def with_file() -> World:
    world = World()
    world.source.put("images/a.png", image_file(800, 600), hours(0))
    world.settle()
    assert {FILE, THUMBNAIL} <= set(world.site())
    return world


def bring_back_file(world: World) -> None:
    """An old release left the image on the site."""
    world.store.write([with_file().store.documents[FILE]], {FILE: None})


def put(world: World, name: str, hour: int, fields: Mapping[str, object]) -> None:
    world.put(name, hours(hour), title=f"{name} {hour}", **fields)
    world.settle()


def erase_all(world: World, name: str, hour: int) -> None:
    erase(world, name, hours(hour), "all")
    world.settle()


def age(world: World, *names: str) -> None:
    """Let the ledger be that of derivation 2, which knew of no image that a text leads to."""
    for item in world.records().values():
        if item.revision < order(1):
            continue
        items = world.ledger._partitions[item.key.partition].items
        payload, is_deleted = item.payload, item.deleted
        if item.key.sort.startswith((keys.USED, keys.ERASED)):
            is_deleted = True
        elif item.key in map(keys.snapshot_key, names):
            snapshot = json.loads(payload) | {"derivation": DERIVATION - 1}
            snapshot["revision"].pop("linked_images")
            payload = json.dumps(snapshot)
        elif item.key.sort.startswith(keys.REVISION):
            revision = json.loads(payload)
            revision.pop("linked_images")
            payload = json.dumps(revision)
        items[item.key.sort] = LedgerItem(item.key, item.revision - 1, payload, is_deleted)


@pytest.mark.parametrize("fields", LEADING_THERE)
def test_an_image_that_another_event_leads_to_stays(fields: Mapping[str, object]) -> None:
    world = with_file()
    put(world, "a", 0, OWN_IMAGE)
    put(world, "b", 0, fields)
    erase_all(world, "a", 1)
    assert {FILE, THUMBNAIL} <= set(world.site())


@pytest.mark.parametrize("fields", LEADING_THERE)
def test_an_image_that_only_an_erased_document_leads_to_goes(fields: Mapping[str, object]) -> None:
    world = with_file()
    put(world, "a", 0, fields)
    erase_all(world, "a", 1)
    assert not {FILE, THUMBNAIL} & set(world.site())
    undo(world, "a", hours(2))
    world.settle()
    assert {FILE, THUMBNAIL} <= set(world.site())


@pytest.mark.parametrize("fields", LEADING_ELSEWHERE)
def test_an_image_that_no_erased_document_leads_to_stays(fields: Mapping[str, object]) -> None:
    world = with_file()
    put(world, "a", 0, fields)
    erase_all(world, "a", 1)
    assert FILE in world.site()


def test_an_image_in_the_text_of_a_later_revision_stays() -> None:
    world = with_file()
    put(world, "a", 0, OWN_IMAGE)
    put(world, "a", 1, BODY)
    erase(world, "a", hours(2), [1])
    world.settle()
    assert FILE in world.site()
    erase(world, "a", hours(3), [1, 2])
    world.settle()
    assert FILE not in world.site()


def test_an_image_in_the_text_of_a_superseded_revision_stays() -> None:
    world = with_file()
    put(world, "a", 0, BODY)
    put(world, "a", 1, {"body": "None."})
    put(world, "b", 1, OWN_IMAGE)
    erase_all(world, "b", 2)
    assert FILE in world.site()


def test_an_image_that_was_erased_comes_back_with_a_text_that_shows_it() -> None:
    world = with_file()
    put(world, "a", 0, OWN_IMAGE)
    erase_all(world, "a", 1)
    assert FILE not in world.site()
    put(world, "b", 2, BODY)
    assert FILE in world.site()


def test_an_image_that_was_erased_twice_comes_back_with_each_event_that_shows_it() -> None:
    """An item of a second version has a greater order than one of a first."""
    world = with_file()
    put(world, "a", 0, OWN_IMAGE)
    erase_all(world, "a", 1)
    put(world, "b", 2, {"body": "None."})
    put(world, "b", 3, BODY)
    assert FILE in world.site()
    erase_all(world, "b", 4)
    assert FILE not in world.site()
    put(world, "c", 5, BODY)
    assert FILE in world.site()


def test_an_image_comes_back_with_a_revision_that_is_superseded_in_the_same_run() -> None:
    world = with_file()
    put(world, "a", 0, OWN_IMAGE)
    erase_all(world, "a", 1)
    world.put("b", hours(2), title="b", **OWN_IMAGE)
    put(world, "b", 3, {"body": "None."})
    assert FILE in world.site()


def test_two_texts_lead_to_an_image_until_both_are_erased() -> None:
    world = with_file()
    put(world, "a", 0, BODY)
    put(world, "b", 0, BODY)
    erase_all(world, "a", 1)
    assert FILE in world.site()
    erase_all(world, "b", 2)
    assert FILE not in world.site()


def test_an_old_ledger_learns_of_images_in_texts_in_the_nightly_run() -> None:
    world = with_file()
    put(world, "a", 0, OWN_IMAGE)
    put(world, "b", 0, BODY)
    age(world, "a", "b")
    reconcile(world)
    erase_all(world, "a", 1)
    assert FILE in world.site()


def test_the_image_of_a_text_that_an_old_release_erased_goes_in_the_nightly_run() -> None:
    world = with_file()
    put(world, "a", 0, BODY)
    put(world, "a", 1, {"body": "None."})
    erase(world, "a", hours(2), [1])
    world.settle()
    age(world, "a")
    bring_back_file(world)
    reconcile(world)
    assert FILE not in world.site()


def test_the_image_of_a_text_that_an_old_release_erased_stays_if_s3_has_removed_the_text() -> None:
    world = with_file()
    put(world, "a", 0, BODY)
    put(world, "a", 1, {"body": "None."})
    erase(world, "a", hours(2), [1])
    world.settle()
    age(world, "a")
    bring_back_file(world)
    world.source.remove_version("events/a.json", world.revision("a", 1).version_id)
    reconcile(world)
    assert FILE in world.site()


def test_images_in_texts_are_no_reason_to_publish_an_event_again() -> None:
    world = with_file()
    put(world, "a", 0, BODY)
    world.source.put("images/a.png", PNG, hours(1))
    _, published = world.settle()
    assert published.documents_written == 3  # the image and its thumbnails
    assert THUMBNAIL in world.site()


def test_a_text_with_too_many_images_is_recorded_within_the_bound_of_an_item() -> None:
    world = World()
    shown = "".join(f"![](images/{number:04d}-{'ä' * 400}.png)\n" for number in range(60))
    put(world, "a", 0, {"body": shown})
    found = world.revision("a", 1).linked_images
    assert found[0].startswith("images/0000-")
    assert 20 < len(found) < 30


def test_the_next_revision_with_the_same_image_in_its_text_writes_no_item_for_it() -> None:
    world = with_file()
    put(world, "a", 0, BODY)
    used = keys.image_used_key("images/a.png", "a")
    before = world.records()[used]
    put(world, "a", 1, BODY)
    assert world.snapshot("a").number == 2
    assert world.records()[used] == before
    erase_all(world, "a", 2)
    assert FILE not in world.site()
