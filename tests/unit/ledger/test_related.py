"""Related events: neighbours on the time lines of the first topics, ranked by what they share."""

import json

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.entry import Entry, TopicRef
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.partitions import PartitionKind
from gazette.models.product import RELATED_EVENTS_SHOWN
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.projections.pages.related import related_events
from gazette.services.publish.event.related import candidates
from gazette.services.publish.ledger_view import LedgerView
from tests.unit.publish.worlds import SITE, World, hours


def entry(name: str, hour: float, *topics: str, language: str | None = None) -> Entry:
    at = hours(hour)
    return Entry.model_validate(
        {"event_id": name, "number": 1, "kind": "publication", "title": name.upper()}
        | {"date": "2026-07-04", "published": at, "updated": at, "at": at}
        | {"base_path": name, "first_path": name, "sha256": "", "language": language}
        | {"topics": [TopicRef(slug=topic, label=topic.title()) for topic in topics]}
    )


def ranked(of: Entry, *others: Entry) -> list[str]:
    return [event.title for event in related_events(SITE, of, others)]


FOX = entry("fox", 0, "foxes", "bears", "cats")


def test_an_event_with_more_shared_topics_comes_first_at_any_distance() -> None:
    assert ranked(FOX, entry("a", 1, "foxes"), entry("b", 99, "cats", "foxes")) == ["B", "A"]


def test_of_events_with_as_many_shared_topics_the_nearer_comes_first() -> None:
    others = [entry("a", 5, "foxes"), entry("b", -4, "bears"), entry("c", 3, "cats")]
    assert ranked(FOX, *others) == ["C", "B", "A"]


def test_the_id_decides_between_equals_in_any_order() -> None:
    a, b = entry("a", 1, "foxes"), entry("b", -1, "bears")
    assert ranked(FOX, a, b) == ranked(FOX, b, a) == ["A", "B"]


def test_five_are_shown() -> None:
    others = [entry(name, hour, "foxes") for hour, name in enumerate("abcdefgh", 1)]
    assert ranked(FOX, *others) == ["A", "B", "C", "D", "E"]
    assert RELATED_EVENTS_SHOWN == 5


def test_the_context_is_the_shared_topics_with_the_labels_of_the_page() -> None:
    (related,) = related_events(SITE, FOX, [entry("a", 1, "cats", "dogs", "foxes")])
    assert [topic.text for topic in related.context] == ["Foxes", "Cats"]


def test_a_title_is_in_the_language_of_its_event_or_else_in_that_of_the_site() -> None:
    others = [entry("a", 1, "foxes", language="ar"), entry("b", 2, "foxes")]
    found = related_events(SITE, FOX, others)
    assert [(event.language, event.direction) for event in found] == [("ar", "rtl"), ("en", "ltr")]


def world_of(*names: str, topics: tuple[str, ...] = ("Foxes",)) -> World:
    world = World()
    for hour, name in enumerate(names):
        world.put(name, hours(hour), title=name.upper(), topics=topics)
    world.settle()
    return world


def related(world: World, name: str) -> list[str]:
    base_path = world.newest(name).base_path
    return [event["title"] for event in json.loads(world.site()[f"{base_path}.json"])["related"]]


def test_two_before_and_two_after_are_neighbours() -> None:
    world = world_of(*"abcdefg")
    assert {name: sorted(related(world, name)) for name in "adg"} == {
        "a": ["B", "C"],
        "d": ["B", "C", "E", "F"],
        "g": ["E", "F"],
    }


def queries_of(world: World, names: str) -> int:
    """Find the candidates of some events through one view, and return the number of queries."""
    entries = [world.newest(name) for name in names]
    alone = [candidates(world.ledger, entry) for entry in entries]
    view = LedgerView(world.ledger)
    view.renew()
    world.calls.clear()
    assert [candidates(view, entry) for entry in entries] == alone
    assert set(world.calls) == {"dynamodb.Query"}
    return world.calls["dynamodb.Query"]


def test_neighbours_that_are_published_together_share_what_they_read() -> None:
    """Each reads on where another has begun, and nobody reads an event alone."""
    world = world_of(*"abcdefghijklmno")
    assert queries_of(world, "decfb") == 4


def test_events_among_the_newest_of_their_topic_are_found_with_one_read() -> None:
    world = world_of(*"abcdefghijklmno")
    assert queries_of(world, "onmlkj") == 1


def test_a_withdrawn_event_is_replaced_by_the_next_one() -> None:
    world = world_of(*"abcd")
    world.delete("b", hours(9))
    world.settle()
    assert sorted(related(world, "a")) == ["C", "D"]
    assert sorted(related(world, "d")) == ["A", "C"]


def test_a_neighbour_on_two_time_lines_is_one_candidate() -> None:
    world = world_of(*"ab", topics=("Foxes", "Bears"))
    assert [found.event_id for found in candidates(world.ledger, world.newest("a"))] == ["b"]


def test_only_the_first_three_topics_bring_neighbours_together() -> None:
    world = World()
    world.put("a", hours(0), title="A", topics=["One", "Two", "Three", "Four"])
    world.put("b", hours(1), title="B", topics=["Four"])
    world.settle()
    assert related(world, "a") == related(world, "b") == []


def pages_of(world: World, hour: float, name: str) -> list[str]:
    """Return the events whose pages are built when one is written to a time line."""
    sort = keys.entry_sort(hours(hour), name)
    task = PublishTask(TaskKind.RELATED, partitions.related_partition("foxes"), sort)
    (found,) = world.writer.find(TaskKind.RELATED, [task]).values()
    assert {one.kind for one in found} == {TaskKind.EVENT}
    return [one.partition.name for one in found]


def test_the_page_of_an_event_is_built_with_those_of_its_neighbours() -> None:
    world = world_of(*"abcdefg")
    assert pages_of(world, 0, "a") == ["a", "b", "c"]
    assert sorted(pages_of(world, 3, "d")) == ["b", "c", "d", "e", "f"]


def test_what_left_a_time_line_leads_to_the_pages_around_its_place() -> None:
    assert pages_of(world_of(*"abc"), 1.5, "gone") == ["gone", "b", "a", "c"]


def test_a_page_that_many_entries_lead_to_is_built_once() -> None:
    world = world_of(*"abc", topics=("Foxes", "Bears", "Cats"))
    events = [item for item in world.records() if item.partition.kind is PartitionKind.EVENT]
    assert not any(item.sort.startswith(keys.REBUILD_REQUEST) for item in events)
    for hour, name in enumerate("de", 3):
        world.put(name, hours(hour), title=name.upper(), topics=["Foxes", "Bears", "Cats"])
    _, published = world.settle()
    pages = [path for path in published.written if path.startswith("news/2026/07/4/")]
    assert len(pages) == len(set(pages))


class Settling:
    """A ledger in which all is published that is to be, before anything departs."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __getattr__(self, name: str) -> object:
        return getattr(self._world.ledger, name)

    def put(self, record: LedgerItem) -> bool:
        if record.deleted:
            self._world.settle()
        return self._world.ledger.put(record)
