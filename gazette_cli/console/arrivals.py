"""What has arrived: one row for each revision, from the write to the feed.

One thread adds what the functions have logged, and those of the open pages wait for changes.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from threading import Condition
from typing import NamedTuple

from gazette.models.ledger import keys
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import PartitionKind

MAX_ARRIVALS = 200
_REVISION = re.compile(rf"{keys.REVISION}(\d+)")


class Details(NamedTuple):
    """What the ledger and the source bucket know of a revision; ``put`` is when S3 stored it."""

    kind: str
    title: str
    path: str
    put: datetime | None


# A revision that the ledger does not have any more.
UNKNOWN = Details("", "", "", None)


class Arrival(NamedTuple):
    """A revision; ``page`` and ``feed`` are when its page and the feed of the site showed it.

    ``documents`` are the paths that were written with it; events that arrive together share them.
    ``change`` is the number of the last change of this row.
    """

    event_id: str
    number: int
    ingested: datetime | None = None
    page: datetime | None = None
    feed: datetime | None = None
    details: Details | None = None
    documents: frozenset[str] = frozenset()
    change: int = 0

    @property
    def shown(self) -> datetime | None:
        """When both the page and the feed showed it."""
        return max(self.page, self.feed) if self.page and self.feed else None

    def seconds(self, until: datetime | None) -> float | None:
        """Return the seconds from the write to a time, None if one of both is unknown."""
        put = self.details.put if self.details else None
        return max(0.0, (until - put).total_seconds()) if until and put else None


class Arrivals:
    """The newest arrivals, and a number that grows with each change.

    ``notices`` counts what may have changed the lists of quarantine, held events and failures.
    """

    def __init__(self) -> None:
        self.change = 0
        self.notices = 0
        self.is_closed = False
        self._rows: dict[tuple[str, int], Arrival] = {}
        self._changed = Condition()

    def record(self, event_id: str, number: int, at: datetime) -> None:
        """Ingest has recorded a revision."""
        self._store(self._row(event_id, number)._replace(ingested=at))

    def publish(self, item_keys: Sequence[ItemKey], paths: Sequence[str], at: datetime) -> None:
        """Documents were written for items of the ledger.

        The record of a revision is written before all other items that show it, so another item
        belongs to the newest revision.
        """
        for event_id, number in filter(None, map(_revision, item_keys)):
            row = self._row(event_id, number)
            self._store(row._replace(page=row.page or at))
        listed = {keys.event_of(key) for key in item_keys if _is_of_site(key)}
        for event_id in filter(None, map(keys.event_of, item_keys)):
            if newest := self._newest(event_id):
                feed = newest.feed or (at if event_id in listed else None)
                self._store(newest._replace(feed=feed, documents=newest.documents | set(paths)))

    def describe(self, row: Arrival, details: Details) -> None:
        """Add what the ledger knows of a revision."""
        self._store(row._replace(details=details))

    def notice(self) -> None:
        """Let the pages read quarantine, held events and failures again."""
        with self._changed:
            self.notices += 1
            self.change += 1
            self._changed.notify_all()

    def undescribed(self) -> list[Arrival]:
        """Return the arrivals without details."""
        return [row for row in self.since(0) if row.details is None]

    def since(self, change: int) -> list[Arrival]:
        """Return the arrivals that have changed after a change, oldest first."""
        with self._changed:
            rows = list(self._rows.values())
        return [row for row in rows if row.change > change and row.ingested]

    def wait(self, change: int, seconds: float) -> bool:
        """Wait for a change after this one; return whether there may be more."""
        with self._changed:
            self._changed.wait_for(lambda: self.is_closed or self.change > change, seconds)
            return not self.is_closed

    def close(self) -> None:
        """End all waiting."""
        with self._changed:
            self.is_closed = True
            self._changed.notify_all()

    def _row(self, event_id: str, number: int) -> Arrival:
        return self._rows.get((event_id, number), Arrival(event_id, number))

    def _store(self, row: Arrival) -> None:
        name = (row.event_id, row.number)
        with self._changed:
            if self._rows.get(name) == row:
                return
            self.change += 1
            self._rows[name] = row._replace(change=self.change)
            if len(self._rows) > MAX_ARRIVALS:
                del self._rows[next(iter(self._rows))]
            self._changed.notify_all()

    def _newest(self, event_id: str) -> Arrival | None:
        rows = (row for row in self._rows.values() if row.event_id == event_id)
        return max(rows, key=lambda row: row.number, default=None)


def _revision(item_key: ItemKey) -> tuple[str, int] | None:
    """Return the event and the number if it is the key of a revision."""
    partition, sort = item_key
    found = _REVISION.fullmatch(sort) if partition.kind is PartitionKind.EVENT else None
    return (partition.name, int(found[1])) if found else None


def _is_of_site(item_key: ItemKey) -> bool:
    return item_key.partition.kind is PartitionKind.SITE
