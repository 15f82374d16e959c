"""Works on the messages of a queue of the hub, each on its own, and sorts out what failed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from gazette.models.tasks.reports import Failure
from gazette.ports import HasTime, NoTimeError, PermanentError
from gazette.services.failures.dead_letters import DeadLetterSink

ContentT = TypeVar("ContentT")


class UnreadableContentError(PermanentError):
    """A message has another format."""


class HubMessage(NamedTuple, Generic[ContentT]):
    """A message of a queue; ``content`` is None if the body cannot be read."""

    identifier: str
    body: str
    receives: int
    content: ContentT | None


@dataclass(frozen=True, slots=True)
class MessageWorker:
    """Calls ``work`` for each message. A subscriber that fails is no failure of a message."""

    sink: DeadLetterSink

    def run(
        self,
        messages: Sequence[HubMessage[ContentT]],
        work: Callable[[ContentT], None],
        has_time: HasTime,
        failures: list[Failure],
    ) -> list[str]:
        """Return the identifiers of the messages that the queue has to deliver again."""
        failed = list(_failed(messages, work, has_time))
        failures += [Failure(message.identifier, error) for message, error in failed]
        return self.sink.collect(failed, failures)


def _failed(
    messages: Sequence[HubMessage[ContentT]], work: Callable[[ContentT], None], has_time: HasTime
) -> Iterator[tuple[HubMessage[ContentT], Exception]]:
    for message in messages:
        try:
            work(_content(message, has_time))
        except Exception as error:  # noqa: BLE001  # the queue delivers the message again
            # AWS is busy, or a message breaks the code: neither may cost the other messages.
            yield message, error


def _content(message: HubMessage[ContentT], has_time: HasTime) -> ContentT:
    if message.content is None:
        raise UnreadableContentError("has another format")
    if not has_time():
        raise NoTimeError("no time was left in this run")
    return message.content
