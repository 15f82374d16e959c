"""Ingest: a notification names a changed key; the source bucket is asked what changed."""

from collections.abc import Iterable
from dataclasses import dataclass

from gazette.models.contract import identity
from gazette.models.contract.document import EventDocument
from gazette.models.contract.parsing import InvalidEventError, Problem
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.snapshot import Snapshot
from gazette.models.limits import MAX_DOCUMENT_BYTES
from gazette.models.path_candidates import path_candidates
from gazette.models.work.reports import IngestReport, Quarantined
from gazette.ports import Ledger, ObjectVersion, SourceArchive
from gazette.projections.history import event_history
from gazette.projections.history.entries import preferred_path
from gazette.projections.history.event_history import Transition
from gazette.services.ingest.ignored_keys import record_ignored
from gazette.services.ingest.image_ingest import ImageIngestor
from gazette.services.source.document_reader import DocumentReader


@dataclass(frozen=True, slots=True)
class Ingestor:
    """Updates the ledger from the source bucket, key by key."""

    source: SourceArchive
    ledger: Ledger

    def ingest(self, key: str, report: IngestReport) -> None:
        """Record all versions of a key that the ledger lacks; a repeat changes nothing."""
        report.keys += 1
        if key.startswith(identity.IMAGES) and not key.endswith("/"):
            ImageIngestor(self.source, self.ledger).ingest(key, report)
        elif key.startswith(identity.EVENTS) and key.endswith(identity.SUFFIX):
            self._ingest_event(key, report)
        elif reason := identity.why_ignored(key):
            record_ignored(self.source, self.ledger, Quarantined(key, reason), report)

    def _ingest_event(self, key: str, report: IngestReport) -> None:
        try:
            event_id = identity.event_id(key)
        except InvalidEventError as error:
            self._refuse(key, error, report)
            return
        snapshot = self._snapshot(event_id)
        versions = self.source.versions(key)
        if len(versions) <= snapshot.versions:
            report.stale += 1
            return
        # Of several new versions only the last item of each key is written, in the order of the
        # last version: the items of a revision before the timelines that link to it.
        records: dict[ItemKey, LedgerItem] = {}
        documents = DocumentReader(self.source)  # its cache serves the diff with the next version
        for version in versions[snapshot.versions :]:
            snapshot, step_records = self._take(snapshot, key, version, documents, report)
            for record in step_records:
                records.pop(record.key, None)
                records[record.key] = record
            _report(snapshot, report)
        self._put(records.values())
        self.ledger.put(event_history.snapshot_item(snapshot))

    def _refuse(self, key: str, error: InvalidEventError, report: IngestReport) -> None:
        """Quarantine an invalid key until its object is deleted."""
        versions = self.source.versions(key)
        if not versions:
            report.stale += 1
            return
        newest, number = versions[-1], len(versions)
        if newest.is_delete_marker:
            self.ledger.put(event_history.unquarantine_record(key, number))
            return
        self.ledger.put(
            event_history.quarantine_record(
                key, number, error.problems, newest.version_id, newest.last_modified
            )
        )
        report.quarantined.append(Quarantined(key, str(error)))

    def _take(
        self,
        snapshot: Snapshot,
        key: str,
        version: ObjectVersion,
        documents: DocumentReader,
        report: IngestReport,
    ) -> Transition:
        if version.is_delete_marker:
            return event_history.apply_deletion(snapshot, version.version_id, version.last_modified)
        try:
            document = _read(documents, key, version)
        except InvalidEventError as error:
            report.quarantined.append(Quarantined(key, str(error)))
            return event_history.apply_quarantined(
                snapshot, version.version_id, version.last_modified, error.problems
            )
        base_path = self._claim(snapshot, preferred_path(document))
        before = _before(documents, snapshot, document)
        return event_history.apply_revision(
            snapshot, document, version.version_id, version.last_modified, base_path, before=before
        )

    def _claim(self, snapshot: Snapshot, preferred: str) -> str:
        for base_path in path_candidates(preferred, snapshot.event_id):
            if snapshot.revision and base_path == snapshot.revision.entry.base_path:
                return base_path
            if self.ledger.claim(base_path, snapshot.event_id) == snapshot.event_id:
                return base_path
        reason = f"no path is left for {snapshot.event_id} at {preferred}"
        raise LookupError(reason)

    def _snapshot(self, event_id: str) -> Snapshot:
        record = self.ledger.get(keys.snapshot_key(event_id))
        return (
            Snapshot.model_validate_json(record.payload) if record else Snapshot(event_id=event_id)
        )

    def _put(self, records: Iterable[LedgerItem]) -> None:
        for record in records:
            self.ledger.put(record)


def _read(documents: DocumentReader, key: str, version: ObjectVersion) -> EventDocument:
    if version.size > MAX_DOCUMENT_BYTES:
        raise InvalidEventError(
            Problem(
                "document", f"is {version.size:,} bytes; at most {MAX_DOCUMENT_BYTES:,} are taken"
            )
        )
    return documents.read_version(key, version.version_id)


def _before(
    documents: DocumentReader, snapshot: Snapshot, document: EventDocument
) -> EventDocument | None:
    """Read the document before this one if the new revision shows a diff."""
    if snapshot.revision is None or not event_history.is_compared(snapshot, document):
        return None
    return documents.read_published(snapshot.revision)


def _report(snapshot: Snapshot, report: IngestReport) -> None:
    if snapshot.revision is not None and snapshot.revision.number == snapshot.versions:
        report.recorded.append((snapshot.event_id, snapshot.versions, snapshot.revision.entry.kind))
