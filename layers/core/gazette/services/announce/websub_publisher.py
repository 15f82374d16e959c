"""Telling hubs: every announcement once, and what fails alone, later, and in the end with why."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from gazette.models.work.hub_ping import HubPing
from gazette.models.work.reports import Failure
from gazette.ports import HubBusyError, HubClient, HubRefusedError, Outbox
from gazette.services.retries import reason_of

HasTime: TypeAlias = Callable[[], bool]


class UnreadableError(Exception):
    """A message is no announcement: it never will be."""


class NoTimeError(Exception):
    """The others took all the time there was: try later."""


class HubPingMessage(NamedTuple):
    """What the queue brings; without an announcement the body cannot be read."""

    identifier: str
    body: str
    receives: int
    ping: HubPing | None


@dataclass(slots=True)
class HubReport:
    """What came of a batch: who was told of what, what failed, what was put aside for good."""

    told: list[HubPing] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    kept: int = 0


@dataclass(frozen=True, slots=True)
class WebSubPublisher:
    """Tells hubs; what they refuse is kept at once, what they miss at the last receive."""

    hubs: HubClient
    dead_letters: Outbox
    most_receives: int

    def tell(
        self, messages: Sequence[HubPingMessage], has_time: HasTime, report: HubReport
    ) -> list[str]:
        """Tell every hub of every feed once; return the identifiers of messages to bring again."""
        errors = dict(self._tell(messages, has_time, report))
        failed = [message for message in messages if message.ping in errors]
        return [
            message.identifier
            for message in failed
            if not self._send_to_dead_letters(message, errors[message.ping], report)
        ]

    def _tell(
        self, messages: Sequence[HubPingMessage], has_time: HasTime, report: HubReport
    ) -> Iterator[tuple[HubPing | None, Exception]]:
        silent: dict[str, Exception] = {}
        for ping in dict.fromkeys(message.ping for message in messages):
            try:
                self._tell_one(ping, has_time, silent)
            except (HubBusyError, HubRefusedError, UnreadableError, NoTimeError) as error:
                subject = f"{ping.hub} of {ping.feed}" if ping else "?"
                report.failed.append(Failure(subject, error))
                yield ping, error
            else:
                report.told += [ping] if ping else []

    def _tell_one(
        self, ping: HubPing | None, has_time: HasTime, silent: dict[str, Exception]
    ) -> None:
        """Tell one hub; one that did not answer a moment ago is not waited for again."""
        if ping is None:
            raise UnreadableError("is no announcement")
        hub, feed = ping.hub, ping.feed
        if hub in silent:
            raise silent[hub]
        if not has_time():
            raise NoTimeError("was left for another time")
        try:
            self.hubs.tell(hub, feed)
        except HubBusyError as error:
            silent[hub] = error
            raise

    def _send_to_dead_letters(
        self, message: HubPingMessage, error: Exception, report: HubReport
    ) -> bool:
        """Put a message aside if it is for good; say whether it is."""
        is_last = message.receives >= self.most_receives
        if not (is_last or isinstance(error, HubRefusedError | UnreadableError)):
            return False
        try:
            self.dead_letters.send(message.body, reason=reason_of(error))
        except Exception as unsent:  # noqa: BLE001  # then SQS moves it aside, without a reason
            report.failed.append(Failure(f"keeping {message.identifier}", unsent))
            return False
        report.kept += 1
        return True
