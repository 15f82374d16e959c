"""What webhooks are sent: every revision that is news, to those whose filters match."""

import json
from dataclasses import dataclass, field, replace

import pytest

from gazette.models.contract.identity import event_key
from gazette.models.limits import MAX_WEBHOOK_BYTES
from gazette.models.tasks.reports import PublishReport
from gazette.models.tasks.tasks import stream_tasks
from gazette.models.webhooks.messages import RevisionNews, WebhookMessage
from gazette.models.webhooks.webhook import WebhookKind
from gazette.services.hub.fan_out import FanOutReport
from tests.unit.announce.hubs import FOXES
from tests.unit.erasures.erasing import erase
from tests.unit.hub.stage import messages
from tests.unit.images.image_files import PNG
from tests.unit.publish.worlds import SITE, hours
from tests.unit.reconcile.reconciling import begin_iterations, reconcile
from tests.unit.webhooks.webhook_stage import OTHER, URL, WebhookWorld

CORRECTED = {"kind": "correction", "note": "The time was wrong."}


@pytest.fixture
def world() -> WebhookWorld:
    world = WebhookWorld()
    world.add()
    return world


def test_a_message_has_the_item_that_the_feed_has(world: WebhookWorld) -> None:
    world.put("a", hours(0), body="The **river** opens.", byline="Ana", **FOXES)
    ((url, message),) = world.sent()
    feed = json.loads(world.site()["topics/foxes/feed.json"])
    assert url == URL
    assert message == {
        "type": "event.published",
        "timestamp": "2026-07-04T08:00:00Z",
        "data": feed["items"][0],
    }
    assert sum(report.webhook_news for report in world.reports) == 1


def test_each_kind_of_revision_has_a_type(world: WebhookWorld) -> None:
    world.put("a", hours(0), **FOXES)
    assert world.types() == ["event.published"]
    for hour, kind in enumerate(("update", "correction"), start=1):
        world.now = hours(hour)
        world.put("a", hours(hour), title=kind, revision={"kind": kind, "note": "x"}, **FOXES)
        assert world.types() == [WebhookKind(kind).event_type]
    world.now = hours(3)
    marker = world.source.delete(event_key("a"), hours(3))
    assert world.types() == ["event.retracted"]
    world.source.remove_version(event_key("a"), marker)
    assert world.types() == ["event.restored"]
    assert len({kind.event_type for kind in WebhookKind}) == len(WebhookKind)


def test_nothing_is_sent_of_a_minor_revision_the_same_bytes_and_a_rebuild(
    world: WebhookWorld,
) -> None:
    world.put("a", hours(0), **FOXES)
    world.sent()
    world.now = hours(0.1)
    world.put("a", hours(0.1), body="x", revision={"kind": "minor"}, **FOXES)
    assert world.sent() == []
    world.put("a", hours(0.2), body="x", revision={"kind": "minor"}, **FOXES)
    assert world.sent() == []
    world.now = hours(0.5)
    world.ledger._partitions.clear()
    begin_iterations(world, 2)
    reconcile(world)
    assert world.sent() == []


def test_nothing_is_sent_of_an_archive_that_is_filled(world: WebhookWorld) -> None:
    world.put("old", hours(0), date="2019-05-01", published="2019-05-01T08:00:00Z")
    assert world.sent() == []


def test_somebody_takes_corrections_only(world: WebhookWorld) -> None:
    world.add(OTHER, kinds=["correction"])
    world.put("a", hours(0), **FOXES)
    assert [url for url, _ in world.sent()] == [URL]
    world.put("a", hours(0.1), body="x", revision=CORRECTED, **FOXES)
    sent = world.sent()
    assert sorted(url for url, _ in sent) == sorted([URL, OTHER])
    data = sent[0][1]["data"]
    assert data["_gazette"]["note"] == "The time was wrong."
    assert (data["_gazette"]["kind"], data["_gazette"]["revision"]) == ("correction", 2)


