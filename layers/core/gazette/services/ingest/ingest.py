"""Ingest: a notification names a changed key; the source bucket is asked what changed."""

from dataclasses import dataclass

from gazette.models.contract import identity
from gazette.models.contract.parsing import InvalidEventError
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.snapshot import QuarantinedVersion
from gazette.models.tasks.reports import IngestReport, Quarantined
from gazette.ports import Clock, ConflictError, Ledger, SourceArchive
from gazette.projections.history import event_history
from gazette.services.ingest.event_ingest import EventIngestor
from gazette.services.ingest.image_ingest import ImageIngestor


@dataclass(frozen=True, slots=True)
class Ingestor:
    """Updates the ledger from the source bucket, key by key."""

    source: SourceArchive
    ledger: Ledger
    clock: Clock

    def ingest(self, key: str, report: IngestReport) -> None:
        """Record what the ledger lacks about a key; a repeat changes nothing."""
        report.keys += 1
        if identity.is_image_key(key):
            ImageIngestor(self.source, self.ledger).ingest(key, report)
        elif identity.is_event_key(key):
            self._ingest_event(key, report)
        else:
            report.ignored += 1

    def _ingest_event(self, key: str, report: IngestReport) -> None:
        try:
            event_id = identity.event_id(key)
        except InvalidEventError as error:
            self._refuse(key, error, report)
        else:
            EventIngestor(self.source, self.ledger, self.clock).ingest(event_id, report)

    def _refuse(self, key: str, error: InvalidEventError, report: IngestReport) -> None:
        """Quarantine an invalid key until its object is deleted."""
        versions = self.source.versions(key)
        newest = versions[0] if versions else None
        stored = self.ledger.get(keys.quarantine_key(key))
        order = stored.revision if stored else 0
        if newest is None or newest.is_delete_marker:
            if stored is None or stored.deleted:
                report.stale += 1
            else:
                self._replace(event_history.unquarantine_item(key, order + 1), order)
            return
        if stored and not stored.deleted:
            recorded = QuarantinedVersion.model_validate_json(stored.payload)
            if recorded.version_id == newest.version_id:
                report.stale += 1
                return
        item = event_history.quarantine_item(
            key, order + 1, error.problems, newest.version_id, newest.last_modified
        )
        self._replace(item, order)
        report.quarantined.append(Quarantined(key, str(error)))

    def _replace(self, item: LedgerItem, expected_revision: int) -> None:
        if not self.ledger.replace(item, expected_revision):
            reason = f"another run wrote the quarantine of {item.key.sort}"
            raise ConflictError(reason)
