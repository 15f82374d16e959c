"""The stage on moto, with the adapters for AWS; the gate stands on the wire."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

import boto3
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends

from gazette.delivery.s3 import S3SiteStore, S3SourceArchive
from gazette.delivery.s3_listings import S3SiteListing
from gazette.models.ledger.keys import ItemKey, Partition
from gazette.models.site import Site
from gazette.models.work.tasks import tasks_for
from gazette.runtime.builders import make_builders, make_finders
from gazette.services.ingest.ingest import Ingestor
from gazette.services.publish.site_writer import SiteWriter
from gazette.services.reconcile.site import SiteReconciler
from gazette.store.dynamodb import DynamoLedger
from gazette_cli.emulators.template import load_template
from tests.emulators.moto_shortcuts import shorten_listings, shorten_queries
from tests.emulators.moto_stack import LEDGER, REGION, SITE_BUCKET, SOURCE_BUCKET, create_stack
from tests.faults.gates import Gate, Switch
from tests.faults.stages import Operation, Services, State, Work
from tests.faults.wire import ONCE, stand_before
from tests.unit.publish.worlds import MORNING, SITE


class Served(NamedTuple):
    """A document in the site bucket, and what goes with it."""

    body: bytes
    headers: tuple[tuple[str, str], ...]


class MotoStage:
    """A `Stage` on a mocked AWS, whose state is read and put back behind its back."""

    def __init__(self, site: Site = SITE) -> None:
        session = boto3.Session("testing", "testing", region_name=REGION)
        self._stack = create_stack(load_template())
        shorten_queries(REGION, LEDGER)
        shorten_listings(SOURCE_BUCKET)
        self._table: Any = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[LEDGER]
        self._s3: Any = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
        self._site = site
        self._switch = Switch()
        s3, dynamodb = session.client("s3", config=ONCE), session.client("dynamodb", config=ONCE)
        stand_before(s3, self._switch)
        stand_before(dynamodb, self._switch)
        self._source, self._ledger = (
            S3SourceArchive(s3, SOURCE_BUCKET),
            DynamoLedger(dynamodb, LEDGER, lambda: MORNING),
        )
        self._store, self._listing = S3SiteStore(s3, SITE_BUCKET), S3SiteListing(s3, SITE_BUCKET)
        self._keys: list[str] = []
        self._item_keys: list[ItemKey] = []
        self.forget()

    def apply(self, operation: Operation) -> None:
        if operation.body is None:
            self._stack.delete(operation.key, operation.at)
        else:
            self._stack.put(operation.key, operation.body, operation.at)
        self._keys.append(operation.key)

    def waiting(self) -> list[str | ItemKey]:
        self._hear()
        return [*self._keys, *dict.fromkeys(self._item_keys)]

    def take(self, work: Work) -> None:
        self._keys = [key for key in self._keys if key not in work.keys]
        self._item_keys = [
            item_key for item_key in self._item_keys if item_key not in work.item_keys
        ]

    def bring(self, work: Work) -> None:
        self._keys += work.keys
        self._item_keys += work.item_keys

    def services(self) -> Services:
        return self._services

    def forget(self) -> None:
        builders = make_builders(self._site, self._ledger, self._source, lambda: MORNING)
        finders = make_finders(self._site, self._ledger)
        publisher = SiteWriter(self._ledger, self._store, builders, finders)
        rebuilder = SiteReconciler(self._ledger, self._listing, publisher)
        self._services = Services(Ingestor(self._source, self._ledger), rebuilder)

    def set_gate(self, gate: Gate) -> None:
        self._switch.gate = gate

    def state(self) -> State:
        source = self._s3.get_bucket(SOURCE_BUCKET).keys
        return State(
            {key: list(source.getlist(key)) for key in source},
            {partition: dict(items) for partition, items in self._table.items.items() if items},
            {path: _served(kept) for path, kept in self._kept()},
            tuple(self.waiting()),
        )

    def restore(self, state: State) -> None:
        source = self._s3.get_bucket(SOURCE_BUCKET).keys
        # Past moto's own methods, which do away with what is replaced.
        dict.clear(source)
        dict.update(source, {key: list(versions) for key, versions in state.source.items()})
        self._table.items = defaultdict(dict)
        self._table.items.update({key: dict(items) for key, items in state.ledger.items()})
        self._restore_site(state.site)
        self._hear()
        self._keys = [item for item in state.waiting if isinstance(item, str)]
        self._item_keys = [item for item in state.waiting if isinstance(item, ItemKey)]

    def site(self) -> dict[str, bytes]:
        return {path: _served(kept).body for path, kept in self._kept()}

    def _kept(self) -> list[tuple[str, Any]]:
        return list(self._s3.get_bucket(SITE_BUCKET).keys.items())

    def _restore_site(self, site: Mapping[str, Served]) -> None:
        """Put documents back; what stands already is left alone."""
        for path, kept in self._kept():
            if path not in site:
                self._s3.get_bucket(SITE_BUCKET).keys.pop(path)
            elif _served(kept) != site[path]:
                self._put_back(path, site[path])
        for path in site.keys() - self._s3.get_bucket(SITE_BUCKET).keys.keys():
            self._put_back(path, site[path])

    def _put_back(self, path: str, served: Served) -> None:
        kept = self._s3.put_object(SITE_BUCKET, path, served.body, disable_notification=True)
        kept.set_metadata(dict(served.headers))

    def _hear(self) -> None:
        """Take the records of the stream that the template's filter lets through."""
        for record in self._table.stream_shard.items:
            key = record.record["dynamodb"]["Keys"]
            item_key = ItemKey(Partition.parse(key["pk"]["S"]), key["sk"]["S"])
            if tasks_for(item_key):
                self._item_keys.append(item_key)
        self._table.stream_shard.items.clear()


def _served(kept: Any) -> Served:  # noqa: ANN401  # moto's
    """Read a document once, as moto's own reading is dear."""
    if "served" not in kept.__dict__:
        kept.served = Served(kept.value, tuple(sorted(kept.metadata.items())))
    found: Served = kept.served
    return found
