"""Corrections of events in closed segments, which nobody fetches again (SPEC T4)."""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import islice

import pytest
from lxml import etree

from gazette.models.product import TOMBSTONES_SHOWN
from gazette.projections.feeds.timelines import is_boundary
from gazette.services.expire.expiry import Expirer
from tests.property.archives import names
from tests.unit.ledger.test_tombstones import settle_at_once
from tests.unit.publish.worlds import SITE, World, hours

SMALL = replace(SITE, feed_entries=3)
FEEDS = ("feed", "topics/foxes/feed", "categories/nature/feed")
FORMS = ("rss", "atom", "json")
OWN = {"topics": ["Foxes"], "category": "Nature", "body": "It opens at nine."}
NOTE = "It opens at ten."
CORRECTED = OWN | {"body": "It opens at ten.", "revision": {"kind": "correction", "note": NOTE}}
ATOM, CONTENT = "{http://www.w3.org/2005/Atom}", "{http://purl.org/rss/1.0/modules/content/}"
DEEP = tuple(islice(names(80, lambda name: not is_boundary(name)), 80))
(CUT,) = names(1, is_boundary)
DAY = timedelta(days=1)
NEWS = ("n1", "n2", "n3")


def deep_world(count: int = 1) -> World:
    """Return a world in which so many events lie in a closed segment, and three in the feed."""
    world = World(SMALL)
    for number, name in enumerate((*DEEP[:count], CUT, *NEWS)):
        world.put(name, hours(number / 100), title=f"Event {name}", **OWN)
    settle_at_once(world)
    assert contents(world, "feed", "atom").keys() == {CUT, *NEWS}
    return world


def correct(world: World, name: str, at: float, **fields: object) -> None:
    world.put(name, hours(at), title=f"Event {name}", **(CORRECTED | fields))
    settle_at_once(world)


def contents(world: World, feed: str, form: str) -> dict[str, str]:
    """Return the content of each item of a feed, by the name of the event."""
    body = world.site()[f"{feed}.{form}"]
    if form == "json":
        found = [(item["id"], item["content_html"]) for item in json.loads(body)["items"]]
    elif form == "atom":
        entries = list(etree.fromstring(body).iter(f"{ATOM}entry"))
        found = [
            (one.findtext(f"{ATOM}id"), one.findtext(f"{ATOM}content") or "") for one in entries
        ]
    else:
        items = list(etree.fromstring(body).iter("item"))
        found = [(one.findtext("guid"), one.findtext(f"{CONTENT}encoded") or "") for one in items]
    assert len(dict(found)) == len(found)
    return {str(name).rpartition("/")[2]: content for name, content in found}


def expire(world: World) -> int:
    timelines = Expirer(world.ledger, SMALL.tombstone_days).expire(world.now).timelines
    world.settle()
    return timelines


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("feed", FEEDS)
def test_a_subscriber_sees_the_correction_of_an_old_event(feed: str, form: str) -> None:
    world = deep_world()
    correct(world, DEEP[0], 5)
    shown = contents(world, feed, form)
    assert list(shown) == [*NEWS[::-1], CUT, DEEP[0]]
    assert shown[DEEP[0]].startswith("<p><strong>Correction, 4 July 2026:</strong> It opens at ten")
    assert shown[DEEP[0]].count("It opens at ten.") == 2


@pytest.mark.parametrize("kind", ["update", "minor"])
def test_what_follows_a_correction_leaves_it_in_the_feed(kind: str) -> None:
    world = deep_world()
    correct(world, DEEP[0], 5)
    correct(world, DEEP[0], 6, body="It opens soon.", revision={"kind": kind})
    shown = contents(world, "feed", "atom")
    assert "It opens soon." in shown[DEEP[0]]
    assert NOTE in shown[DEEP[0]]


def test_an_update_of_an_old_event_is_in_the_feed_of_updates_only() -> None:
    world = deep_world()
    correct(world, DEEP[0], 5, revision={"kind": "update"})
    assert DEEP[0] not in contents(world, "feed", "atom")


def test_a_corrected_entry_stands_in_a_feed_once_wherever_it_is() -> None:
    world = World(SMALL)
    for number, name in enumerate((DEEP[0], CUT)):
        world.put(name, hours(number / 100), title=f"Event {name}", **OWN)
    correct(world, DEEP[0], 1)
    assert list(contents(world, "feed", "atom")) == [CUT, DEEP[0]]
    for number, name in enumerate(NEWS, 2):
        world.put(name, hours(number), title=f"Event {name}", **OWN)
        settle_at_once(world)
        assert NOTE in contents(world, "feed", "atom")[DEEP[0]]
    assert list(contents(world, "feed", "atom")) == [*NEWS[::-1], CUT, DEEP[0]]


