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
    """Live entries of a time line, newest first, and what is left of the last deleted one."""

    entries: tuple[Entry, ...]
    last_deleted: Entry | None = None

    @property
    def known(self) -> tuple[Entry, ...]:
        """The entries, then the last deleted one."""
        return (*self.entries, self.last_deleted) if self.last_deleted else self.entries

    @property
    def updated(self) -> datetime:
        """The newest significant change; without entries the last deletion (SPEC R5, A1)."""
        return max([entry.updated for entry in self.entries] or [entry.at for entry in self.known])


def is_boundary(event_id: str) -> bool:
    """Return whether an entry is the oldest of its segment."""
    return hashlib.sha256(event_id.encode()).digest()[0] % _CLASSES == 0


def read_timeline(
    newest_first: Iterable[LedgerItem],
    least: int | None = None,
    last_deleted: LedgerItem | None = None,
) -> Timeline:
    """Read all entries, or the newest ``least`` and the next ones to a boundary (SPEC P1)."""
    entries: list[Entry] = []
    for item in newest_first:
        entries.append(read_entry(item.payload))
        if least is not None and len(entries) >= least and is_boundary(entries[-1].event_id):
            break
    return Timeline(tuple(entries), read_entry(last_deleted.payload) if last_deleted else None)
