"""Two lanes publish one site, whichever of them comes first."""

from collections.abc import Sequence
from itertools import chain

import pytest

from gazette.models.tasks.lanes import Lane, lane_of
from tests.unit.publish.worlds import World, hours

ORDERS = (tuple(Lane), tuple(Lane)[::-1])


def written() -> World:
    """Return a world in which nothing is published yet: related events, one of them withdrawn."""
    world = World()
    for hour, name in enumerate("abcdef"):
        world.put(name, hours(30 * hour), title=name.upper(), topics=["Foxes"], category="Nature")
    correction = {"kind": "correction", "note": "It was another fox."}
    world.put("b", hours(200), title="B", topics=["Foxes", "Bears"], revision=correction)
    world.delete("c", hours(201))
    world.ingest(*"abcdef")
    world.notifications.clear()
    return world


def publish(world: World, lanes: Sequence[Lane]) -> None:
    """Publish all changes of one lane, then all of the other, until neither has any left."""
    for lane in chain.from_iterable([lanes] * 6):
        changes = list(world.changes)
        world.changes[:] = [one for one in changes if lane_of(one) is not lane]
        world.publish([one for one in changes if lane_of(one) is lane])
    assert world.changes == []


@pytest.mark.parametrize("lanes", ORDERS, ids=" before ".join)
def test_both_lanes_publish_what_one_would(lanes: Sequence[Lane]) -> None:
    together, apart = written(), written()
    together.settle()
    publish(apart, lanes)
    assert apart.site() == together.site()


def test_what_readers_wait_for_needs_no_second_lane() -> None:
    world = written()
    world.publish([one for one in world.changes if lane_of(one) is Lane.NOW])
    at_once = {"news/2026/07/4/a.html", "topics/foxes/feed.atom", "feed.rss", "index.html"}
    assert world.site().keys() >= at_once | {"news/2026/07/4/index.html", "news-sitemap.xml"}
    assert "news/2026/07/index.html" not in world.site()