def test_a_correction_is_shown_to_the_end_of_the_thirtieth_day() -> None:
    world = deep_world()
    correct(world, DEEP[0], 5)
    world.now = hours(5).replace(hour=23, minute=59, second=59) + 30 * DAY
    assert expire(world) == 0
    assert all(DEEP[0] in contents(world, feed, "rss") for feed in FEEDS)
    before = dict(world.site())
    world.now += timedelta(seconds=1)
    assert expire(world) == 3
    assert not any(DEEP[0] in contents(world, feed, form) for feed in FEEDS for form in FORMS)
    changed = {path for path, body in world.site().items() if before.get(path) != body}
    home = {"index.html"}  # it shows the newest corrections
    assert changed == {f"{feed}.{form}" for feed in FEEDS for form in FORMS} | home


def test_a_second_correction_is_shown_for_its_own_time() -> None:
    world = deep_world()
    correct(world, DEEP[0], 5)
    world.now = hours(5) + 20 * DAY
    correct(world, DEEP[0], 5 + 20 * 24, body="It opens at noon.")
    world.now = hours(5) + 31 * DAY
    expire(world)
    assert "noon" in contents(world, "feed", "json")[DEEP[0]]


def test_a_withdrawn_event_is_no_longer_corrected() -> None:
    world = deep_world()
    correct(world, DEEP[0], 5)
    world.delete(DEEP[0], hours(6))
    settle_at_once(world)
    assert "Withdrawn" in contents(world, "feed", "atom")[DEEP[0]]
    world.put(DEEP[0], hours(7), title="Back", **OWN)
    settle_at_once(world)
    assert DEEP[0] not in contents(world, "feed", "atom")


def test_an_event_that_leaves_a_topic_leaves_its_feed() -> None:
    """SPEC V7."""
    world = deep_world()
    correct(world, DEEP[0], 5)
    correct(world, DEEP[0], 6, topics=["Bears"], revision={"kind": "minor"})
    assert DEEP[0] not in contents(world, "topics/foxes/feed", "atom")
    assert NOTE in contents(world, "feed", "atom")[DEEP[0]]


def test_the_newest_fifty_notices_are_shown_withdrawn_or_corrected() -> None:
    world = deep_world(60)
    for number, name in enumerate(DEEP[:60]):
        if number % 2:
            world.delete(name, hours(5 + number / 100))
        else:
            world.put(name, hours(5 + number / 100), title=f"Event {name}", **CORRECTED)
    settle_at_once(world)
    for form in FORMS:
        shown = contents(world, "feed", form).keys() - {CUT, *NEWS}
        assert shown == set(DEEP[10:60])
        assert len(shown) == TOMBSTONES_SHOWN


def test_many_corrections_make_no_later_event_dearer() -> None:
    """Reading is bounded by what a feed shows (SPEC T4)."""
    counts = []
    for corrected in (51, 70):
        world = deep_world(70)
        for number, name in enumerate(DEEP[:corrected]):
            world.put(name, hours(5 + number / 100), title=f"Event {name}", **CORRECTED)
        settle_at_once(world)
        world.calls.clear()
        world.put("n4", hours(7), title="News", **OWN)
        settle_at_once(world)
        counts.append(world.calls)
    assert counts[0] == counts[1]


def test_an_image_that_is_missing_is_not_named_there_either() -> None:
    """SPEC S11."""
    world = deep_world()
    correct(world, DEEP[0], 5, image={"key": "images/none.png", "alt": "A gate"})
    shown = contents(world, "feed", "atom")
    assert NOTE in shown[DEEP[0]]
    assert "none.png" not in world.site()["feed.rss"].decode()


def test_what_an_erasure_hides_is_not_shown_and_comes_back_with_it() -> None:
    """SPEC V10."""
    world = deep_world()
    correct(world, DEEP[0], 5)
    erasure = {"revisions": "all", "reason": "A name.", "date": "2026-07-04"}
    key = f"erasures/{DEEP[0]}.json"
    world.source.put(key, json.dumps(erasure).encode(), hours(6))
    settle_at_once(world)
    assert "ten" not in contents(world, "feed", "atom")[DEEP[0]]
    world.source.delete(key, hours(7))
    settle_at_once(world)
    assert NOTE in contents(world, "feed", "atom")[DEEP[0]]
    assert world.snapshot(DEEP[0]).corrected == hours(5)


def test_the_feed_says_that_it_changed_with_the_correction() -> None:
    """SPEC R5."""
    world = deep_world()
    correct(world, DEEP[0], 5)
    root = etree.fromstring(world.site()["feed.atom"])
    assert root.findtext(f"{ATOM}updated") == "2026-07-04T13:00:00Z"
