"""Records the objects of the source bucket that Gazette does not read, for `gazette failures`.

An event that is written to the wrong key appears nowhere, and nobody else would say why.
"""

from gazette.models.contract.problems import Problem
from gazette.models.work.reports import IngestReport, Quarantined
from gazette.ports import Ledger, SourceArchive
from gazette.projections.history.event_history import quarantine_record, unquarantine_record


def record_ignored(
    source: SourceArchive, ledger: Ledger, ignored: Quarantined, report: IngestReport
) -> None:
    """Quarantine an object that is not read, until it is deleted."""
    key, reason = ignored
    versions = source.versions(key)
    if not versions:
        report.stale += 1
        return
    newest, number = versions[-1], len(versions)
    if newest.is_delete_marker:
        ledger.put(unquarantine_record(key, number))
        return
    problems = (Problem("key", reason),)
    ledger.put(quarantine_record(key, number, problems, newest.version_id, newest.last_modified))
    report.ignored.append(ignored)
