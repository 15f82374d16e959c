"""Random histories: hubs are pinged for all news and for nothing else (SPEC W3)."""

import json
from datetime import timedelta
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazette.models.tasks.reports import IngestReport
from tests.property.versions import DAYS, KINDS, TOPICS
from tests.unit.announce.hubs import HubWorld
from tests.unit.publish.worlds import MORNING
from tests.unit.reconcile.reconciling import begin_iterations, broken, emptied, reconcile

HALF = settings(max_examples=settings().max_examples // 2)
NAMES = ("a", "b", "c")


class Write(NamedTuple):
    """A publisher writes an object, or deletes it where there are no bytes."""

    name: str
    raw: bytes | None


class Step(NamedTuple):
    """Some writes, published together; without any it is a rebuild of what ``broken`` names."""

    writes: tuple[Write, ...]
    minutes: int
    is_rebuild: bool
    is_emptied: bool


def documents() -> st.SearchStrategy[bytes]:
    kinds = st.none() | st.sampled_from(KINDS).map(lambda kind: {"kind": kind, "note": "Because."})
    fields: dict[str, st.SearchStrategy[object]] = {
        "title": st.sampled_from(("River opens", "River closes")),
        "date": st.sampled_from(DAYS[:2]),
        "topics": st.lists(st.sampled_from(TOPICS[:2]), unique=True, max_size=2),
        "revision": kinds,
        "body": st.sampled_from((None, "One.")),
    }
    return st.fixed_dictionaries(fields).map(lambda document: json.dumps(document).encode())


WRITES = st.builds(Write, st.sampled_from(NAMES), documents() | st.none())
STEPS = st.builds(
    Step,
    writes=st.lists(WRITES, max_size=3, unique_by=lambda write: write.name).map(tuple),
    minutes=st.sampled_from((1, 20, 90)),
    is_rebuild=st.sampled_from((False, False, True)),
    is_emptied=st.booleans(),
)


class Recorded(NamedTuple):
    """The ids of the events with news, and whether other events changed without any."""

    news: set[str]
    has_minor: bool


def written(world: HubWorld, step: Step) -> Recorded:
    """Write and ingest, and return what was recorded."""
    for write in step.writes:
        key = f"events/{write.name}.json"
        if write.raw is None:
            world.source.delete(key, world.now)
        else:
            world.source.put(key, write.raw, world.now)
    report = IngestReport()
    while world.notifications:
        world.ingestor.ingest(world.notifications.pop(0), report)
    news = {
        world.settings.event_tag(event_id)
        for event_id, _, kind in report.recorded
        if kind != "minor"
    }
    return Recorded(news, any(kind == "minor" for _, _, kind in report.recorded))


def shows_news(world: HubWorld, body: bytes, events: set[str]) -> bool:
    """Say whether a feed is about one of these events, by its id or that of a revision of it."""
    names = {event.rpartition("/")[2] for event in events}
    ids = events | {
        world.settings.tag("revision", str(number), name) for name in names for number in range(40)
    }
    text = body.decode()
    return any(f"{id_}{end}" in text for id_ in ids for end in ('"', "<"))


def rebuilt(world: HubWorld, step: Step) -> None:
    """Bring back a site that is empty, or whose feeds were altered when the ledger was lost."""
    world.outbox.bodies.clear()
    if step.is_emptied:
        emptied(world)
    else:
        world.ledger._partitions.clear()
        for path in sorted(world.site())[::3]:
            broken(world, path, b"vandals")
        begin_iterations(world, 2)
        world.settle()
    reconcile(world)
    assert world.outbox.bodies == []


@given(st.lists(STEPS, min_size=2, max_size=7))
@HALF
def test_a_feed_is_announced_if_and_only_if_news_changed_it(steps: list[Step]) -> None:
    world = HubWorld()
    world.now = MORNING
    for step in steps:
        world.now += timedelta(minutes=step.minutes)
        before = world.site()
        news, has_minor = written(world, step)
        pinged = world.feeds()
        after = world.site()
        changed = {
            path
            for path, document in world.store.documents.items()
            if document.hubs and path in before and before[path] != after[path]
        }
        with_news = {
            path
            for path in changed
            if shows_news(world, before[path], news) or shows_news(world, after[path], news)
        }
        assert pinged <= with_news
        # A minor revision may publish the news of another event first: see the test below.
        assert has_minor or pinged == with_news
        if step.is_rebuild:
            rebuilt(world, step)


@pytest.mark.xfail(reason="the record of the news finds its feed unchanged, and plans no ping")
def test_news_that_the_record_of_a_minor_revision_publishes_first_is_announced() -> None:
    world = HubWorld()
    world.now = MORNING
    raw = json.dumps({"title": "River opens", "date": DAYS[0]}).encode()
    written(world, Step((Write("a", raw), Write("b", raw)), 1, is_rebuild=False, is_emptied=False))
    world.settle()
    world.now += timedelta(minutes=1)
    written(world, Step((Write("a", raw), Write("b", None)), 1, is_rebuild=False, is_emptied=False))
    assert "feed.atom" in world.feeds()
