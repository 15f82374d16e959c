"""Cuts what the search knows of events into items and documents that stay small.

A cut follows from the events alone: a power of two of ranges of their positions, the least with
which no range is too large. So a new event changes one range, except where their number doubles.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from gazette.models.ledger.entry import Entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.limits import MAX_SEARCH_FILTERS_BYTES, MAX_SEARCH_PART_BYTES, MAX_SEARCH_PARTS
from gazette.models.search.search_rows import (
    SearchPart,
    SearchRow,
    SearchRows,
    rows_key,
)
from gazette.projections.search.filters import word_filter
from gazette.projections.search.words import words_of

_POSITION_BITS, _DAY_BITS = 32, 5
_POSITIONS = 1 << _POSITION_BITS
_COUNTS = tuple(1 << power for power in range(MAX_SEARCH_PARTS.bit_length()))


def search_row(entry: Entry) -> SearchRow:
    """Return what the search knows of a live event."""
    digest = hashlib.sha256(entry.event_id.encode()).digest()
    within_day = int.from_bytes(digest[:4]) >> _DAY_BITS
    return SearchRow(
        day=entry.date,
        position=(entry.date.day - 1) << (_POSITION_BITS - _DAY_BITS) | within_day,
        title=entry.title,
        base_path=entry.base_path,
        topics=entry.topics,
        language=entry.language,
    )


def rows_of_day(day: Partition, entries: Iterable[Entry]) -> dict[ItemKey, str]:
    """Return the items with the rows of a day, as payloads by key."""
    rows = sorted(map(search_row, entries), key=lambda row: (row.position, row.base_path))
    cut = _cut(rows, _position_in_day)
    return {
        rows_key(day, number): SearchRows(rows=tuple(some)).model_dump_json(exclude_defaults=True)
        for number, some in cut.items()
    }


def read_rows(items: Iterable[LedgerItem]) -> tuple[SearchRow, ...]:
    """Read the rows of a month, newest first.

    An event may be in two items for a moment, while the rows of its day are cut in another way.
    """
    rows = {
        row.base_path: row
        for item in items
        for row in SearchRows.model_validate_json(item.payload).rows
    }
    return tuple(sorted(rows.values(), key=lambda row: (-row.position, row.base_path)))


def parts_of_month(name: str, rows: Sequence[SearchRow]) -> dict[str, tuple[SearchRow, ...]]:
    """Return the parts of a month by name, newest first; most months have one, or none."""
    cut = _cut(rows, lambda row: row.position)
    if len(cut) <= 1:
        return dict.fromkeys([name] * len(cut), tuple(rows))
    return {f"{name}.{number}": tuple(cut[number]) for number in sorted(cut, reverse=True)}


def with_filters(parts: Mapping[str, Sequence[SearchRow]]) -> tuple[SearchPart, ...]:
    """Return the parts with the filters of their words, or without any where they are too long."""
    found = [SearchPart(name=name, words=word_filter(_words(rows))) for name, rows in parts.items()]
    if sum(len(part.words) for part in found) <= MAX_SEARCH_FILTERS_BYTES:
        return tuple(found)
    return tuple(SearchPart(name=part.name) for part in found)


def _words(rows: Iterable[SearchRow]) -> frozenset[str]:
    return frozenset(word for text in set(_texts(rows)) for word in words_of(text))


def _texts(rows: Iterable[SearchRow]) -> Iterator[str]:
    for row in rows:
        yield row.title
        yield from (topic.label for topic in row.topics)


def _position_in_day(row: SearchRow) -> int:
    return (row.position << _DAY_BITS) % _POSITIONS


def _cut(
    rows: Sequence[SearchRow], position_of: Callable[[SearchRow], int]
) -> dict[int, list[SearchRow]]:
    """Return the rows by the number of their range, without empty ranges."""
    sizes = [len(row.model_dump_json().encode()) for row in rows]
    numbers: list[int] = []
    for count in _COUNTS:
        numbers = [position_of(row) * count // _POSITIONS for row in rows]
        held: Counter[int] = Counter()
        for number, size in zip(numbers, sizes, strict=True):
            held[number] += size
        if max(held.values(), default=0) <= MAX_SEARCH_PART_BYTES:
            break
    found: dict[int, list[SearchRow]] = {}
    for row, number in zip(rows, numbers, strict=True):
        found.setdefault(number, []).append(row)
    return found
