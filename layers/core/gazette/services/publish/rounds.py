"""Runs the tasks of a batch in rounds: many are written one after another, then all are checked.

docs/concurrency.md has the proof that the site is right in the end.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import NamedTuple

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.limits import MAX_FIRST_PAGES, MAX_TASKS_A_ROUND
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.reports import Failure, PublishReport
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.ports import ConflictError, HasTime
from gazette.services.publish.publications import Publications
from gazette.services.publish.site_writer import Seen, SiteWriter

# What a later stage reads is written and checked in an earlier one: a topic shows the sums of its
# months, whose writes bring no record. The segments of an entry are found with what the time lines
# have read.
_KINDS = tuple(TaskKind)
_STAGES = (
    _KINDS[: _KINDS.index(TaskKind.UPDATES)],
    _KINDS[_KINDS.index(TaskKind.UPDATES) : _KINDS.index(TaskKind.SEGMENT)],
    (TaskKind.SEGMENT,),
)
_WRITE_SUMS = frozenset({TaskKind.TOPIC_COUNT})
# What is loaded stays in memory until it is checked, and an image may be large.
_ALONE = frozenset({TaskKind.IMAGE})


class _Run(NamedTuple):
    """A task to run, and the requested tasks that it stands for."""

    task: PublishTask
    origins: Sequence[PublishTask]


class _Unchecked(NamedTuple):
    """A task that was written, or one without a result, which has to be published alone.

    ``is_alone`` says that it was published alone already.
    """

    run: _Run
    result: BuildResult | None
    is_anything: bool = False
    seen: Seen | None = None
    is_alone: bool = False


@dataclass(slots=True)
class Rounds:
    """Publishes the tasks of one batch.

    The ETags of all tasks of a round are read before the view is opened through which they are
    built, and the view in which they are checked is opened after all their writes. The next round
    is built through the same view, since its ETags were read before, too. Time lines are counted
    instead of checked: their counts are read before the ETags, and written after all documents.

    A task that meets another writer, or that the check finds different, is published alone.
    """

    writer: SiteWriter
    report: PublishReport
    has_time: HasTime
    etags: dict[str, str | None] = field(default_factory=dict)
    requested: dict[ItemKey, int] = field(default_factory=dict)
    publications: Publications = field(init=False)

    def __post_init__(self) -> None:
        self.publications = self.writer.publications()

    def run(self, tasks: Sequence[PublishTask]) -> None:
        """Run the tasks in the order of `TaskKind`; at least one is run."""
        self.writer.view.renew()
        try:
            self._run(tasks)
        finally:
            self.writer.view.close()

    def _run(self, tasks: Sequence[PublishTask]) -> None:
        unchecked: list[_Unchecked] = []
        for stage in _STAGES:
            runs = self._find_all(stage, tasks)
            for start in range(0, len(runs), MAX_TASKS_A_ROUND):
                seen = self._see(runs[start : start + MAX_TASKS_A_ROUND])
                if self._check(unchecked, [run.task for run, _ in seen]):
                    seen = self._see_again([run for run, _ in seen])
                unchecked = list(self._write_all(seen))
        if unchecked:
            self._check(unchecked, [])

    def _find_all(self, kinds: Sequence[TaskKind], tasks: Sequence[PublishTask]) -> list[_Run]:
        """Resolve the requested tasks of a stage to the tasks to run, each of them once.

        One that was requested itself fails for itself alone: its retry does for the others, too.
        """
        origins: dict[PublishTask, list[PublishTask]] = {}
        for kind in kinds:
            for origin, replacements in self._find(kind, tasks).items():
                for task in replacements:
                    origins.setdefault(task, []).append(origin)
        return [_Run(task, [task] if task in some else some) for task, some in origins.items()]

    def _find(
        self, kind: TaskKind, tasks: Sequence[PublishTask]
    ) -> Mapping[PublishTask, Sequence[PublishTask]]:
        """Return for each requested task of one kind the tasks to run."""
        requested = [task for task in tasks if task.kind is kind]
        try:
            return self.writer.find(kind, requested) if requested else {}
        except Exception as error:  # noqa: BLE001  # the failed tasks are retried
            # Tasks of the other kinds go on, and these go to the retry queue with this error.
            self._fail(requested, error)
            return {}

    def _see(self, runs: Sequence[_Run]) -> list[tuple[_Run, Sequence[str] | None]]:
        """Read the ETags of all tasks at once, and return the paths of each.

        They are None for a task that reads its own ETags.
        """
        found: list[tuple[_Run, Sequence[str] | None]] = []
        for run in runs:
            try:
                found.append((run, self._paths(run.task)))
            except Exception as error:  # noqa: BLE001  # the failed task is retried
                self._fail(run.origins, error)
        paths = dict.fromkeys(path for _, some in found for path in some or ())
        try:
            self.publications.read(run.task for run, _ in found)
            self.etags |= self.writer.site.etags([path for path in paths if path not in self.etags])
        except Exception:  # noqa: BLE001  # the one that fails again fails alone
            return [(run, None) for run, _ in found]
        return found

    def _see_again(self, runs: Sequence[_Run]) -> list[tuple[_Run, Sequence[str] | None]]:
        """Read the ETags of all tasks after a sum was written, which brings no record.

        A document that shows it, and equals one that was seen before, would be taken for the one on
        the site.
        """
        self.etags.clear()
        seen = self._see(runs)
        self._renew([run.task for run, _ in seen])
        return seen

    def _paths(self, task: PublishTask) -> Sequence[str] | None:
        return None if task.kind in _ALONE else self.writer.builders[task.kind].paths(task)

    def _write_all(self, runs: Sequence[tuple[_Run, Sequence[str] | None]]) -> Iterator[_Unchecked]:
        for run, paths in runs:
            if self.report.tasks and not self.has_time():
                self.report.not_begun += map(str, run.origins)
                continue
            self.report.tasks += 1
            try:
                yield self._write(run, paths)
            except Exception as error:  # noqa: BLE001  # the failed task is retried
                # Any error of one task must not stop the others of the batch. The caller sends
                # the failed ones to the retry queue, with the error.
                self._fail(run.origins, error)

    def _write(self, run: _Run, paths: Sequence[str] | None) -> _Unchecked:
        if paths is None:
            self.writer.publish_alone(run.task, self.report)
            return _Unchecked(run, BuildResult(), is_alone=True)
        seen = Seen({path: self.etags[path] for path in paths})
        result = self.writer.builders[run.task.kind].compose(run.task)
        if result.has_further:
            return _Unchecked(run, None, seen=self.writer.see_further(seen, result))
        try:
            written = self.writer.write(run.task, result, seen.etags, self.report)
        except ConflictError:
            self.report.conflicts += 1
            return _Unchecked(run, None)
        self.etags |= written.etags
        # A round of long texts must not keep all their documents until it is checked.
        return _Unchecked(run, replace(result, documents=(), views=()), written.is_anything)

    def _check(self, unchecked: Sequence[_Unchecked], further: Sequence[PublishTask]) -> bool:
        """Check what was written through a new view, and publish alone what is not right.

        The follow-ups are written before that view is opened. ``further`` are the tasks that are
        built through the view that this leaves. Return whether a sum was published alone.
        """
        unchecked = list(self._count_publications(list(self._write_follow_ups(unchecked))))
        self._renew([*(one.run.task for one in unchecked if one.is_anything), *further])
        left = [one for one in unchecked if not self._is_done(one)]
        for position, one in enumerate(left):
            if position and not self.has_time():
                self.report.not_begun += map(str, one.run.origins)
                continue
            try:
                self.writer.publish_alone(one.run.task, self.report, one.seen)
            except Exception as error:  # noqa: BLE001  # the failed task is retried
                self._fail(one.run.origins, error)
        if left and further:
            self._renew(further)
        return any(one.run.task.kind in _WRITE_SUMS for one in left)

    def _write_follow_ups(self, unchecked: Sequence[_Unchecked]) -> Iterator[_Unchecked]:
        """Write the follow-ups of the tasks that have a result, and yield those that are left."""
        for one in unchecked:
            try:
                written = self._follow(one.result) if one.result else 0
            except Exception as error:  # noqa: BLE001  # the failed task is retried
                self._fail(one.run.origins, error)
            else:
                yield one._replace(is_anything=one.is_anything or bool(written))

    def _count_publications(self, unchecked: Sequence[_Unchecked]) -> Iterator[_Unchecked]:
        """Count publications, and yield what is left: a task that is counted needs no check.

        One that somebody else has overtaken is yielded without a result.
        """
        counted: dict[Partition, bool] = {}
        for one in unchecked:
            task = one.run.task
            if one.is_alone or not (one.result and self.publications.counts(task, one.result)):
                yield one
                continue
            try:
                if task.partition not in counted:
                    counted[task.partition] = self.publications.count(task)
            except Exception as error:  # noqa: BLE001  # the failed task is retried
                self._fail(one.run.origins, error)
                continue
            self.report.conflicts += not counted[task.partition]
            result = one.result if counted[task.partition] else None
            yield one._replace(result=result, is_anything=False)

    def _follow(self, result: BuildResult) -> int:
        """Write the follow-ups that this batch has not written yet; return how many there were."""
        written = 0
        for item in result.follow_ups:
            if not self._is_requested(item):
                written += self.writer.write_follow_ups([item], self.report)
                self.requested[item.key] = item.revision
        return written

    def _renew(self, tasks: Sequence[PublishTask]) -> None:
        """Open a new view and read at once what the builders of some tasks need of it."""
        item_keys = (item_key for task in tasks for item_key in self.writer.single_items(task))
        pages = (page for task in tasks for page in self.writer.first_pages(task))
        self.writer.view.renew(
            list(dict.fromkeys(item_keys)), list(islice(dict.fromkeys(pages), MAX_FIRST_PAGES))
        )

    def _is_done(self, one: _Unchecked) -> bool:
        """Return whether nothing is left to do for a task, or it failed."""
        try:
            return self._is_right(one)
        except Exception as error:  # noqa: BLE001  # the failed task is retried
            self._fail(one.run.origins, error)
            return True

    def _is_right(self, one: _Unchecked) -> bool:
        """Return whether a task has nothing left to do."""
        if one.result is None:
            return False
        builder = self.writer.builders[one.run.task.kind]
        if one.is_anything and builder.load(one.run.task) != one.result.loaded:
            self.report.conflicts += 1
            return False
        self.report.erased += one.result.erased
        return True

    def _is_requested(self, item: LedgerItem) -> bool:
        """Return whether this batch has written the item already, or a newer one."""
        return not item.deleted and self.requested.get(item.key, 0) >= item.revision

    def _fail(self, tasks: Sequence[PublishTask], error: Exception) -> None:
        self.report.failed += [Failure(str(task), error) for task in tasks]
