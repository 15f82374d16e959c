"""Writes the documents of a task that differ from those on the site."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple, TypeAlias

from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.limits import MAX_WRITE_CHECKS
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.reports import ChangedFeed, PublishReport
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.models.views.site_document import Document
from gazette.ports import ConflictError, ItemStore, SiteStore
from gazette.services.pauses import NO_PAUSES, Pauses
from gazette.services.publish.composer import Composer, Finder, NoView, View
from gazette.services.publish.edge_copies import NO_EDGE, EdgeCopies
from gazette.services.publish.known_reads import Page
from gazette.services.publish.publications import Publications


def _none(_task: PublishTask) -> tuple[()]:
    """Return nothing: each item is read when it is needed."""
    return ()


# The ETag of each path that was read, None where there is no document.
ETags: TypeAlias = Mapping[str, str | None]


class Seen(NamedTuple):
    """The ETags of all paths of a task, and the beginnings of paths that were listed for it."""

    etags: ETags
    listed: Sequence[str] = ()


class Written(NamedTuple):
    """The new ETags of what a task has written or removed, and whether it has changed anything."""

    etags: ETags
    is_anything: bool


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

    ``view`` is what the builders read the ledger through. It is renewed after ETags were read
    and after something was written. ``single_items`` returns keys that a builder is known to read,
    and ``first_pages`` what it reads of lists.
    ``counts_publications`` says whether time lines are counted instead of loaded again; a writer
    that no record has called need not count, and loads again.
    """

    ledger: ItemStore
    site: SiteStore
    builders: Mapping[TaskKind, Composer]
    finders: Mapping[TaskKind, Finder] = field(default_factory=dict)
    pauses: Pauses = NO_PAUSES
    edge: EdgeCopies = NO_EDGE
    view: View = field(default_factory=NoView)
    single_items: Callable[[PublishTask], Sequence[ItemKey]] = _none
    first_pages: Callable[[PublishTask], Sequence[Page]] = _none
    counts_publications: bool = True

    def publications(self) -> Publications:
        """Return the counts of time lines, none of them read."""
        return Publications(self.ledger, is_counting=self.counts_publications)

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
        try:
            self.publish_alone(task, report)
        finally:
            self.view.close()

    def publish_alone(
        self, task: PublishTask, report: PublishReport, seen: Seen | None = None
    ) -> None:
        """Publish a task with reads of its own, and leave the view open.

        ``seen`` spares the first attempt the reading of ETags.

        Raises:
            ConflictError: other writers were faster in every attempt. Try later.
        """
        result = self.pauses.attempt(
            lambda number: self._publish_once(task, report, seen if number == 1 else None), report
        )
        report.erased += result.erased

    def _publish_once(
        self, task: PublishTask, report: PublishReport, seen: Seen | None
    ) -> BuildResult:
        builder, publications = self.builders[task.kind], self.publications()
        publications.read([task])
        self.view.renew()
        now_seen = seen or Seen(self.site.etags(builder.paths(task)))
        self.view.renew()
        result = builder.compose(task)
        if seen is None and result.has_further:
            # Their ETags must be older than the result, too.
            now_seen = self.see_further(now_seen, result)
            self.view.renew()
            result = builder.compose(task)
        etags, listed = dict(now_seen.etags), now_seen.listed
        for _ in range(MAX_WRITE_CHECKS):
            # What was listed is this task's own only as long as it has further documents.
            if listed and result.has_further:
                etags, result = _with_further(listed, etags, result)
            written = self.write(task, result, etags, report)
            followed = self.write_follow_ups(result.follow_ups, report)
            if publications.counts(task, result):
                if not publications.count(task):
                    raise ConflictError(str(task))
                return result
            self.view.renew()
            is_anything = written.is_anything or bool(followed)
            if not is_anything or builder.load(task) == result.loaded:
                return result
            # The ledger has changed. What was just written is known, and known before the next
            # reading of the partition.
            report.conflicts += 1
            etags |= written.etags
            result = builder.compose(task)
        raise ConflictError(str(task))

    def write(
        self, task: PublishTask, result: BuildResult, etags: ETags, report: PublishReport
    ) -> Written:
        """Write what differs from the site and the ledger.

        Raises:
            ConflictError: somebody else has written since the ETags were read.
        """
        _expect_known(result, etags)
        _expect_standing(result, etags)
        written = self._write_documents(task, result, etags, report)
        removed = self._remove_documents(result, etags, report)
        replaced = self._replace_items(result, report)
        return Written({**written, **removed}, bool(written or removed or replaced))

    def see_further(self, seen: Seen, result: BuildResult) -> Seen:
        """Read the ETags of what `Builder.paths` leaves out, too."""
        etags = {**seen.etags, **self.site.etags(result.further_paths)}
        for prefix in result.further_prefixes:
            etags |= self.site.etags_below(prefix)
        return Seen(etags, result.further_prefixes)

    def _write_documents(
        self,
        task: PublishTask,
        result: BuildResult,
        etags: ETags,
        report: PublishReport,
    ) -> dict[str, str]:
        """Write the documents that differ, and return their new ETags."""
        changed = [
            document
            for document in result.documents
            if not document.stands_as(etags[document.path])
        ]
        # Before the write: one that fails may have written some of them.
        self._plan_outdated(self.edge.of_rewritten(changed, etags), result, report)
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
        self, result: BuildResult, etags: ETags, report: PublishReport
    ) -> dict[str, None]:
        existing = [path for path in result.removals if etags[path] is not None]
        self._plan_outdated(self.edge.of_removed(existing), result, report)
        self.site.remove(existing, etags)
        report.documents_removed += len(existing)
        report.removed += existing
        return dict.fromkeys(existing)

    def _plan_outdated(
        self, outdated: Sequence[str], result: BuildResult, report: PublishReport
    ) -> None:
        # First into the report: if the late message is refused, that of the run is refused, too.
        report.outdated += outdated
        self.edge.plan_late(outdated, result.erased)

    def _replace_items(self, result: BuildResult, report: PublishReport) -> int:
        """Write the derived items that are wrong; return how many there were."""
        for one in result.replacements:
            if not self.ledger.replace(one.item, one.expected_revision):
                raise ConflictError(str(one.key))
            report.items_written += 1
        return len(result.replacements)

    def write_follow_ups(self, items: Sequence[LedgerItem], report: PublishReport) -> int:
        """Write to other partitions; what is older than they are is refused.

        They are written before the ledger is read again: what another writer has decided by then,
        without them, is seen. Return how many notes were written: a request only asks to look, and
        whatever it follows from brings requests of its own.
        """
        written = [item for item in items if self.ledger.put(item)]
        report.items_written += len(written)
        return sum(not keys.is_request(item.key) for item in written)


