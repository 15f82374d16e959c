"""Documents that are rendered later than they are planned, and several at a time.

While a site settles, a task is run again when something else has changed what it shows. Each
document is rendered once, from the last plan, in copies of this process if there are several
processors. docs/decisions/0295 says why the site is the same.
"""

from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.reports import PublishReport
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.models.views.site_document import Document
from gazette.ports import ItemStore, SiteStore
from gazette.renderers.rendering import render
from gazette.services.publish.composer import Composer
from gazette.services.publish.site_writer import SiteWriter
from gazette_cli.processes.copies import Copies
from gazette_cli.processes.planner import Planner, is_stand_in

# What is loaded stays in memory until it is rendered. The pages of events are planned a second time
# after most others, so they wait for longer.
_TASKS_AT_ONCE = 250
_MOST_WAITING = {True: 5_000, False: 500}
# What a task publishes right away: an image is large, and a file is ready.
_NOW = frozenset({TaskKind.IMAGE})


class _Plan(NamedTuple):
    """What a task publishes, and the paths that it may have on the site."""

    task: PublishTask
    result: BuildResult
    paths: tuple[str, ...]


class _Rendered:
    """A `Composer` of what is rendered already; its items were written when it was planned."""

    def __init__(self, plan: _Plan, documents: Sequence[Document]) -> None:
        self._paths = plan.paths
        self._result = replace(
            plan.result,
            documents=(*documents, *plan.result.documents),
            views=(),
            follow_ups=(),
            replacements=(),
        )

    def paths(self, _task: PublishTask) -> tuple[str, ...]:
        named = (*(one.path for one in self._result.documents), *self._result.removals)
        return tuple(dict.fromkeys((*self._paths, *named, *self._result.standing)))

    def every_path(self, task: PublishTask) -> tuple[str, ...]:
        return self.paths(task)

    def load(self, _task: PublishTask) -> object:
        return self._result.loaded

    def compose(self, _task: PublishTask) -> BuildResult:
        return self._result


class StandIns:
    """A `SiteStore` that takes the documents that stand for planned ones, and keeps none."""

    def __init__(self, store: SiteStore) -> None:
        self._store = store

    def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
        real = [path for path in paths if not is_stand_in(path)]
        return {**dict.fromkeys(paths), **(self._store.etags(real) if real else {})}

    def etags_below(self, prefix: str) -> dict[str, str]:
        return self._store.etags_below(prefix)

    def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
        self._store.write([one for one in documents if not is_stand_in(one.path)], seen)

    def remove(self, paths: Sequence[str], seen: Mapping[str, str | None]) -> None:
        self._store.remove(paths, seen)


class PlannedDocuments:
    """Renders and writes what tasks plan; ``jobs`` is the number of processes next to this one."""

    def __init__(self, site: Site, ledger: ItemStore, store: SiteStore, jobs: int) -> None:
        self._report = PublishReport()
        self._site = site
        self._ledger = ledger
        self._store = store
        self._builders: Mapping[TaskKind, Composer] = {}
        self._copies = Copies(jobs, self._render, self._write_all)
        self._waiting: dict[bool, OrderedDict[PublishTask, _Plan]] = {
            is_event: OrderedDict() for is_event in _MOST_WAITING
        }

    def planning(self, writer: SiteWriter) -> SiteWriter:
        """Return a writer that plans what another one would publish."""
        self._builders = writer.builders
        builders = {
            kind: builder if kind in _NOW else Planner(builder, self.plan)  # type: ignore[arg-type]  # all are builders
            for kind, builder in writer.builders.items()
        }
        return replace(writer, builders=builders, site=StandIns(self._store))

    def plan(self, task: PublishTask, result: BuildResult) -> None:
        """Publish this later, in place of what the task was to publish before."""
        is_event = task.kind is TaskKind.EVENT
        waiting = self._waiting[is_event]
        waiting[task] = _Plan(task, result, self._builders[task.kind].paths(task))
        waiting.move_to_end(task)
        if len(waiting) > _MOST_WAITING[is_event]:
            self._begin(waiting)

    def finish(self) -> PublishReport:
        """Publish all that is planned; return what was published since the last call.

        Raises:
            EngineError: a process ended early.
        """
        for waiting in self._waiting.values():
            while waiting:
                self._begin(waiting)
        self._copies.finish()
        report, self._report = self._report, PublishReport()
        return report

    def _begin(self, waiting: OrderedDict[PublishTask, _Plan]) -> None:
        tasks = list(islice(waiting, _TASKS_AT_ONCE))
        self._copies.begin([waiting.pop(task) for task in tasks])

    def _render(self, plans: Sequence[_Plan]) -> list[list[Document]]:
        return [
            [document for view in plan.result.views for document in render(self._site, view)]
            for plan in plans
        ]

    def _write_all(self, plans: Sequence[_Plan], rendered: Sequence[Sequence[Document]]) -> None:
        for plan, documents in zip(plans, rendered, strict=True):
            builders = {plan.task.kind: _Rendered(plan, documents)}
            writer = SiteWriter(self._ledger, self._store, builders, counts_publications=False)
            writer.publish(plan.task, self._report)


def without_stand_ins(report: PublishReport) -> PublishReport:
    """Return a report of what was written, without the documents that stood for planned ones."""
    counted = Counter(map(is_stand_in, report.written))
    report.documents_written -= counted[True]
    report.written = [path for path in report.written if not is_stand_in(path)]
    return report
