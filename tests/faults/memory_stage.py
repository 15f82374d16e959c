"""The stage on the memory adapters."""

from collections.abc import Callable, Mapping
from datetime import datetime

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.site import Site
from gazette.runtime.builders import make_site_writer
from gazette.services.expire.expiry import Expirer
from gazette.services.ingest.ingest import Ingestor
from gazette.services.reconcile.site import SiteReconciler
from gazette.store.memory import _PartitionItems
from tests.faults.gates import Gate, GatedLedger, GatedSiteStore, GatedSourceArchive, Switch
from tests.faults.source_acts import SourceAct, do_to
from tests.faults.stages import Happening, Services, State, Work
from tests.unit.publish.worlds import SITE, World


class MemoryStage:
    """A `Stage` on the memory adapters, with its gate at the ports."""

    def __init__(self, site: Site = SITE) -> None:
        self.world = World(site)
        self._site = site
        self._switch = Switch()
        self.forget()

    def apply(self, happening: Happening) -> None:
        if isinstance(happening, SourceAct):
            do_to(self.world.source, happening)
        elif happening.body is None:
            self.world.source.delete(happening.key, happening.at)
        else:
            self.world.source.put(happening.key, happening.body, happening.at)

    def clock(self) -> datetime:
        return self.world.now

    def move_clock(self, at: datetime) -> None:
        self.world.now = at

    def waiting(self) -> list[str | ItemKey]:
        return [*self.world.notifications, *dict.fromkeys(self.world.changes)]

    def take(self, work: Work) -> None:
        self.world.notifications[:] = [
            key for key in self.world.notifications if key not in work.keys
        ]
        taken = set(work.item_keys)
        self.world.changes[:] = [
            item_key for item_key in self.world.changes if item_key not in taken
        ]

    def bring(self, work: Work) -> None:
        self.world.notifications += work.keys
        self.world.changes += work.item_keys

    def services(self) -> Services:
        return self._services

    def forget(self) -> None:
        source = GatedSourceArchive(self.world.source, self._switch)
        ledger = GatedLedger(self.world.ledger, self._switch)
        site = GatedSiteStore(self.world.store, self._switch)
        writer = make_site_writer(self._site, ledger, site, source, lambda: self.world.now)
        rebuilder = SiteReconciler(self.world.ledger, self.world.store, writer)
        expirer = Expirer(ledger, self._site.tombstone_days)
        self._services = Services(Ingestor(source, ledger, self.clock), rebuilder, expirer)

    def set_gate(self, gate: Gate) -> None:
        self._switch.gate = gate

    def state(self) -> State:
        partitions = self.world.ledger._partitions
        records = {partition: dict(items.items) for partition, items in partitions.items()}
        waiting = tuple(self.waiting())
        source = {"contents": self.world.source.contents.copy(), "now": self.world.now}
        return State(source, records, dict(self.world.store.documents), waiting)

    def restore(self, state: State) -> None:
        self.world.source.contents = state.source["contents"].copy()
        self.world.now = state.source["now"]
        partitions = self.world.ledger._partitions
        partitions.clear()
        for partition, records in state.ledger.items():
            partitions[partition] = _PartitionItems(dict(records), sorted(records))
        self.world.store.documents = dict(state.site)
        self.world.store._etags = {path: one.etag for path, one in state.site.items()}
        self.world.notifications[:] = [item for item in state.waiting if isinstance(item, str)]
        self.world.changes[:] = [item for item in state.waiting if not isinstance(item, str)]

    def site(self) -> dict[str, bytes]:
        return self.world.site()

    def source_keys(self) -> list[str]:
        return sorted(self.world.source._versions)

    def ledger_of(
        self, state: State, wanted: Callable[[ItemKey], bool]
    ) -> Mapping[Partition, Mapping[str, LedgerItem]]:
        found: dict[Partition, dict[str, LedgerItem]] = {}
        for partition, records in state.ledger.items():
            kept = {sort: item for sort, item in records.items() if wanted(item.key)}
            if kept:
                found[partition] = kept
        return found
