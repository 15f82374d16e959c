"""The memory engine: the services on adapters in memory, with any site store behind them."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from gazette.delivery.memory import MemorySourceArchive
from gazette.models.keys import Place
from gazette.models.site import Site
from gazette.ports import SiteStore
from gazette.runtime.desks import make_desks, make_finders
from gazette.services.batches import Message, StreamRecord, ingest_batch, publish_batch
from gazette.services.expiry import Expirer
from gazette.services.ingest import Ingestor
from gazette.services.publish import Publisher
from gazette.store.memory import MemoryLedger
from local.engine import RunReport, Times, raise_failures
from local.sources import Change


class MemoryEngine:
    """An `Engine` without AWS; each `settle` handles every key and every place once."""

    ledger_type: type[MemoryLedger] = MemoryLedger

    def __init__(self, site: Site, store: SiteStore, calls: Counter[str]) -> None:
        self.calls = calls
        self.report = RunReport()
        self._keys: dict[str, None] = {}
        self._places: dict[Place, None] = {}
        self._source = MemorySourceArchive(calls, self._hear_key)
        self.ledger = ledger = self.ledger_type(calls, self._hear_place)
        self._ingestor = Ingestor(self._source, ledger)
        self._times = Times()
        desks = make_desks(site, ledger, self._source, self._times.now)
        self._publisher = Publisher(ledger, store, desks, make_finders(site, ledger))
        self._expirer = Expirer(ledger, site.tombstone_days)

    def apply(self, change: Change) -> None:
        self._times.move(change.at)
        if change.body is None:
            self._source.delete(change.key, change.at)
        else:
            self._source.put(change.key, change.body, change.at)

    def settle(self) -> None:
        self._drain()
        self._expirer.expire(self._times.now(), self._times.since_settled())
        self._drain()

    def close(self) -> None:
        """Hold nothing."""

    def _drain(self) -> None:
        while self._keys or self._places:
            with self._timed("ingest"):
                self._ingest()
            with self._timed("publish"):
                self._publish()

    def _ingest(self) -> None:
        keys, self._keys = self._keys, {}
        report = ingest_batch(self._ingestor, [Message(key, (key,)) for key in keys])
        raise_failures(report.failed)
        self.report.add_ingest(report)

    def _publish(self) -> None:
        places, self._places = self._places, {}
        report = publish_batch(self._publisher, [StreamRecord("", place) for place in places])
        raise_failures(report.failed)
        self.report.add_publish(report)

    def _hear_key(self, key: str) -> None:
        self._keys[key] = None

    def _hear_place(self, place: Place) -> None:
        self._places[place] = None

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.report.add_seconds(stage, time.perf_counter() - start)
