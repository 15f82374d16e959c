"""Caches answer for the very thing they were asked for, and hold no more bytes than they may."""

import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.byte_cache import ByteCache, CachedFunction, IdentityCache
from gazette.models.contract.parsing import parse_document
from gazette.models.contract.stored_document import read_stored, written
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.entry import _memory as entry_memory
from gazette.models.limits import MAX_CACHE_BYTES
from gazette.projections.feeds.event_feeds import feed_item
from gazette.projections.markup.body import RENDERED_BODIES, body_html
from gazette.services.source.document_reader import DocumentReader
from gazette.services.source.document_reader import _memory as document_memory
from gazette.services.source.document_store import DocumentStore
from tests.unit.publish.worlds import SITE, World, document_of, hours


class Source:
    """All of them are equal, and none is another."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Source)

    __hash__ = None  # type: ignore[assignment]


def test_something_is_made_once_of_a_source_in_a_setting() -> None:
    cached: IdentityCache[Source, str, list[str]] = IdentityCache(
        lambda _, setting: [setting], lambda _source, _made: 1, 8
    )
    one, other = Source(), Source()
    assert cached(one, "a") is cached(one, "a")
    assert cached(one, "a") is not cached(one, "b")
    assert one == other
    assert cached(one, "a") is not cached(other, "a")


def test_a_full_cache_never_answers_for_another_source() -> None:
    """A source that is gone may leave its identity to the next one."""
    cached: IdentityCache[list[int], None, int] = IdentityCache(
        lambda source, _: source[0], lambda _source, _made: 1, 3
    )
    assert [cached([number], None) for number in range(100)] == list(range(100))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 60)), max_size=60))
def test_a_cache_holds_at_most_its_bytes_and_answers_what_was_kept(
    asked: list[tuple[int, int]],
) -> None:
    cache: ByteCache[int] = ByteCache(100)
    sizes: dict[int, int] = {}
    for key, size in asked:
        found = cache.find(key)
        assert found in {None, sizes.get(key)}
        if found is None:
            cache.keep(key, size, size)
            sizes[key] = size
        kept = [size for key, size in sizes.items() if cache.find(key) is not None]
        assert sum(kept) == cache.used_bytes <= 100


def test_what_was_used_last_stays_longest() -> None:
    made: list[int] = []

    def make(number: int) -> str:
        made.append(number)
        return str(number)

    function: CachedFunction[[int], str] = CachedFunction(make, lambda _text, _number: 30, 100)
    for number in (1, 2, 3, 1, 4, 1, 3):
        function(number)
    assert made == [1, 2, 3, 4]
    assert function(2) == "2"
    assert made == [1, 2, 3, 4, 2]


def test_what_takes_more_than_half_of_a_cache_is_not_kept() -> None:
    cache: ByteCache[str] = ByteCache(100)
    cache.keep("small", "a", 10)
    cache.keep("large", "b", 51)
    assert cache.find("large") is None
    assert cache.find("small") == "a"


@pytest.mark.parametrize("letter", ["a", "ж", "\U0001f98a"])
def test_long_bodies_take_no_more_memory_than_the_cache_may(letter: str) -> None:
    """A process that renders bodies of 900 kB one after another keeps a few of them."""
    length = 900_000 // len(letter.encode())
    for number in range(40):
        body_html(f"{number} {letter * length}", "https://gazette.example/a.html")
    assert MAX_CACHE_BYTES // 4 < RENDERED_BODIES.cache.used_bytes <= MAX_CACHE_BYTES


def memory_of(make: Callable[[], object]) -> int:
    """Measure what one of a hundred results takes."""
    make()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    kept = [make() for _ in range(100)]
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) // len(kept)


@pytest.mark.parametrize(
    "fields",
    [
        {"topics": ["A"], "body": "Short."},
        {"topics": [f"Topic {number}" for number in range(64)]},
        {"body": "Some words.\n\n" * 800, "sources": [{"url": "https://a.example/"}] * 20},
    ],
    ids=["short", "topics", "long"],
)
def test_estimates_are_at_least_half_of_what_is_taken(fields: dict[str, object]) -> None:
    world = World()
    world.put("a", hours(0), **fields)
    world.ingest("a")
    (item,) = world.ledger.scan(partitions.SITE, keys.ENTRY)
    entry = Entry.model_validate_json(item.payload)
    taken = memory_of(lambda: Entry.model_validate_json(item.payload))
    assert taken / 2 < entry_memory(entry, item.payload) < taken * 4
    taken += memory_of(lambda: feed_item(SITE, entry))
    assert taken / 2 < feed_item(SITE, entry).memory < taken * 4


@pytest.mark.parametrize(
    "fields",
    [
        {"body": "Short."},
        {"body": "Some words.\n\n" * 8_000},
        {"body": "ж" * 100_000},
        {"sources": [{"url": f"https://a.example/{n}", "title": "A"} for n in range(200)]},
        {"unknown": [{"y": number} for number in range(1_500)]},
        {"unknown": [f"{number}" for number in range(1_500)]},
    ],
    ids=["short", "long", "wide", "sources", "objects", "words"],
)
def test_the_estimate_of_a_document_is_at_least_half_of_what_it_takes(
    fields: dict[str, object],
) -> None:
    text = written(parse_document(document_of(**fields)))
    taken = memory_of(lambda: read_stored(text))
    assert taken / 2 < document_memory(read_stored(text)) < taken * 8


def test_a_reader_of_long_documents_keeps_no_more_bytes_than_a_cache_may() -> None:
    world = World()
    reader = DocumentReader(world.source, DocumentStore(world.ledger))
    for number in range(12):
        world.put(f"{number}", hours(number), body="x" * 900_000)
        world.ingest(f"{number}")
    revisions = [world.snapshot(f"{number}").revision for number in range(12)]
    for revision in revisions:
        assert revision
        assert reader.read(revision)
    first, last = revisions[0], revisions[-1]
    assert first
    assert last
    world.calls.clear()
    reader.read(last)
    assert world.calls.total() == 0
    reader.read(first)
    assert world.calls.total() > 0
