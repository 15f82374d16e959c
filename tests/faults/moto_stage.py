"""The stage on moto with the adapters for AWS, and its gate at the HTTP requests."""

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.s3.models import s3_backends

from gazette.delivery.s3 import S3SiteStore, S3SourceArchive
from gazette.delivery.s3_listings import S3SiteListing
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.object_version import ObjectVersion
from gazette.models.site import Site
from gazette.models.tasks.tasks import tasks_for
from gazette.runtime.builders import make_builders, make_finders
from gazette.services.expire.expiry import Expirer
from gazette.services.ingest.ingest import Ingestor
from gazette.services.publish.site_writer import SiteWriter
from gazette.services.reconcile.site import SiteReconciler
from gazette.store.dynamodb import DynamoLedger
from gazette_cli.emulators.template import load_template
from tests.emulators.moto_shortcuts import shorten_queries
from tests.emulators.moto_stack import (
    LEDGER,
    REGION,
    SITE_BUCKET,
    SOURCE_BUCKET,
    MotoStack,
    create_stack,
)
from tests.faults.answers import KnownAnswers
from tests.faults.gates import Gate, Switch
from tests.faults.source_acts import SourceAct, do_to
from tests.faults.stages import Happening, Services, State, Work
from tests.faults.wire import ONCE, answer, stand_before
from tests.unit.publish.worlds import MORNING, SITE


class Served(NamedTuple):
    """A document in the site bucket with its headers."""

    body: bytes
    headers: tuple[tuple[str, str], ...]


class MotoBucket:
    """The source bucket, past all gates."""

    def __init__(self, stack: MotoStack) -> None:
        self._stack = stack
        self._archive = S3SourceArchive(stack.s3, SOURCE_BUCKET)

    def versions(self, key: str) -> list[ObjectVersion]:
        return self._archive.versions(key)

    def remove_version(self, key: str, version_id: str) -> None:
        self._stack.remove_version(key, version_id)

    def expire(self, key: str, at: datetime) -> None:
        self._stack.expire(key, at)

    def expire_version(self, key: str, version_id: str) -> None:
        self._stack.expire_version(key, version_id)

    def suspend_versioning(self) -> None:
        self._stack.suspend_versioning()

    def resume_versioning(self) -> None:
        self._stack.resume_versioning()

    def deny(self, key: str, version_id: str) -> None:
        self._stack.deny(key, version_id)


