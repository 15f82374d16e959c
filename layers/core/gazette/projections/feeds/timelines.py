"""Time lines, and the boundaries at which they are cut into segments (RFC 5005 §4).

An entry is a *boundary*, the oldest of its interval, when the hash of its id falls in one class of
32. So intervals have 32 entries on average and do not depend on the order in which entries arrive.
`gazette.projections.feeds.segments` cuts those that are much longer.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gazette.models.ledger.entry import Entry, read_entry
from gazette.models.ledger.item import LedgerItem

_CLASSES = 32
# An id with this character is no boundary: the names of segments use it.
NO_BOUNDARY = "\t"


@dataclass(frozen=True, slots=True)
class Timeline:
    """Live entries of a time line, newest first, and what is left of the last deleted one.

    ``changed`` is when the time line last had a change that these may not show: of an event behind
    them, or of one that left.
    """

    entries: tuple[Entry, ...]
    last_deleted: Entry | None = None
    changed: datetime | None = None

    @property
    def known(self) -> tuple[Entry, ...]:
        """The entries, then the last deleted one."""
        return (*self.entries, self.last_deleted) if self.last_deleted else self.entries

    @property
    def updated(self) -> datetime:
        """The newest significant change; without entries the last deletion (SPEC R5, A1)."""
        dates = [entry.updated for entry in self.entries] or [entry.updated for entry in self.known]
        return max([*dates, self.changed] if self.changed else dates)


def is_boundary(name: str) -> bool:
    """Return whether the entry of this id, or id and number, is the oldest of its interval."""
    in_class = hashlib.sha256(name.encode()).digest()[0] % _CLASSES == 0
    return in_class and NO_BOUNDARY not in name


def read_timeline(
    newest_first: Iterable[LedgerItem], last_deleted: LedgerItem | None = None
) -> Timeline:
    """Read entries, newest first, and the last deleted one."""
    entries = tuple(read_entry(item.payload) for item in newest_first)
    return Timeline(entries, read_entry(last_deleted.payload) if last_deleted else None)
