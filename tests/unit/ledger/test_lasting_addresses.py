"""An address of an archive that was published once always answers (SPEC P9)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count, islice
from random import Random

import pytest
from lxml import etree, html

from gazette.models.ledger import keys, partitions
from gazette.models.product import SEGMENT_ENTRIES
from gazette.projections.feeds.segments import FIRST, SegmentNote, SegmentRef, part_of
from gazette.projections.feeds.timelines import is_boundary
from tests.unit.publish.worlds import SITE, World, hours
from tests.unit.reconcile.reconciling import broken, reconcile

ATOM = "{http://www.w3.org/2005/Atom}"
SMALL = replace(SITE, feed_entries=2)
FOXES = partitions.topic_partition("foxes")
TIMELINES = (FOXES, partitions.SITE)
FOLDERS = ("", "topics/foxes/")


def names(number: int, wanted: Callable[[str], bool]) -> list[str]:
    return list(islice(filter(wanted, (f"e{trial}" for trial in count())), number))


BOUNDS = names(9, is_boundary)
PLAIN = names(320, lambda name: not is_boundary(name))


def put(world: World, hour: float, name: str) -> None:
    published = hours(hour).isoformat()
    world.put(name, hours(9000), title=name, topics=["Foxes"], published=published)


def publish_all(world: World) -> None:
    """Publish the time lines as a burst is published: in batches of all waiting changes."""
    world.ingest(
        *(key.removeprefix("events/").removesuffix(".json") for key in world.notifications)
    )
    world.notifications.clear()
    while world.changes:
        batch = [key for key in dict.fromkeys(world.changes) if key.partition in TIMELINES]
        world.changes.clear()
        world.publish(batch)


def archive(world: World) -> dict[str, bytes]:
    return {path: body for path, body in world.site().items() if "archive/" in path}


def walk(world: World, path: str) -> Iterator[tuple[str, list[str]]]:
    """Yield path and titles of an Atom document, and of those that it leads to."""
    following: str | None = path
    while following:
        root = etree.fromstring(world.site()[following])
        titles = [title.text or "" for title in root.iterfind(f"{ATOM}entry/{ATOM}title")]
        yield following, titles
        following = link(root, "prev-archive")


def link(root: etree._Element, rel: str) -> str | None:
    found = (str(each.get("href")) for each in root.iterfind(f"{ATOM}link[@rel='{rel}']"))
    return next((address.removeprefix(f"{SITE.base_url}/") for address in found), None)


def walked(world: World, path: str) -> list[str]:
    return [title for _, titles in walk(world, path) for title in titles]


def long_interval() -> World:
    """Publish an interval of three parts, of which two are closed."""
    world = World(SMALL)
    for number, name in enumerate((BOUNDS[0], *PLAIN[: 2 * SEGMENT_ENTRIES + 5])):
        put(world, 10 * number, name)
    publish_all(world)
    return world


def segment(name: str, hour: float, part: int = 0) -> SegmentRef:
    return part_of(keys.entry_sort(hours(hour), name).removeprefix(keys.ENTRY), part)


def address(ref: SegmentRef) -> str:
    return f"topics/foxes/archive/{ref.name}.atom"


def test_a_part_that_a_late_boundary_takes_away_leads_to_the_segment_with_its_entries() -> None:
    world = long_interval()
    before = archive(world)
    old = address(segment(BOUNDS[0], 0, part=1))
    held = dict(walk(world, "topics/foxes/feed.atom"))[old]
    assert len(held) == SEGMENT_ENTRIES
    put(world, 15, BOUNDS[1])
    publish_all(world)
    assert before.keys() <= archive(world).keys()
    (path, own), (following, _), *_ = walk(world, old)
    assert (path, own) == (old, [])
    assert following == address(segment(BOUNDS[1], 15, part=1))
    assert set(held) <= set(walked(world, old))
    root = etree.fromstring(world.site()[old])
    assert link(root, "self") == old
    assert link(root, "current") == "topics/foxes/feed.atom"
    assert link(root, "next-archive") is None
    page = html.fromstring(world.site()[old.replace(".atom", ".html")])
    older = page.find("./head/link[@rel='prev']")
    assert older is not None
    assert older.get("href") == f"{SITE.base_url}/{following.replace('.atom', '.html')}"


def test_what_leads_on_follows_its_entries_when_they_move_again() -> None:
    world = long_interval()
    old = address(segment(BOUNDS[0], 0, part=1))
    held = dict(walk(world, "topics/foxes/feed.atom"))[old]
    put(world, 15, BOUNDS[1])
    for number in range(20):
        put(world, 2000 + number, PLAIN[200 + number])
    publish_all(world)
    put(world, 805, BOUNDS[2])
    publish_all(world)
    assert [path for path, _ in walk(world, old)][1] == address(segment(BOUNDS[2], 805))
    assert set(held) <= set(walked(world, old))
    notes = [key for key in world.records() if key.sort.startswith(keys.SEGMENT)]
    before = world.site()
    assert world.publish(notes).documents_written == 0
    assert world.site() == before


def test_entries_that_are_live_again_are_led_to_as_soon_as_they_are_closed() -> None:
    """The newest closed segment takes the place of the one that does not exist yet."""
    world = long_interval()
    old = address(segment(BOUNDS[0], 0, part=1))
    held = dict(walk(world, "topics/foxes/feed.atom"))[old]
    late = 10 * (2 * SEGMENT_ENTRIES - 3) + 5
    put(world, 5, BOUNDS[3])  # so the part is gone
    put(world, late, BOUNDS[4])
    publish_all(world)
    live = list(walk(world, "topics/foxes/feed.atom"))
    assert set(live[0][1]) & set(held)
    assert [path for path, _ in walk(world, old)][1] == live[1][0]
    for number in range(SEGMENT_ENTRIES):
        put(world, 2000 + number, PLAIN[200 + number])
    publish_all(world)
    assert [path for path, _ in walk(world, old)][1] == address(segment(BOUNDS[4], late))
    assert set(held) <= set(walked(world, old))


def test_the_document_before_all_boundaries_exists_as_soon_as_there_is_an_archive() -> None:
    """So it does not depend on the order in which events arrive."""
    first = f"topics/foxes/archive/{FIRST}.atom"
    in_order, late = World(SMALL), World(SMALL)
    line = list(enumerate((BOUNDS[0], BOUNDS[1], PLAIN[0], BOUNDS[2], PLAIN[1])))
    for world, events in ((in_order, line), (late, [*line[1:], line[0]])):
        for hour, name in events:
            put(world, hour, name)
            publish_all(world)
    assert in_order.site() == late.site()
    assert [path for path, _ in walk(late, first)] == [first, address(segment(BOUNDS[0], 0))]
    assert first not in [path for path, _ in walk(late, "topics/foxes/feed.atom")]


def test_the_reconciliation_neither_reports_nor_removes_what_leads_on() -> None:
    world = long_interval()
    put(world, 15, BOUNDS[1])
    publish_all(world)
    reconcile(world)
    old = address(segment(BOUNDS[0], 0, part=1))
    before = world.site()
    broken(world, old, None)
    state = reconcile(world, iterations=1)
    assert (state.counts.orphans, state.counts.documents_removed) == (0, 0)
    assert (state.counts.documents_written, world.site()) == (1, before)


def test_a_segment_that_an_older_release_closed_is_removed_as_that_did() -> None:
    """Nobody knows what it held: the first night notes that of all segments."""
    world = long_interval()
    ref = segment(BOUNDS[0], 0, part=1)
    for timeline in (FOXES, partitions.SITE):
        stored = world.records()[ref.note_key(timeline)]
        note = SegmentNote.model_validate_json(stored.payload).model_copy(update={"newest": None})
        payload = note.model_dump_json()
        world.ledger.put(stored._replace(revision=stored.revision + 1, payload=payload))
    put(world, 15, BOUNDS[1])
    publish_all(world)
    assert address(ref) not in world.site()


@pytest.mark.parametrize("seed", range(2))
def test_every_address_answers_after_a_random_history_with_late_events(seed: int) -> None:
    random = Random(seed)  # noqa: S311  # a history that can be had again
    events = list(enumerate(random.sample([*BOUNDS[:4], *PLAIN[:200]], 204)))
    random.shuffle(events)
    world, known = World(SMALL), set[str]()
    while events:
        burst, events = events[:12], events[12:]
        for hour, name in burst:
            put(world, hour, name)
        publish_all(world)
        known.update(archive(world))
    assert known == archive(world).keys()
    for folder in FOLDERS:
        live = dict(walk(world, f"{folder}feed.atom"))
        shown = [title for titles in live.values() for title in titles]
        assert sorted(shown) == sorted([*BOUNDS[:4], *PLAIN[:200]])
        led = [path for path in known if path.startswith(f"{folder}archive/")]
        forwarding = [path for path in led if path.endswith(".atom") and path not in live]
        assert forwarding
        for path in forwarding:
            (_, own), (following, _), *_ = walk(world, path)
            assert own == []
            assert following in live
    notes = [key for key in world.records() if key.sort.startswith(keys.SEGMENT)]
    assert world.publish(notes).documents_written == 0
