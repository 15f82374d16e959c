"""What the search reads of days, months and years, and when it changes."""

import json
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from gazette.models import limits
from gazette.models.branding.brand import Brand
from gazette.models.ledger.entry import TopicRef
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.routes import route_of
from gazette.models.search.search_rows import SearchPart, SearchParts, SearchRow
from gazette.models.site import Site
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.projections.search.rows import parts_of_month, with_filters
from gazette.renderers.json.search import render_search_part
from gazette.runtime.builders import make_site_writer
from tests.unit.publish.worlds import SITE, World, hours

SILENT = replace(SITE, brand=Brand(search=False))


def world_of(site: Site = SITE) -> World:
    world = World(site)
    world.put("a", hours(0), title="Éclair in port", topics=["Harbour"], language="fr")
    world.put("b", hours(1), title="港の再開", date="2026-07-05", topics=["Harbour", "Trade"])
    world.put("c", hours(2), title="Old news", date="2025-12-31")
    world.settle()
    return world


def document(world: World, name: str) -> dict[str, list[list[object]]]:
    found: dict[str, list[list[object]]] = json.loads(world.site()[f"search/{name}.json"])
    return found


def searched(world: World) -> set[str]:
    return {path for path in world.site() if path.startswith("search/")}


def test_a_month_has_its_events_newest_first_and_each_topic_once() -> None:
    assert document(world_of(), "2026-07") == {
        "topics": [["harbour", "Harbour"], ["trade", "Trade"]],
        "events": [
            ["2026-07-05", "news/2026/07/5/港の再開", "港の再開", [0, 1]],
            ["2026-07-04", "news/2026/07/4/éclair-in-port", "Éclair in port", [0], "fr"],
        ],
    }


def test_a_year_says_which_months_there_are() -> None:
    world = world_of()
    assert [name for name, _ in document(world, "2026")["parts"]] == ["2026-07"]
    assert [name for name, _ in document(world, "2025")["parts"]] == ["2025-12"]
    page = world.site()["search/index.html"].decode()
    assert page.index('data-year="2026"') < page.index('data-year="2025"')
    assert searched(world) == {
        *("search/index.html", "search/search.js", "search/2026.json", "search/2025.json"),
        *("search/2026-07.json", "search/2025-12.json"),
    }


def writes(world: World) -> list[str]:
    """Return the paths of the search that the next changes write."""
    before = world.site()
    world.settle()
    after = world.site()
    return sorted(path for path in searched(world) if after[path] != before.get(path))


def test_an_event_changes_the_document_of_its_month_and_of_its_year() -> None:
    world = world_of()
    world.put("d", hours(3), title="Fog", date="2026-07-20", topics=["Trade"])
    assert writes(world) == ["search/2026-07.json", "search/2026.json"]
    world.put("e", hours(4), title="Fog, news", date="2025-12-01")
    assert writes(world) == ["search/2025-12.json", "search/2025.json"]


def test_an_event_without_a_new_word_changes_its_month_alone() -> None:
    world = world_of()
    world.put("d", hours(3), title="In port", date="2026-07-20", topics=["Trade"])
    assert writes(world) == ["search/2026-07.json"]


def test_another_text_of_an_event_changes_nothing() -> None:
    world = world_of()
    fields = {"title": "Old news", "date": "2025-12-31"}
    world.put("c", hours(3), **fields, body="More of it.", revision={"kind": "minor"})
    assert writes(world) == []
    world.put("c", hours(4), **fields, body="Even more.")
    assert writes(world) == []


def test_an_event_that_left_is_found_no_more() -> None:
    world = world_of()
    world.delete("b", hours(3))
    world.put("a", hours(4), title="Cake", date="2026-08-01")
    world.settle()
    assert [event[2] for event in document(world, "2026-08")["events"]] == ["Cake"]
    assert "search/2026-07.json" not in world.site()
    assert [name for name, _ in document(world, "2026")["parts"]] == ["2026-08"]
    world.delete("c", hours(5))
    world.settle()
    assert "search/2025.json" not in world.site()
    assert b'data-year="2025"' not in world.site()["search/index.html"]


def test_a_site_without_search_has_none_and_no_link_to_it() -> None:
    world = world_of(SILENT)
    assert searched(world) == set()
    assert not any(b"/search/" in body for body in world.site().values())


def test_a_rebuild_without_search_removes_everything_and_one_with_it_brings_it_back() -> None:
    world = world_of()
    before = world.site()
    for site in (SILENT, SITE):
        world.writer = make_site_writer(site, world.ledger, world.store, world.source, world.clock)
        world.changes += world.records()
        world.settle()
        assert bool(searched(world)) is site.brand.search
    assert world.site() == before


def test_the_page_is_there_before_the_first_year() -> None:
    world = World()
    task = PublishTask(TaskKind.SEARCH, Partition.parse("TOPICS#"))
    documents = world.writer.builders[TaskKind.SEARCH].compose(task).documents
    assert [one.path for one in documents] == ["search/index.html", "search/search.js"]
    assert b"data-year" not in documents[0].body


