"""Attachments are in every form of an event, and enclosures of its feed entries (SPEC E5)."""

import json

import feedparser
import pytest

from gazette.models.contract.parsing import parse_document
from gazette.models.contract.stored_document import read_stored, written
from gazette.models.identifiers.media_types import UNKNOWN, media_type_of
from gazette.models.limits import MAX_ATTACHMENTS, MAX_ENTRY_ATTACHMENTS_BYTES
from gazette.models.problems.problems import InvalidEventError
from gazette.services.publish.images.missing_images import missing_images
from tests.unit.erasures.erasing import erase
from tests.unit.images.image_files import PNG, image_file
from tests.unit.publish.worlds import MORNING, SITE, World, document_of, hours

PAGE = "news/2026/07/4/river-opens"
REPORT = {"url": "https://files.example/report.pdf", "title": "The report", "length": 48_213}
SOUND = {"url": "https://files.example/talk", "title": "A talk", "type": "Audio/MPEG"}
FEEDS = ("feed", "topics/rivers/feed")


def published(*attachments: object, **fields: object) -> World:
    world = World()
    world.put_raw("a", MORNING, document_of(attachments=attachments, topics=["Rivers"], **fields))
    world.settle()
    return world


@pytest.mark.parametrize("feed", FEEDS)
def test_atom_has_an_enclosure_for_each_attachment(feed: str) -> None:
    site = published(REPORT, SOUND).site()
    (entry,) = feedparser.parse(site[f"{feed}.atom"]).entries
    assert [dict(link) for link in entry.links if link["rel"] == "enclosure"] == [
        {
            "rel": "enclosure",
            "href": REPORT["url"],
            "type": "application/pdf",
            "title": "The report",
            "length": "48213",
        },
        {"rel": "enclosure", "href": SOUND["url"], "type": "audio/mpeg", "title": "A talk"},
    ]


@pytest.mark.parametrize("feed", FEEDS)
@pytest.mark.parametrize(
    ("first", "media_type", "length"),
    [(REPORT, "application/pdf", "48213"), (SOUND, "audio/mpeg", "0")],
)
def test_rss_has_one_enclosure_and_links_to_all(
    feed: str, first: dict[str, object], media_type: str, length: str
) -> None:
    """SPEC R9; RSS wants a length, which is 0 where nobody knows it."""
    other = SOUND if first is REPORT else REPORT
    (entry,) = feedparser.parse(published(first, other).site()[f"{feed}.rss"]).entries
    (enclosure,) = entry.enclosures
    assert (enclosure.href, enclosure.type, enclosure.length) == (first["url"], media_type, length)
    for attachment in (first, other):
        link = f'<a href="{attachment["url"]}">{attachment["title"]}</a>'
        assert link in entry.content[0].value


@pytest.mark.parametrize("feed", FEEDS)
def test_json_feed_has_attachments(feed: str) -> None:
    (item,) = json.loads(published(REPORT, SOUND).site()[f"{feed}.json"])["items"]
    assert item["attachments"] == [
        {
            "url": REPORT["url"],
            "mime_type": "application/pdf",
            "title": "The report",
            "size_in_bytes": 48213,
        },
        {"url": SOUND["url"], "mime_type": "audio/mpeg", "title": "A talk"},
    ]


def test_every_form_of_the_page_has_them() -> None:
    site = published(REPORT, SOUND).site()
    html = site[f"{PAGE}.html"].decode()
    for attachment in (REPORT, SOUND):
        assert f'<a href="{attachment["url"]}"' in html
        assert f"- [{attachment['title']}]({attachment['url']})" in site[f"{PAGE}.md"].decode()
        assert f'rel="enclosure" href="{attachment["url"]}"' in site[f"{PAGE}.xml"].decode()
    assert '"contentSize":"48213 B"' in html.replace(": ", ":")
    assert json.loads(site[f"{PAGE}.json"])["attachments"] == [
        {**REPORT, "type": "application/pdf"},
        {**SOUND, "type": "audio/mpeg", "length": None},
    ]


