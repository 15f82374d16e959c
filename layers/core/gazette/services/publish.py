"""Publish: bring the documents of a partition to what the ledger holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from gazette.models.edition import Edition, PublishReport
from gazette.models.keys import Partition, PartitionKind, rollup_place
from gazette.models.record import Record
from gazette.ports import ConflictError, Ledger, SiteStore

_ATTEMPTS = 5


class Desk(Protocol):
    """Composes what the partitions of one kind publish."""

    def paths(self, partition: Partition) -> tuple[str, ...]:
        """Return the paths that an edition may write or remove."""

    def compose(self, partition: Partition) -> Edition:
        """Read the partition and make all it publishes."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Writes what differs, and only if nobody wrote since it began to read.

    What is there is looked at *before* the partition is read. So whoever read older records finds
    newer documents at the end, and starts over: older bytes never win, and a retry or a rebuild
    writes nothing that stands already.
    """

    ledger: Ledger
    site: SiteStore
    desks: Mapping[PartitionKind, Desk]

    def publish(self, partition: Partition, report: PublishReport) -> None:
        """Publish one partition; a kind that has no desk has nothing to publish.

        Raises:
            ConflictError: others were faster time and again; try later.
        """
        desk = self.desks.get(partition.kind)
        if desk is None:
            return
        report.partitions += 1
        for attempt in range(_ATTEMPTS):
            try:
                self._publish_once(desk, partition, report)
            except ConflictError:
                report.conflicts += 1
                if attempt == _ATTEMPTS - 1:
                    raise
            else:
                return

    def _publish_once(self, desk: Desk, partition: Partition, report: PublishReport) -> None:
        etags = self.site.etags(desk.paths(partition))
        place = rollup_place(partition)
        figures = self.ledger.get(place) if place else None
        edition = desk.compose(partition)
        self._write_documents(edition, etags, report)
        self._remove_documents(edition, etags, report)
        self._write_rollup(edition, figures, report)

    def _write_documents(
        self, edition: Edition, etags: dict[str, str | None], report: PublishReport
    ) -> None:
        _expect_known(edition, etags)
        changed = [
            document for document in edition.documents if document.etag != etags[document.path]
        ]
        self.site.write(changed, etags)
        report.documents_written += len(changed)
        report.documents_unchanged += len(edition.documents) - len(changed)
        report.bytes_written += sum(len(document.body) for document in changed)

    def _remove_documents(
        self, edition: Edition, etags: dict[str, str | None], report: PublishReport
    ) -> None:
        standing = [path for path in edition.removals if etags[path] is not None]
        self.site.remove(standing, etags)
        report.documents_removed += len(standing)

    def _write_rollup(self, edition: Edition, seen: Record | None, report: PublishReport) -> None:
        record = edition.rollup
        if record is not None and (seen is None or seen.payload != record.payload):
            self.ledger.swap(record, seen)
            report.rollups_written += 1


def _expect_known(edition: Edition, etags: Mapping[str, str | None]) -> None:
    """A path that was not looked at belongs to a revision that came in between."""
    for path in (*(document.path for document in edition.documents), *edition.removals):
        if path not in etags:
            raise ConflictError(path)
