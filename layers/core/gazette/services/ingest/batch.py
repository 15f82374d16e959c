"""Ingest of a batch of notifications: every key once, and one that fails fails alone."""

from collections.abc import Sequence
from typing import NamedTuple

from gazette.models.work.reports import Failure, IngestReport
from gazette.services.ingest.ingest import Ingestor


class Notification(NamedTuple):
    """A message of the ingest queue: the object keys it names and how often it was received.

    ``problem`` says why a message cannot be read. Such a message fails alone until the dead-letter
    queue takes it.
    """

    identifier: str
    keys: tuple[str, ...]
    problem: str | None = None
    body: str = ""
    receives: int = 1


def ingest_batch(ingestor: Ingestor, notifications: Sequence[Notification]) -> IngestReport:
    """Ingest every key that the notifications name."""
    report = IngestReport()
    report.failed += [
        Failure(notification.identifier, ValueError(notification.problem))
        for notification in notifications
        if notification.problem
    ]
    named = (key for notification in notifications for key in notification.keys)
    for key in dict.fromkeys(named):
        try:
            ingestor.ingest(key, report)
        except Exception as error:  # noqa: BLE001  # the queue delivers this key again, alone
            report.failed.append(Failure(key, error))
    return report


def failed_notifications(notifications: Sequence[Notification], report: IngestReport) -> list[str]:
    """Return the identifiers of the messages to deliver again, in their order."""
    failed = {failure.subject for failure in report.failed}
    return [
        notification.identifier
        for notification in notifications
        if notification.problem or failed.intersection(notification.keys)
    ]
