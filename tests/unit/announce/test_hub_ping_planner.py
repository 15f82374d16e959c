"""What is announced, and what is not (SPEC W2, W3, V2, V3)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from gazette.delivery.memory import MemorySiteStore
from gazette.models.frozen import rfc3339
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.tasks.hub_ping import HubPing
from gazette.models.tasks.messages import StreamRecord
from gazette.models.views.site_document import Document
from gazette.ports import BusyLedgerError
from gazette.services.publish.batch import publish_batch
from gazette.store.memory import MemoryLedger
from tests.unit.announce.hubs import (
    CORRECTIONS,
    DAY,
    FOXES,
    HISTORY,
    HUB,
    OTHER_HUB,
    TIMELINES,
    UPDATES,
    HubWorld,
    feeds_of,
)
from tests.unit.publish.worlds import World, hours
from tests.unit.reconcile.reconciling import begin_iterations, broken, emptied, reconcile


@pytest.fixture
def world() -> HubWorld:
    """Every feed has existed for a day, and all changes so far have been pinged."""
    world = HubWorld()
    correction = {"kind": "correction", "note": "It was late."}
    world.put("first", hours(-24), **FOXES)
    world.put("first", hours(-24), revision=correction, **FOXES)
    world.settle()
    return world


def test_a_new_feed_causes_no_ping() -> None:
    world = HubWorld()
    world.put("a", hours(0), **FOXES)
    assert world.pings() == []
    assert world.site()


def test_a_new_event_is_announced_for_every_feed_it_is_in(world: HubWorld) -> None:
    world.put("a", hours(0), title="Fox seen", **FOXES)
    assert world.feeds() == TIMELINES | {DAY}


def test_an_update_is_announced_and_a_correction_to_its_followers_too(world: HubWorld) -> None:
    world.put("first", hours(0), body="More.", **FOXES)
    assert world.feeds() == TIMELINES | UPDATES | {DAY, HISTORY}
    correction = {"kind": "correction", "note": "It was early."}
    world.put("first", hours(0.1), revision=correction, **FOXES)
    world.now = hours(0.1)
    assert world.feeds() == TIMELINES | UPDATES | CORRECTIONS | {DAY, HISTORY}


@pytest.mark.parametrize("is_deleted", [True, False])
def test_a_retraction_is_announced(world: HubWorld, *, is_deleted: bool) -> None:
    if is_deleted:
        world.delete("first", hours(0))
    else:
        revision = {"kind": "retraction", "note": "Not so."}
        world.put("first", hours(0), revision=revision, **FOXES)
    assert world.feeds() == TIMELINES | UPDATES | CORRECTIONS | {DAY, HISTORY}


def test_a_release_is_announced_and_a_hold_is_not(world: HubWorld) -> None:
    """The upload was days before, so its own time would be no news."""
    world.put("a", hours(-72), title="Fox seen", published=rfc3339(hours(1)), **FOXES)
    world.now = hours(0.5)
    assert world.pings() == []
    world.now = hours(1)
    world.ingest("a")
    assert world.feeds() == TIMELINES | {DAY}


def test_an_event_that_leaves_a_topic_is_announced_there(world: HubWorld) -> None:
    world.put("first", hours(0), category="Nature")
    assert feeds_of("topics/foxes/feed") <= world.feeds()
    world.put("a", hours(0.1), title="Fox seen", **FOXES)
    world.settle()
    minor = {"kind": "minor"}
    world.put("a", hours(0.2), title="Fox seen", revision=minor, category="Nature")
    world.now = hours(0.2)
    assert world.pings() == []
    assert b"Fox seen" not in world.site()["topics/foxes/feed.atom"]


def test_a_minor_revision_changes_feeds_and_announces_none(world: HubWorld) -> None:
    before = world.site()
    world.put("first", hours(0), title="River opened", revision={"kind": "minor"}, **FOXES)
    assert world.pings() == []
    assert {path for path in TIMELINES if world.site()[path] != before[path]} == TIMELINES


def test_a_minor_revision_next_to_news_announces_the_feeds_of_the_news_only(
    world: HubWorld,
) -> None:
    world.put("b", hours(0), title="Hen seen", topics=["Hens"])
    world.pings()
    world.put("first", hours(0.1), title="River opened", revision={"kind": "minor"}, **FOXES)
    world.now = hours(0.1)
    assert world.pings() == []


def test_the_same_bytes_uploaded_again_announce_nothing(world: HubWorld) -> None:
    world.put("a", hours(0), title="Fox seen", **FOXES)
    assert world.pings()
    world.put("a", hours(0.5), title="Fox seen", **FOXES)
    world.now = hours(0.5)
    assert world.pings() == []


def test_news_uploaded_twice_at_once_are_announced(world: HubWorld) -> None:
    """The second upload is a minor revision, and the only one that is left on the time lines."""
    for _ in range(2):
        world.put("a", hours(0), title="Fox seen", **FOXES)
    assert world.feeds() >= TIMELINES


def test_a_repeated_notification_pings_no_hub(world: HubWorld) -> None:
    world.put("a", hours(0), title="Fox seen", **FOXES)
    world.pings()
    world.notifications.append("events/a.json")
    assert world.pings() == []
    world.changes += list(world.records())
    assert world.pings() == []


def test_an_expired_tombstone_pings_no_hub(world: HubWorld) -> None:
    world.put("a", hours(0), title="Fox seen", **FOXES)
    world.settle()
    world.delete("a", hours(0.1))
    world.pings()
    world.now = hours(24 * 40)
    world.changes.append(keys.ItemKey(partitions.topic_partition("foxes"), keys.EXPIRED))
    before = world.site()["topics/foxes/feed.atom"]
    assert world.pings() == []
    assert world.site()["topics/foxes/feed.atom"] != before


@pytest.mark.parametrize(("late", "is_news"), [(0.99, True), (1, False), (30, False)])
def test_a_change_stored_more_than_an_hour_ago_is_no_news(
    world: HubWorld, late: float, *, is_news: bool
) -> None:
    world.put("a", hours(0), title="Fox seen", **FOXES)
    world.now = hours(late)
    assert bool(world.pings()) is is_news
    assert b"Fox seen" in world.site()["feed.atom"]


def test_an_archive_that_is_filled_with_old_events_announces_nothing(world: HubWorld) -> None:
    old = {"published": "2026-06-01T08:00:00Z", "modified": "2026-06-01T08:00:00Z"}
    world.put("a", hours(0), title="Fox seen", **FOXES, **old)
    assert world.pings() == []
    assert b"Fox seen" in world.site()["feed.atom"]


def test_a_feed_is_announced_once_a_batch_to_each_hub() -> None:
    world = HubWorld(HUB, OTHER_HUB)
    world.put("first", hours(-24), **FOXES)
    world.settle()
    for name in ("a", "b", "c"):
        world.put(name, hours(0), title=f"Fox {name}", **FOXES)
        world.ingest(name)
    world.notifications.clear()
    world.publish([world.changes.pop(0) for _ in list(world.changes)])
    assert world.report.announced == len(world.outbox.bodies) == len(set(world.outbox.bodies))
    pings = [body for body in world.outbox.bodies if "topics/foxes/feed.rss" in body]
    assert [HUB in pings[0], OTHER_HUB in pings[1]] == [True, True]
    assert len(pings) == 2


def test_a_rebuild_of_new_events_pings_no_hub(world: HubWorld) -> None:
    """The ledger is lost and feeds are altered; the stream is quicker than the rebuild itself."""
    world.put("a", hours(-0.5), title="Fox seen", **FOXES)
    world.settle()
    world.ledger._partitions.clear()
    for path in TIMELINES:
        broken(world, path, b"altered")
    begin_iterations(world, 2)
    assert world.pings() == []
    assert b"Fox seen" in world.site()["feed.atom"]


def test_news_that_come_during_a_rebuild_are_announced(world: HubWorld) -> None:
    reconcile(world)
    world.put("a", hours(0.2), title="Fox seen", **FOXES)
    world.now = hours(0.2)
    assert world.feeds() >= TIMELINES


def test_the_nightly_healing_announces_news_that_were_lost(world: HubWorld) -> None:
    """The stream publishes late ingests as if a notification had arrived."""
    world.put("a", hours(-0.5), title="Fox seen", **FOXES)
    world.notifications.clear()
    begin_iterations(world, 1)
    assert world.feeds() >= TIMELINES
    assert keys.REBUILD_BEGAN not in world.records()


def test_a_site_that_is_rebuilt_announces_nothing(world: HubWorld) -> None:
    world.put("a", hours(-0.5), title="Fox seen", **FOXES)
    world.settle()
    before = world.site()
    emptied(world)
    world.outbox.bodies.clear()
    reconcile(world)
    assert world.site() == before
    assert world.outbox.bodies == []


def calls_for_news(world: World, revision: dict[str, str] | None = None) -> Counter[str]:
    """Count what publishing a second event on the site's time line takes."""
    world.put("first", hours(-24), **FOXES)
    world.settle()
    world.put("first", hours(0), title="Fox seen", revision=revision, **FOXES)
    world.ingest("first")
    world.calls.clear()
    world.publish([item_key for item_key in world.changes if item_key.partition == partitions.SITE])
    return world.calls


