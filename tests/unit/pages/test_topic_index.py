from itertools import count

from gazette.models.ledger import keys
from gazette.models.ledger.aggregates import InitialCounts, TopicCount
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


def initials(*topics: TopicCount) -> dict[str, InitialCounts]:
    """Count the topics by the first letters of their slugs."""
    names = dict.fromkeys(topic.slug[0] for topic in topics)
    return {
        name: InitialCounts(
            topics=1, largest=tuple(topic for topic in topics if topic.slug[0] == name)
        )
        for name in sorted(names)
    }


def named(slug: str, events: int) -> TopicCount:
    return TopicCount(slug=slug, label=slug.title(), count=events)


def test_the_index_names_the_largest_topics_and_not_the_order_of_similar_ones() -> None:
    """One more event of a topic does not change the index, unless it doubled since."""

    def index(bees: int) -> list[str]:
        counted = initials(
            named("ants", 9), named("bees", bees), named("cats", 40), named("dogs", 7)
        )
        return [link.text for link in topic_index.topics_page(SITE, counted).largest]

    assert index(8) == index(15) == ["Cats", "Ants", "Bees"]
    assert index(16) == ["Cats", "Bees", "Ants"]
    assert index(7) == ["Cats", "Ants"]


def test_an_initial_with_an_accent_follows_the_one_without() -> None:
    counted = initials(
        *(named(slug, 1) for slug in ("zoo", "álamo", "alps", "bees", "ñandu", "nile"))
    )
    page = topic_index.topics_page(SITE, counted)
    assert [period.text for period in page.periods[1:]] == ["A", "Á", "B", "N", "Ñ", "Z"]
