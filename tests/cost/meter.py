"""Counts the AWS calls and units of a change with the memory engine.

The memory adapters count the calls of the AWS adapters; a contract suite checks that. This module
also counts the units that DynamoDB charges and the invocations of Lambda.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import islice
from math import ceil
from typing import NamedTuple

from gazette.delivery.memory import MemorySiteStore
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey, claim_key, is_listed, listed_key
from gazette.models.limits import MAX_PAGE_BYTES
from gazette.models.tasks.reconciliation import (
    AuditWork,
    IngestWork,
    PublishWork,
    UnlistedWork,
    WorkItem,
)
from gazette.models.tasks.tasks import stream_tasks
from gazette.ports import Clock, LedgerPage
from gazette.services.reconcile.audit import SiteAuditor
from gazette.services.reconcile.event_checks import EventChecks
from gazette.services.reconcile.reconcile import Reconciler
from gazette.services.reconcile.site import SiteReconciler
from gazette.services.reconcile.source import SourceReconciler
from gazette.store.local_ledger import KeptItem
from gazette.store.memory import MemoryLedger
from gazette.store.payloads import pack
from gazette_cli.emulators.template import event_source, load_template
from gazette_cli.engines.memory_engine import MemoryEngine

WRITE_UNITS, READ_UNITS = "write units", "read units"
READ_BYTES = "bytes read"
INGESTS, PUBLISHES = "ingest invocations", "publish invocations"
_WRITE_UNIT_BYTES, _READ_UNIT_BYTES = 1024, 4096
# Bytes for the names of the attributes, a number, and the overhead of DynamoDB.
_ITEM_OVERHEAD = 32


class MeteredLedger(MemoryLedger):
    """A ledger that counts the units that DynamoDB charges; its reads are strongly consistent."""

    def get(self, item_key: ItemKey) -> LedgerItem | None:
        held = self._find(item_key)
        self._read([held] if held else [])
        return super().get(item_key)

    def _put(self, item: LedgerItem) -> bool:
        self._charge_write(item)
        return super()._put(item)

    def _remove(self, item_key: ItemKey, before: int) -> None:
        held = self._find(item_key)
        self._write_units(_bytes(held) if held else 1)
        super()._remove(item_key, before)

    def _get_all(self, item_keys: Iterable[ItemKey]) -> dict[ItemKey, LedgerItem]:
        # Each item of a batch is charged as if it were read alone.
        item_keys = list(item_keys)
        for held in map(self._find, item_keys):
            self._read([held] if held else [])
        return super()._get_all(item_keys)

    def list_keys(self, segment: int, segments: int, after: ItemKey | None) -> Iterator[LedgerPage]:
        # A scan reads whole items, whatever it returns of them, and is eventually consistent.
        for page in super().list_keys(segment, segments, after):
            size = sum(_bytes(held) for held in map(self._find, page.item_keys) if held)
            self._calls[READ_UNITS] += ceil(size / (2 * _READ_UNIT_BYTES))
            yield page

    def replace(self, item: LedgerItem, expected_revision: int) -> bool:
        self._charge_write(item)
        return super().replace(item, expected_revision)

    def claim(self, base_path: str, event_id: str) -> str:
        claim = LedgerItem(claim_key(base_path), 0, event_id)
        self._write_units(_bytes(claim))
        owner = super().claim(base_path, event_id)
        if owner != event_id:
            self._read([claim])
        return owner

    def _pages(self, found: Iterable[KeptItem], most: int | None = None) -> Iterator[LedgerItem]:
        return super()._pages(self._charged(iter(found), most), most)

    def _charged(self, found: Iterator[KeptItem], most: int | None) -> Iterator[KeptItem]:
        """Charge whole pages, even if the caller reads only a part of one."""
        page = list(_page(found, most))
        self._read(kept.item for kept in page)
        while page:
            yield from page
            is_full, page = len(page) == most, list(_page(found, most))
            if page or is_full:  # after a full page, only an empty page shows the end
                self._read(kept.item for kept in page)

    def _read(self, records: Iterable[LedgerItem]) -> None:
        size = sum(map(_bytes, records))
        self._calls[READ_BYTES] += size
        self._calls[READ_UNITS] += max(1, ceil(size / _READ_UNIT_BYTES))

    def _charge_write(self, item: LedgerItem) -> None:
        # DynamoDB charges the size of the larger item; for a refused write, that of the old item.
        stored = self._find(item.key)
        self._write_units(max(_bytes(item), _bytes(stored) if stored else 0))

    def _write_units(self, size: int) -> None:
        self._calls[WRITE_UNITS] += ceil(size / _WRITE_UNIT_BYTES)


def _page(found: Iterator[KeptItem], most: int | None) -> Iterator[KeptItem]:
    size = 0
    for kept in islice(found, most):
        size += _bytes(kept.item)
        yield kept
        if size > MAX_PAGE_BYTES:
            return


def _bytes(record: LedgerItem) -> int:
    names = (str(record.key.partition), record.key.sort)
    return _ITEM_OVERHEAD + _stored_bytes(record.payload) + sum(len(one.encode()) for one in names)


@lru_cache(maxsize=100_000)
def _stored_bytes(payload: str) -> int:
    """Return what a payload takes. The meter adds little to the processor time that it measures."""
    packed = pack(payload)
    return len(packed.encode() if isinstance(packed, str) else packed)


@dataclass(slots=True)
class Usage:
    """Calls, units and invocations by name, for each phase."""

    ingest: Counter[str] = field(default_factory=Counter)
    publish: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Usage") -> None:
        self.ingest += other.ingest
        self.publish += other.publish

    def total(self, name: str) -> int:
        return self.ingest[name] + self.publish[name]


# Each work item as one, which a small archive needs.
_NIGHT: dict[str, WorkItem] = {
    "source bucket and ledger": IngestWork(),
    "what S3 no longer lists": UnlistedWork(segment=0, segments=1),
    "ledger and site": PublishWork(segment=0, segments=1),
    "orphans of the site": AuditWork(),
}


class MeteredEngine(MemoryEngine):
    """A memory engine that counts usage for each phase. Timers do not run."""

    def _make_ledger(self, on_write: Callable[[ItemKey], None], clock: Clock) -> MeteredLedger:
        return MeteredLedger(self.calls, on_write, clock)

    def measure(self) -> Usage:
        """Run ingest and publish, and return their usage."""
        self._usage = Usage()
        self._drain()
        return self._usage

    def night(self, store: MemorySiteStore) -> dict[str, Counter[str]]:
        """Run the nightly reconciliation and return the calls of its steps.

        The night before has checked every event in full.
        """
        checks = EventChecks(self.ledger, "1", self._clock.now)
        reconciler = Reconciler(
            SourceReconciler(self._source, self.ledger, self._ingestor),
            SiteReconciler(self.ledger, store, self._publisher, checks),
            SiteAuditor(self.ledger, store, self._publisher.builders, checks),
            self.ledger,
            self._clock.now,
        )
        reconciler.work(_NIGHT["ledger and site"], lambda: True)
        steps: dict[str, Counter[str]] = {}
        for name, work_item in _NIGHT.items():
            before = self.calls.copy()
            reconciler.work(work_item, lambda: True)
            steps[name] = self.calls - before
        return steps

    def ledger_bytes(self) -> int:
        """Return the size of the table in bytes."""
        item_keys = (
            item_key for page in self.ledger.list_keys(0, 1, None) for item_key in page.item_keys
        )
        return sum(_bytes(record) for record in map(self.ledger.get, item_keys) if record)

    def _ingest(self) -> None:
        before = self.calls.copy()
        invocations = ceil(len(self._keys) / _wiring().notifications)
        super()._ingest()
        self._usage.ingest += self.calls - before
        self._usage.ingest[INGESTS] += invocations

    def _publish(self) -> None:
        before = self.calls.copy()
        invocations = publish_invocations(self._next_item_keys())
        super()._publish()
        self._usage.publish += self.calls - before
        self._usage.publish[PUBLISHES] += invocations


def publish_invocations(item_keys: Iterable[ItemKey]) -> int:
    """Return the number of batches that AWS makes from stream records that arrive together.

    So many lanes read a shard at the same time, as `template.yaml` has it.
    """
    woken = [item_key for item_key in item_keys if is_heard(item_key)]
    partitions = len({item_key.partition for item_key in woken})
    return max(min(partitions, _wiring().lanes), ceil(len(woken) / _wiring().records))


def is_heard(item_key: ItemKey) -> bool:
    """Return whether the filter of the stream lets a write of an item through."""
    return bool(stream_tasks(item_key)) or is_listed(listed_key(item_key))


class _Wiring(NamedTuple):
    """Maximum notifications and records per batch, and the number of parallel batches."""

    notifications: int
    records: int
    lanes: int


@cache
def _wiring() -> _Wiring:
    template = load_template()
    notifications = event_source(template, "IngestEventFunction", "SQS")
    stream = event_source(template, "PublishChangesFunction", "DynamoDB")
    return _Wiring(notifications["BatchSize"], stream["BatchSize"], stream["ParallelizationFactor"])
