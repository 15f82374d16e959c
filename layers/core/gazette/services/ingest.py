"""Ingest: a notification hints that something happened to a key; the source bucket says what."""

from collections.abc import Iterable
from dataclasses import dataclass

from gazette.models import identity, keys
from gazette.models.document import MAX_BYTES, EventDocument
from gazette.models.edition import IngestReport, Quarantined
from gazette.models.entry import Head
from gazette.models.keys import Place
from gazette.models.parsing import InvalidEventError, Problem
from gazette.models.record import Record
from gazette.models.stems import spare_stems
from gazette.ports import Ledger, ObjectVersion, SourceArchive
from gazette.projections import chronicle
from gazette.projections.chronicle import Step
from gazette.projections.entries import wished_stem
from gazette.services.documents import DocumentReader
from gazette.services.image_ingest import ImageIngestor


@dataclass(frozen=True, slots=True)
class Ingestor:
    """Brings the ledger to what the source bucket holds, key by key."""

    source: SourceArchive
    ledger: Ledger

    def ingest(self, key: str, report: IngestReport) -> None:
        """Record every version of a key that the ledger does not hold; twice does no harm."""
        report.keys += 1
        if key.startswith(identity.IMAGES) and not key.endswith("/"):
            ImageIngestor(self.source, self.ledger).ingest(key, report)
        elif key.startswith(identity.EVENTS) and key.endswith(identity.SUFFIX):
            self._ingest_event(key, report)
        else:
            report.ignored += 1

    def _ingest_event(self, key: str, report: IngestReport) -> None:
        try:
            event_id = identity.event_id(key)
        except InvalidEventError as error:
            self._refuse(key, error, report)
            return
        head = self._head(event_id)
        versions = self.source.versions(key)
        if len(versions) <= head.versions:
            report.stale += 1
            return
        # Of several versions at once only what the last one leaves at a place needs to be written,
        # and when that one would write it: what is told of a revision goes before its time lines.
        records: dict[Place, Record] = {}
        documents = DocumentReader(self.source)  # what was just taken is compared with the next
        for version in versions[head.versions :]:
            head, step_records = self._take(head, key, version, documents, report)
            for record in step_records:
                records.pop(record.place, None)
                records[record.place] = record
            _tell(head, report)
        self._put(records.values())
        self.ledger.put(chronicle.head_record(head))

    def _refuse(self, key: str, error: InvalidEventError, report: IngestReport) -> None:
        """Quarantine a key of which no version will do, until its object is deleted."""
        versions = self.source.versions(key)
        if not versions:
            report.stale += 1
            return
        newest, number = versions[-1], len(versions)
        if newest.is_delete_marker:
            self.ledger.put(chronicle.healed_record(key, number))
            return
        self.ledger.put(
            chronicle.quarantine_record(
                key, number, error.problems, newest.version_id, newest.last_modified
            )
        )
        report.quarantined.append(Quarantined(key, str(error)))

    def _take(
        self,
        head: Head,
        key: str,
        version: ObjectVersion,
        documents: DocumentReader,
        report: IngestReport,
    ) -> Step:
        if version.is_delete_marker:
            return chronicle.take_deletion(head, version.version_id, version.last_modified)
        try:
            document = _read(documents, key, version)
        except InvalidEventError as error:
            report.quarantined.append(Quarantined(key, str(error)))
            return chronicle.take_quarantined(
                head, version.version_id, version.last_modified, error.problems
            )
        stem = self._claim(head, wished_stem(document))
        before = _before(documents, head, document)
        return chronicle.take_revision(
            head, document, version.version_id, version.last_modified, stem, before=before
        )

    def _claim(self, head: Head, wish: str) -> str:
        for stem in spare_stems(wish, head.event_id):
            if head.revision and stem == head.revision.entry.stem:
                return stem
            if self.ledger.claim(stem, head.event_id) == head.event_id:
                return stem
        reason = f"no path is left for {head.event_id} at {wish}"
        raise LookupError(reason)

    def _head(self, event_id: str) -> Head:
        record = self.ledger.get(keys.head_place(event_id))
        return Head.model_validate_json(record.payload) if record else Head(event_id=event_id)

    def _put(self, records: Iterable[Record]) -> None:
        for record in records:
            self.ledger.put(record)


def _read(documents: DocumentReader, key: str, version: ObjectVersion) -> EventDocument:
    if version.size > MAX_BYTES:
        raise InvalidEventError(
            Problem("document", f"is {version.size:,} bytes; at most {MAX_BYTES:,} are taken")
        )
    return documents.read_version(key, version.version_id)


def _before(documents: DocumentReader, head: Head, document: EventDocument) -> EventDocument | None:
    """Read what the last revision published, where readers are told what became of it."""
    if head.revision is None or not chronicle.is_compared(head, document):
        return None
    return documents.read_published(head.revision)


def _tell(head: Head, report: IngestReport) -> None:
    if head.revision is not None and head.revision.number == head.versions:
        report.recorded.append((head.event_id, head.versions, head.revision.entry.kind))
