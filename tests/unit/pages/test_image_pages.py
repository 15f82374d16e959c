"""An image and the pages that show it, whichever comes first."""

import json
import re

import feedparser
import pytest

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.keys import ItemKey
from gazette.models.tasks.tasks import IMAGE_REQUEST
from gazette.services.publish.event.revisions import read_image, with_current_image
from tests.unit.images.image_files import animation, image_file, read
from tests.unit.publish.worlds import World, hours

KEY = "images/a.jpg"
BASE_PATH = "news/2026/07/4/river-opens"
IMAGE = {"key": KEY, "alt": "A river", "credit": "R. Moss"}
LARGE, SMALL = image_file(1500, 1000, "JPEG"), image_file(300, 200, "JPEG")


def put_image(world: World, raw: bytes, at: float, key: str = KEY) -> None:
    world.source.put(key, raw, hours(at))
    world.settle()


def put_event(world: World, at: float, name: str = "a", **fields: object) -> None:
    world.put(name, hours(at), **fields)
    world.settle()


def page(world: World, extension: str = "html") -> str:
    return world.site()[f"{BASE_PATH}.{extension}"].decode()


def images(world: World) -> list[str]:
    return sorted(path for path in world.site() if path.startswith(("image/", "thumbnails/")))


def shown(world: World) -> dict[str, object] | None:
    image: dict[str, object] | None = json.loads(page(world, "json"))["image"]
    return image


@pytest.fixture
def world() -> World:
    world = World()
    put_event(world, 0, image=IMAGE, topics=["Foxes"])
    put_image(world, LARGE, 1)
    return world


def test_an_image_is_published_as_it_was_written_and_in_two_widths(world: World) -> None:
    assert images(world) == [
        "image/a.jpg",
        "thumbnails/320/a.jpg.webp",
        "thumbnails/960/a.jpg.webp",
    ]
    documents = world.store.documents
    assert documents["image/a.jpg"].body == LARGE
    assert documents["image/a.jpg"].media_type == "image/jpeg"
    thumbnail = documents["thumbnails/320/a.jpg.webp"]
    assert thumbnail.media_type == "image/webp"
    assert read(thumbnail.body).size == (320, 213)


def test_an_image_that_is_uploaded_after_its_event_appears_on_the_page(world: World) -> None:
    before, after = World(), World()
    put_event(before, 0, image=IMAGE, topics=["Foxes"])
    assert shown(before) is None
    assert "<img" not in page(before)
    put_image(after, LARGE, 1)
    put_event(after, 0, image=IMAGE, topics=["Foxes"])
    assert world.site() == after.site()
    assert "<img" in page(world)


def test_the_page_shows_type_size_text_and_credit_and_offers_the_thumbnails(world: World) -> None:
    assert shown(world) == {
        "url": "https://gazette.example/image/a.jpg",
        "alt": "A river",
        "credit": "R. Moss",
        "media_type": "image/jpeg",
        "width": 1500,
        "height": 1000,
        "length": len(LARGE),
        "thumbnails": [
            {
                "url": f"https://gazette.example/thumbnails/{width}/a.jpg.webp",
                "width": width,
                "height": height,
            }
            for width, height in ((320, 213), (960, 640))
        ],
    }
    html = page(world)
    (element,) = re.findall(r"<img[^>]*>", html)
    assert 'alt="A river" width="1500" height="1000"' in element
    (offered,) = re.findall(r'srcset="([^"]*)"', element)
    assert [candidate.split() for candidate in offered.split(", ")] == [
        ["https://gazette.example/thumbnails/320/a.jpg.webp", "320w"],
        ["https://gazette.example/thumbnails/960/a.jpg.webp", "960w"],
        ["https://gazette.example/image/a.jpg", "1500w"],
    ]
    assert "R. Moss" in html
    properties = dict(re.findall(r'<meta property="(og:image[^"]*)" content="([^"]*)">', html))
    assert properties == {
        "og:image": "https://gazette.example/image/a.jpg",
        "og:image:alt": "A river",
        "og:image:type": "image/jpeg",
        "og:image:width": "1500",
        "og:image:height": "1000",
    }


@pytest.mark.parametrize("raw", [LARGE, SMALL])
def test_the_entry_of_the_page_and_all_feeds_have_type_size_and_length(
    world: World, raw: bytes
) -> None:
    """SPEC R9: those of the file that the site has, also when it changed last."""
    put_image(world, raw, 2)
    assert world.site()["image/a.jpg"] == raw
    width, height = read(raw).size
    day = "news/2026/07/4/index.xml"
    feeds = ("topics/foxes/feed.atom", "topics/foxes/feed.rss", "feed.rss", "feed.atom", day)
    for path in (f"{BASE_PATH}.xml", *feeds):
        (content,) = feedparser.parse(world.site()[path]).entries[0].media_content
        assert dict(content) == {
            "url": "https://gazette.example/image/a.jpg",
            "medium": "image",
            "filesize": str(len(raw)),
            "type": "image/jpeg",
            "width": str(width),
            "height": str(height),
        }


def test_a_changed_image_brings_its_page_up_to_date(world: World) -> None:
    put_image(world, SMALL, 2)
    image = shown(world)
    assert image is not None
    assert (image["width"], image["thumbnails"]) == (300, [])
    assert "srcset" not in page(world)
    assert [read(world.site()[path]).size for path in images(world)] == [(300, 200)] * 3


def test_a_deleted_image_disappears_with_its_thumbnails_and_from_the_page(world: World) -> None:
    world.source.delete(KEY, hours(2))
    world.settle()
    assert images(world) == []
    assert shown(world) is None
    assert "a.jpg" not in page(world)
    assert "a.jpg" not in page(world, "xml")


