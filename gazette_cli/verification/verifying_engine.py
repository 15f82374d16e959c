"""The memory engine with a comparison in place of a site: it builds documents and renders none."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.site_document import Document
from gazette.services.publish.builder import Builder
from gazette_cli.engines.memory_engine import MemoryEngine
from gazette_cli.verification.document_comparison import DocumentComparison


class _NoSite:
    """A `SiteStore` without documents: a writer finds all of its own missing, and writes none."""

    def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
        return dict.fromkeys(paths)

    def etags_below(self, _prefix: str) -> dict[str, str]:
        return {}

    def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
        """Write nothing."""

    def remove(self, paths: Sequence[str], seen: Mapping[str, str | None]) -> None:
        """Remove nothing."""


class _Planner:
    """A `Composer` that hands documents to a comparison, and leaves the rest to the writer.

    A document without bytes stands for those of the task, so the writer checks what it has read.
    """

    def __init__(
        self, builder: Builder[object], plan: Callable[[PublishTask, BuildResult], None]
    ) -> None:
        self._builder = builder
        self._plan = plan

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        return (str(task),)

    def every_path(self, task: PublishTask) -> tuple[str, ...]:
        return self.paths(task)

    def load(self, task: PublishTask) -> object:
        return self._builder.load(task)

    def compose(self, task: PublishTask) -> BuildResult:
        result = Builder.compose(self._builder, task)
        self._plan(task, result)
        stands_for_all = Document(str(task), b"", "")
        return BuildResult(
            documents=(stands_for_all,) if result.views or result.documents else (),
            follow_ups=result.follow_ups,
            replacements=result.replacements,
            loaded=result.loaded,
        )


class VerifyingEngine(MemoryEngine):
    """Publishes a ledger again, to compare it with a site."""

    def __init__(self, settings: Site, comparison: DocumentComparison) -> None:
        super().__init__(settings, _NoSite(), Counter())
        planners = {
            kind: _Planner(builder, comparison.plan)  # type: ignore[arg-type]  # all are builders
            for kind, builder in self._publisher.builders.items()
        }
        self._publisher = replace(self._publisher, builders=planners)
