"""An entry that leaves a time line keeps its place there (SPEC T2, P9)."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import count, islice

import pytest
from lxml import etree, html

from gazette.models.ledger import keys, partitions
from gazette.models.product import TOMBSTONES_SHOWN
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.projections.feeds.timelines import is_boundary
from tests.unit.publish.worlds import SITE, World, hours

SMALL = replace(SITE, feed_entries=2)
FOXES = partitions.topic_partition("foxes")
ATOM = "{http://www.w3.org/2005/Atom}"
DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
COMMENT = "{http://purl.org/atompub/tombstones/1.0}comment"
RETRACTION = {"kind": "retraction", "note": "It was no fox."}


def names(number: int, wanted: Callable[[str], bool]) -> list[str]:
    return list(islice(filter(wanted, (f"e{trial}" for trial in count())), number))


BOUNDS = names(3, is_boundary)
PLAIN = names(6, lambda name: not is_boundary(name))
# Two closed segments: a boundary with two entries above it, and a boundary with one.
LINE = (BOUNDS[0], PLAIN[0], PLAIN[1], BOUNDS[1], PLAIN[2], BOUNDS[2], PLAIN[3])


def put(world: World, name: str, hour: float, **fields: object) -> None:
    published = hours(LINE.index(name)).isoformat()
    known = {"title": name, "topics": ["Foxes"], "category": "Nature", "published": published}
    world.put(name, hours(hour), **(known | fields))
    world.settle()


def line() -> World:
    world = World(SMALL)
    for number, name in enumerate(LINE):
        put(world, name, 100 + number)
    return world


def atom(world: World, path: str) -> etree._Element:
    return etree.fromstring(world.site()[path])


def archives(world: World, folder: str = "topics/foxes/") -> list[str]:
    """Return the Atom documents of an archive, newest first."""
    found: list[str] = []
    path = f"{folder}feed.atom"
    while True:
        links = {
            str(link.get("rel")): str(link.get("href"))
            for link in atom(world, path).iterfind(f"{ATOM}link")
        }
        if "prev-archive" not in links:
            return found
        path = links["prev-archive"].removeprefix(f"{SITE.base_url}/")
        found.append(path)


def deleted(world: World, path: str) -> list[tuple[str, str, str | None]]:
    """Return id, time and comment of the deleted-entries of a document."""
    return [
        (str(each.get("ref")), str(each.get("when")), each.findtext(COMMENT))
        for each in atom(world, path).iter(DELETED)
    ]


def titles(world: World, path: str) -> list[str]:
    found = atom(world, path).iterfind(f"{ATOM}entry/{ATOM}title")
    return [title.text or "" for title in found]


@pytest.mark.parametrize("folder", ["", "topics/foxes/", "categories/nature/"])
@pytest.mark.parametrize("name", [BOUNDS[0], BOUNDS[1], PLAIN[0]])
def test_a_withdrawn_entry_is_a_deleted_entry_of_the_archive_document_that_it_was_in(
    folder: str, name: str
) -> None:
    """SPEC T2: with the time of its withdrawal, for good."""
    world = line()
    before = archives(world, folder)
    (where,) = (path for path in before if name in titles(world, path))
    others = {path: world.site()[path] for path in before if path != where}
    put(world, name, 200, revision=RETRACTION)
    assert archives(world, folder) == before
    expected = (SITE.event_tag(name), "2026-07-12T16:00:00Z", RETRACTION["note"])
    assert deleted(world, where) == [expected]
    assert name not in titles(world, where)
    assert {path: world.site()[path] for path in others} == others
    world.now = hours(24 * 300)
    world.publish([key for key in world.records() if key.sort.startswith(keys.SEGMENT)])
    assert deleted(world, where) == [expected]


def test_every_address_of_an_archive_answers_when_all_events_are_withdrawn() -> None:
    """SPEC P9."""
    world = line()
    before = {path for path in world.site() if "/archive/" in path}
    for number, name in enumerate(LINE):
        world.delete(name, hours(200 + number))
    world.settle()
    assert before
    assert {path for path in world.site() if "/archive/" in path} == before
    newest, oldest = archives(world)
    assert titles(world, newest) == titles(world, oldest) == []
    found = [name for path in (newest, oldest) for name, _, _ in deleted(world, path)]
    assert found == [SITE.event_tag(name) for name in reversed(LINE[:5])]
    page = html.fromstring(world.site()[newest.replace(".atom", ".html")])
    assert page.findtext(".//h1") == "Foxes: 4 July 2026 to 4 July 2026"
    for form in ("json", "rss"):  # these have no word for it
        body = world.site()[newest.replace("atom", form)]
        assert b"<item>" not in body
        assert form == "rss" or json.loads(body)["items"] == []


def test_an_event_that_is_published_again_is_no_deleted_entry_any_more() -> None:
    """SPEC T2, T6."""
    world = line()
    before = world.site()[archives(world)[-1]]
    put(world, PLAIN[0], 200, revision=RETRACTION)
    put(world, PLAIN[0], 201, body="It was a fox.")
    where = archives(world)[-1]
    assert deleted(world, where) == []
    assert titles(world, where) == [PLAIN[1], PLAIN[0], BOUNDS[0]]
    assert world.site()[where] != before


@pytest.mark.parametrize("name", [BOUNDS[1], PLAIN[0]])
def test_an_event_that_leaves_a_topic_keeps_its_place_and_says_nothing_there(name: str) -> None:
    """SPEC V7, P9: it is withdrawn from no reader."""
    world = line()
    before = archives(world)
    put(world, name, 200, topics=["Bears"])
    assert archives(world) == before
    assert all(deleted(world, path) == [] for path in before)
    assert name not in [title for path in before for title in titles(world, path)]
    put(world, name, 201)
    assert name in [title for path in before for title in titles(world, path)]
    put(world, name, 202, revision=RETRACTION)
    assert [ref for path in before for ref, _, _ in deleted(world, path)] == [SITE.event_tag(name)]


def test_an_archive_document_that_everything_left_still_answers() -> None:
    world = line()
    before = archives(world)
    for number, name in enumerate(LINE[:3]):
        put(world, name, 200 + number, topics=["Bears"])
    assert archives(world) == before
    assert (titles(world, before[-1]), deleted(world, before[-1])) == ([], [])
    assert atom(world, before[-1]).findtext(f"{ATOM}updated") == "2026-07-04T10:00:00Z"


def test_the_document_of_the_day_has_what_was_withdrawn_from_it() -> None:
    """SPEC T2: as deleted-entries, and nothing withdrawn among its entries."""
    world = World()
    world.put("a", hours(0), title="A")
    world.put("b", hours(0), title="B")
    world.put("a", hours(1), title="A", revision=RETRACTION)
    world.settle()
    path = "news/2026/07/4/index.xml"
    expected = [(SITE.event_tag("a"), "2026-07-04T09:00:00Z", RETRACTION["note"])]
    assert deleted(world, path) == expected
    assert titles(world, path) == ["B"]
    assert atom(world, path).findtext(f"{ATOM}updated") == "2026-07-04T09:00:00Z"
    world.delete("b", hours(2))
    world.settle()
    assert (
        deleted(world, path)
        == [*expected, (SITE.event_tag("b"), "2026-07-04T10:00:00Z", None)][::-1]
    )
    world.put("a", hours(3), title="A", date="2026-07-05")
    world.settle()
    assert [ref for ref, _, _ in deleted(world, path)] == [SITE.event_tag("b")]
    assert deleted(world, "news/2026/07/5/index.xml") == []


def test_the_document_of_a_day_has_only_the_newest_withdrawals() -> None:
    """SPEC T4: so a mass withdrawal makes no later event of the day dearer."""
    world = World()
    for number in range(TOMBSTONES_SHOWN + 3):
        world.put(f"e{number:02}", hours(number / 100), title=f"E{number}")
        world.delete(f"e{number:02}", hours(2))
    world.settle()
    found = [ref for ref, _, _ in deleted(world, "news/2026/07/4/index.xml")]
    newest = range(TOMBSTONES_SHOWN + 2, 2, -1)
    assert found == [SITE.event_tag(f"e{number:02}") for number in newest]


def test_an_erased_event_is_a_deleted_entry_without_its_words() -> None:
    """SPEC V10, T2."""
    world = line()
    world.source.put("erasures/" + PLAIN[0] + ".json", _erasure(), hours(200))
    world.settle()
    ((ref, _, comment),) = deleted(world, archives(world)[-1])
    assert ref == SITE.event_tag(PLAIN[0])
    assert "Personal data" in (comment or "")
    world.source.delete("erasures/" + PLAIN[0] + ".json", hours(201))
    world.settle()
    assert deleted(world, archives(world)[-1]) == []


def _erasure() -> bytes:
    return json.dumps({"revisions": "all", "reason": "Personal data"}).encode()


def test_the_place_of_an_entry_rebuilds_its_segment_and_its_day() -> None:
    world = line()
    left = keys.left_entry_key(FOXES, hours(1), PLAIN[0])
    task = PublishTask(TaskKind.SEGMENT, FOXES, left.sort)
    found = world.writer.finders[TaskKind.SEGMENT].find([task])
    entry = PublishTask(TaskKind.SEGMENT, FOXES, keys.entry_sort(hours(1), PLAIN[0]))
    assert found[task] == world.writer.finders[TaskKind.SEGMENT].find([entry])[entry]
    assert found[task]


@pytest.mark.parametrize("name", [BOUNDS[1], PLAIN[0]])
@pytest.mark.parametrize("what", ["erased", "withdrawn", "deleted"])
def test_an_event_that_leaves_a_topic_while_it_is_not_shown_keeps_its_place(
    what: str, name: str
) -> None:
    """SPEC P9: what withdrew it before goes, and the place stays."""
    world = line()
    before = archives(world)
    if what == "erased":
        world.source.put(f"erasures/{name}.json", _erasure(), hours(200))
        world.settle()
    elif what == "withdrawn":
        put(world, name, 200, revision=RETRACTION)
    else:
        world.delete(name, hours(200))
        world.settle()
    assert [ref for path in before for ref, _, _ in deleted(world, path)] == [SITE.event_tag(name)]
    put(world, name, 201, topics=["Bears"])
    assert archives(world) == before
    assert all(deleted(world, path) == [] for path in before)
    assert name not in [title for path in before for title in titles(world, path)]
    put(world, name, 202)
    assert archives(world) == before
    assert name in [title for path in before for title in titles(world, path)]
