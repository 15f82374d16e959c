"""No document names an image that a text leads to and that is not in the bucket (SPEC S11)."""

import json
from datetime import date

import pytest

from gazette.models.contract.document import EventDocument
from gazette.models.identifiers.urls import bare_address
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.entry import MissingImage
from gazette.projections.markup.body import rendered_body
from gazette.projections.pages.text_images import image_addresses, images_in_text
from gazette.services.publish.images.missing_images import missing_images
from tests.property.archives import NAMES, SMALL
from tests.unit.images.image_files import image_file
from tests.unit.publish.worlds import SITE, World, hours

KEY, OTHER = "images/lost ship.png", "images/main.png"
IN_ADDRESS = b"image/lost%20"
OWN = f"{SITE.base_url}/image/lost%20ship.png"
PNG = image_file(400, 300)
EVENT: dict[str, object] = {"title": "Ship", "topics": ["Harbour", "Boats"], "category": "City"}
SHOWN = {
    "image": f"Before ![A ship](<{KEY}>) after.",
    "reference": f"Before ![A ship][s] after.\n\n[s]: <{KEY}>",
    "tag": f'Before <img src="{KEY}" alt="A ship"> after.',
    "figure": f'<figure><img src="{KEY}" alt="A ship"><figcaption>X</figcaption></figure>',
    "address": f"Before ![A ship]({OWN}) after.",
    "address with a query": f"Before ![A ship]({OWN}?v=2#top) after.",
    "other spelling": f"Before ![A ship]({OWN.replace('ship', '%73hip')}) after.",
    "relative address": "Before ![A ship](../../../../image/lost%20ship.png) after.",
    "thumbnail": f"![A ship]({SITE.base_url}/thumbnails/320/lost%20ship.png.jpg)",
    "link": f"Before [A ship](<{KEY}>) after.",
    "image in a link": f"Before [![A ship](<{KEY}>)](<{KEY}>) after.",
}


def naming(world: World) -> set[str]:
    """Return the documents that lead to the image, other than the image itself."""
    documents = {path: body for path, body in world.site().items() if "lost ship" not in path}
    return {path for path, body in documents.items() if IN_ADDRESS in body or b"lost ship" in body}


def upload(world: World, hour: float, body: bytes | None = PNG) -> None:
    if body is None:
        world.source.delete(KEY, hours(hour))
    else:
        world.source.put(KEY, body, hours(hour))
    world.settle()


def published(*steps: tuple[str, float], body: str = SHOWN["image"]) -> World:
    """Publish steps, each an act and its hour."""
    world = World(SMALL)
    for act, hour in steps:
        if act == "write":
            more = f"{body}\n\n{hour}"
            world.put("a", hours(hour), **EVENT, body=more)
            world.settle()
        else:
            upload(world, hour, PNG if act == "upload" else None)
    return world


@pytest.mark.parametrize("form", SHOWN)
def test_a_missing_image_in_a_text_is_shown_as_its_alternative_text(form: str) -> None:
    world = published(("write", 1), body=SHOWN[form])
    # The numbered revision keeps the publisher's document: its hash needs it.
    assert naming(world) - {"news/2026/07/4/ship.r1.json"} == set()
    for path in ("news/2026/07/4/ship.html", "news/2026/07/4/ship.md", "topics/boats/feed.rss"):
        assert b"A ship" in world.site()[path], path


@pytest.mark.parametrize("form", sorted(SHOWN.keys() - {"thumbnail"}))
def test_an_image_that_arrives_later_is_where_it_would_be_if_it_had_come_first(form: str) -> None:
    body = SHOWN[form]
    late = published(("write", 1), ("write", 2), ("upload", 3), body=body)
    first = published(("upload", 0), ("write", 1), ("write", 2), body=body)
    assert late.site() == first.site()
    named = {"feed.atom", "topics/boats/feed.rss", "categories/city/feed.json"}
    pages = {f"news/2026/07/4/ship{end}" for end in (".html", ".md", ".xml", ".r1.html", ".r1.md")}
    assert named | pages <= naming(late)


def test_an_image_that_is_deleted_leaves_all_documents_and_comes_back() -> None:
    steps = (("upload", 0.5), ("write", 1), ("write", 2))
    deleted = published(*steps, ("delete", 3))
    assert deleted.site() == published(("write", 1), ("write", 2)).site()
    assert published(*steps, ("delete", 3), ("upload", 4)).site() == published(*steps).site()


