"""News for the site's own hub: the same as for others, in a queue of their own (SPEC W2 to W4)."""

import pytest

from gazette.models.hub.deliveries import FeedNews
from tests.unit.announce.hubs import DAY, FOXES, OTHER_HUB, TIMELINES, HubWorld
from tests.unit.publish.worlds import hours
from tests.unit.reconcile.reconciling import broken, reconcile

OWN = "https://hub.gazette.example/hub"


@pytest.fixture
def world() -> HubWorld:
    """A site with its own hub and another one, whose feeds have existed for a day."""
    world = HubWorld(OWN, OTHER_HUB, own=OWN)
    world.put("first", hours(-24), **FOXES)
    world.settle()
    world.outbox.bodies.clear()
    world.news.bodies.clear()
    world.reports.clear()
    return world


def news(world: HubWorld) -> set[str]:
    """Settle and return the paths of the feeds whose news were queued for the own hub."""
    world.news.bodies.clear()
    world.settle()
    found = list(map(FeedNews.model_validate_json, world.news.bodies))
    assert all(one.topic == world.settings.url(one.path) for one in found)
    return {one.path for one in found}


def test_news_go_to_the_own_hub_and_pings_to_the_other(world: HubWorld) -> None:
    world.put("a", hours(0), title="Fox seen", **FOXES)
    assert news(world) == TIMELINES | {DAY}
    assert all(f'"hub":"{OTHER_HUB}"' in body for body in world.outbox.bodies)
    queued = len(world.outbox.bodies) + len(world.news.bodies)
    assert sum(report.announced for report in world.reports) == queued == 2 * len(TIMELINES | {DAY})


def test_a_minor_revision_is_no_news_for_subscribers(world: HubWorld) -> None:
    world.put("first", hours(0), title="River opened", revision={"kind": "minor"}, **FOXES)
    assert news(world) == set()
    assert b"River opened" in world.site()["feed.atom"]


def test_the_same_bytes_again_are_no_news_for_subscribers(world: HubWorld) -> None:
    world.put("first", hours(0), **FOXES)
    assert news(world) == set()


def test_a_rebuild_is_no_news_for_subscribers(world: HubWorld) -> None:
    for path in sorted(world.site())[::3]:
        broken(world, path, b"vandals")
    reconcile(world)
    assert world.news.bodies == []


@pytest.mark.parametrize("fails", ["news", "outbox"])
def test_one_queue_that_fails_costs_neither_the_publication_nor_the_other_queue(
    world: HubWorld, fails: str
) -> None:
    """SPEC W4."""
    getattr(world, fails).is_broken = True
    world.outbox.bodies.clear()
    world.put("a", hours(0), title="Fox seen", **FOXES)
    world.settle()
    queued = world.outbox.bodies if fails == "news" else world.news.bodies
    assert queued
    assert {failure.subject for one in world.reports for failure in one.unsent} == {"hub pings"}
    assert [failure for report in world.reports for failure in report.failed] == []
    assert b"Fox seen" in world.site()["feed.atom"]