def test_announcing_takes_one_call_more_and_without_news_none() -> None:
    minor = {"kind": "minor"}
    assert calls_for_news(HubWorld()) - calls_for_news(World()) == {"dynamodb.GetItem": 1}
    assert calls_for_news(HubWorld(), minor) == calls_for_news(World(), minor)


def test_a_queue_that_is_broken_fails_no_publication(world: HubWorld) -> None:
    world.outbox.is_broken = True
    world.put("a", hours(0), title="Fox seen", **FOXES)
    world.ingest("a")
    world.publish([world.changes.pop(0) for _ in list(world.changes)])
    assert b"Fox seen" in world.site()["feed.atom"]
    assert (world.report.failed, world.report.announced) == ([], 0)
    ((subject, error),) = world.report.unsent
    assert (subject, str(error)) == ("hub pings", "no such queue")


class BusyLedger(MemoryLedger):
    """A ledger that no longer answers."""

    def get(self, item_key: ItemKey) -> LedgerItem | None:
        raise BusyLedgerError(item_key.sort)


def test_a_ledger_that_does_not_answer_fails_no_publication(world: HubWorld) -> None:
    busy = BusyLedger(world.calls, lambda _: None, lambda: world.now)
    world.hub_ping_planner = replace(world.hub_ping_planner, ledger=busy)
    world.put("a", hours(0), title="Fox seen", **FOXES)
    world.ingest("a")
    world.publish([world.changes.pop(0) for _ in list(world.changes)])
    assert (world.report.failed, world.report.announced, world.outbox.bodies) == ([], 0, [])
    assert [type(unsent.error) for unsent in world.report.unsent] == [BusyLedgerError]


