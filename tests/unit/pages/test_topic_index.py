from itertools import count

from gazette.models.ledger import keys
from gazette.models.ledger.aggregates import TopicCount
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.product import TOPICS_PER_PAGE
from gazette.models.site import Site
from gazette.models.tasks.reports import PublishReport
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.projections.topics import topic_index
from gazette.services.publish.site_writer import SiteWriter
from gazette.services.publish.topic_index.topic_index_builders import InitialBuilder
from tests.unit.publish.worlds import World

SITE = Site(base_url="https://gazette.example", tag_authority="gazette.example,2026")
INITIAL = Partition(PartitionKind.INITIAL, "m")
REVISIONS = count(1)


def topic(number: int, events: int = 1) -> TopicCount:
    return TopicCount(slug=f"m{number:05d}", label=f"M {number}", count=events)


def titles(topics: list[TopicCount]) -> list[list[str]]:
    pages = topic_index.initial_pages(SITE, "m", topics)
    return [[link.text for link in page.periods] for page in pages.values()]


def test_an_initial_with_few_topics_has_one_page() -> None:
    topics = [topic(number) for number in range(TOPICS_PER_PAGE)]
    assert titles(topics) == [[topic.label for topic in topics]]


def test_an_initial_with_many_topics_has_pages_that_list_every_topic_once_in_order() -> None:
    topics = [topic(number) for number in range(3000)]
    pages = titles(topics)
    assert len(pages) > 3
    assert [label for page in pages for label in page] == [topic.label for topic in topics]


def test_the_pages_of_an_initial_link_each_other() -> None:
    pages = topic_index.initial_pages(SITE, "m", [topic(number) for number in range(3000)])
    frames = [page.frame for page in pages.values()]
    assert [frame.previous.url if frame.previous else None for frame in frames] == [
        None,
        *(frame.url for frame in frames[:-1]),
    ]
    assert [frame.next.url if frame.next else None for frame in frames] == [
        *(frame.url for frame in frames[1:]),
        None,
    ]


def test_one_more_topic_changes_one_page_and_no_address() -> None:
    before = [topic(number) for number in range(0, 6000, 2)]
    after = sorted([*before, topic(3001)], key=lambda topic: topic.slug)
    old = {tuple(page) for page in titles(before)}
    new = {tuple(page) for page in titles(after)}
    assert len(new - old) <= 2


def test_pages_that_an_initial_no_longer_needs_are_removed() -> None:
    world = World()
    builder = InitialBuilder(SITE, world.ledger)
    writer = SiteWriter(world.ledger, world.store, {TaskKind.INITIAL: builder})

    def publish(topics: list[TopicCount]) -> set[str]:
        for counts in topics:
            item_key = keys.initial_key(counts.slug)
            world.ledger.put(LedgerItem(item_key, next(REVISIONS), counts.model_dump_json()))
        writer.publish(PublishTask(TaskKind.INITIAL, INITIAL), PublishReport())
        return {path for path in world.store.documents if path.endswith(".html")}

    long = publish([topic(number) for number in range(1500)])
    assert len(long) > 2
    short = publish([topic(number, events=0) for number in range(1200)])
    assert short == {"topics/a-z/m/index.html"}
