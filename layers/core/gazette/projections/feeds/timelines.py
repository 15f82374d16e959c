"""Time lines: the entries of a subscription document, which end at a boundary (RFC 5005 §4).

An entry is a *boundary*, the oldest of its segment, when the hash of its id falls in one class of
32. So segments hold 32 entries on average and do not depend on the order in which entries arrive.
Adding or removing an entry changes one or two segments.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gazette.models.ledger.entry import Entry, read_entry
from gazette.models.ledger.item import LedgerItem

_CLASSES = 32


@dataclass(frozen=True, slots=True)
class Timeline:
    """Live and deleted entries of a time line, newest first."""

    entries: tuple[Entry, ...]
    deleted: tuple[Entry, ...]

    @property
    def updated(self) -> datetime:
        """The newest significant change; without entries the newest deletion (SPEC R5, A1)."""
        changes = [entry.updated for entry in self.entries]
        return max(changes or [entry.at for entry in self.deleted])


def is_boundary(event_id: str) -> bool:
    """Return whether an entry is the oldest of its segment."""
    return hashlib.sha256(event_id.encode()).digest()[0] % _CLASSES == 0


def read_timeline(newest_first: Iterable[LedgerItem], least: int | None = None) -> Timeline:
    """Read all entries, or the newest ``least`` and the next ones to a boundary (SPEC P1)."""
    entries: list[Entry] = []
    deleted: list[Entry] = []
    for item in newest_first:
        entry = read_entry(item.payload)
        (deleted if item.deleted else entries).append(entry)
        if least is not None and len(entries) >= least and is_boundary(entries[-1].event_id):
            break
    return Timeline(tuple(entries), tuple(deleted))
