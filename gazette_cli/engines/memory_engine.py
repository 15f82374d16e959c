"""The memory engine: the services on in-memory adapters, with any site store."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gazette.delivery.local_source import LocalSourceArchive, SourceEvent
from gazette.delivery.memory import MemorySourceArchive
from gazette.models.contract.identity import event_key
from gazette.models.ledger.keys import ItemKey
from gazette.models.site import Site
from gazette.models.tasks.lanes import Lane, lane_of
from gazette.models.tasks.messages import Notification, StreamRecord
from gazette.models.tasks.reports import PublishReport
from gazette.ports import Clock, SiteStore
from gazette.runtime.builders import make_site_writer
from gazette.services.expire.expiry import Expirer
from gazette.services.ingest.batch import ingest_batch
from gazette.services.ingest.ingest import Ingestor
from gazette.services.publish.batch import publish_batch
from gazette.services.release.release import due_events
from gazette.store.local_ledger import LocalLedger
from gazette.store.memory import MemoryLedger
from gazette_cli.engines.acts import Act, WriteLog
from gazette_cli.engines.engine import ChangeClock, RunReport, raise_failures
from gazette_cli.engines.source_bucket import do_to


class MemoryEngine:
    """An `Engine` without AWS. It handles each changed key and each ledger item key once.

    It runs both lanes of the stream to their end, one after the other.
    """

    def __init__(self, site: Site, store: SiteStore, calls: Counter[str]) -> None:
        self.calls = calls
        self.report = RunReport()
        self._keys: dict[str, None] = {}
        self._item_keys: dict[ItemKey, None] = {}
        self._source = self._make_source(lambda event: self._add_key(event.key))
        self._clock = ChangeClock()
        self._ledger = ledger = self._make_ledger(self._add_item_key, self._clock.now)
        self._ingestor = Ingestor(
            self._source, ledger, self._clock.now, authority=site.tag_authority
        )
        self._writes = WriteLog()
        self._publisher = make_site_writer(site, ledger, store, self._source, self._clock.now)
        self._expirer = Expirer(ledger, site.tombstone_days)

    @property
    def ledger(self) -> LocalLedger:
        return self._ledger

    def apply(self, act: Act) -> None:
        self._clock.move(act.at)
        do_to(self._source, self._writes, act)

    def settle(self) -> None:
        now, catch_up = self._clock.now(), self._clock.since_settled()
        self._drain()
        for event in due_events(self.ledger, now, catch_up):
            self._add_key(event_key(event.event_id))
        self._drain()
        self._expirer.expire(now, catch_up)
        self._drain()

    def close(self) -> None:
        """Do nothing: the site store has written every document."""

    def _make_ledger(self, on_write: Callable[[ItemKey], None], clock: Clock) -> LocalLedger:
        return MemoryLedger(self.calls, on_write, clock)

    def _make_source(self, on_event: Callable[[SourceEvent], None]) -> LocalSourceArchive:
        return MemorySourceArchive(self.calls, on_event)

    def _drain(self) -> None:
        while self._keys or self._item_keys:
            with self._timed("ingest"):
                self._ingest()
            with self._timed("publish"):
                self._publish()

    def _ingest(self) -> None:
        keys, self._keys = self._keys, {}
        report = ingest_batch(self._ingestor, [Notification(key, (key,)) for key in keys])
        raise_failures(report.failed)
        self.report.add_ingest(report)

    def _publish(self) -> None:
        item_keys = self._next_item_keys()
        for item_key in item_keys:
            del self._item_keys[item_key]
        report = publish_batch(
            self._publisher, [StreamRecord("", item_key) for item_key in item_keys]
        )
        raise_failures(report.failed)
        self._count(report)

    def _count(self, report: PublishReport) -> None:
        self.report.add_publish(report)

    def _next_item_keys(self) -> list[ItemKey]:
        """Return what is published next: what may come later waits until nothing else is left."""
        at_once = [item_key for item_key in self._item_keys if lane_of(item_key) is Lane.NOW]
        return at_once or list(self._item_keys)

    def _add_key(self, key: str) -> None:
        self._keys[key] = None

    def _add_item_key(self, item_key: ItemKey) -> None:
        self._item_keys[item_key] = None

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.report.add_seconds(stage, time.perf_counter() - start)
