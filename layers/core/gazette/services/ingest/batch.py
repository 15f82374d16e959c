"""Ingests a batch of notifications: each key once, and a key that fails affects no other."""

from collections.abc import Sequence

from gazette.models.tasks.messages import Notification
from gazette.models.tasks.reports import Failure, IngestReport
from gazette.ports import HasTime, NoTimeError
from gazette.services.ingest.ingest import Ingestor


def ingest_batch(
    ingestor: Ingestor, notifications: Sequence[Notification], has_time: HasTime = lambda: True
) -> IngestReport:
    """Ingest every key that the notifications name, while there is time; at least one.

    What was delivered most often comes first: its next delivery may be its last.
    """
    report = IngestReport()
    report.failed += [
        Failure(notification.identifier, ValueError(notification.problem))
        for notification in notifications
        if notification.problem
    ]
    in_order = sorted(notifications, key=lambda notification: -notification.receives)
    named = (key for notification in in_order for key in notification.keys)
    for key in dict.fromkeys(named):
        if report.keys and not has_time():
            report.failed.append(Failure(key, NoTimeError("no time was left in this run")))
            continue
        try:
            ingestor.ingest(key, report)
        except Exception as error:  # noqa: BLE001  # SQS delivers this key again
            # Any error of one key must not stop the others of the batch. SQS delivers the
            # messages of a failed key again, and at last to the dead letters with this error.
            report.failed.append(Failure(key, error))
    return report


def failed_notifications(
    notifications: Sequence[Notification], report: IngestReport
) -> list[tuple[Notification, Exception]]:
    """Return the messages that failed, in their order, each with its first error."""
    errors = {failure.subject: failure.error for failure in report.failed}
    return [
        (notification, errors[failed[0]])
        for notification in notifications
        if (failed := [s for s in (notification.identifier, *notification.keys) if s in errors])
    ]
