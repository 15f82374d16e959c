"""Reports of a run of publishing, expiry or ingest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from gazette.models.ledger.partitions import Partition


class ChangedFeed(NamedTuple):
    """A feed that was updated; ``news`` is that of its `BuildResult`."""

    partition: Partition
    path: str
    hubs: tuple[str, ...]
    news: Mapping[str, datetime]


class Quarantined(NamedTuple):
    """A version that breaks the contract: the object key and the reasons, by field."""

    key: str
    reason: str


class Failure(NamedTuple):
    """A failure that will be retried; ``subject`` is a key or a task."""

    subject: str
    error: Exception


@dataclass(slots=True)
class PublishReport:
    """The counts of a publishing run, for the log line and the metrics.

    ``written`` and ``removed`` are paths. ``stored_at`` is when the newest change in the written
    documents was stored. ``announced`` counts pings, one for each feed and hub, and
    ``pages_queued`` the pages of which search engines will hear, ``webhook_news`` the revisions of
    which webhooks will; ``unsent`` are messages about any of them that could not be sent, which
    does not fail the run. ``not_begun`` are tasks for which no
    time was left. ``outdated`` are the paths of documents that changed or went while the edge keeps
    long-lived copies of them; ``erased`` are those of the results
    (`gazette.models.tasks.build_result`).
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
    removed: list[str] = field(default_factory=list)
    announced: int = 0
    pages_queued: int = 0
    webhook_news: int = 0
    unsent: list[Failure] = field(default_factory=list)
    outdated: list[str] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    not_begun: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)


class ExpiryReport(NamedTuple):
    """The rebuilds that expiry requested: the number of time lines, and the news sitemap."""

    timelines: int
    has_aged_news: bool


class ReleaseReport(NamedTuple):
    """How many events ingest was notified of, and what could not be sent."""

    notified: int
    failed: list[Failure]

    def raise_failures(self) -> None:
        """Raise the first failure, so that the run is retried."""
        for failure in self.failed:
            raise failure.error


@dataclass(slots=True)
class IngestReport:
    """The results of ingesting a batch, for the log line and the metrics.

    ``recorded`` are the new revisions: event id, number, kind. ``ignored`` are objects that are not
    read, each with the reason. ``notices`` say, by object key, what a valid document waits for; the
    text is empty once it waits for nothing.
    """

    keys: int = 0
    recorded: list[tuple[str, int, str]] = field(default_factory=list)
    stale: int = 0
    conflicts: int = 0
    ignored: list[Quarantined] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    notices: dict[str, str] = field(default_factory=dict)
    images: int = 0
    failed: list[Failure] = field(default_factory=list)
