"""Time lines: what a subscription document holds, cut where the entries say so (RFC 5005 §4).

An entry is a *boundary*, the oldest of its segment, when the hash of its id falls in one class of
32. So segments are bounded on average, stable, and the same in whatever order entries arrived;
inserting or removing an entry touches one of them.
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
    """Entries of a time line, newest first, and what has left it, as it was when it left."""

    entries: tuple[Entry, ...]
    deleted: tuple[Entry, ...]

    @property
    def updated(self) -> datetime:
        """The newest significant change shown, or else the newest departure (SPEC R5, A1)."""
        shown = [entry.updated for entry in self.entries]
        return max(shown or [entry.at for entry in self.deleted])


def is_boundary(event_id: str) -> bool:
    """Say whether an entry is the oldest of its segment."""
    return hashlib.sha256(event_id.encode()).digest()[0] % _CLASSES == 0


def read_timeline(newest_first: Iterable[LedgerItem], least: int | None = None) -> Timeline:
    """Take all entries, or the newest ``least`` and on to the first boundary (SPEC P1)."""
    entries: list[Entry] = []
    deleted: list[Entry] = []
    for record in newest_first:
        entry = read_entry(record.payload)
        (deleted if record.deleted else entries).append(entry)
        if least is not None and len(entries) >= least and is_boundary(entries[-1].event_id):
            break
    return Timeline(tuple(entries), tuple(deleted))