def test_pings_that_the_queue_refuses_are_counted(world: HubWorld) -> None:
    world.outbox.refuses = 2
    world.put("a", hours(0), title="Fox seen", **FOXES)
    world.ingest("a")
    world.publish([world.changes.pop(0) for _ in list(world.changes)])
    assert [str(unsent.error) for unsent in world.report.unsent] == ["Throttled: later"] * 2
    assert world.report.announced == len(world.outbox.bodies) > 0


def test_an_overtaken_writer_announces_the_changes_that_it_found(
    world: HubWorld,
) -> None:
    """A rebuild, which never announces, wrote the same bytes in between."""
    world.put("a", hours(0), title="Fox seen", **FOXES)
    world.ingest("a")
    changes = [world.changes.pop(0) for _ in list(world.changes)]
    item_key = next(
        item_key
        for item_key in changes
        if item_key.partition == partitions.topic_partition("foxes")
    )
    rivals = [world.writer]

    class Overtaken(MemorySiteStore):
        def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
            return world.store.etags(paths)

        def etags_below(self, prefix: str) -> dict[str, str]:
            return world.store.etags_below(prefix)

        def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
            while documents and rivals:
                publish_batch(rivals.pop(), [StreamRecord("", item_key)])
            world.store.write(documents, seen)

    world.publish([item_key], Overtaken(world.calls))
    assert (world.report.conflicts, world.report.documents_written) == (1, 0)
    pings = {HubPing.model_validate_json(body).feed for body in world.outbox.bodies}
    assert pings >= {f"https://gazette.example/{path}" for path in feeds_of("topics/foxes/feed")}


def test_a_new_feed_that_changes_while_it_is_published_is_announced() -> None:
    """A reader who subscribed between the two writes learns of the second one."""
    world = HubWorld()
    world.put("a", hours(0), title="Fox seen", **FOXES)

    class Site(MemorySiteStore):
        """Shows the first feeds, and then the publisher writes again."""

        def write(self, documents: Sequence[Document], etags: Mapping[str, str | None]) -> None:
            is_first = "feed.rss" not in self.documents
            super().write(documents, etags)
            if is_first and "feed.rss" in self.documents:
                world.put("a", hours(0), title="Foxes seen", **FOXES)
                world.ingest("a")

    world.ingest("a")
    first = list(world.changes)
    world.publish(first, site := Site(Counter()))
    world.publish(world.changes[len(first) :], site)
    shown = site.documents["feed.rss"].body
    assert b"Foxes seen" in shown
    sent = [HubPing.model_validate_json(body).feed for body in world.outbox.bodies]
    assert world.settings.url("feed.rss") in sent


def test_events_that_leave_a_feed_together_are_announced(world: HubWorld) -> None:
    """The feed keeps no more than the last one that left it."""
    for name in ("b", "c"):
        world.put(name, hours(0), **FOXES)
    world.settle()
    for name in ("b", "c"):
        world.put(name, hours(0.2), revision={"kind": "correction", "note": "No fox."})
    world.now = hours(0.2)
    assert world.feeds() >= feeds_of("topics/foxes/feed", "categories/nature/feed")


def test_the_first_of_two_events_that_leave_a_feed_is_announced(world: HubWorld) -> None:
    for name in ("b", "c"):
        world.put(name, hours(0), **FOXES)
    world.settle()
    for name in ("b", "c"):
        world.put(name, hours(0.2), revision={"kind": "correction", "note": "No fox."})
        world.ingest(name)
    topic = keys.deletion_key(
        ItemKey(partitions.topic_partition("foxes"), keys.entry_sort(hours(0), "b"))
    )
    assert topic in world.changes
    world.now = hours(0.2)
    world.outbox.bodies.clear()
    world.publish([topic])
    pings = {HubPing.model_validate_json(body).feed for body in world.outbox.bodies}
    assert pings == {world.settings.url(path) for path in feeds_of("topics/foxes/feed")}
