"""Publish: bring the documents of an assignment to what the ledger holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from gazette.models.assignments import Assignment, DeskKind
from gazette.models.edition import ChangedFeed, Edition, PublishReport
from gazette.ports import ConflictError, Registers, SiteStore

_ATTEMPTS = 5


class Desk(Protocol):
    """Composes what the assignments of one kind publish."""

    def paths(self, assignment: Assignment, /) -> tuple[str, ...]:
        """Return the paths that an edition may write or remove."""

    def compose(self, assignment: Assignment, /) -> Edition:
        """Read the ledger and make all that is published."""


class Finder(Protocol):
    """Finds what is to be published for the assignments of one kind in a batch."""

    def find(
        self, assignments: Sequence[Assignment], /
    ) -> Mapping[Assignment, Sequence[Assignment]]:
        """Return for each assignment those to work off in its place."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Writes what differs, and only if nobody wrote since it began to read.

    What is there is looked at *before* the partition is read. So whoever read older records finds
    newer documents at the end, and starts over: older bytes never win, and a retry or a rebuild
    writes nothing that stands already.

    A tag tells other bytes, and not whether the same bytes are newer by now. Who is told of changes
    by the stream need not care: whatever has changed since it read, it is told of next. All others
    must look again after they have written (``looks_again``).
    """

    ledger: Registers
    site: SiteStore
    desks: Mapping[DeskKind, Desk]
    finders: Mapping[DeskKind, Finder] = field(default_factory=dict)
    looks_again: bool = False

    def find(
        self, desk: DeskKind, assignments: Sequence[Assignment]
    ) -> Mapping[Assignment, Sequence[Assignment]]:
        """Return what to publish for the assignments of one desk; most stand for themselves."""
        finder = self.finders.get(desk)
        if finder is None:
            return {assignment: (assignment,) for assignment in assignments}
        return finder.find(assignments)

    def publish(self, assignment: Assignment, report: PublishReport) -> None:
        """Publish one assignment.

        Raises:
            ConflictError: others were faster time and again; try later.
        """
        desk = self.desks[assignment.desk]
        report.assignments += 1
        stood: dict[str, str | None] = {}
        attempts = 0
        while True:
            attempts += 1
            try:
                edition = self._publish_once(desk, assignment, stood, report)
            except ConflictError:
                report.conflicts += 1
                if attempts == _ATTEMPTS:
                    raise
            else:
                report.changed_feeds += _changed_feeds(assignment, edition, stood)
                return

    def _publish_once(
        self,
        desk: Desk,
        assignment: Assignment,
        stood: dict[str, str | None],
        report: PublishReport,
    ) -> Edition:
        """Try once; ``stood`` goes on saying what was there before the first try."""
        etags = self.site.etags(desk.paths(assignment))
        stood.update({path: etag for path, etag in etags.items() if path not in stood})
        edition = desk.compose(assignment)
        _expect_known(edition, etags)
        written = self._write_documents(edition, etags, report)
        removed = self._remove_documents(edition, etags, report)
        if self.looks_again and (written or removed):
            _expect_same(edition, desk.compose(assignment))
        self._write_records(edition, report)
        return edition

    def _write_documents(
        self, edition: Edition, etags: dict[str, str | None], report: PublishReport
    ) -> int:
        changed = [
            document for document in edition.documents if document.etag != etags[document.path]
        ]
        self.site.write(changed, etags)
        if changed and edition.stored_at is not None:
            report.stored_at = edition.stored_at
        report.written += [document.path for document in changed]
        report.documents_written += len(changed)
        report.documents_unchanged += len(edition.documents) - len(changed)
        report.bytes_written += sum(len(document.body) for document in changed)
        return len(changed)

    def _remove_documents(
        self, edition: Edition, etags: dict[str, str | None], report: PublishReport
    ) -> int:
        standing = [path for path in edition.removals if etags[path] is not None]
        self.site.remove(standing, etags)
        report.documents_removed += len(standing)
        return len(standing)

    def _write_records(self, edition: Edition, report: PublishReport) -> None:
        for record in edition.marks:
            report.records_written += self.ledger.put(record)


def _changed_feeds(
    assignment: Assignment, edition: Edition, stood: Mapping[str, str | None]
) -> Iterator[ChangedFeed]:
    """Name the feeds with hubs that changed; to one that is new nobody has subscribed."""
    for document in edition.documents:
        before = stood[document.path]
        if document.hubs and before is not None and before != document.etag:
            yield ChangedFeed(assignment.partition, document.path, document.hubs, edition.news)


def _expect_known(edition: Edition, etags: Mapping[str, str | None]) -> None:
    """A path that was not looked at belongs to a revision that came in between."""
    for path in (*(document.path for document in edition.documents), *edition.removals):
        if path not in etags:
            raise ConflictError(path)


def _expect_same(written: Edition, now: Edition) -> None:
    """What differs by now was read before somebody else changed it."""
    if changed := _contents(written) ^ _contents(now):
        raise ConflictError(min(path for path, _ in changed))


def _contents(edition: Edition) -> set[tuple[str, str | None]]:
    documents = {(document.path, document.etag) for document in edition.documents}
    return documents | {(path, None) for path in edition.removals}
