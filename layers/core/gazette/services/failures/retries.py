"""Retries: publishing work that failed goes to a queue of its own, and later to the dead letters.

So one failing partition does not block the stream. Work is described by ledger keys, so it can be
done at any time, even after the stream has dropped its records.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gazette.models.ledger.partitions import Partition
from gazette.models.limits import MAX_RETRY_DELAY_SECONDS, MAX_TASK_ATTEMPTS
from gazette.models.tasks.messages import StreamRecord
from gazette.models.tasks.reports import Failure, PublishReport
from gazette.models.tasks.retry import retries_of
from gazette.models.tasks.tasks import tasks_for
from gazette.ports import Outbox
from gazette.services.failures.dead_letters import reason_of


class _FailedPartition(NamedTuple):
    """The records of a partition whose tasks failed, and the first error."""

    partition: Partition
    records: list[StreamRecord]
    error: Exception


@dataclass(frozen=True, slots=True)
class Retries:
    """Queues failed work by partition; ``first_delay`` is in seconds and doubles per attempt."""

    retries: Outbox
    dead_letters: Outbox
    first_delay: int

    def queue(self, records: Sequence[StreamRecord], report: PublishReport) -> list[str]:
        """Queue failed work for a retry, or after the last attempt as a dead letter.

        Returns:
            The identifiers of the records whose work could not be queued.
        """
        lost = []
        for partition, failed, error in _failed_partitions(records, report):
            try:
                self._send(partition, failed, error)
            except Exception as unsent:  # noqa: BLE001  # AWS delivers these records again
                # A queue that refuses one partition must not lose the others. The stream or the
                # queue delivers the records of this one again.
                report.failed.append(Failure(f"retry of {partition}", unsent))
                lost += [record.identifier for record in failed]
        return lost

    def _send(
        self, partition: Partition, records: Sequence[StreamRecord], error: Exception
    ) -> None:
        attempt = max(record.attempt for record in records) + 1
        sorts = list(dict.fromkeys(record.key.sort for record in records))
        if attempt > MAX_TASK_ATTEMPTS:
            for letter in retries_of(partition, sorts):
                self.dead_letters.send(letter.model_dump_json(), reason=reason_of(error))
            return
        delay = min(self.first_delay * 2 ** (attempt - 2), MAX_RETRY_DELAY_SECONDS)
        for retry in retries_of(partition, sorts, attempt):
            self.retries.send(retry.model_dump_json(), delay=delay)


def _failed_partitions(
    records: Sequence[StreamRecord], report: PublishReport
) -> Iterator[_FailedPartition]:
    errors = {failure.subject: failure.error for failure in report.failed}
    found: dict[Partition, _FailedPartition] = {}
    for record in records:
        for subject in map(str, tasks_for(record.key)):
            if subject in errors:
                partition = record.key.partition
                new = _FailedPartition(partition, [], errors[subject])
                found.setdefault(partition, new).records.append(record)
                break
    yield from found.values()
