"""Dead letters: messages that failed for good, kept in a queue together with the reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from gazette.models.characters import drop_unprintable, one_line, shorten
from gazette.models.limits import MAX_REASON_CHARACTERS
from gazette.models.tasks.reports import Failure
from gazette.ports import Outbox, PermanentError


class Message(Protocol):
    """A message as SQS delivered it; ``receives`` counts the deliveries so far."""

    @property
    def identifier(self) -> str: ...

    @property
    def body(self) -> str: ...

    @property
    def receives(self) -> int: ...


@dataclass(frozen=True, slots=True)
class DeadLetterSink:
    """Moves failed messages to a dead-letter queue. SQS would move them too, but without a reason.

    ``most_receives`` is the receive count at which SQS gives up.
    """

    dead_letters: Outbox
    most_receives: int

    def collect(
        self, failed: Iterable[tuple[Message, Exception]], failures: list[Failure]
    ) -> list[str]:
        """Move what failed permanently or at its last attempt.

        A message that cannot be moved is added to ``failures``; SQS moves it later.

        Returns:
            The identifiers of the other messages, which the queue delivers again.
        """
        again = []
        for message, error in failed:
            is_last = message.receives >= self.most_receives
            if is_last or isinstance(error, PermanentError):
                try:
                    self.dead_letters.send(message.body, reason=reason_of(error))
                    continue
                except Exception as unsent:  # noqa: BLE001  # SQS moves the message later
                    # The message must not be lost because the queue refused our copy. It counts
                    # as failed, and SQS moves it to the same queue, without a reason.
                    failures.append(Failure(f"dead letter {message.identifier}", unsent))
            again.append(message.identifier)
        return again


def reason_of(error: Exception) -> str:
    """Describe an error in one line."""
    return shorten(
        one_line(drop_unprintable(f"{type(error).__name__}: {error}")), MAX_REASON_CHARACTERS
    )
