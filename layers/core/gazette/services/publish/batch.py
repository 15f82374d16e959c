"""Publishing of a batch of stream records: every task once, and one that fails fails alone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from gazette.models.ledger.keys import ItemKey
from gazette.models.work.reports import Failure, PublishReport
from gazette.models.work.tasks import PublishTask, TaskKind, stream_tasks
from gazette.services.publish.site_writer import SiteWriter

# Each task to run, with the requested tasks that it stands for.
_Runs: TypeAlias = dict[PublishTask, list[PublishTask]]


class StreamRecord(NamedTuple):
    """A change of one ledger item: its number in the stream, the item's key, and the attempt.

    Later attempts come from the retry queue; the identifier is then that of the SQS message.
    """

    identifier: str
    key: ItemKey
    attempt: int = 1


def publish_batch(writer: SiteWriter, records: Sequence[StreamRecord]) -> PublishReport:
    """Publish everything that the changed items require, each task once."""
    report = PublishReport()
    if any(record.attempt > 1 for record in records):
        # A retry runs in parallel to the stream, and may meet the same partition.
        writer = replace(writer, verify_after_write=True)
    tasks = dict.fromkeys(task for record in records for task in stream_tasks(record.key))
    try:
        writer.ledger.remove_overtaken(record.key for record in records)
    except Exception as error:  # noqa: BLE001  # the retry queue brings them again
        report.failed += [Failure(str(task), error) for task in tasks]
        return report
    publish_tasks(writer, list(tasks), report)
    return report


def publish_tasks(writer: SiteWriter, tasks: Sequence[PublishTask], report: PublishReport) -> None:
    """Publish tasks in the order of `TaskKind`, and add the outcome to a report."""
    for kind in TaskKind:
        requested = [task for task in tasks if task.kind is kind]
        for task, origins in _runs(writer, kind, requested, report).items():
            try:
                writer.publish(task, report)
            except Exception as error:  # noqa: BLE001  # the retry queue brings it again
                report.failed += [Failure(str(origin), error) for origin in origins]


def _runs(
    writer: SiteWriter, kind: TaskKind, requested: Sequence[PublishTask], report: PublishReport
) -> _Runs:
    """Resolve the requested tasks of one kind to the tasks to run."""
    try:
        resolved: Mapping[PublishTask, Sequence[PublishTask]] = writer.find(kind, requested)
    except Exception as error:  # noqa: BLE001  # the retry queue brings them again
        report.failed += [Failure(str(task), error) for task in requested]
        return {}
    runs: _Runs = {}
    for origin, replacements in resolved.items():
        for task in replacements:
            runs.setdefault(task, []).append(origin)
    return runs


def failed_records(records: Sequence[StreamRecord], report: PublishReport) -> list[str]:
    """Return the identifiers of the records to deliver again, in their order."""
    failed = {failure.subject for failure in report.failed}
    return [
        record.identifier
        for record in records
        if failed.intersection(map(str, stream_tasks(record.key)))
    ]
