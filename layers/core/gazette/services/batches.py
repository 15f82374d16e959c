"""Batches: every key and every partition is handled once, and one that fails fails alone."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gazette.models.edition import Failure, IngestReport, PublishReport
from gazette.models.keys import Partition, PartitionKind
from gazette.services.ingest import Ingestor
from gazette.services.publish import Publisher

# A page should be there before the feed that links to it, and a day before the month that counts
# it.
_ORDER = [PartitionKind.IMAGE, *PartitionKind]


class Message(NamedTuple):
    """What a queue or a stream brings: its name there, and which keys or partitions it hints at.

    One that cannot be read has a ``problem``; it fails, alone, until the dead-letter queue keeps
    it.
    """

    identifier: str
    subjects: tuple[str, ...]
    problem: str | None = None


def ingest_batch(ingestor: Ingestor, messages: Sequence[Message]) -> IngestReport:
    """Ingest every key that the messages hint at."""
    report = IngestReport()
    report.failed += [
        Failure(message.identifier, ValueError(message.problem))
        for message in messages
        if message.problem
    ]
    for key in dict.fromkeys(_subjects(messages)):
        try:
            ingestor.ingest(key, report)
        except Exception as error:  # noqa: BLE001  # the queue brings it again, alone
            report.failed.append(Failure(key, error))
    return report


def publish_batch(publisher: Publisher, messages: Sequence[Message]) -> PublishReport:
    """Publish every partition that the messages hint at, once."""
    report = PublishReport()
    partitions = [Partition.parse(text) for text in dict.fromkeys(_subjects(messages))]
    for partition in sorted(partitions, key=lambda partition: _ORDER.index(partition.kind)):
        try:
            publisher.publish(partition, report)
        except Exception as error:  # noqa: BLE001  # the stream brings it again
            report.failed.append(Failure(str(partition), error))
    return report


def failed_identifiers(messages: Sequence[Message], failures: Iterable[Failure]) -> list[str]:
    """Return the identifiers of the messages to bring again, in their order."""
    failed = {failure.subject for failure in failures}
    return [
        message.identifier
        for message in messages
        if message.problem or failed.intersection(message.subjects)
    ]


def _subjects(messages: Sequence[Message]) -> Iterable[str]:
    return (subject for message in messages for subject in message.subjects)