def test_a_restored_image_is_shown_again(world: World) -> None:
    before = world.site()
    world.source.delete(KEY, hours(2))
    world.settle()
    put_image(world, LARGE, 3)
    assert world.site() == before


def test_a_bad_image_leaves_the_good_one_on_the_page(world: World) -> None:
    before = world.site()
    put_image(world, LARGE[:500], 2)
    assert world.site() == before
    kept = world.quarantined(KEY)
    assert kept is not None
    assert kept.problems[0][1].startswith("cannot be decoded as JPEG, it is broken or not whole")


def test_an_animated_image_is_offered_as_it_is_alone(world: World) -> None:
    put_image(world, animation("GIF", 1000, 10), 2)
    image = shown(world)
    assert image is not None
    assert (image["media_type"], image["width"], image["thumbnails"]) == ("image/gif", 1000, [])


def test_an_image_wakes_the_events_that_show_it_or_did_and_no_others(world: World) -> None:
    put_event(world, 1, "b", title="B")
    put_event(world, 1, "c", title="C", image=IMAGE | {"key": "images/other.jpg"})
    put_event(world, 1, "d", title="D", image={"url": "https://a.example/a.jpg", "alt": "A"})
    put_event(world, 1, "e", title="E", image=IMAGE)
    put_event(world, 2, "e", title="E", image=None)
    put_event(world, 1, "f", title="F", image=IMAGE)
    world.delete("f", hours(2))
    put_event(world, 1, "g", title="G", image=IMAGE)
    world.source.put(KEY, SMALL, hours(3))
    world.ingestor.ingest(world.notifications.pop(), report := world.ingest())
    assert report.images == 1
    (item_key,) = world.changes
    world.changes.clear()
    world.publish([item_key])
    of_pages = [key for key in world.changes if not key.sort.startswith(IMAGE_REQUEST)]
    assert of_pages == [
        keys.rebuild_request_key(partitions.event_partition(name), f"IMAGE#{KEY}")
        for name in ("a", "g", "e", "f")
    ]
    # The numbered revisions of the others named it before; those of "a" were published with it.
    of_revisions = [key for key in world.changes if key not in of_pages]
    assert sorted(key.partition.name for key in of_revisions) == ["e", "f", "g"]


def test_an_image_that_is_published_again_wakes_nobody(world: World) -> None:
    report = world.publish([keys.image_key(KEY)])
    assert (report.documents_written, report.documents_unchanged) == (0, 3)
    assert world.changes == []


def test_using_an_image_does_not_publish_it(world: World) -> None:
    assert keys.image_use_key(KEY, "a") == ItemKey(keys.image_key(KEY).partition, "USE#a")
    world.calls.clear()
    put_event(world, 2, "b", title="B", image=IMAGE)
    assert KEY not in {item_key.partition.name for item_key in world.changes}
    assert world.publish([keys.image_use_key(KEY, "b")]).documents_unchanged == 0


def test_an_image_elsewhere_is_shown_as_it_is_named() -> None:
    world = World()
    put_event(world, 0, image={"url": "https://a.example/a.jpg", "alt": "A"})
    image = shown(world)
    assert image is not None
    assert image["url"] == "https://a.example/a.jpg"
    assert (image["width"], image["thumbnails"]) == (None, [])
    assert not [item_key for item_key in world.records() if item_key.partition.kind == "IMAGE"]


def test_a_comma_in_a_name_does_not_break_the_list_of_thumbnails() -> None:
    world = World()
    put_event(world, 0, image=IMAGE | {"key": "images/a, b,"})
    put_image(world, image_file(400, 300), 0, "images/a, b,")
    assert (
        'srcset="https://gazette.example/thumbnails/320/a%2C%20b%2C.webp 320w, '
        'https://gazette.example/image/a%2C%20b%2C 400w"'
    ) in page(world)


@pytest.mark.parametrize("name", ["320/a.jpg.webp", "a.jpg.webp", "thumbnails/320/a.jpg.webp"])
def test_no_image_of_a_publisher_has_the_address_of_a_thumbnail(world: World, name: str) -> None:
    before = world.site()
    put_image(world, SMALL, 2, f"images/{name}")
    added = world.site().keys() - before.keys()
    thumbnails = {f"thumbnails/{width}/{name}.webp" for width in (320, 960)}
    assert added == {f"image/{name}"} | thumbnails
    assert before.items() <= world.site().items()


def test_a_withdrawn_event_shows_no_image_and_reads_none(world: World) -> None:
    world.delete("a", hours(2))
    world.settle()
    assert "a.jpg" not in page(world)
    revision = world.revision("a", 2)
    assert read_image(Unread(), revision) is None  # type: ignore[arg-type]
    assert with_current_image(revision, None) is revision


class Unread:
    """A ledger that nobody is to look at."""


def test_a_plus_sign_in_the_key_of_an_image_is_encoded_wherever_the_image_is_named() -> None:
    """S3 reads a plus sign in an address as a space, and would not find the image."""
    world = World()
    key = "images/lock+bridge.jpg"
    put_image(world, LARGE, 0, key)
    put_event(world, 1, image=IMAGE | {"key": key})
    assert "image/lock+bridge.jpg" in images(world)
    named = [path for path, body in world.site().items() if b"lock%2Bbridge.jpg" in body]
    assert {f"{BASE_PATH}.html", f"{BASE_PATH}.json", f"{BASE_PATH}.md", "feed.rss"} <= set(named)
    assert [path for path, body in world.site().items() if b"/image/lock+bridge.jpg" in body] == []
