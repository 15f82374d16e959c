"""Segments of a time line open, close, split and merge, and their neighbours follow."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count, islice

from lxml import etree

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.projections.feeds.segments import FIRST, SegmentNote, SegmentRef
from gazette.projections.feeds.timelines import is_boundary
from gazette.services.publish.archive.archive_reader import ArchiveReader
from gazette.services.publish.archive.segment_finder import SegmentFinder
from gazette.services.publish.archive.segment_notes import SegmentNotes
from tests.unit.publish.worlds import SITE, World, hours

ATOM = "{http://www.w3.org/2005/Atom}"
SMALL = replace(SITE, feed_entries=2)
FOXES = partitions.topic_partition("foxes")


def names(number: int, wanted: Callable[[str], bool]) -> list[str]:
    return list(islice(filter(wanted, (f"e{trial}" for trial in count())), number))


BOUNDS = names(6, is_boundary)
PLAIN = names(12, lambda name: not is_boundary(name))


def world_of(*events: tuple[float, str]) -> World:
    """Publish events of one topic, each first published at an hour, one after the other."""
    world = World(SMALL)
    for hour, name in events:
        put(world, hour, name)
    return world


def put(world: World, hour: float, name: str, at: float = 0) -> None:
    published = hours(hour).isoformat()
    world.put(name, hours(100 + at), title=name, topics=["Foxes"], published=published)
    world.settle()


def forget(world: World, hour: float, name: str, at: float) -> None:
    """Withdraw an event as release 0.1.0 did: no place of its entry is kept."""
    world.delete(name, hours(at))
    world.settle()
    left = keys.left_entry_key(FOXES, hours(hour), name)
    for item_key in (left, ItemKey(partitions.SITE, left.sort)):
        stored = world.records()[item_key]
        world.ledger.put(stored._replace(revision=stored.revision + 1, deleted=True))
    world.settle()


def ref(hour: float, name: str) -> SegmentRef:
    return SegmentRef(keys.entry_sort(hours(hour), name).removeprefix(keys.ENTRY))


def feed(world: World, name: str) -> tuple[list[str], str | None, str | None]:
    """Return the titles of an archive document or ``feed``, and its older and newer links."""
    document = etree.fromstring(world.site()[f"topics/foxes/{name}.atom"])
    links = {link.attrib["rel"]: str(link.attrib["href"]) for link in document.iter(f"{ATOM}link")}
    titles = [entry.findtext(f"{ATOM}title") or "" for entry in document.iter(f"{ATOM}entry")]
    older, newer = (
        links[rel].rpartition("/")[2].removesuffix(".atom") if rel in links else None
        for rel in ("prev-archive", "next-archive")
    )
    return titles, older, newer


def archived(world: World) -> dict[str, tuple[list[str], str | None, str | None]]:
    """Return the archive documents that have events."""
    return {name: found for name, found in archive(world).items() if found[0]}


def forwarding(world: World) -> dict[str, str | None]:
    """Return the archive documents that have none, and where they lead to."""
    found = archive(world)
    assert all(newer is None for titles, _, newer in found.values() if not titles)
    return {name: older for name, (titles, older, _) in found.items() if not titles}


def archive(world: World) -> dict[str, tuple[list[str], str | None, str | None]]:
    folder, end = "topics/foxes/archive/", ".atom"
    found = [path for path in world.site() if path.startswith(folder) and path.endswith(end)]
    cut = [path.removeprefix(folder).removesuffix(end) for path in found]
    return {name: feed(world, f"archive/{name}") for name in cut}


def test_a_segment_that_is_closed_later_is_linked_from_the_older_one() -> None:
    world = world_of((1, BOUNDS[0]), (2, BOUNDS[1]), (3, BOUNDS[2]))
    one, two = ref(1, BOUNDS[0]).name, ref(2, BOUNDS[1]).name
    assert archived(world) == {one: ([BOUNDS[0]], None, None)}
    assert forwarding(world) == {FIRST: one}
    put(world, 4, PLAIN[0])
    assert archived(world) == {
        one: ([BOUNDS[0]], None, two),
        two: ([BOUNDS[1]], one, None),
    }
    put(world, 5, BOUNDS[3])
    put(world, 6, PLAIN[1])
    assert archived(world) == {
        one: ([BOUNDS[0]], None, two),
        two: ([BOUNDS[1]], one, ref(3, BOUNDS[2]).name),
        ref(3, BOUNDS[2]).name: ([PLAIN[0], BOUNDS[2]], two, None),
    }
    assert feed(world, "feed") == ([PLAIN[1], BOUNDS[3]], ref(3, BOUNDS[2]).name, None)


def test_a_segment_that_opens_again_leaves_the_archive_and_the_older_one_becomes_the_newest() -> (
    None
):
    world = world_of((1, BOUNDS[0]), (2, BOUNDS[1]), (3, BOUNDS[2]), (4, PLAIN[0]))
    put(world, 5, PLAIN[1])
    assert len(archived(world)) == 2
    forget(world, 5, PLAIN[1], 200)
    forget(world, 4, PLAIN[0], 201)
    one = ref(1, BOUNDS[0]).name
    assert archived(world) == {one: ([BOUNDS[0]], None, None)}
    assert forwarding(world) == {FIRST: one, ref(2, BOUNDS[1]).name: one}


def test_the_addresses_of_an_archive_without_segments_still_answer() -> None:
    world = world_of((1, PLAIN[0]), (2, BOUNDS[0]), (3, PLAIN[1]))
    assert list(archived(world)) == [FIRST]
    forget(world, 3, PLAIN[1], 200)
    forget(world, 2, BOUNDS[0], 201)
    assert archived(world) == {}
    assert forwarding(world) == {FIRST: None}
    shown = [PLAIN[0], f"Withdrawn: {BOUNDS[0]}", f"Withdrawn: {PLAIN[1]}"]
    assert feed(world, "feed") == (shown, None, None)


def many() -> World:
    """Return a world with a closed segment of several entries between two others."""
    return world_of(
        *((1, BOUNDS[0]), (2, BOUNDS[1]), (3, PLAIN[0]), (4, PLAIN[1]), (5, BOUNDS[2])),
        *((6, BOUNDS[3]), (7, PLAIN[3])),
    )


def test_a_new_boundary_splits_a_segment_and_its_neighbours_link_both() -> None:
    world = many()
    put(world, 3.5, BOUNDS[4])
    below, split, above = ref(2, BOUNDS[1]).name, ref(3.5, BOUNDS[4]).name, ref(5, BOUNDS[2]).name
    found = archived(world)
    assert found[below] == ([PLAIN[0], BOUNDS[1]], ref(1, BOUNDS[0]).name, split)
    assert found[split] == ([PLAIN[1], BOUNDS[4]], below, above)
    assert found[above][1] == split


def test_a_deleted_boundary_merges_two_segments_and_their_neighbours_link_the_result() -> None:
    world = many()
    forget(world, 2, BOUNDS[1], 200)
    below, above = ref(1, BOUNDS[0]).name, ref(5, BOUNDS[2]).name
    found = archived(world)
    assert found[below] == ([PLAIN[1], PLAIN[0], BOUNDS[0]], None, above)
    assert found[above][1] == below
    assert set(found) == {below, above}
    assert forwarding(world) == {FIRST: below, ref(2, BOUNDS[1]).name: below}


def test_the_segment_before_all_boundaries_is_linked_and_unlinked() -> None:
    world = many()
    one = ref(1, BOUNDS[0]).name
    put(world, 0.5, PLAIN[5])
    assert archived(world)[FIRST] == ([PLAIN[5]], None, one)
    assert archived(world)[one][1] == FIRST
    put(world, 0.2, BOUNDS[4])
    assert forwarding(world) == {FIRST: ref(0.2, BOUNDS[4]).name}
    assert archived(world)[one][1] == ref(0.2, BOUNDS[4]).name
    forget(world, 0.5, PLAIN[5], 300)
    forget(world, 0.2, BOUNDS[4], 301)
    assert archived(world)[one][1] is None
    assert forwarding(world) == {FIRST: one, ref(0.2, BOUNDS[4]).name: FIRST}


def finder(world: World) -> SegmentFinder:
    reader = ArchiveReader(world.ledger, SMALL.feed_entries)
    return SegmentFinder(reader, SegmentNotes(world.ledger))


def written(hour: float, name: str) -> PublishTask:
    return PublishTask(TaskKind.SEGMENT, FOXES, keys.entry_sort(hours(hour), name))


def segment(ref: SegmentRef, partition: Partition = FOXES) -> PublishTask:
    return PublishTask(TaskKind.SEGMENT, partition, f"{keys.SEGMENT}{ref.boundary}")


def test_entries_of_one_segment_make_one_task() -> None:
    batch = [written(3, PLAIN[0]), written(4, PLAIN[1]), written(4.5, PLAIN[9])]
    found = finder(many()).find(batch)
    assert set(found.values()) == {(segment(ref(2, BOUNDS[1])),)}


def test_the_segment_of_an_entry_is_looked_up_once_per_batch() -> None:
    world = many()
    world.calls.clear()
    finder(world).find([written(3, PLAIN[0])])
    once = world.calls.copy()
    finder(world).find([written(3, PLAIN[0]), written(4, PLAIN[1]), written(2.5, PLAIN[7])])
    assert world.calls - once == once


def test_entries_of_the_subscription_document_belong_to_no_segment() -> None:
    assert finder(many()).find([written(7, PLAIN[3])]) == {written(7, PLAIN[3]): ()}


def test_the_oldest_entry_of_the_subscription_document_touches_the_newest_segment() -> None:
    found = finder(many()).find([written(6, BOUNDS[3])])
    assert found == {written(6, BOUNDS[3]): (segment(ref(5, BOUNDS[2])),)}


def test_a_segment_noted_as_closed_is_checked_when_the_subscription_document_holds_its_entry() -> (
    None
):
    """It may be closed again before its note was corrected."""
    world = many()
    (item,) = SegmentNotes(world.ledger).newest(FOXES, ref(6, BOUNDS[3]))
    world.ledger.put(item.item)
    found = finder(world).find([written(7, PLAIN[3])])
    assert found == {written(7, PLAIN[3]): (segment(ref(6, BOUNDS[3])),)}


def test_a_boundary_touches_the_segment_that_it_separates() -> None:
    found = finder(many()).find([written(2, BOUNDS[1]), written(1, BOUNDS[0])])
    assert found == {
        written(2, BOUNDS[1]): (segment(ref(2, BOUNDS[1])), segment(ref(1, BOUNDS[0]))),
        written(1, BOUNDS[0]): (segment(ref(1, BOUNDS[0])), segment(SegmentRef(FIRST))),
    }


def test_a_short_time_line_has_no_segments_and_a_note_is_its_own_task() -> None:
    short = finder(world_of((1, BOUNDS[0])))
    note = segment(ref(1, BOUNDS[0]))
    assert short.find([written(1, BOUNDS[0]), note]) == {written(1, BOUNDS[0]): (), note: (note,)}


def test_a_segment_that_is_wrongly_noted_as_closed_is_opened() -> None:
    """A release that cut time lines elsewhere may have closed what the live feed holds now."""
    world = world_of((1, BOUNDS[0]), (2, PLAIN[0]))
    note_key = ref(1, BOUNDS[0]).note_key(FOXES)
    world.ledger.put(LedgerItem(note_key, 1, SegmentNote(is_closed=True).model_dump_json()))
    world.publish([ItemKey(FOXES, keys.entry_sort(hours(2), PLAIN[0]))])
    note = world.ledger.get(note_key)
    assert note is not None
    assert not SegmentNote.model_validate_json(note.payload).is_closed


def test_a_note_that_is_right_is_not_written_again() -> None:
    world = many()
    for name in (ref(1, BOUNDS[0]), ref(2, BOUNDS[1]), SegmentRef(FIRST)):
        result = world.writer.builders[TaskKind.SEGMENT].compose(segment(name))
        assert result.replacements == ()


def test_a_segment_that_never_existed_is_not_removed_and_has_no_note() -> None:
    world = many()
    before = world.records()
    result = world.writer.builders[TaskKind.SEGMENT].compose(segment(ref(3, PLAIN[0])))
    assert (result.documents, result.replacements) == ((), ())
    assert world.records() == before


def corrections(**links: tuple[str | None, str | None]) -> dict[str, SegmentNote]:
    """Note segments by their older and newer ones; return what deleting ``b`` changes."""
    ledger = World(SMALL).ledger
    for name, (older, newer) in links.items():
        note = SegmentNote(is_closed=True, older=older, newer=newer)
        ledger.put(LedgerItem(SegmentRef(name).note_key(FOXES), 1, note.model_dump_json()))
    deleted = SegmentNotes(ledger).deleted(FOXES, SegmentRef("b"))
    return {
        item.key.sort.removeprefix(keys.SEGMENT): SegmentNote.model_validate_json(item.payload)
        for item in deleted
    }


def test_both_neighbours_of_a_deleted_segment_lose_their_link_to_it_and_keep_the_other() -> None:
    assert corrections(a=("x", "b"), b=("a", "c"), c=("b", "y")) == {
        "a": SegmentNote(is_closed=True, older="x", newer=None),
        "b": SegmentNote(),
        "c": SegmentNote(is_closed=True, older=None, newer="y"),
    }


def test_neighbours_of_a_deleted_segment_that_link_to_others_are_not_corrected() -> None:
    assert corrections(a=("x", "y"), b=("a", "c"), c=("y", None)) == {"b": SegmentNote()}
    assert corrections(a=("x", "b"), b=("a", "c"), c=("y", None)).keys() == {"a", "b"}
    assert corrections(a=("x", "y"), b=("a", "c"), c=("b", None)).keys() == {"b", "c"}


def test_neighbours_that_the_note_of_a_deleted_segment_does_not_name_are_not_corrected() -> None:
    assert corrections(a=("x", "b"), b=(None, None), c=("b", None)) == {"b": SegmentNote()}


def test_a_correction_has_the_next_revision_of_its_note() -> None:
    ledger = World(SMALL).ledger
    key = SegmentRef("b").note_key(FOXES)
    ledger.put(LedgerItem(key, 7, SegmentNote(is_closed=True).model_dump_json()))
    deleted = SegmentNotes(ledger).deleted(FOXES, SegmentRef("b"))
    assert [note.item.revision for note in deleted] == [8]
    first = SegmentNotes(ledger).newest(FOXES, SegmentRef("a"))
    assert [note.item.revision for note in first] == [1]
