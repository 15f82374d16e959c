"""Batches: every key and every assignment is handled once, and one that fails fails alone."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from gazette.models.assignments import Assignment, DeskKind, assignments_of
from gazette.models.edition import Failure, IngestReport, PublishReport
from gazette.models.keys import Place
from gazette.services.ingest import Ingestor
from gazette.services.publish import Publisher


class Message(NamedTuple):
    """What the queue brings: its name there, which keys it hints at, how often it was received.

    One that cannot be read has a ``problem``; it fails, alone, until the dead-letter queue keeps
    it.
    """

    identifier: str
    keys: tuple[str, ...]
    problem: str | None = None
    body: str = ""
    receives: int = 1


class StreamRecord(NamedTuple):
    """What the stream brings: its number there, the place that was written, and which try it is.

    A later try comes from a queue, and is identified by its message there.
    """

    identifier: str
    place: Place
    attempt: int = 1


def ingest_batch(ingestor: Ingestor, messages: Sequence[Message]) -> IngestReport:
    """Ingest every key that the messages hint at."""
    report = IngestReport()
    report.failed += [
        Failure(message.identifier, ValueError(message.problem))
        for message in messages
        if message.problem
    ]
    for key in dict.fromkeys(key for message in messages for key in message.keys):
        try:
            ingestor.ingest(key, report)
        except Exception as error:  # noqa: BLE001  # the queue brings it again, alone
            report.failed.append(Failure(key, error))
    return report


def publish_batch(publisher: Publisher, records: Sequence[StreamRecord]) -> PublishReport:
    """Publish all that the records set off, each assignment once."""
    report = PublishReport()
    if any(record.attempt > 1 for record in records):
        # The stream has gone on, and may tell others of the same partition meanwhile.
        publisher = replace(publisher, looks_again=True)
    assigned = dict.fromkeys(task for record in records for task in assignments_of(record.place))
    publish_assigned(publisher, list(assigned), report)
    return report


def publish_assigned(
    publisher: Publisher, assigned: Sequence[Assignment], report: PublishReport
) -> None:
    """Publish assignments, desk by desk, and add to a report what came of it."""
    for desk in DeskKind:
        assignments = [assignment for assignment in assigned if assignment.desk is desk]
        tasks = _tasks(publisher, desk, assignments, report)
        for task, origins in tasks.items():
            try:
                publisher.publish(task, report)
            except Exception as error:  # noqa: BLE001  # the stream brings it again
                report.failed += [Failure(str(origin), error) for origin in origins]


def _tasks(
    publisher: Publisher,
    desk: DeskKind,
    assignments: Sequence[Assignment],
    report: PublishReport,
) -> dict[Assignment, list[Assignment]]:
    """Return what is to be published for assignments of one desk, and for which of them."""
    tasks: dict[Assignment, list[Assignment]] = {}
    try:
        found = publisher.find(desk, assignments)
    except Exception as error:  # noqa: BLE001  # the stream brings them again
        report.failed += [Failure(str(assignment), error) for assignment in assignments]
        return tasks
    for origin, instead in found.items():
        for task in instead:
            tasks.setdefault(task, []).append(origin)
    return tasks


def failed_messages(messages: Sequence[Message], report: IngestReport) -> list[str]:
    """Return the identifiers of the messages to bring again, in their order."""
    failed = {failure.subject for failure in report.failed}
    return [
        message.identifier
        for message in messages
        if message.problem or failed.intersection(message.keys)
    ]


def failed_records(records: Sequence[StreamRecord], report: PublishReport) -> list[str]:
    """Return the identifiers of the records to bring again, in their order."""
    failed = {failure.subject for failure in report.failed}
    return [
        record.identifier
        for record in records
        if failed.intersection(map(str, assignments_of(record.place)))
    ]