def test_what_has_no_events_publishes_nothing() -> None:
    builders = World().writer.builders
    for kind, partition in (
        (TaskKind.SEARCH_MONTH, "SEARCHMONTH#2026-07"),
        (TaskKind.SEARCH_YEAR, "SEARCHYEAR#2026"),
        (TaskKind.SEARCH_DAY, "DAY#2026-07-04"),
    ):
        result = builders[kind].compose(PublishTask(kind, Partition.parse(partition)))
        assert (result.documents, result.replacements) == ((), ())


def row(number: int, day: int = 4, title: str = "Fog") -> SearchRow:
    return SearchRow(
        day=date(2026, 7, day),
        position=(day - 1) << 27 | (number * 40503) % 2**27,
        title=title,
        base_path=f"news/2026/07/{day}/{number}",
        topics=(TopicRef(slug="x", label="X" * 400),),
    )


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 31)), unique=True, max_size=400))
def test_the_parts_of_a_month_have_each_event_once_and_stay_small(
    events: list[tuple[int, int]],
) -> None:
    rows = [row(*event) for event in events]
    rows.sort(key=lambda one: (-one.position, one.base_path))
    parts = parts_of_month("2026-07", rows)
    assert [one for part in parts.values() for one in part] == rows
    for some in parts.values():
        size = sum(len(one.model_dump_json().encode()) for one in some)
        assert len(some) == 1 or size <= limits.MAX_SEARCH_PART_BYTES


def test_events_that_no_cut_parts_stay_together() -> None:
    """More than one document can hold, at one position: no id has been found that does this."""
    same = [row(0).model_copy(update={"base_path": f"news/2026/07/4/{at}"}) for at in range(200)]
    parts = parts_of_month("2026-07", same)
    assert list(parts.values()) == [tuple(same)]


def test_a_new_event_of_a_large_month_changes_one_part() -> None:
    def parts(count: int) -> dict[str, bytes]:
        rows = [row(number, number % 31 + 1) for number in range(count)]
        rows.sort(key=lambda one: (-one.position, one.base_path))
        found = parts_of_month("2026-07", rows)
        return {name: render_search_part(some, "en") for name, some in found.items()}

    before, after = parts(500), parts(501)
    assert len(before) > 4
    assert sum(before.get(name) != body for name, body in after.items()) == 1


def test_filters_that_would_be_too_long_let_every_word_through() -> None:
    titles = (" ".join(f"w{number}x{at}" for at in range(300)) for number in range(600))
    rows = [row(number, title=title) for number, title in enumerate(titles)]
    parts = with_filters({"2026-07": rows})
    assert [(part.name, part.words) for part in parts] == [("2026-07", "")]
    assert with_filters({"2026-07": rows[:5]})[0].words


def take_all(changes: list[ItemKey]) -> list[ItemKey]:
    """Take what waits, each once, as a batch of the stream has it."""
    taken = list(dict.fromkeys(changes))
    changes.clear()
    return taken


def test_a_month_that_was_cut_leaves_no_part_behind() -> None:
    world = World()
    topics = [f"{letter * 450}" for letter in "abcdefghij"]
    for number in range(14):
        world.put(f"e{number}", hours(number / 100), title=f"Fog {number}", topics=topics)
        world.ingest(f"e{number}")
    world.publish(take_all(world.changes))
    world.settle()
    parts = searched(world) - {"search/index.html", "search/search.js", "search/2026.json"}
    assert len(parts) > 1
    assert all(route_of(path) == Partition.parse("SEARCHMONTH#2026-07") for path in parts)
    every = world.writer.builders[TaskKind.SEARCH_MONTH].every_path(
        PublishTask(TaskKind.SEARCH_MONTH, Partition.parse("SEARCHMONTH#2026-07"))
    )
    assert parts <= set(every)
    for number in range(1, 14):
        world.delete(f"e{number}", hours(2 + number / 100))
        world.ingest(f"e{number}")
    world.publish(take_all(world.changes))
    world.settle()
    assert searched(world) == {
        *("search/index.html", "search/search.js", "search/2026.json", "search/2026-07.json"),
    }
    assert [event[2] for event in document(world, "2026-07")["events"]] == ["Fog 0"]


def test_what_a_month_writes_for_its_year_fits_into_an_item() -> None:
    """The most parts, and filters just below their bound (docs/bounds.md)."""
    word = "A" * (limits.MAX_SEARCH_FILTERS_BYTES // limits.MAX_SEARCH_PARTS)
    names = (f"2026-07.{number}" for number in range(limits.MAX_SEARCH_PARTS))
    parts = tuple(SearchPart(name=name, words=word) for name in names)
    payload = SearchParts(parts=parts, was_cut=True).model_dump_json()
    assert len(payload) <= limits.MAX_ITEM_BYTES
