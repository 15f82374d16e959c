"""The search finds every live event by each of its words, and nothing else (SPEC V10, V11, X7)."""

import json
from base64 import b64decode
from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from gazette.projections.search.filters import _positions, word_filter
from gazette.projections.search.words import words_of
from tests.property.archives import (
    CHANGES,
    SMALL,
    Change,
    apply,
    ingest_all,
    published_at_once,
)
from tests.unit.publish.worlds import World


class Found(NamedTuple):
    """An event in the search, and the filter that has to let its words through."""

    path: str
    title: str
    words: str


def found_in(world: World) -> Iterator[Found]:
    """Yield every event that the script can find, as it finds them: from the years on."""
    site = world.site()
    for path, body in site.items():
        if path.startswith("search/20") and "-" not in path:
            for name, words in json.loads(body)["parts"]:
                for day, base_path, title, *_ in json.loads(site[f"search/{name}.json"])["events"]:
                    assert path == f"search/{day[:4]}.json"
                    assert day.startswith(name[:7])
                    yield Found(base_path or title, title, words)


def live_titles(world: World) -> list[str]:
    """Return the titles that the day indexes list."""
    lists = (
        json.loads(body)["events"]
        for path, body in world.site().items()
        if path.startswith("news/") and path.endswith("/index.json") and path.count("/") == 4
    )
    return sorted(event["title"] for events in lists for event in events)


def lets_through(words: str, word: str) -> bool:
    """Return whether a filter has the bits of a word: what is added to it changes nothing."""
    bits, size = b64decode(words), len(b64decode(words))
    added = _bits_of(word, size)
    return all(has & bit == bit for has, bit in zip(bits, added, strict=True))


def _bits_of(word: str, size: int) -> bytes:
    """Return the bits of a word in a filter of so many bytes."""
    bits = bytearray(size)
    for position in _positions(word, 8 * size):
        bits[position >> 3] |= 1 << (position & 7)
    return bytes(bits)


@given(CHANGES)
def test_the_search_finds_what_the_days_list(changes: Sequence[Change]) -> None:
    world = published_at_once(changes)
    found = list(found_in(world))
    assert sorted(one.title for one in found) == live_titles(world)
    for one in found:
        assert all(lets_through(one.words, word) for word in words_of(one.title))


@given(CHANGES, st.randoms(use_true_random=False))
def test_no_order_of_publishing_leaves_another_search(
    changes: Sequence[Change], random: Random
) -> None:
    expected = _search_of(published_at_once(changes))
    world = World(SMALL)
    for number, change in enumerate(changes):
        apply(world, number, change)
        if random.random() < 0.5:
            ingest_all(world, [change])
    ingest_all(world, changes)
    while world.changes:
        world.publish([world.changes.pop(random.randrange(len(world.changes)))])
    assert _search_of(world) == expected


def _search_of(world: World) -> dict[str, bytes]:
    return {path: body for path, body in world.site().items() if path.startswith("search/")}


@given(st.frozensets(st.text(max_size=8), min_size=1, max_size=50))
def test_a_filter_lets_all_its_words_through(words: frozenset[str]) -> None:
    assert all(lets_through(word_filter(words), word) for word in words)
