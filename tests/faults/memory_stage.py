"""The stage in memory."""

from gazette.models.keys import Place
from gazette.models.site import Site
from gazette.runtime.desks import make_desks, make_finders
from gazette.services.ingest import Ingestor
from gazette.services.publish import Publisher
from gazette.services.reconcile_site import SiteReconciler
from gazette.store.memory import _Items
from tests.faults.gates import Gate, GatedLedger, GatedSiteStore, GatedSourceArchive, Switch
from tests.faults.stages import Operation, Services, State, Work
from tests.unit.worlds import SITE, World


class MemoryStage:
    """A `Stage` on the memory adapters; the gate stands at the ports."""

    def __init__(self, site: Site = SITE) -> None:
        self.world = World(site)
        self._site = site
        self._switch = Switch()
        self.forget()

    def apply(self, operation: Operation) -> None:
        if operation.body is None:
            self.world.source.delete(operation.key, operation.at)
        else:
            self.world.source.put(operation.key, operation.body, operation.at)

    def waiting(self) -> list[str | Place]:
        return [*self.world.hints, *dict.fromkeys(self.world.changes)]

    def take(self, work: Work) -> None:
        self.world.hints[:] = [key for key in self.world.hints if key not in work.keys]
        taken = set(work.places)
        self.world.changes[:] = [place for place in self.world.changes if place not in taken]

    def bring(self, work: Work) -> None:
        self.world.hints += work.keys
        self.world.changes += work.places

    def services(self) -> Services:
        return self._services

    def forget(self) -> None:
        source = GatedSourceArchive(self.world.source, self._switch)
        ledger = GatedLedger(self.world.ledger, self._switch)
        site = GatedSiteStore(self.world.store, self._switch)
        desks = make_desks(self._site, ledger, source, lambda: self.world.now)
        publisher = Publisher(ledger, site, desks, make_finders(self._site, ledger))
        rebuilder = SiteReconciler(self.world.ledger, self.world.store, publisher)
        self._services = Services(Ingestor(source, ledger), rebuilder)

    def set_gate(self, gate: Gate) -> None:
        self._switch.gate = gate

    def state(self) -> State:
        partitions = self.world.ledger._partitions
        records = {partition: dict(items.records) for partition, items in partitions.items()}
        waiting = tuple(self.waiting())
        source = {key: list(versions) for key, versions in self.world.source._versions.items()}
        return State(source, records, dict(self.world.store.documents), waiting)

    def restore(self, state: State) -> None:
        self.world.source._versions.clear()
        self.world.source._versions.update({k: list(v) for k, v in state.source.items()})
        partitions = self.world.ledger._partitions
        partitions.clear()
        for partition, records in state.ledger.items():
            partitions[partition] = _Items(dict(records), sorted(records))
        self.world.store.documents = dict(state.site)
        self.world.store._etags = {path: one.etag for path, one in state.site.items()}
        self.world.hints[:] = [item for item in state.waiting if isinstance(item, str)]
        self.world.changes[:] = [item for item in state.waiting if not isinstance(item, str)]

    def site(self) -> dict[str, bytes]:
        return self.world.site()
