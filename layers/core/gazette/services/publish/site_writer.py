"""Publish: bring the documents of an assignment to what the ledger holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from gazette.models.work.build_result import BuildResult
from gazette.models.work.reports import ChangedFeed, PublishReport
from gazette.models.work.tasks import PublishTask, TaskKind
from gazette.ports import ConflictError, ItemStore, SiteStore

_ATTEMPTS = 5


class Builder(Protocol):
    """Composes what the assignments of one kind publish."""

    def paths(self, task: PublishTask, /) -> tuple[str, ...]:
        """Return the paths that an edition may write or remove."""

    def compose(self, task: PublishTask, /) -> BuildResult:
        """Read the ledger and make all that is published."""


class Finder(Protocol):
    """Finds what is to be published for the assignments of one kind in a batch."""

    def find(self, tasks: Sequence[PublishTask], /) -> Mapping[PublishTask, Sequence[PublishTask]]:
        """Return for each assignment those to work off in its place."""


@dataclass(frozen=True, slots=True)
class SiteWriter:
    """Writes what differs, and only if nobody wrote since it began to read.

    What is there is looked at *before* the partition is read. So whoever read older records finds
    newer documents at the end, and starts over: older bytes never win, and a retry or a rebuild
    writes nothing that stands already.

    A tag tells other bytes, and not whether the same bytes are newer by now. Who is told of changes
    by the stream need not care: whatever has changed since it read, it is told of next. All others
    must look again after they have written (``verify_after_write``).
    """

    ledger: ItemStore
    site: SiteStore
    builders: Mapping[TaskKind, Builder]
    finders: Mapping[TaskKind, Finder] = field(default_factory=dict)
    verify_after_write: bool = False

    def find(
        self, builder: TaskKind, tasks: Sequence[PublishTask]
    ) -> Mapping[PublishTask, Sequence[PublishTask]]:
        """Return what to publish for the assignments of one desk; most stand for themselves."""
        finder = self.finders.get(builder)
        if finder is None:
            return {task: (task,) for task in tasks}
        return finder.find(tasks)

    def publish(self, task: PublishTask, report: PublishReport) -> None:
        """Publish one assignment.

        Raises:
            ConflictError: others were faster time and again; try later.
        """
        builder = self.builders[task.kind]
        report.tasks += 1
        stood: dict[str, str | None] = {}
        attempts = 0
        while True:
            attempts += 1
            try:
                result = self._publish_once(builder, task, stood, report)
            except ConflictError:
                report.conflicts += 1
                if attempts == _ATTEMPTS:
                    raise
            else:
                report.changed_feeds += _changed_feeds(task, result, stood)
                return

    def _publish_once(
        self,
        builder: Builder,
        task: PublishTask,
        stood: dict[str, str | None],
        report: PublishReport,
    ) -> BuildResult:
        """Try once; ``stood`` goes on saying what was there before the first try."""
        etags = self.site.etags(builder.paths(task))
        stood.update({path: etag for path, etag in etags.items() if path not in stood})
        result = builder.compose(task)
        _expect_known(result, etags)
        written = self._write_documents(result, etags, report)
        removed = self._remove_documents(result, etags, report)
        if self.verify_after_write and (written or removed):
            _expect_same(result, builder.compose(task))
        self._write_records(result, report)
        return result

    def _write_documents(
        self, result: BuildResult, etags: dict[str, str | None], report: PublishReport
    ) -> int:
        changed = [
            document for document in result.documents if document.etag != etags[document.path]
        ]
        self.site.write(changed, etags)
        if changed and result.stored_at is not None:
            report.stored_at = result.stored_at
        report.written += [document.path for document in changed]
        report.documents_written += len(changed)
        report.documents_unchanged += len(result.documents) - len(changed)
        report.bytes_written += sum(len(document.body) for document in changed)
        return len(changed)

    def _remove_documents(
        self, result: BuildResult, etags: dict[str, str | None], report: PublishReport
    ) -> int:
        standing = [path for path in result.removals if etags[path] is not None]
        self.site.remove(standing, etags)
        report.documents_removed += len(standing)
        return len(standing)

    def _write_records(self, result: BuildResult, report: PublishReport) -> None:
        for record in result.follow_ups:
            report.records_written += self.ledger.put(record)


def _changed_feeds(
    task: PublishTask, result: BuildResult, stood: Mapping[str, str | None]
) -> Iterator[ChangedFeed]:
    """Name the feeds with hubs that changed; to one that is new nobody has subscribed."""
    for document in result.documents:
        before = stood[document.path]
        if document.hubs and before is not None and before != document.etag:
            yield ChangedFeed(task.partition, document.path, document.hubs, result.news)


def _expect_known(result: BuildResult, etags: Mapping[str, str | None]) -> None:
    """A path that was not looked at belongs to a revision that came in between."""
    for path in (*(document.path for document in result.documents), *result.removals):
        if path not in etags:
            raise ConflictError(path)


def _expect_same(written: BuildResult, now: BuildResult) -> None:
    """What differs by now was read before somebody else changed it."""
    if changed := _contents(written) ^ _contents(now):
        raise ConflictError(min(path for path, _ in changed))


def _contents(result: BuildResult) -> set[tuple[str, str | None]]:
    documents = {(document.path, document.etag) for document in result.documents}
    return documents | {(path, None) for path in result.removals}
