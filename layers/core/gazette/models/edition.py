"""What publishing a partition makes, and what came of it."""

from dataclasses import dataclass, field
from typing import NamedTuple

from gazette.models.publication import Document
from gazette.models.record import Record


@dataclass(frozen=True, slots=True)
class Edition:
    """All that a partition publishes: documents, paths to remove, figures for the one above."""

    documents: tuple[Document, ...] = ()
    removals: tuple[str, ...] = ()
    rollup: Record | None = None


class Quarantined(NamedTuple):
    """A version that breaks the contract: the object key and the reasons, by field."""

    key: str
    reason: str


class Failure(NamedTuple):
    """What could not be done now and will be tried again: a key or a partition, and why."""

    subject: str
    error: Exception


@dataclass(slots=True)
class PublishReport:
    """The figures of a run, for the log line and the metrics alike."""

    partitions: int = 0
    conflicts: int = 0
    documents_written: int = 0
    documents_unchanged: int = 0
    documents_removed: int = 0
    bytes_written: int = 0
    rollups_written: int = 0
    failed: list[Failure] = field(default_factory=list)


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
