"""A composer that plans documents, which are rendered later, and leaves the rest to the writer."""

from collections.abc import Callable

from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.site_document import Document
from gazette.services.publish.builder import Builder

_STAND_IN = "\0"


class Planner:
    """A `Composer` that hands what a task publishes to ``plan``.

    A document without bytes stands for those of the task, so the writer checks what it has read.
    """

    def __init__(
        self, builder: Builder[object], plan: Callable[[PublishTask, BuildResult], None]
    ) -> None:
        self._builder = builder
        self._plan = plan

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        return (f"{_STAND_IN}{task}",)

    def every_path(self, task: PublishTask) -> tuple[str, ...]:
        return self._builder.every_path(task)

    def load(self, task: PublishTask) -> object:
        return self._builder.load(task)

    def compose(self, task: PublishTask) -> BuildResult:
        result = Builder.compose(self._builder, task)
        self._plan(task, result)
        stands_for_all = tuple(Document(path, b"", "") for path in self.paths(task))
        return BuildResult(
            documents=stands_for_all if result.views or result.documents else (),
            follow_ups=result.follow_ups,
            replacements=result.replacements,
            loaded=result.loaded,
        )


def is_stand_in(path: str) -> bool:
    """Return whether a document stands for those that are planned."""
    return path.startswith(_STAND_IN)
