"""Writes the documents of a task that differ from those on the site."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from gazette.models.limits import MAX_WRITE_ATTEMPTS, MAX_WRITE_CHECKS
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.reports import ChangedFeed, PublishReport
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.models.views.site_document import Document
from gazette.ports import ConflictError, ItemStore, SiteStore
from gazette.services.publish.edge_copies import NO_EDGE, EdgeCopies
from gazette.services.publish.pauses import NO_PAUSES, Pauses


class Composer(Protocol):
    """Composes what the tasks of one kind publish; see `gazette.services.publish.builder`."""

    def paths(self, task: PublishTask, /) -> tuple[str, ...]:
        """Return every path that the task may write or remove."""

    def every_path(self, task: PublishTask, /) -> tuple[str, ...]:
        """Return every path that may be on the site."""

    def compose(self, task: PublishTask, /) -> BuildResult:
        """Read the ledger and return what is published."""

    def load(self, task: PublishTask, /) -> object:
        """Read the ledger; the result equals ``BuildResult.loaded`` if nothing has changed."""


class Finder(Protocol):
    """Replaces requested tasks of one kind by the tasks to run."""

    def find(self, tasks: Sequence[PublishTask], /) -> Mapping[PublishTask, Sequence[PublishTask]]:
        """Return for each requested task the tasks to run in its place."""


@dataclass(frozen=True, slots=True)
class SiteWriter:
    """Writes only what differs, and only over the version that it has seen.

    The headers count too, where the ETag was read together with them. A document that differs in
    them alone is written, but not announced.

    It reads the ETags *before* the partition. So a writer with older items finds newer documents
    when it writes, and starts over: older bytes never win. A retry or a rebuild writes nothing
    that is already right.

    An ETag shows that content differs, not which is newer: after A→B→A a slow writer of B still
    passes If-Match. So every writer loads the partition again after it has written, and writes
    what is newer by now. docs/concurrency.md has the proof. It needs no order of the stream.
    """

    ledger: ItemStore
    site: SiteStore
    builders: Mapping[TaskKind, Composer]
    finders: Mapping[TaskKind, Finder] = field(default_factory=dict)
    pauses: Pauses = NO_PAUSES
    edge: EdgeCopies = NO_EDGE

    def find(
        self, kind: TaskKind, tasks: Sequence[PublishTask]
    ) -> Mapping[PublishTask, Sequence[PublishTask]]:
        """Return for each requested task the tasks to run; without a finder, itself."""
        finder = self.finders.get(kind)
        if finder is None:
            return {task: (task,) for task in tasks}
        return finder.find(tasks)

    def publish(self, task: PublishTask, report: PublishReport) -> None:
        """Publish one task.

        Raises:
            ConflictError: other writers were faster in every attempt. Try later.
        """
        report.tasks += 1
        attempts = 0
        while True:
            attempts += 1
            try:
                result = self._publish_once(task, report)
                self._write_follow_ups(result, report)
            except ConflictError:
                report.conflicts += 1
                if attempts == MAX_WRITE_ATTEMPTS:
                    raise
                self.pauses.wait(attempts)
            else:
                report.erased += result.erased
                return

    def _publish_once(self, task: PublishTask, report: PublishReport) -> BuildResult:
        builder = self.builders[task.kind]
        etags = self.site.etags(builder.paths(task))
        result = builder.compose(task)
        listed = result.further_prefixes
        if result.further_paths or listed:
            # Their ETags must be older than the result, too.
            etags |= self._further_etags(result)
            result = builder.compose(task)
        for _ in range(MAX_WRITE_CHECKS):
            if listed:
                etags, result = _with_further(listed, etags, result)
            _expect_known(result, etags)
            _expect_standing(result, etags)
            written = self._write_documents(task, result, etags, report)
            removed = self._remove_documents(result, etags, report)
            replaced = self._replace_items(result, report)
            if not (written or removed or replaced) or builder.load(task) == result.loaded:
                return result
            # The ledger has changed. What was just written is known, and known before the next
            # reading of the partition.
            report.conflicts += 1
            etags = {**etags, **written, **removed}
            result = builder.compose(task)
        raise ConflictError(str(task))

    def _further_etags(self, result: BuildResult) -> dict[str, str | None]:
        etags = self.site.etags(result.further_paths)
        for prefix in result.further_prefixes:
            etags |= self.site.etags_below(prefix)
        return etags

    def _write_documents(
        self,
        task: PublishTask,
        result: BuildResult,
        etags: Mapping[str, str | None],
        report: PublishReport,
    ) -> dict[str, str]:
        """Write the documents that differ, and return their new ETags."""
        changed = [
            document
            for document in result.documents
            if not document.stands_as(etags[document.path])
        ]
        # Before the write: one that fails may have written some of them.
        report.outdated += self.edge.of_rewritten(changed, etags)
        report.changed_feeds += _changed_feeds(task, changed, result.news, etags)
        self.site.write(changed, etags)
        if changed and result.stored_at is not None:
            report.stored_at = result.stored_at
        report.written += [document.path for document in changed]
        report.documents_written += len(changed)
        report.documents_unchanged += len(result.documents) - len(changed)
        report.bytes_written += sum(len(document.body) for document in changed)
        return {document.path: document.standing_etag for document in changed}

    def _remove_documents(
        self, result: BuildResult, etags: Mapping[str, str | None], report: PublishReport
    ) -> dict[str, None]:
        existing = [path for path in result.removals if etags[path] is not None]
        report.outdated += self.edge.of_removed(existing)
        self.site.remove(existing, etags)
        report.documents_removed += len(existing)
        return dict.fromkeys(existing)

    def _replace_items(self, result: BuildResult, report: PublishReport) -> int:
        """Write the derived items that are wrong; return how many there were."""
        for one in result.replacements:
            if not self.ledger.replace(one.item, one.expected_revision):
                raise ConflictError(str(one.key))
            report.items_written += 1
        return len(result.replacements)

    def _write_follow_ups(self, result: BuildResult, report: PublishReport) -> None:
        for item in result.follow_ups:
            report.items_written += self.ledger.put(item)


def _changed_feeds(
    task: PublishTask,
    changed: Sequence[Document],
    news: Mapping[str, datetime],
    etags: Mapping[str, str | None],
) -> Iterator[ChangedFeed]:
    """Yield the feeds with hubs whose bytes change. A new feed has no subscriber yet."""
    for document in changed:
        if document.hubs and etags[document.path] not in {None, document.etag}:
            yield ChangedFeed(task.partition, document.path, document.hubs, news)


def _with_further(
    listed: Sequence[str], etags: Mapping[str, str | None], result: BuildResult
) -> tuple[dict[str, str | None], BuildResult]:
    """Add documents that a listing lacks to the ETags, and remove listed ones that are not shown.

    What this attempt has written itself is among the ETags. It is removed if it is shown no longer.
    """
    paths = [document.path for document in result.documents]
    absent = [path for path in paths if path.startswith(tuple(listed))]
    superfluous = {path for path in etags if path.startswith(tuple(listed))}.difference(paths)
    removals = dict.fromkeys((*result.removals, *sorted(superfluous)))
    return {**dict.fromkeys(absent), **etags}, replace(result, removals=tuple(removals))


def _expect_known(result: BuildResult, etags: Mapping[str, str | None]) -> None:
    """Raise a conflict for a path without an ETag: a revision came between the two reads."""
    for path in (*(document.path for document in result.documents), *result.removals):
        if path not in etags:
            raise ConflictError(path)


def _expect_standing(result: BuildResult, etags: Mapping[str, str | None]) -> None:
    """Raise the reason why a document cannot be built, unless it stands."""
    for path, error in result.standing.items():
        if etags[path] is None:
            raise error