def test_a_filter_of_topics_takes_what_enters_and_what_leaves_them(world: WebhookWorld) -> None:
    world.add(OTHER, topics=["foxes"])
    world.put("a", hours(0), topics=["Wolves"])
    assert [url for url, _ in world.sent()] == [URL]
    for hour, topics in ((0.1, ["Foxes"]), (0.2, ["Wolves"])):
        world.put("a", hours(hour), topics=topics, revision={"kind": "update"})
        assert OTHER in [url for url, _ in world.sent()]
    world.put("a", hours(0.3), topics=["Wolves"], body="x", revision={"kind": "update"})
    assert [url for url, _ in world.sent()] == [URL]


def test_an_erasure_is_sent_without_a_word_of_what_it_erases(world: WebhookWorld) -> None:
    world.add(OTHER, topics=["foxes"], kinds=["erasure"])
    world.put("a", hours(0), title="Secret", body="Secret words", **FOXES)
    world.sent()
    world.now = hours(24 * 30)
    erase(world, "a", world.now, "all")
    sent = world.sent()
    assert sorted(url for url, _ in sent) == sorted([URL, OTHER])
    assert {message["type"] for _, message in sent} == {"event.erased"}
    assert "ecret" not in json.dumps(sent)
    assert sent[0][1]["data"]["_gazette"]["revision"] == 1


def test_an_erasure_of_one_revision_sends_no_other_again(world: WebhookWorld) -> None:
    world.put("a", hours(0), title="Secret", **FOXES)
    world.put("a", hours(0.1), title="Open", revision=CORRECTED, **FOXES)
    assert world.types() == ["event.published", "event.corrected"]
    world.now = hours(0.2)
    erase(world, "a", world.now, [1])
    assert world.types() == ["event.erased"]


def test_what_was_erased_is_not_delivered_any_more(world: WebhookWorld) -> None:
    world.put("a", hours(0), body="Secret words", **FOXES)
    world.spread()
    (late,) = world.waiting()
    world.now = hours(0.1)
    erase(world, "a", world.now, "all")
    assert world.types() == ["event.erased"]
    world.callbacks.posts.clear()
    world.deliver(late)
    assert world.callbacks.posts == []


def test_an_erasure_takes_the_place_of_words_also_long_afterwards(world: WebhookWorld) -> None:
    """A dead letter may be replayed after days."""
    world.put("a", hours(0), body="Secret words", **FOXES)
    world.spread()
    (late,) = world.waiting()
    erase(world, "a", hours(5), "all")
    world.now = hours(24)  # more than an hour later
    assert world.sent() == []
    world.deliver(late)
    assert world.callbacks.posts == []


def test_a_message_about_an_older_state_does_not_bring_erased_words_back(
    world: WebhookWorld,
) -> None:
    world.put("a", hours(0), body="Secret words", **FOXES)
    world.spread()
    store = world.store_of_webhooks
    ((key, before),) = store._messages.items()
    world.now = hours(0.1)
    erase(world, "a", world.now, "all")
    world.sent()
    store.offer(before)  # by a publisher that is late
    erased = store.message(key)
    assert erased
    assert "ecret" not in erased.body


def test_a_long_text_is_left_out_and_an_image_that_is_missing(world: WebhookWorld) -> None:
    image = {"key": "images/a.png", "alt": "A boat"}
    world.put("a", hours(0), body="Long. " * 20_000, summary="Short.", image=image)
    ((_, message),) = world.sent()
    data = message["data"]
    assert (data["summary"], data["content_text"]) == ("Short.", "Short.")
    assert "image" not in data
    assert len(json.dumps(message).encode()) < MAX_WEBHOOK_BYTES
    world.source.put("images/a.png", PNG, hours(0))
    world.put("b", hours(0), image=image)
    ((_, message),) = world.sent()
    assert message["data"]["image"] == f"{SITE.base_url}/image/a.png"


