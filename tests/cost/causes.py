"""Counts the calls of a change by their cause: ingest, or the kind of task that made them."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from gazette.delivery.memory import MemorySiteStore
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.routes import route_of
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.lanes import Lane, lane_of
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.site_document import Document
from gazette.ports import Clock
from gazette.services.publish.composer import Composer, Finder
from tests.cost.meter import MeteredEngine, MeteredLedger

INGEST, PUBLISH = "ingest", "publish"
BYTES_WRITTEN = "bytes written"


class CausedCalls(Counter[str]):
    """Counts calls, and counts them by cause as well."""

    def __init__(self) -> None:
        super().__init__()
        self.by_cause: dict[str, Counter[str]] = defaultdict(Counter)
        self.cause = INGEST

    def __setitem__(self, name: str, count: int) -> None:
        self.by_cause[self.cause][name] += count - self[name]
        super().__setitem__(name, count)

    def copy(self) -> "Counter[str]":  # type: ignore[override]  # the copy has no causes
        return Counter(self)

    @contextmanager
    def of(self, cause: str) -> Iterator[None]:
        """Count the calls of a block under a cause."""
        before, self.cause = self.cause, cause
        yield
        self.cause = before


@dataclass(frozen=True, slots=True)
class _CausedBuilder:
    """A builder whose reads are counted under the kind of its task."""

    builder: Composer
    calls: CausedCalls

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        with self.calls.of(task.kind):
            return self.builder.paths(task)

    def every_path(self, task: PublishTask) -> tuple[str, ...]:
        return self.builder.every_path(task)

    def compose(self, task: PublishTask) -> BuildResult:
        with self.calls.of(task.kind):
            return self.builder.compose(task)

    def load(self, task: PublishTask) -> object:
        with self.calls.of(task.kind):
            return self.builder.load(task)


@dataclass(frozen=True, slots=True)
class _CausedFinder:
    """A finder whose reads are counted as its own."""

    finder: Finder
    calls: CausedCalls
    cause: str

    def find(self, tasks: Sequence[PublishTask]) -> Mapping[PublishTask, Sequence[PublishTask]]:
        with self.calls.of(self.cause):
            return self.finder.find(tasks)


class _CausedStore(MemorySiteStore):
    """A site whose calls are counted under what publishes the path."""

    def __init__(self, calls: CausedCalls) -> None:
        super().__init__(calls)
        self._caused = calls
        self.put: list[str] = []

    def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
        found: dict[str, str | None] = {}
        for path in paths:
            with self._caused.of(_owner(path)):
                found |= super().etags([path])
        return found

    def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
        for document in documents:
            with self._caused.of(_owner(document.path)):
                super().write([document], seen)
                self._caused[BYTES_WRITTEN] += len(document.body)
            self.put.append(document.path)


def _owner(path: str) -> str:
    return f"documents of {route_of(path).kind}"


class _CausedLedger(MeteredLedger):
    """A ledger that remembers which reads it was asked for, and counts writes as publishing."""

    def __init__(
        self, calls: Counter[str], on_write: Callable[[ItemKey], None], clock: Clock
    ) -> None:
        super().__init__(calls, on_write, clock)
        self.reads: Counter[tuple[object, ...]] = Counter()

    def get(self, item_key: ItemKey) -> LedgerItem | None:
        self.reads["get", item_key] += 1
        return super().get(item_key)

    def scan(self, partition: Partition, prefix: str = "") -> Iterator[LedgerItem]:
        self.reads["scan", partition, prefix] += 1
        return super().scan(partition, prefix)

    def newest(self, partition: Partition, prefix: str) -> Iterator[LedgerItem]:
        self.reads["newest", partition, prefix] += 1
        return super().newest(partition, prefix)

    def after(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        self.reads["after", item_key] += 1
        return super().after(item_key, page)

    def before(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        self.reads["before", item_key] += 1
        return super().before(item_key, page)


@dataclass(slots=True)
class Counted:
    """What a change has caused: calls by cause, documents in the order of their writes.

    ``at_once`` is the number of documents that the first lane has written.
    """

    by_cause: Mapping[str, Counter[str]]
    documents: Sequence[str]
    reads: Counter[tuple[object, ...]]
    hops: int
    at_once: int
    total: Counter[str] = field(init=False)

    def __post_init__(self) -> None:
        self.total = sum(self.by_cause.values(), Counter())

    @property
    def written_again(self) -> list[str]:
        """The documents that were written more than once."""
        return sorted(path for path, times in Counter(self.documents).items() if times > 1)


class CausedEngine(MeteredEngine):
    """A metered engine that counts by cause. Timers do not run."""

    def __init__(self, site: Site) -> None:
        self._caused = CausedCalls()
        self._store = _CausedStore(self._caused)
        self._hops = self._at_once = 0
        super().__init__(site, self._store, self._caused)
        writer = self._publisher
        self._publisher = replace(
            writer,
            builders={
                kind: _CausedBuilder(one, self._caused) for kind, one in writer.builders.items()
            },
            finders={
                kind: _CausedFinder(one, self._caused, f"finder of {kind}")
                for kind, one in writer.finders.items()
            },
        )

    def count(self) -> Counted:
        """Run ingest and publish until nothing is left, and return what it took."""
        assert isinstance(self.ledger, _CausedLedger)
        self._caused.by_cause = defaultdict(Counter)
        self._store.put, self.ledger.reads = [], Counter()
        self._hops = self._at_once = 0
        self.measure()
        return Counted(
            self._caused.by_cause, self._store.put, self.ledger.reads, self._hops, self._at_once
        )

    def _make_ledger(self, on_write: Callable[[ItemKey], None], clock: Clock) -> _CausedLedger:
        return _CausedLedger(self.calls, on_write, clock)

    def _ingest(self) -> None:
        with self._caused.of(INGEST):
            super()._ingest()

    def _publish(self) -> None:
        self._hops += bool(self._item_keys)
        before, lanes = len(self._store.put), set(map(lane_of, self._next_item_keys()))
        with self._caused.of(PUBLISH):
            super()._publish()
        if Lane.NOW in lanes:
            self._at_once += len(self._store.put) - before


def distinct(reads: Iterable[object]) -> int:
    return len(set(reads))
