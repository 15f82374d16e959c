"""Publishing of a batch of stream records: every task once, and one that fails fails alone."""

from collections.abc import Sequence

from gazette.models.tasks.messages import StreamRecord
from gazette.models.tasks.reports import Failure, PublishReport
from gazette.models.tasks.tasks import PublishTask, stream_tasks
from gazette.ports import HasTime
from gazette.services.publish.rounds import Rounds
from gazette.services.publish.site_writer import SiteWriter


def publish_batch(
    writer: SiteWriter, records: Sequence[StreamRecord], has_time: HasTime = lambda: True
) -> PublishReport:
    """Publish what the changed items require, each task once, while there is time."""
    report = PublishReport()
    tasks = dict.fromkeys(task for record in records for task in stream_tasks(record.key))
    try:
        writer.ledger.remove_overtaken(record.key for record in records)
    except Exception as error:  # noqa: BLE001  # the retry queue brings them again
        # Without this step a builder could read an item that is deleted already. So nothing is
        # published, and each task of the batch goes to the retry queue with this error.
        report.failed += [Failure(str(task), error) for task in tasks]
        return report
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
    Rounds(writer, report, has_time).run(tasks)


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
        if tasks.intersection(map(str, stream_tasks(record.key)))
    ]
