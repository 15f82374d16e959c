"""Hub pings: sent once, delivered again, or moved to the dead letters with a reason."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from gazette.models.tasks.hub_ping import HubPing
from gazette.models.tasks.messages import HubPingMessage
from gazette.ports import HubBusyError, HubRefusedError
from gazette.services.announce.websub_publisher import HubReport, WebSubPublisher
from gazette.services.failures.dead_letters import DeadLetterSink
from tests.unit.announce.hubs import HUB, OTHER_HUB
from tests.unit.announce.outboxes import FakeOutbox

MOST = 6
NEWS, HARBOUR = (
    "https://gazette.example/feed.atom",
    "https://gazette.example/topics/harbour/feed.rss",
)


@dataclass
class FakeHubs:
    """A `HubClient` that records pings; a hub in ``errors`` raises its error."""

    errors: dict[str, Exception] = field(default_factory=dict)
    pings: list[tuple[str, str]] = field(default_factory=list)

    def ping(self, hub: str, feed: str) -> None:
        self.pings.append((hub, feed))
        if hub in self.errors:
            raise self.errors[hub]


@dataclass
class Fixture:
    """A `WebSubPublisher` with fakes around it."""

    hubs: FakeHubs = field(default_factory=FakeHubs)
    dead_letters: FakeOutbox = field(default_factory=FakeOutbox)
    report: HubReport = field(default_factory=HubReport)
    has_time: Callable[[], bool] = lambda: True

    def ping(self, *messages: HubPingMessage) -> list[str]:
        publisher = WebSubPublisher(self.hubs, DeadLetterSink(self.dead_letters, MOST))
        return publisher.ping(messages, self.has_time, self.report)

    def reasons(self) -> list[str]:
        return [str(failure.error) for failure in self.report.failed]


def message(identifier: str, hub: str = HUB, feed: str = NEWS, receives: int = 1) -> HubPingMessage:
    ping = HubPing(hub=hub, feed=feed)
    return HubPingMessage(identifier, ping.model_dump_json(), receives, ping)


def test_each_hub_is_pinged_once_per_feed() -> None:
    fixture = Fixture()
    messages = [message("1"), message("2", OTHER_HUB), message("3"), message("4", feed=HARBOUR)]
    assert fixture.ping(*messages) == []
    assert fixture.hubs.pings == [(HUB, NEWS), (OTHER_HUB, NEWS), (HUB, HARBOUR)]
    assert [(one.hub, one.feed) for one in fixture.report.sent] == fixture.hubs.pings
    assert (fixture.report.failed, fixture.report.dead_letters, fixture.dead_letters.messages) == (
        [],
        0,
        [],
    )


def test_a_busy_hub_does_not_delay_the_others() -> None:
    fixture = Fixture(FakeHubs({HUB: HubBusyError("503")}))
    messages = [message("1"), message("2", feed=HARBOUR), message("3", OTHER_HUB), message("4")]
    assert fixture.ping(*messages) == ["1", "2", "4"]
    assert fixture.hubs.pings == [(HUB, NEWS), (OTHER_HUB, NEWS)]
    assert fixture.reasons() == ["503", "503"]
    assert fixture.report.failed[1].subject == f"{HUB} of {HARBOUR}"
    assert fixture.dead_letters.messages == []


def test_a_ping_becomes_a_dead_letter_at_its_last_attempt() -> None:
    fixture = Fixture(FakeHubs({HUB: HubBusyError("503 down")}))
    last = message("2", receives=MOST)
    assert fixture.ping(message("1", receives=MOST - 1), last) == ["1"]
    assert fixture.dead_letters.messages == [(last.body, "HubBusyError: 503 down", 0)]
    assert fixture.report.dead_letters == 1


def test_a_refused_ping_becomes_a_dead_letter_at_once() -> None:
    fixture = Fixture(FakeHubs({HUB: HubRefusedError("404")}))
    messages = [message("1"), message("2", feed=HARBOUR)]
    assert fixture.ping(*messages) == []
    assert fixture.hubs.pings == [(HUB, NEWS), (HUB, HARBOUR)]
    assert [reason for _, reason, _ in fixture.dead_letters.messages] == [
        "HubRefusedError: 404"
    ] * 2


def test_an_unreadable_message_becomes_a_dead_letter() -> None:
    fixture = Fixture()
    unreadable = HubPingMessage("1", "{}", 1, None)
    assert fixture.ping(unreadable, message("2")) == []
    assert fixture.dead_letters.messages == [("{}", "UnreadableError: is no hub ping", 0)]
    assert fixture.hubs.pings == [(HUB, NEWS)]


def test_a_ping_without_time_is_delivered_again() -> None:
    left = [True, False]
    fixture = Fixture(has_time=lambda: left.pop(0) if left else False)
    messages = [message("1"), message("2", OTHER_HUB), message("3", feed=HARBOUR)]
    assert fixture.ping(*messages) == ["2", "3"]
    assert fixture.hubs.pings == [(HUB, NEWS)]
    assert fixture.reasons() == ["no time was left in this run"] * 2


def test_a_ping_that_cannot_be_moved_is_delivered_again() -> None:
    fixture = Fixture(FakeHubs({HUB: HubRefusedError("404")}), FakeOutbox(refuses=True))
    assert fixture.ping(message("1")) == ["1"]
    assert fixture.report.dead_letters == 0
    assert fixture.report.failed[-1].subject == "dead letter 1"


def test_an_error_in_our_code_is_raised() -> None:
    fixture = Fixture(FakeHubs({HUB: ZeroDivisionError()}))
    with pytest.raises(ZeroDivisionError):
        fixture.ping(message("1"))