class MotoStage:
    """A `Stage` on a mocked AWS. It reads and restores the state inside moto, without requests."""

    def __init__(self, site: Site = SITE) -> None:
        session = boto3.Session("testing", "testing", region_name=REGION)
        self._stack = create_stack(load_template())
        shorten_queries(REGION, LEDGER)
        self._table: Any = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[LEDGER]
        self._s3: Any = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
        self._site = site
        self._switch = Switch()
        s3, dynamodb = session.client("s3", config=ONCE), session.client("dynamodb", config=ONCE)
        known = KnownAnswers(answer, self._shown)
        stand_before(s3, self._switch, known)
        stand_before(dynamodb, self._switch, known)
        self._source, self._ledger = (
            S3SourceArchive(s3, SOURCE_BUCKET),
            DynamoLedger(dynamodb, LEDGER, lambda: MORNING),
        )
        self._store, self._listing = S3SiteStore(s3, SITE_BUCKET), S3SiteListing(s3, SITE_BUCKET)
        self._keys: list[str] = []
        self._now = MORNING
        self._bucket = MotoBucket(self._stack)
        # Past the queue, from which nothing is lost.
        self._stack.versions.on_event = lambda event: self._keys.append(event.key)
        self._item_keys: list[ItemKey] = []
        self.forget()

    def apply(self, happening: Happening) -> None:
        if isinstance(happening, SourceAct):
            do_to(self._bucket, happening)
        elif happening.body is None:
            self._stack.delete(happening.key, happening.at)
        else:
            self._stack.put(happening.key, happening.body, happening.at)

    def clock(self) -> datetime:
        return self._now

    def move_clock(self, at: datetime) -> None:
        self._now = at

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
        builders = make_builders(self._site, self._ledger, self._source, lambda: self._now)
        finders = make_finders(self._site, self._ledger)
        writer = SiteWriter(self._ledger, self._store, builders, finders)
        rebuilder = SiteReconciler(self._ledger, self._listing, writer)
        expirer = Expirer(self._ledger, self._site.tombstone_days)
        self._services = Services(
            Ingestor(self._source, self._ledger, self.clock), rebuilder, expirer
        )

    def set_gate(self, gate: Gate) -> None:
        self._switch.gate = gate

    def state(self) -> State:
        source, versions = self._s3.get_bucket(SOURCE_BUCKET).keys, self._stack.versions
        return State(
            {
                "versions": {key: list(source.getlist(key)) for key in source},
                "denied": dict(versions.denied),
                "status": versions.status,
                "now": self._now,
            },
            {partition: dict(items) for partition, items in self._table.items.items() if items},
            {path: _served(kept) for path, kept in self._kept()},
            tuple(self.waiting()),
        )

    def restore(self, state: State) -> None:
        source = self._s3.get_bucket(SOURCE_BUCKET).keys
        # Bypass moto's own methods, which drop replaced versions.
        dict.clear(source)
        held = state.source["versions"].items()
        dict.update(source, {key: list(versions) for key, versions in held})
        self._stack.versions.denied = dict(state.source["denied"])
        self._stack.versions.status = state.source["status"]
        self._now = state.source["now"]
        self._table.items = defaultdict(dict)
        self._table.items.update({key: dict(items) for key, items in state.ledger.items()})
        self._restore_site(state.site)
        self._hear()
        self._keys = [item for item in state.waiting if isinstance(item, str)]
        self._item_keys = [item for item in state.waiting if isinstance(item, ItemKey)]

    def site(self) -> dict[str, bytes]:
        return {path: _served(kept).body for path, kept in self._kept()}

    def source_keys(self) -> list[str]:
        return sorted(self._s3.get_bucket(SOURCE_BUCKET).keys)

    def ledger_of(
        self, state: State, wanted: Callable[[ItemKey], bool]
    ) -> Mapping[object, Mapping[object, object]]:
        found: dict[object, dict[object, object]] = {}
        for partition, items in state.ledger.items():
            whole = Partition.parse(partition.value)
            kept = {
                sort: item for sort, item in items.items() if wanted(ItemKey(whole, sort.value))
            }
            if kept:
                found[partition] = kept
        return found

    def _shown(self, request: AWSPreparedRequest) -> Hashable:
        """Return all of the state that an answer to a read can depend on."""
        host, path = urlsplit(request.url)[1:3]
        if host.startswith(SITE_BUCKET):
            kept = self._s3.get_bucket(SITE_BUCKET).keys.get(unquote(path[1:]))
            return kept and _served(kept)
        if host.startswith(SOURCE_BUCKET):
            source, versions = self._s3.get_bucket(SOURCE_BUCKET).keys, self._stack.versions
            held = tuple((key, _Same(source.getlist(key))) for key in source)
            return held, frozenset(versions.denied.items()), versions.status
        body: Any = request.body
        named = sorted(set(_texts(json.loads(body))))
        items = self._table.items
        return tuple(_Same(items.get(DynamoType({"S": name}), {}).values()) for name in named)

    def _kept(self) -> list[tuple[str, Any]]:
        return list(self._s3.get_bucket(SITE_BUCKET).keys.items())

    def _restore_site(self, site: Mapping[str, Served]) -> None:
        """Restore documents; leave those that are the same already."""
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
        """Take the records of the stream that pass the filter of the template."""
        for record in self._table.stream_shard.items:
            key = record.record["dynamodb"]["Keys"]
            item_key = ItemKey(Partition.parse(key["pk"]["S"]), key["sk"]["S"])
            if tasks_for(item_key):
                self._item_keys.append(item_key)
        self._table.stream_shard.items.clear()


def _served(kept: Any) -> Served:  # noqa: ANN401  # moto has no type for it
    """Read a document once, because moto reads slowly."""
    if "served" not in kept.__dict__:
        kept.served = Served(kept.value, tuple(sorted(kept.metadata.items())))
    found: Served = kept.served
    return found


class _Same:
    """Objects of moto that nothing changes; they are equal only to themselves."""

    def __init__(self, objects: Iterable[object]) -> None:
        self._objects = tuple(objects)  # held, so that no other object gets their ids
        self._ids = tuple(map(id, self._objects))

    def __hash__(self) -> int:
        return hash(self._ids)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self._ids == other._ids


def _texts(value: object) -> Iterator[str]:
    """Return all texts of a request, among them the names of the partitions that it reads."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from chain.from_iterable(map(_texts, value.values()))
    elif isinstance(value, list):
        yield from chain.from_iterable(map(_texts, value))
