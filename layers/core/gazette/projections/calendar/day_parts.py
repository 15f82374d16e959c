"""The parts of a day with many events: its index shows the newest, further pages the older ones.

A part ends at an event whose hash falls in one class of 64. So one more event changes one or two
pages, on a day of a hundred events and on a day of thousands.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry
from gazette.models.product import DAY_EVENTS

_CLASSES = 64
_OLDEST = "first"


class DayPart(NamedTuple):
    """The events on one page of a day, newest first; the newest part has no name."""

    name: str | None
    entries: tuple[Entry, ...]


def day_parts(newest_first: Sequence[Entry], least: int = DAY_EVENTS) -> list[DayPart]:
    """Cut a day into parts, the newest first, which has at least so many; most days have one."""
    parts: list[list[Entry]] = [[]]
    for entry in newest_first:
        if _is_full(parts, least):
            parts.append([])
        parts[-1].append(entry)
    newest, *older = parts
    return [DayPart(None, tuple(newest)), *(DayPart(_name(part), tuple(part)) for part in older)]


def _is_full(parts: list[list[Entry]], least: int) -> bool:
    part = parts[-1]
    return len(part) >= (least if len(parts) == 1 else 1) and _is_last(_sort(part[-1]))


def _name(part: Iterable[Entry]) -> str:
    *_, oldest = map(_sort, part)
    return _hash(oldest) if _is_last(oldest) else _OLDEST


def _sort(entry: Entry) -> str:
    return keys.entry_sort(entry.published, entry.event_id)


def _is_last(sort: str) -> bool:
    return hashlib.sha256(sort.encode()).digest()[-1] % _CLASSES == 0


def _hash(sort: str) -> str:
    return hashlib.sha256(sort.encode()).hexdigest()[:8]
