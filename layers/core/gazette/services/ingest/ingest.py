"""Ingest: updates the ledger for a changed key from the versions in the source bucket."""

from dataclasses import dataclass

from gazette.models.contract import identity
from gazette.models.problems.problems import InvalidEventError, Problem
from gazette.models.tasks.reports import IngestReport, Quarantined
from gazette.ports import Clock, Ledger, SourceArchive
from gazette.services.ingest.event_ingest import EventIngestor
from gazette.services.ingest.file_ingest import FileIngestor
from gazette.services.ingest.refused_keys import record_refused
from gazette.services.pauses import NO_PAUSES, Pauses


@dataclass(frozen=True, slots=True)
class Ingestor:
    """Updates the ledger from the source bucket, key by key.

    ``authority`` is that of the ids in feeds, which no guid may begin with.
    """

    source: SourceArchive
    ledger: Ledger
    clock: Clock
    pauses: Pauses = NO_PAUSES
    authority: str = ""

    def ingest(self, key: str, report: IngestReport) -> None:
        """Record what the ledger lacks about a key; a repeat changes nothing."""
        report.keys += 1
        if identity.is_file_key(key):
            FileIngestor(self.source, self.ledger, self.pauses).ingest(key, report)
        elif identity.is_event_key(key) or identity.is_erasure_key(key):
            self._ingest_event(key, report)
        elif reason := identity.why_ignored(key):
            self._refuse(key, (Problem("key", reason),), reason, report.ignored, report)

    def _ingest_event(self, key: str, report: IngestReport) -> None:
        try:
            event_id = identity.event_id(key)
        except InvalidEventError as error:
            self._refuse(key, error.problems, str(error), report.quarantined, report)
        else:
            ports = (self.source, self.ledger, self.clock, self.pauses)
            EventIngestor(*ports, self.authority).ingest(event_id, report)

    def _refuse(
        self,
        key: str,
        problems: tuple[Problem, ...],
        reason: str,
        refused: list[Quarantined],
        report: IngestReport,
    ) -> None:
        is_new = self.pauses.attempt(
            lambda _: record_refused(self.source, self.ledger, key, problems), report
        )
        if is_new:
            refused.append(Quarantined(key, reason))
        else:
            report.stale += 1
