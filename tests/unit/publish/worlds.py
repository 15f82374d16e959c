"""Gazette on memory adapters, for tests that choose when notifications and changes are handled."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from gazette.delivery.memory import MemorySiteStore, MemorySourceArchive
from gazette.models.contract import identity
from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.ledger.snapshot import QuarantinedVersion, Revision, Snapshot
from gazette.models.site import Site
from gazette.models.tasks.messages import StreamRecord
from gazette.models.tasks.reports import IngestReport, PublishReport
from gazette.ports import SiteStore
from gazette.runtime.builders import make_site_writer
from gazette.services.ingest.ingest import Ingestor
from gazette.services.publish.batch import publish_batch
from gazette.store.memory import MemoryLedger

SITE = Site(base_url="https://gazette.example", tag_authority="gazette.example,2026")
MORNING = datetime(2026, 7, 4, 8, 0, tzinfo=UTC)


def hours(number: float) -> datetime:
    """Return the moment so many hours after the first."""
    return MORNING + timedelta(hours=number)


def document_of(**fields: object) -> bytes:
    """Write a document; a title and a date need not be given."""
    return json.dumps({"title": "River opens", "date": "2026-07-04"} | fields).encode()


def without_old_deletions(records: dict[ItemKey, LedgerItem]) -> dict[ItemKey, LedgerItem]:
    """Leave out deletions of items that are live again: they say nothing, and expire."""
    live = {item_key for item_key in records if keys.is_listed(item_key)}
    return {
        item_key: record
        for item_key, record in records.items()
        if item_key in live or keys.listed_key(item_key) not in live
    }


class World:
    """A source bucket, a ledger and a site; `notifications` and `changes` wait."""

    def __init__(self, site: Site = SITE) -> None:
        self.calls: Counter[str] = Counter()
        self.now = MORNING
        self.last_upload = MORNING
        self.notifications: list[str] = []
        self.changes: list[ItemKey] = []
        self.source = MemorySourceArchive(
            self.calls, lambda event: self.notifications.append(event.key)
        )
        self.ledger = MemoryLedger(self.calls, self.changes.append, lambda: self.now)
        self.store = MemorySiteStore(self.calls)
        self.ingestor = Ingestor(self.source, self.ledger, self.clock, authority=site.tag_authority)
        self.writer = make_site_writer(site, self.ledger, self.store, self.source, lambda: self.now)

    def clock(self) -> datetime:
        """Return ``now``, but never a time before the last upload."""
        return max(self.now, self.last_upload)

    def put(self, name: str, at: datetime, **fields: object) -> None:
        self.last_upload = max(self.last_upload, at)
        self.source.put(identity.event_key(name), document_of(**fields), at)

    def put_raw(self, name: str, at: datetime, raw: bytes) -> None:
        self.last_upload = max(self.last_upload, at)
        self.source.put(identity.event_key(name), raw, at)

    def delete(self, name: str, at: datetime) -> None:
        self.last_upload = max(self.last_upload, at)
        self.source.delete(identity.event_key(name), at)

    def ingest(self, *names: str) -> IngestReport:
        report = IngestReport()
        for name in names:
            self.ingestor.ingest(identity.event_key(name), report)
        return report

    def publish(self, item_keys: Iterable[ItemKey], site: SiteStore | None = None) -> PublishReport:
        """Publish what writes to these places set off; what fails is raised.

        The one home of how a write becomes work, so that tests need not know it.
        """
        writer = replace(self.writer, site=site or self.store)
        report = publish_batch(writer, [StreamRecord("", item_key) for item_key in item_keys])
        for failure in report.failed:
            raise failure.error
        return report

    def settle(self) -> tuple[IngestReport, PublishReport]:
        """Handle every notification and every change, in order, until nothing is left."""
        ingested, published = IngestReport(), PublishReport()
        while self.notifications:
            self.ingestor.ingest(self.notifications.pop(0), ingested)
        while self.changes:
            report = self.publish([self.changes.pop(0)])
            published.conflicts += report.conflicts
            published.documents_written += report.documents_written
        return ingested, published

    def settle_backwards(self, name: str) -> None:
        """Ingest all versions of an event at once, and publish the newest change first."""
        self.ingest(name)
        for item_key in reversed(self.changes):
            self.publish([item_key])
        self.notifications.clear()
        self.settle()

    def records(self) -> dict[ItemKey, LedgerItem]:
        return {
            record.key: record
            for items in self.ledger._partitions.values()
            for record in items.items.values()
        }

    def state(self) -> dict[ItemKey, LedgerItem]:
        """Return what the ledger says when the stream has brought every write."""
        self.ledger.remove_overtaken(self.records())
        return without_old_deletions(self.records())

    def site(self) -> dict[str, bytes]:
        return {path: document.body for path, document in self.store.documents.items()}

    def snapshot(self, name: str) -> Snapshot:
        record = self.records()[keys.snapshot_key(name)]
        return Snapshot.model_validate_json(record.payload)

    def revision(self, name: str, number: int) -> Revision:
        record = self.records()[keys.revision_key(name, number)]
        return Revision.model_validate_json(record.payload)

    def newest(self, name: str) -> Entry:
        revision = self.snapshot(name).revision
        assert revision is not None
        return revision.entry

    def quarantined(self, key: str) -> QuarantinedVersion | None:
        record = self.records().get(keys.quarantine_key(key))
        if record is None or record.deleted:
            return None
        return QuarantinedVersion.model_validate_json(record.payload)

    def live(self, partition: Partition) -> list[Entry]:
        """Return what stands on a time line, oldest first."""
        records = self.ledger.scan(partition, keys.ENTRY)
        return [Entry.model_validate_json(r.payload) for r in records if not r.deleted]
