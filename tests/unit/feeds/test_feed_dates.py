"""The date of a feed says when its time line changed last, also after what has left (SPEC R5)."""

import json
from datetime import timedelta

import feedparser
import pytest

from gazette.services.expire.expiry import Expirer
from tests.unit.publish.worlds import SITE, World, hours

OWN = {"topics": ["Foxes"], "category": "Nature"}
FEEDS = ("feed", "topics/foxes/feed", "categories/nature/feed")
LATER = timedelta(days=32)


def world_of() -> World:
    world = World()
    world.put("a", hours(0), **OWN)
    world.put("b", hours(1), title="B", **OWN)
    world.settle()
    return world


def dates(world: World, feed: str) -> tuple[str, ...]:
    return tuple(
        feedparser.parse(world.site()[f"{feed}.{form}"]).feed.updated for form in ("rss", "atom")
    )


def expire(world: World) -> None:
    world.now = world.last_upload + LATER
    Expirer(world.ledger, SITE.tombstone_days).expire(world.now)
    world.settle()


@pytest.mark.parametrize("feed", FEEDS)
def test_a_withdrawal_is_the_newest_change_when_nothing_shows_it_any_more(feed: str) -> None:
    world = world_of()
    world.delete("b", hours(2))
    world.settle()
    shown = dates(world, feed)
    expire(world)
    assert shown == ("Sat, 04 Jul 2026 10:00:00 GMT", "2026-07-04T10:00:00Z")
    assert dates(world, feed) == shown
    assert b"Withdrawn" not in world.site()[f"{feed}.rss"]


def test_an_erasure_is_so_too_while_it_lasts() -> None:
    world = world_of()
    erasure = {"revisions": "all", "reason": "A name.", "date": "2026-07-04"}
    world.last_upload = hours(3)
    world.source.put("erasures/b.json", json.dumps(erasure).encode(), hours(3))
    world.settle()
    expire(world)
    assert dates(world, "feed")[1] == "2026-07-04T11:00:00Z"


def test_an_event_that_leaves_a_topic_with_an_update_changes_the_topic() -> None:
    world = world_of()
    world.put("b", hours(2), title="B", topics=["Bears"])
    world.settle()
    assert dates(world, "topics/foxes/feed")[1] == "2026-07-04T10:00:00Z"


def test_a_minor_revision_changes_no_date() -> None:
    """SPEC V3."""
    world = world_of()
    world.put("b", hours(2), title="B", topics=["Bears"], revision={"kind": "minor"})
    world.settle()
    assert dates(world, "topics/foxes/feed")[1] == "2026-07-04T09:00:00Z"
    assert dates(world, "feed")[1] == "2026-07-04T09:00:00Z"
