"""Pings hubs (W3C WebSub §4), each hub once per feed, and sorts out what failed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gazette.models.tasks.hub_ping import HubPing
from gazette.models.tasks.messages import HubPingMessage
from gazette.models.tasks.reports import Failure
from gazette.ports import HasTime, HubBusyError, HubClient, NoTimeError, PermanentError
from gazette.services.failures.dead_letters import DeadLetterSink


class UnreadableError(PermanentError):
    """A message is not a hub ping."""


@dataclass(slots=True)
class HubReport:
    """Outcome of a batch; ``dead_letters`` counts messages that were given up.

    ``pages`` are addresses that search engines heard of.
    """

    sent: list[HubPing] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    dead_letters: int = 0


@dataclass(frozen=True, slots=True)
class WebSubPublisher:
    """Sends hub pings; a refused ping, or one at its last attempt, becomes a dead letter."""

    hubs: HubClient
    sink: DeadLetterSink

    def ping(
        self, messages: Sequence[HubPingMessage], has_time: HasTime, report: HubReport
    ) -> list[str]:
        """Ping each hub once per feed; return the identifiers of messages to deliver again."""
        errors = dict(self._ping_all(messages, has_time, report))
        failed = [(message, errors[message.ping]) for message in messages if message.ping in errors]
        again = self.sink.collect(failed, report.failed)
        report.dead_letters += len(failed) - len(again)
        return again

    def _ping_all(
        self, messages: Sequence[HubPingMessage], has_time: HasTime, report: HubReport
    ) -> Iterator[tuple[HubPing | None, Exception]]:
        busy: dict[str, Exception] = {}
        for ping in dict.fromkeys(message.ping for message in messages):
            try:
                self._ping_one(ping, has_time, busy)
            except (HubBusyError, PermanentError, NoTimeError) as error:
                subject = f"{ping.hub} of {ping.feed}" if ping else "?"
                report.failed.append(Failure(subject, error))
                yield ping, error
            else:
                report.sent += [ping] if ping else []

    def _ping_one(
        self, ping: HubPing | None, has_time: HasTime, busy: dict[str, Exception]
    ) -> None:
        """Ping one hub, unless it was busy a moment ago: waiting again would cost the others."""
        if ping is None:
            raise UnreadableError("is no hub ping")
        if ping.hub in busy:
            raise busy[ping.hub]
        if not has_time():
            raise NoTimeError("no time was left in this run")
        try:
            self.hubs.ping(ping.hub, ping.feed)
        except HubBusyError as error:
            busy[ping.hub] = error
            raise
