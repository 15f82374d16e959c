"""An engine on memory that goes on where another one stands, and leaves that one as it is."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from gazette.delivery.local_source import SourceEvent
from gazette.delivery.memory import MemorySiteStore, MemorySourceArchive
from gazette.models.ledger.keys import ItemKey
from gazette.models.site import Site
from gazette.ports import Clock
from gazette.store.memory import MemoryLedger
from gazette_cli.engines.memory_engine import MemoryEngine


class Branch(MemoryEngine):
    """An `Engine` with its own copy of what another one holds; without one it begins empty.

    Only containers are copied, because what they hold never changes. So a copy of an archive of
    thousands of events takes milliseconds.
    """

    base: "Branch | None"
    store: MemorySiteStore
    memory_ledger: MemoryLedger
    memory_source: MemorySourceArchive

    def __init__(self, site: Site, base: "Branch | None" = None) -> None:
        calls: Counter[str] = Counter()
        self.base = base
        self.store = MemorySiteStore(calls, base.store.documents if base else None)
        super().__init__(site, self.store, calls)
        if base is not None:
            self._clock.go_on(base.now, base.now)

    @property
    def now(self) -> datetime | None:
        """The time of the last change."""
        return self._clock.until()

    def _make_ledger(self, on_write: Callable[[ItemKey], None], clock: Clock) -> MemoryLedger:
        contents = self.base.memory_ledger.contents.copy() if self.base else None
        self.memory_ledger = MemoryLedger(self.calls, on_write, clock, contents)
        return self.memory_ledger

    def _make_source(self, on_event: Callable[[SourceEvent], None]) -> MemorySourceArchive:
        contents = self.base.memory_source.contents.copy() if self.base else None
        self.memory_source = MemorySourceArchive(self.calls, on_event, contents)
        return self.memory_source
