"""What a site publishes of its authors that has no pages for them: nothing."""

from dataclasses import dataclass

from gazette.models.ledger import partitions
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.services.publish.builder import Builder

_OF_CHANGES = frozenset({PartitionKind.UPDATES, PartitionKind.CORRECTIONS})


@dataclass(frozen=True, slots=True)
class WithoutAuthors(Builder[object]):
    """Removes what a builder would publish of an author, and publishes everything else.

    Ingest lists events under their authors in any case. So a site that wants the pages after all
    needs a rebuild and nothing else.
    """

    builder: Builder[object]

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        return self.builder.paths(task)

    def every_path(self, task: PublishTask) -> tuple[str, ...]:
        return self.builder.every_path(task)

    def load(self, task: PublishTask) -> object | None:
        return self.builder.paths(task) if _is_of_authors(task) else self.builder.load(task)

    def build(self, task: PublishTask, loaded: object) -> BuildResult:
        if _is_of_authors(task):
            return BuildResult(removals=self.builder.paths(task))
        return self.builder.build(task, loaded)

    def compose(self, task: PublishTask) -> BuildResult:
        return Builder.compose(self, task) if _is_of_authors(task) else self.builder.compose(task)


def _is_of_authors(task: PublishTask) -> bool:
    return task.kind is TaskKind.AUTHORS or _timeline(task.partition).kind is PartitionKind.AUTHOR


def _timeline(partition: Partition) -> Partition:
    is_of_changes = partition.kind in _OF_CHANGES
    return partitions.timeline_of(partition) if is_of_changes else partition