def test_a_feed_leaves_out_attachments_that_an_item_of_the_ledger_cannot_hold() -> None:
    url = f"https://files.example/{'x' * 3_000}.pdf"
    attachments = [{"url": f"{url}?{n}", "title": str(n)} for n in range(MAX_ATTACHMENTS)]
    site = published(*attachments).site()
    (item,) = json.loads(site["feed.json"])["items"]
    shown = [attachment["title"] for attachment in item["attachments"]]
    assert shown == [str(n) for n in range(MAX_ENTRY_ATTACHMENTS_BYTES // 3_100)]
    on_page = json.loads(site[f"{PAGE}.json"])["attachments"]
    assert [attachment["title"] for attachment in on_page] == [str(n) for n in range(20)]


MAP_URL = f"{SITE.base_url}/image/old%20map.png"
MAP_FORMS = ("html", "md", "json", "xml")
MAP_NAMED_IN = {
    *(f"{PAGE}.{form}" for form in MAP_FORMS),
    *(f"{feed}.{form}" for feed in FEEDS for form in ("rss", "atom", "json")),
}


def naming_the_map(world: World) -> set[str]:
    documents = world.site().items()
    return {path for path, body in documents if MAP_URL.encode() in body} & MAP_NAMED_IN


@pytest.mark.parametrize("body", ["", "Text. " * 20_000], ids=["short", "long"])
def test_an_image_of_the_bucket_may_be_attached_and_is_named_while_it_is_there(body: str) -> None:
    """SPEC E5, S11."""
    key = "images/old map.png"
    wrong = {"type": "image/gif", "length": 7}
    world = published({"key": key, "title": "An old map", **wrong}, REPORT, body=body)
    assert naming_the_map(world) == set()
    assert [one.key for one in missing_images(world.ledger)] == [key]
    for upload in (PNG, None, PNG):
        if upload:
            world.source.put(key, upload, hours(1))
        else:
            world.source.delete(key, hours(1))
        world.settle()
        assert naming_the_map(world) == (MAP_NAMED_IN if upload else set())
        assert bool([*missing_images(world.ledger)]) == (upload is None)
        assert b"The report" in world.site()[f"{PAGE}.html"]
    (item,) = json.loads(world.site()["feed.json"])["items"]
    assert item["attachments"][0] == {
        "url": MAP_URL,
        "mime_type": "image/png",
        "title": "An old map",
        "size_in_bytes": len(PNG),
    }


@pytest.mark.parametrize("raw", [PNG, image_file(900, 500), image_file(40, 30, "JPEG")])
@pytest.mark.parametrize("is_late", [False, True])
def test_type_and_length_of_an_attached_image_are_those_of_the_file(
    raw: bytes, *, is_late: bool
) -> None:
    """SPEC E5: whatever its name, what its publisher says, and what it was before."""
    key = "images/old map.png"
    world = World()
    if is_late:
        world.source.put(key, image_file(10, 10), hours(-1))
    attachment = {"key": key, "title": "A map", "type": "image/gif", "length": 7}
    world.put_raw("a", MORNING, document_of(attachments=[attachment], topics=["Rivers"]))
    world.settle()
    world.source.put(key, raw, hours(1))
    world.settle()
    media_type = "image/jpeg" if raw.startswith(b"\xff") else "image/png"
    site, seen = world.site(), []
    for path in (f"{feed}.{form}" for feed in FEEDS for form in ("atom", "rss")):
        (enclosure,) = feedparser.parse(site[path]).entries[0].enclosures
        seen.append((enclosure.href, enclosure.type, enclosure.length))
    (enclosure,) = feedparser.parse(site[f"{PAGE}.xml"]).entries[0].enclosures
    seen.append((enclosure.href, enclosure.type, enclosure.length))
    assert set(seen) == {(MAP_URL, media_type, str(len(raw)))}
    for path in (f"{feed}.json" for feed in FEEDS):
        (attached,) = json.loads(site[path])["items"][0]["attachments"]
        assert (attached["mime_type"], attached["size_in_bytes"]) == (media_type, len(raw))
    (attached,) = json.loads(site[f"{PAGE}.json"])["attachments"]
    assert (attached["type"], attached["length"]) == (media_type, len(raw))


@pytest.mark.parametrize("at_once", [False, True])
def test_an_image_that_changed_leaves_the_site_of_a_fresh_archive(*, at_once: bool) -> None:
    """SPEC X7: feeds, archives and pages have the facts of the file that stands last."""
    versions = (image_file(10, 10), None, image_file(900, 500), image_file(40, 30))

    def site(uploads: tuple[bytes | None, ...]) -> dict[str, bytes]:
        world = World()
        image = {"key": "images/own.png", "alt": "A ship"}
        attached = [{"key": "images/map.png", "title": "A map"}]
        fields = {"image": image, "attachments": attached, "body": "![B](images/text.png)"}
        world.put_raw("a", MORNING, document_of(topics=["Rivers"], **fields))
        for hour, raw in enumerate(uploads):
            for key in ("images/own.png", "images/map.png", "images/text.png"):
                if raw is None:
                    world.source.delete(key, hours(hour))
                else:
                    world.source.put(key, raw, hours(hour))
            if not at_once:
                world.settle()
        world.settle()
        return dict(world.site())

    assert site(versions) == site(versions[-1:])


def test_an_attached_image_goes_with_the_erasure_of_all_revisions() -> None:
    """SPEC V10."""
    world = published({"key": "images/old map.png", "title": "An old map"})
    world.source.put("images/old map.png", PNG, hours(1))
    world.settle()
    assert "image/old map.png" in world.site()
    erase(world, "a", hours(2), "all")
    world.settle()
    assert "image/old map.png" not in world.site()
    assert naming_the_map(world) == set()


def test_an_attachment_that_changes_is_a_difference() -> None:
    world = published(REPORT)
    longer = {**REPORT, "title": "The whole report"}
    world.put_raw("a", hours(1), document_of(attachments=[longer], topics=["Rivers"]))
    world.settle()
    (item,) = json.loads(world.site()["updates.json"])["items"]
    assert "Attachments" in item["content_html"]
    assert "<ins>" in item["content_html"]


@pytest.mark.parametrize(
    ("attachment", "field"),
    [
        ({"title": "A"}, "attachments.0"),
        ({**REPORT, "key": "images/a.png"}, "attachments.0"),
        ({"title": "A", "key": "reports/a.pdf"}, "attachments.0.key"),
        ({"url": "https://a.example/"}, "attachments.0.title"),
        ({**REPORT, "type": "pdf"}, "attachments.0.type"),
        ({**REPORT, "length": -1}, "attachments.0.length"),
        ({**REPORT, "length": 2**53}, "attachments.0.length"),
        ({**REPORT, "url": "ftp://a.example/"}, "attachments.0.url"),
    ],
)
def test_a_wrong_attachment_is_refused_with_its_field(
    attachment: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidEventError) as caught:
        parse_document(document_of(attachments=[attachment]))
    assert [problem.field for problem in caught.value.problems] == [field]


def test_a_field_that_was_unknown_when_it_was_accepted_is_read_as_none() -> None:
    """Before this release `attachments` could be anything."""
    document = parse_document(document_of(attachments=[REPORT]))
    text = written(document)
    assert [one.title for one in read_stored(text).attachments] == ["The report"]
    older = json.dumps({**json.loads(text), "attachments": "see the archive"})
    assert read_stored(older).attachments == ()


@pytest.mark.parametrize(
    ("url", "media_type"),
    [
        ("https://a.example/a.PDF?x=1", "application/pdf"),
        ("https://a.example/a.tar.gz", "application/gzip"),
        ("https://a.example/a.xyz", UNKNOWN),
        ("https://a.example", UNKNOWN),
    ],
)
def test_the_end_of_an_address_suggests_a_media_type(url: str, media_type: str) -> None:
    assert media_type_of(url) == media_type