def _changed_feeds(
    task: PublishTask,
    changed: Sequence[Document],
    news: Mapping[str, datetime],
    etags: ETags,
) -> Iterator[ChangedFeed]:
    """Yield the feeds with hubs whose bytes change. A new feed has no subscriber yet."""
    for document in changed:
        if document.hubs and etags[document.path] not in {None, document.etag}:
            yield ChangedFeed(task.partition, document.path, document.hubs, news)


def _with_further(
    listed: Sequence[str], etags: dict[str, str | None], result: BuildResult
) -> tuple[dict[str, str | None], BuildResult]:
    """Add documents that a listing lacks to the ETags, and remove listed ones that are not shown.

    What this attempt has written itself is among the ETags. It is removed if it is shown no longer.
    """
    paths = [document.path for document in result.documents]
    absent = [path for path in paths if path.startswith(tuple(listed))]
    superfluous = {path for path in etags if path.startswith(tuple(listed))}.difference(paths)
    removals = dict.fromkeys((*result.removals, *sorted(superfluous)))
    return {**dict.fromkeys(absent), **etags}, replace(result, removals=tuple(removals))


def _expect_known(result: BuildResult, etags: ETags) -> None:
    """Raise a conflict for a path without an ETag: a revision came between the two reads."""
    for path in (*(document.path for document in result.documents), *result.removals):
        if path not in etags:
            raise ConflictError(path)


def _expect_standing(result: BuildResult, etags: ETags) -> None:
    """Raise the reason why a document cannot be built, unless it stands."""
    for path, error in result.standing.items():
        if etags[path] is None:
            raise error
