"""Random histories: webhooks get what their filters match, whatever crashes and is repeated."""

import json
from collections import Counter
from datetime import timedelta
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from gazette.models.tasks.reports import IngestReport
from gazette.models.webhooks.webhook import WebhookKind
from tests.property.test_hub_pings import STEPS, Step
from tests.property.versions import TOPICS
from tests.unit.publish.worlds import MORNING, SITE
from tests.unit.reconcile.reconciling import begin_iterations, reconcile
from tests.unit.webhooks.webhook_stage import Receiver, WebhookWorld, headers_of

QUARTER = settings(max_examples=settings().max_examples // 4)
URLS = tuple(f"https://receiver.example/{number}" for number in range(3))
SLUGS = ("foxes", "bears")
assert [topic.lower() for topic in TOPICS[:2]] == [*SLUGS]


class Wanted(NamedTuple):
    """The filter of a webhook."""

    topics: tuple[str, ...]
    kinds: tuple[str, ...]

    def matches(self, kind: str, topics: set[str]) -> bool:
        is_topic = not self.topics or bool(topics & set(self.topics))
        return is_topic and (not self.kinds or kind in self.kinds)


FILTERS = st.lists(
    st.builds(
        Wanted,
        st.sampled_from(((), SLUGS[:1], SLUGS)),
        st.sampled_from(((), ("correction",), ("publication", "retraction", "update"))),
    ),
    min_size=len(URLS),
    max_size=len(URLS),
)
# What happens to a batch: its news comes twice, and the marks of what is spread are lost.
CRASHES = st.sampled_from(((False, False), (True, False), (True, True)))


def expected(world: WebhookWorld, step: Step, filters: list[Wanted]) -> Counter[tuple[str, ...]]:
    """Write and ingest; return who is to get which revision."""
    for write in step.writes:
        key = f"events/{write.name}.json"
        if write.raw is None:
            world.source.delete(key, world.now)
        else:
            world.source.put(key, write.raw, world.now)
    report = IngestReport()
    while world.notifications:
        world.ingestor.ingest(world.notifications.pop(0), report)
    found: Counter[tuple[str, ...]] = Counter()
    for event_id, number, kind in report.recorded:
        revisions = [world.revision(event_id, one) for one in (number - 1, number) if one]
        topics = {topic.slug for one in revisions for topic in one.entry.topics}
        for url, wanted in zip(URLS, filters, strict=True):
            if kind != "minor" and wanted.matches(kind, topics):
                past = WebhookKind(kind).event_type
                found[url, SITE.event_tag(event_id), str(number), past] += 1
    return found


def delivered(world: WebhookWorld, receivers: dict[str, Receiver]) -> Counter[tuple[str, ...]]:
    """Do all that waits; return what was new to receivers."""
    world.sent()
    found: Counter[tuple[str, ...]] = Counter()
    now = int(world.now.timestamp())
    for post in world.callbacks.posts:
        if receivers[post.callback].take(headers_of(post), post.body, now):
            message = json.loads(post.body)
            number = str(message["data"]["_gazette"]["revision"])
            found[post.callback, message["data"]["id"], number, message["type"]] += 1
    return found


def rebuilt(world: WebhookWorld) -> None:
    world.ledger._partitions.clear()
    begin_iterations(world, 2)
    world.settle()
    reconcile(world)


@given(st.lists(STEPS, min_size=2, max_size=6), FILTERS, CRASHES)
@QUARTER
def test_each_revision_that_is_news_reaches_those_whose_filters_match_once(
    steps: list[Step], filters: list[Wanted], crash: tuple[bool, bool]
) -> None:
    is_repeated, is_unmarked = crash
    world = WebhookWorld()
    world.now = MORNING
    for url, wanted in zip(URLS, filters, strict=True):
        world.add(url, **wanted._asdict())
    receivers = {url: Receiver() for url in URLS}
    for step in steps:
        world.now += timedelta(minutes=step.minutes)
        recorded = expected(world, step, filters)
        world.settle()
        bodies = list(world.news.bodies)
        assert delivered(world, receivers) == recorded
        if is_unmarked:
            store = world.store_of_webhooks._messages
            store |= {
                key: one.model_copy(update={"is_spread": False}) for key, one in store.items()
            }
        if is_repeated:
            world.news.bodies += bodies
            assert delivered(world, receivers) == Counter()
            assert bool(world.callbacks.posts) is (is_unmarked and bool(recorded))
        if step.is_rebuild:
            rebuilt(world)
            assert world.sent() == []
