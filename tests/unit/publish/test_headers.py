"""A change of headers reaches documents that stand, and is no news (docs/decisions/0111)."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from gazette.models.views.site_document import LIVE, SUPERSEDED, Document, StandingETag, document
from tests.unit.announce.hubs import HubWorld
from tests.unit.publish.worlds import World, hours
from tests.unit.reconcile.reconciling import reconcile

# What an older release may have served in place of today's header.
OTHERS: tuple[Mapping[str, str], ...] = (
    {"cache_control": "no-cache"},
    {"media_type": "text/x-other"},
    {"compressible_type": "text/x-other"},
)


def archive(world: World) -> World:
    world.put("a", hours(0), title="A", topics=["Foxes"])
    world.put("a", hours(1), title="B", topics=["Foxes"])
    world.settle()
    return world


def serve_otherwise(world: World, headers: Mapping[str, str]) -> dict[str, Document]:
    """Let all documents stand with other headers; return them as they were."""
    before = dict(world.store.documents)
    for path, one in before.items():
        world.store.documents[path] = replace(one, **headers)  # type: ignore[arg-type]  # texts only
    return before


@pytest.mark.parametrize("headers", OTHERS)
def test_a_rebuild_brings_other_headers_to_every_document(headers: Mapping[str, str]) -> None:
    world = archive(World())
    before = serve_otherwise(world, headers)
    assert reconcile(world).outcome == "settled"
    assert world.store.documents == before


@pytest.mark.parametrize("headers", OTHERS)
def test_what_is_published_again_gets_its_headers(headers: Mapping[str, str]) -> None:
    world = archive(World())
    before = serve_otherwise(world, headers)
    world.publish(world.records())
    assert world.store.documents == before


def test_a_night_reads_no_headers_and_leaves_equal_bytes() -> None:
    world = archive(World())
    reconcile(world)
    serve_otherwise(world, OTHERS[0])
    world.calls.clear()
    reconcile(world, iterations=1)
    assert not world.calls["s3.HeadObject"] + world.calls["s3.PutObject"]


def test_documents_that_stand_with_their_headers_are_not_written() -> None:
    world = archive(World())
    world.calls.clear()
    world.publish(world.records())
    assert world.calls["s3.PutObject"] == 0


def test_other_headers_are_not_announced() -> None:
    world = HubWorld()
    archive(world)
    serve_otherwise(world, OTHERS[0])
    world.publish(world.records())
    assert world.report.documents_written > 0
    assert world.report.changed_feeds == []


def test_a_record_has_the_same_headers_before_and_after_its_revision_is_superseded() -> None:
    world = World()
    world.put("a", hours(0), title="A", topics=["Foxes"])
    world.settle()
    path = "news/2026/07/4/a.r1.json"
    current = world.store.documents[path]
    world.put("a", hours(1), title="B", topics=["Foxes"])
    world.settle()
    assert world.store.documents[path] == current
    assert current.cache_control == SUPERSEDED
    assert world.store.documents["news/2026/07/4/a.r1.xml"].cache_control == SUPERSEDED
    assert world.store.documents["news/2026/07/4/b.html"].cache_control == LIVE


def test_a_document_with_the_tag_of_a_listing_is_compared_by_its_bytes() -> None:
    one = document("a.txt", b"x")
    assert one.stands_as(str(one.etag))
    assert not one.stands_as(document("a.txt", b"y").etag)
    assert not one.stands_as(None)


@pytest.mark.parametrize(
    ("stored", "is_alike"),
    [
        ("application/xml; charset=utf-8", True),
        ("application/xml", True),
        ("Application/XML;charset=UTF-8", True),
        ('application/xml; charset="utf-8"', True),
        ("application/xml; charset=latin-1", False),
        ("application/xml; charset=utf-8; version=2", False),
        ("text/xml", False),
    ],
)
def test_a_store_may_write_a_media_type_in_its_own_way(stored: str, is_alike: bool) -> None:
    """A rebuild that compared letter by letter would write the document again without an end."""
    one = document("a.xml", b"x", "application/xml; charset=utf-8")
    seen = StandingETag.read(one.etag, one.headers._replace(stored_type=stored, media_type=stored))
    assert one.stands_as(seen) == is_alike


def test_the_parameters_of_a_media_type_are_compared() -> None:
    one = document("a.xml", b"x", "application/atom+xml;type=entry; charset=utf-8")
    headers = one.headers._replace(media_type="application/atom+xml; charset=utf-8")
    assert not one.stands_as(StandingETag.read(one.etag, headers))
