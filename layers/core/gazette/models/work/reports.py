"""What publishing a partition makes, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from gazette.models.ledger.keys import Partition


class ChangedFeed(NamedTuple):
    """A feed that stood before and has other bytes now; ``news`` is that of its edition."""

    partition: Partition
    path: str
    hubs: tuple[str, ...]
    news: Mapping[str, datetime]


class Quarantined(NamedTuple):
    """A version that breaks the contract: the object key and the reasons, by field."""

    key: str
    reason: str


class Failure(NamedTuple):
    """What could not be done now and will be tried again: a key or an assignment, and why."""

    subject: str
    error: Exception


@dataclass(slots=True)
class PublishReport:
    """What came of a run, for the log line and the metrics alike.

    ``written`` are paths; ``stored_at`` is when the newest change was stored that a document shows
    which was written now. ``announced`` counts feeds, each once a hub; ``unsent`` is why an
    announcement could not be sent, and fails nothing.
    """

    tasks: int = 0
    conflicts: int = 0
    documents_written: int = 0
    documents_unchanged: int = 0
    documents_removed: int = 0
    bytes_written: int = 0
    items_written: int = 0
    written: list[str] = field(default_factory=list)
    stored_at: datetime | None = None
    changed_feeds: list[ChangedFeed] = field(default_factory=list)
    announced: int = 0
    unsent: list[Failure] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)


class ExpiryReport(NamedTuple):
    """What had to be told that it grew old: how many time lines, and the news sitemap."""

    timelines: int
    has_aged_news: bool


@dataclass(slots=True)
class IngestReport:
    """What became of the versions and keys of a batch, for the log line and the metrics alike.

    ``recorded`` are the new revisions: event id, number, kind.
    """

    keys: int = 0
    recorded: list[tuple[str, int, str]] = field(default_factory=list)
    stale: int = 0
    ignored: int = 0
    quarantined: list[Quarantined] = field(default_factory=list)
    images: int = 0
    failed: list[Failure] = field(default_factory=list)
