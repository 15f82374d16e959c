"""What the `reader` library shows of an event with an unusual history, after each step."""

from collections.abc import Mapping

import pytest
import reader

from tests.readers.lifetime import EVENT, EVENT_ID, hours, publish_bystander, text_in
from tests.readers.serving import World
from tests.readers.test_reader_library import follow, library, update

__all__ = ["library"]

FALSE, OTHER = "It was false.", "Another reason."
RETRACTION = {"body": "x", "revision": {"kind": "retraction", "note": FALSE}}
MOVED = {"topics": ["Roads"], "revision": {"kind": "retraction", "note": OTHER}}
CORRECTION = {"kind": "correction", "note": "A number."}
# Of each step the hour, the document, and what is shown: title, text, hour and second of `updated`.
Step = tuple[int, Mapping[str, object], str, str, int, int]
HISTORIES: dict[str, list[Step]] = {
    "a minor edit after a retraction": [
        (0, {"body": "One."}, "Bridge", "One.", 0, 0),
        (1, RETRACTION, "Withdrawn: Bridge", FALSE, 1, 0),
        (2, {"body": "Two.", "revision": {"kind": "minor"}}, "Bridge", "Two.", 1, 0),
    ],
    "two corrections in one second": [
        (0, {"body": "One."}, "Bridge", "One.", 0, 0),
        (1, {"body": "Two.", "revision": CORRECTION}, "Bridge", "Two.", 1, 0),
        (1, {"body": "Three.", "revision": CORRECTION}, "Bridge", "Three.", 1, 1),
    ],
    "another note of a retraction": [
        (0, {"body": "One."}, "Bridge", "One.", 0, 0),
        (1, RETRACTION, "Withdrawn: Bridge", FALSE, 1, 0),
        (2, MOVED, "Withdrawn: Bridge", OTHER, 2, 0),
        (3, {"body": "Back."}, "Bridge", "Back.", 3, 0),
    ],
    "a correction after a republication": [
        (0, {"body": "One."}, "Bridge", "One.", 0, 0),
        (1, RETRACTION, "Withdrawn: Bridge", FALSE, 1, 0),
        (2, {"body": "Two."}, "Bridge", "Two.", 2, 0),
        (3, {"body": "Three.", "revision": CORRECTION}, "Bridge", "Three.", 3, 0),
    ],
}


def shown(library: reader.Reader) -> tuple[str, str, object, object]:
    """Return title, text, and times of the event; there is one entry of it."""
    (entry,) = [each for each in library.get_entries() if each.id == EVENT_ID]
    text = text_in(entry.content[0].value).removeprefix("<p>").removesuffix("</p>")
    return entry.title or "", text, entry.published, entry.updated


def put(world: World, hour: int, fields: Mapping[str, object]) -> None:
    topics = fields.get("topics", ["Rivers"])
    world.put(
        EVENT, hours(hour), **{"title": "Bridge", "date": "2026-11-20", **fields, "topics": topics}
    )


@pytest.mark.parametrize("extension", ["rss", "atom", "json"])
@pytest.mark.parametrize("name", HISTORIES)
def test_each_step_of_an_unusual_life_is_shown_in_one_entry(
    world: World, library: reader.Reader, extension: str, name: str
) -> None:
    """SPEC R4, A4, T1, T6, V3, V4: it is new once, and its date never moves."""
    publish_bystander(world)
    url = follow(library, world, extension)
    update(library, url)
    for number, (hour, fields, title, text, updated, second) in enumerate(HISTORIES[name]):
        put(world, hour, fields)
        counts = update(library, url)
        assert counts, name
        assert (counts.new, counts.modified) == (int(number == 0), int(number > 0))
        moment = hours(updated).replace(second=second)
        assert shown(library) == (title, text, hours(0), moment)


@pytest.mark.parametrize("extension", ["rss", "atom", "json"])
def test_an_event_whose_first_version_is_a_retraction_is_dated_by_it(
    world: World, library: reader.Reader, extension: str
) -> None:
    """SPEC R4: its page, which says that it is withdrawn, was public then."""
    publish_bystander(world)
    url = follow(library, world, extension)
    put(world, 0, RETRACTION)
    update(library, url)
    assert [each.id for each in library.get_entries() if each.id == EVENT_ID] == []
    put(world, 2, {"body": "Two."})
    update(library, url)
    assert shown(library) == ("Bridge", "Two.", hours(0), hours(2))


@pytest.mark.parametrize("extension", ["rss", "atom", "json"])
def test_an_erasure_of_the_corrected_version_leaves_the_entry_as_it_is(
    world: World, library: reader.Reader, extension: str
) -> None:
    """SPEC V10: nothing is unread again."""
    publish_bystander(world)
    url = follow(library, world, extension)
    put(world, 0, {"body": "One."})
    put(world, 1, {"body": "Two.", "revision": CORRECTION})
    update(library, url)
    before = shown(library)
    world.erase(EVENT, hours(2), 1)
    counts = update(library, url)
    assert counts is None or (counts.new, counts.modified) == (0, 0)
    assert shown(library) == before