def test_an_image_of_another_host_with_the_same_path_is_none_of_ours() -> None:
    foreign = "https://other.example/image/lost%20ship.png"
    world = published(("write", 1), body=f"![A ship]({foreign})")
    assert foreign.encode() in world.site()["feed.atom"]
    assert list(missing_images(world.ledger)) == []


def test_each_missing_image_of_an_event_is_listed_once() -> None:
    world = World(SMALL)
    body = f"![A](<{KEY}>) ![B](images/b.png) ![C]({OTHER})"
    world.source.put("images/b.png", PNG, hours(0))
    world.put("a", hours(1), **EVENT, body=body, image={"key": OTHER, "alt": "Main"})
    world.settle()
    found = [(one.event_id, one.key) for one in missing_images(world.ledger)]
    assert found == [("a", OTHER), ("a", KEY)]
    world.source.put(OTHER, PNG, hours(2))
    world.settle()
    assert [one.key for one in missing_images(world.ledger)] == [KEY]
    assert b"image/main.png" in world.site()["feed.rss"]
    upload(world, 3)
    assert list(missing_images(world.ledger)) == []


def test_an_archive_document_leaves_out_a_missing_image_of_a_text() -> None:
    world = World(SMALL)
    for number, name in enumerate(NAMES):
        world.put(name, hours(number / 10), title=f"Ship {number}", body=SHOWN["tag"])
        world.settle()
    archives = {path for path in world.site() if path.startswith("archive/")}
    assert archives
    assert naming(world) <= {path for path in world.site() if path.endswith(".r1.json")}
    upload(world, 2)
    assert archives & naming(world)


def test_the_json_form_has_the_text_as_written_while_the_image_is_there() -> None:
    path = "news/2026/07/4/ship.json"
    world = published(("write", 1))
    shown = json.loads(world.site()[path])["body"]
    assert "<p>Before A ship after.</p>" in shown
    upload(world, 2)
    assert json.loads(world.site()[path])["body"] == f"{SHOWN['image']}\n\n1"


def test_texts_without_images_cost_nothing_more() -> None:
    costs = []
    for body in ("No image.", "A [link](https://example.org/)."):
        world = World(SMALL)
        world.put("a", hours(1), **EVENT, body=body)
        world.settle()
        world.calls.clear()
        world.publish(
            [
                keys.revision_key("a", 1),
                keys.ItemKey(partitions.SITE, keys.EXPIRED),
            ]
        )
        costs.append(dict(world.calls))
    assert costs[0] == costs[1]


def test_a_text_with_an_image_costs_its_page_a_read_of_the_image() -> None:
    worlds = [published(("upload", 0), ("write", 1), body=body) for body in ("No.", SHOWN["tag"])]
    for world in worlds:
        world.calls.clear()
        world.publish([keys.rebuild_request_key(partitions.event_partition("a"), "test")])
    extra = worlds[1].calls - worlds[0].calls
    # The image, and whether it was missing before.
    assert extra == {"dynamodb.GetItem": 2}


def test_an_item_of_the_release_before_names_the_image_of_the_event_alone() -> None:
    old = '{"event_id": "a", "number": 1, "key": "images/a.png"}'
    assert MissingImage.model_validate_json(old).in_text == ()


def test_what_a_text_leads_to_is_known_by_its_bare_address() -> None:
    addresses = image_addresses(SITE, ["images/a+b ü.png"])
    assert f"{SITE.base_url}/image/a+b ü.png" in addresses
    assert all(bare_address(one) == one for one in addresses)


def test_a_withdrawn_revision_leads_to_no_image() -> None:
    world = published(("write", 1))
    revision = world.revision("a", 1)
    assert images_in_text(SITE, revision, None) == ()
    without = EventDocument.model_validate({"title": "Ship", "date": date(2026, 7, 4)})
    assert images_in_text(SITE, revision, without) == ()


def test_other_images_of_the_text_stay() -> None:
    missing = image_addresses(SITE, [KEY])
    page = f"{SITE.base_url}/news/2026/07/4/ship.html"
    html = rendered_body(f"![A](<{KEY}>) ![B](images/b.png)", page, missing)
    assert html == f'<p>A <img src="{SITE.base_url}/image/b.png" alt="B"></p>'