def test_a_repeated_record_sends_nothing_again(world: WebhookWorld) -> None:
    world.put("a", hours(0), **FOXES)
    world.ingest("a")
    changed = list(world.changes)
    world.sent()
    world.plan(changed, PublishReport())
    assert world.news.bodies
    assert world.sent() == []


def test_a_crash_before_a_message_is_marked_repeats_it_with_the_same_ids(
    world: WebhookWorld,
) -> None:
    world.put("a", hours(0), **FOXES)
    world.settle()
    bodies = list(world.news.bodies)
    world.sent()
    first = [dict(post.headers)["webhook-id"] for post in world.callbacks.posts]
    (message,) = world.store_of_webhooks._messages.values()
    lost = message.model_copy(update={"is_spread": False})
    world.store_of_webhooks._messages[message.key] = lost  # the mark was not written
    world.news.bodies += bodies
    world.sent()
    assert [dict(post.headers)["webhook-id"] for post in world.callbacks.posts] == first


def test_records_that_failed_are_planned_when_they_are_published(world: WebhookWorld) -> None:
    world.put("a", hours(0), **FOXES)
    world.ingest("a")
    item_keys = list(world.changes)
    world.changes.clear()
    report = super(WebhookWorld, world).publish([])
    report.not_begun = [str(task) for key in item_keys for task in stream_tasks(key)]
    world.plan(item_keys, report)
    assert world.news.bodies == []


def test_a_planner_that_fails_does_not_fail_a_publication(world: WebhookWorld) -> None:
    world.news.is_broken = True
    world.put("a", hours(0), **FOXES)
    world.settle()
    failures = [failure for report in world.reports for failure in report.unsent]
    assert [failure.subject for failure in failures] == ["webhooks"]


def test_what_the_queue_refuses_is_reported(world: WebhookWorld) -> None:
    world.news.refuses = 1
    world.put("a", hours(0), **FOXES)
    world.settle()
    (failure,) = [failure for report in world.reports for failure in report.unsent]
    assert "Throttled" in str(failure.error)


def test_news_of_a_message_that_is_not_there_spreads_nothing(world: WebhookWorld) -> None:
    news = RevisionNews(event_id="none", number=1, identifier="x")
    report = FanOutReport()
    assert world.fan_out.spread(messages([news]), lambda: True, report) == []
    assert report.counts == {"FeedsFannedOut": 0, "DeliveriesQueued": 0, "FanOutFailures": 0}


@dataclass
class FakeTopic:
    """A `NewsTopic` that records messages; it may be broken."""

    published: list[WebhookMessage] = field(default_factory=list)
    is_broken: bool = False

    def publish(self, message: WebhookMessage) -> None:
        if self.is_broken:
            raise ConnectionError("no such topic")
        self.published.append(message)


def test_a_topic_gets_every_message_once_also_without_webhooks() -> None:
    world, topic = WebhookWorld(), FakeTopic(is_broken=True)
    world.fan_out = replace(world.fan_out, topic=topic)
    world.put("a", hours(0), **FOXES)
    world.settle()
    news = messages(map(RevisionNews.model_validate_json, world.news.bodies))
    report = FanOutReport()
    assert len(world.fan_out.spread(news, lambda: True, report)) == 1  # SQS brings it again
    topic.is_broken = False
    for _ in range(2):
        assert world.fan_out.spread(news, lambda: True, report) == []
    (message,) = topic.published
    assert (message.kind, message.topics) == (WebhookKind.PUBLICATION, ("foxes",))


def test_many_webhooks_share_messages(world: WebhookWorld) -> None:
    for number in range(25):
        world.add(f"{OTHER}/{number}")
    world.put("a", hours(0), **FOXES)
    report = world.spread()
    assert report.counts["RevisionsFannedOut"] == 1
    assert report.deliveries == 26
    assert [len(one.webhooks) for one in world.waiting()] == [20, 6]
