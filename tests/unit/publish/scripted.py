"""A site writer whose one builder returns the results of a script, for tests of its decisions."""

from collections import Counter
from dataclasses import dataclass, field

from gazette.delivery.memory import MemorySiteStore
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.partitions import Partition
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.reports import PublishReport
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.models.views.site_document import Document, document
from gazette.services.pauses import Pauses
from gazette.services.publish.site_writer import SiteWriter
from gazette.store.memory import MemoryLedger
from tests.unit.publish.worlds import MORNING

DAY = PublishTask(TaskKind.DAY, Partition.parse("DAY#2026-07-04"))


@dataclass
class ScriptedBuilder:
    """Returns the results of a script, one per reading, after doing the action given for each."""

    results: list[BuildResult]
    known: tuple[str, ...] = ("a.txt", "b.txt")
    # What is loaded after a write; by default nothing has changed.
    loads: list[object] = field(default_factory=list)
    meanwhile: list[LedgerItem | Document] = field(default_factory=list)
    world: "WithBuilders | None" = None
    composed: int = 0
    loaded: int = 0

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        assert task == DAY
        return self.known

    def every_path(self, task: PublishTask) -> tuple[str, ...]:
        return self.paths(task)

    def compose(self, task: PublishTask) -> BuildResult:
        assert task == DAY
        assert self.world is not None
        self.composed += 1
        if self.meanwhile:
            self.world.write_meanwhile(self.meanwhile.pop(0))
        return self.results.pop(0) if len(self.results) > 1 else self.results[0]

    def load(self, task: PublishTask) -> object:
        assert task == DAY
        self.loaded += 1
        return self.loads.pop(0) if self.loads else None


class WithBuilders:
    """A writer with one scripted builder."""

    def __init__(self, builder: ScriptedBuilder) -> None:
        self.calls: Counter[str] = Counter()
        self.ledger = MemoryLedger(self.calls, lambda _: None, lambda: MORNING)
        self.store = MemorySiteStore(self.calls)
        self.pauses: list[float] = []
        self.writer = SiteWriter(
            self.ledger,
            self.store,
            {TaskKind.DAY: builder},
            pauses=Pauses(self.pauses.append, lambda: 0.5),
        )
        self.report = PublishReport()
        builder.world = self

    def publish(self) -> None:
        self.writer.publish(DAY, self.report)

    def write_meanwhile(self, what: LedgerItem | Document) -> None:
        """Do what another writer of the same partition would."""
        if isinstance(what, LedgerItem):
            self.ledger.put(what)
        else:
            self.store.write([what], self.store.etags([what.path]))

    def bodies(self) -> dict[str, bytes]:
        return {path: document.body for path, document in self.store.documents.items()}


def text(path: str, body: str) -> Document:
    return document(path, body.encode())


def counts(payload: str) -> LedgerItem:
    item_key = keys.aggregate_key(DAY.partition)
    assert item_key is not None
    return LedgerItem(item_key, int(payload), payload)
