"""The entries that the `reader` library, a feed engine, keeps during the life of an event."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest
import reader

from tests.readers.lifetime import (
    BYSTANDER_ID,
    EVENT_ID,
    LIFE,
    PUBLISHED,
    TOPIC,
    Step,
    publish_bystander,
    text_in,
)
from tests.readers.serving import World


@pytest.fixture
def library() -> Iterator[reader.Reader]:
    # Without plugins: this is the behaviour of every program that uses the library.
    with reader.make_reader(":memory:", plugins=[]) as made:
        yield made


def follow(library: reader.Reader, world: World, extension: str) -> str:
    url = world.site.url(f"{TOPIC}.{extension}")
    library.add_feed(url)
    return url


def update(library: reader.Reader, url: str) -> reader.UpdatedFeed | None:
    """Fetch a feed at once, even if its Cache-Control says that the copy is fresh."""
    found = library.update_feed(url)
    assert library.get_feed(url).last_exception is None
    return found


def event_of(library: reader.Reader) -> reader.Entry:
    """Return the entry of the event: exactly one, which keeps its id (SPEC R3, A2)."""
    entries = {entry.id: entry for entry in library.get_entries()}
    assert set(entries) == {BYSTANDER_ID, EVENT_ID}
    return entries[EVENT_ID]


def is_shown(step: Step) -> bool:
    """Return whether the library notices a step: it ignores missing entries."""
    return step.is_live or step.is_withdrawn


@pytest.mark.parametrize("extension", ["rss", "atom", "json"])
def test_the_library_keeps_one_entry_and_updates_it_with_each_change(
    world: World, library: reader.Reader, extension: str
) -> None:
    """SPEC R3, R4, R15, A2 to A4, J2, J5, T4, T6, V3, V4, V6.

    Where the feed no longer has the event, the library keeps the last entry.
    """
    publish_bystander(world)
    url = follow(library, world, extension)
    update(library, url)
    known = LIFE[0]
    for step in LIFE:
        step.happen(world)
        update(library, url)
        known = step if is_shown(step) else known
        entry = event_of(library)
        assert entry.title == known.shown_title, step.name
        assert entry.published == PUBLISHED, step.name
        assert entry.updated == known.updated, step.name
        assert entry.link == world.site.url(f"{known.base_path}.html"), step.name
        text = f"<p>{known.text}</p>"
        assert text_in(entry.content[0].value) == text, step.name


@pytest.mark.parametrize("extension", ["rss", "atom", "json"])
def test_the_library_counts_one_new_entry_and_then_only_updates(
    world: World, library: reader.Reader, extension: str
) -> None:
    """SPEC R3, A2, J2: the event is never new again, so a reader is notified only once."""
    publish_bystander(world)
    url = follow(library, world, extension)
    update(library, url)
    for step in LIFE:
        step.happen(world)
        found = update(library, url)
        assert found is not None, step.name
        assert found.new == (1 if step is LIFE[0] else 0), step.name
        assert found.modified == int(step is not LIFE[0] and is_shown(step)), step.name


@pytest.mark.parametrize("extension", ["rss", "atom", "json"])
def test_the_library_gets_a_304_without_a_change(
    world: World, library: reader.Reader, extension: str
) -> None:
    """SPEC H1: after each step that the library notices.

    Where a step only removes its entry, the library sends the ETag of the step before.
    """
    publish_bystander(world)
    url = follow(library, world, extension)
    for step in LIFE:
        step.happen(world)
        update(library, url)
        if not is_shown(step):
            continue
        assert world.server.answers[-1] == (f"/{TOPIC}.{extension}", HTTPStatus.OK)
        assert update(library, url) is None
        assert world.server.answers[-1] == (f"/{TOPIC}.{extension}", HTTPStatus.NOT_MODIFIED)
