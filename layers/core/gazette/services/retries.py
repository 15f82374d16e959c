"""Second tries: what failed is tried again alone and later, and is kept with its reason at last.

The stream is not held up by a partition that fails: its work goes to a queue of its own, by key, so
that it can be done at any time, even when the stream has long forgotten it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gazette.models.ledger.keys import Partition
from gazette.models.text import drop_unprintable, one_line, shorten
from gazette.models.work.reports import Failure, IngestReport, PublishReport
from gazette.models.work.retry import retries_of
from gazette.models.work.tasks import tasks_for
from gazette.ports import Outbox
from gazette.services.ingest.batch import Notification
from gazette.services.publish.batch import StreamRecord

MOST_ATTEMPTS = 6
# SQS delays a message by fifteen minutes at most.
_LONGEST_DELAY = 900
_LONGEST_REASON = 500


class _Failed(NamedTuple):
    """The records of a partition whose work failed, and why."""

    partition: Partition
    records: list[StreamRecord]
    error: Exception


@dataclass(frozen=True, slots=True)
class Retries:
    """Passes on the work of partitions that failed; ``first_delay`` is in seconds, and doubles."""

    retries: Outbox
    dead_letters: Outbox
    first_delay: int

    def pass_on(self, records: Sequence[StreamRecord], report: PublishReport) -> list[str]:
        """Send what failed to be tried again, or after the last attempt to the dead letters.

        Returns the identifiers of the records that could not even be passed on.
        """
        lost = []
        for partition, failed, error in _failed_work(records, report):
            try:
                self._send(partition, failed, error)
            except Exception as unsent:  # noqa: BLE001  # whoever brought the records brings them again
                report.failed.append(Failure(f"passing on {partition}", unsent))
                lost += [record.identifier for record in failed]
        return lost

    def _send(
        self, partition: Partition, records: Sequence[StreamRecord], error: Exception
    ) -> None:
        attempt = max(record.attempt for record in records) + 1
        sorts = list(dict.fromkeys(record.key.sort for record in records))
        if attempt > MOST_ATTEMPTS:
            for letter in retries_of(partition, sorts):
                self.dead_letters.send(letter.model_dump_json(), reason=reason_of(error))
            return
        delay = min(self.first_delay * 2 ** (attempt - 2), _LONGEST_DELAY)
        for retry in retries_of(partition, sorts, attempt):
            self.retries.send(retry.model_dump_json(), delay=delay)


@dataclass(frozen=True, slots=True)
class DeadLetterSink:
    """Keeps hints that failed every time: SQS would move them aside too, but without a reason."""

    dead_letters: Outbox
    most_receives: int

    def keep(
        self, messages: Sequence[Notification], failed: list[str], report: IngestReport
    ) -> list[str]:
        """Keep those of the failed messages that were received for the last time.

        Returns the identifiers of the others, which the queue brings again.
        """
        errors = {failure.subject: failure.error for failure in report.failed}
        again = []
        for message in messages:
            if message.identifier not in failed:
                continue
            subject = next(s for s in (message.identifier, *message.keys) if s in errors)
            if message.receives < self.most_receives or not self._send_to_dead_letters(
                message, errors[subject], report
            ):
                again.append(message.identifier)
        return again

    def _send_to_dead_letters(
        self, message: Notification, error: Exception, report: IngestReport
    ) -> bool:
        try:
            self.dead_letters.send(message.body, reason=reason_of(error))
        except Exception as unsent:  # noqa: BLE001  # then SQS moves it aside, without a reason
            report.failed.append(Failure(f"keeping {message.identifier}", unsent))
            return False
        return True


def reason_of(error: Exception) -> str:
    """Say in one line what went wrong."""
    return shorten(one_line(drop_unprintable(f"{type(error).__name__}: {error}")), _LONGEST_REASON)


def _failed_work(records: Sequence[StreamRecord], report: PublishReport) -> Iterator[_Failed]:
    errors = {failure.subject: failure.error for failure in report.failed}
    found: dict[Partition, _Failed] = {}
    for record in records:
        for subject in map(str, tasks_for(record.key)):
            if subject in errors:
                partition = record.key.partition
                failed = found.setdefault(partition, _Failed(partition, [], errors[subject]))
                failed.records.append(record)
                break
    yield from found.values()
