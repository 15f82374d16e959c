"""Publishing of a batch of stream records: every task once, and one that fails fails alone."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from gazette.models.ledger.keys import ItemKey
from gazette.models.tasks.reports import Failure, PublishReport
from gazette.models.tasks.tasks import PublishTask, TaskKind, tasks_for
from gazette.ports import HasTime
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


def publish_batch(
    writer: SiteWriter, records: Sequence[StreamRecord], has_time: HasTime = lambda: True
) -> PublishReport:
    """Publish what the changed items require, each task once, while there is time."""
    report = PublishReport()
    tasks = dict.fromkeys(task for record in records for task in tasks_for(record.key))
    publish_tasks(writer, list(tasks), report, has_time)
    return report


def publish_tasks(
    writer: SiteWriter,
    tasks: Sequence[PublishTask],
    report: PublishReport,
    has_time: HasTime = lambda: True,
) -> None:
    """Publish tasks in the order of `TaskKind`, and add the outcome to a report.

    At least one task is run. Without time the others are reported as not begun.
    """
    for kind in TaskKind:
        requested = [task for task in tasks if task.kind is kind]
        for task, origins in _runs(writer, kind, requested, report).items():
            if report.tasks and not has_time():
                report.not_begun += map(str, origins)
                continue
            try:
                writer.publish(task, report)
            except Exception as error:  # noqa: BLE001  # the failed task is retried
                # Any error of one task must not stop the others of the batch. The caller sends
                # the failed ones to the retry queue, with the error.
                report.failed += [Failure(str(origin), error) for origin in origins]


def _runs(
    writer: SiteWriter, kind: TaskKind, requested: Sequence[PublishTask], report: PublishReport
) -> _Runs:
    """Resolve the requested tasks of one kind to the tasks to run."""
    try:
        resolved: Mapping[PublishTask, Sequence[PublishTask]] = writer.find(kind, requested)
    except Exception as error:  # noqa: BLE001  # the failed tasks are retried
        # As above: tasks of the other kinds go on, and these go to the retry queue.
        report.failed += [Failure(str(task), error) for task in requested]
        return {}
    runs: _Runs = {}
    for origin, replacements in resolved.items():
        for task in replacements:
            runs.setdefault(task, []).append(origin)
    return runs


def failed_records(records: Sequence[StreamRecord], report: PublishReport) -> list[str]:
    """Return the identifiers of the records whose tasks failed, in their order."""
    return _records_of(records, {failure.subject for failure in report.failed})


def records_not_begun(records: Sequence[StreamRecord], report: PublishReport) -> list[str]:
    """Return the identifiers of the records for whose tasks no time was left, in their order."""
    return _records_of(records, set(report.not_begun))


def _records_of(records: Sequence[StreamRecord], tasks: set[str]) -> list[str]:
    return [
        record.identifier
        for record in records
        if tasks.intersection(map(str, tasks_for(record.key)))
    ]
