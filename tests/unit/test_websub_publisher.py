"""What becomes of announcements: told once, brought again, or kept with the reason."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from gazette.models.work.hub_ping import HubPing
from gazette.ports import HubBusyError, HubRefusedError
from gazette.services.announce.websub_publisher import HubPingMessage, HubReport, WebSubPublisher
from tests.unit.hubs import HUB, OTHER_HUB
from tests.unit.test_retries import Sent

MOST = 6
NEWS, HARBOUR = (
    "https://gazette.example/feed.atom",
    "https://gazette.example/topics/harbour/feed.rss",
)


@dataclass
class Hubs:
    """A `HubClient` of hubs that take everything, but for those that raise something."""

    errors: dict[str, Exception] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)

    def tell(self, hub: str, feed: str) -> None:
        self.told.append((hub, feed))
        if hub in self.errors:
            raise self.errors[hub]


@dataclass
class Desk:
    """A teller of hubs, and what it left."""

    hubs: Hubs = field(default_factory=Hubs)
    dead_letters: Sent = field(default_factory=Sent)
    report: HubReport = field(default_factory=HubReport)
    has_time: Callable[[], bool] = lambda: True

    def tell(self, *messages: HubPingMessage) -> list[str]:
        publisher = WebSubPublisher(self.hubs, self.dead_letters, MOST)
        return publisher.tell(messages, self.has_time, self.report)

    def reasons(self) -> list[str]:
        return [str(failure.error) for failure in self.report.failed]


def message(identifier: str, hub: str = HUB, feed: str = NEWS, receives: int = 1) -> HubPingMessage:
    ping = HubPing(hub=hub, feed=feed)
    return HubPingMessage(identifier, ping.model_dump_json(), receives, ping)


def test_every_hub_is_told_of_every_feed_once() -> None:
    builder = Desk()
    messages = [message("1"), message("2", OTHER_HUB), message("3"), message("4", feed=HARBOUR)]
    assert builder.tell(*messages) == []
    assert builder.hubs.told == [(HUB, NEWS), (OTHER_HUB, NEWS), (HUB, HARBOUR)]
    assert [(one.hub, one.feed) for one in builder.report.told] == builder.hubs.told
    assert (builder.report.failed, builder.report.kept, builder.dead_letters.messages) == (
        [],
        0,
        [],
    )


def test_a_busy_hub_is_left_alone_and_the_others_are_told() -> None:
    builder = Desk(Hubs({HUB: HubBusyError("503")}))
    messages = [message("1"), message("2", feed=HARBOUR), message("3", OTHER_HUB), message("4")]
    assert builder.tell(*messages) == ["1", "2", "4"]
    assert builder.hubs.told == [(HUB, NEWS), (OTHER_HUB, NEWS)]
    assert builder.reasons() == ["503", "503"]
    assert builder.report.failed[1].subject == f"{HUB} of {HARBOUR}"
    assert builder.dead_letters.messages == []


def test_what_failed_at_the_last_receive_is_kept_with_the_reason() -> None:
    builder = Desk(Hubs({HUB: HubBusyError("503 down")}))
    last = message("2", receives=MOST)
    assert builder.tell(message("1", receives=MOST - 1), last) == ["1"]
    assert builder.dead_letters.messages == [(last.body, "HubBusyError: 503 down", 0)]
    assert builder.report.kept == 1


def test_what_a_hub_refuses_is_kept_at_once_and_other_feeds_are_told() -> None:
    builder = Desk(Hubs({HUB: HubRefusedError("404")}))
    messages = [message("1"), message("2", feed=HARBOUR)]
    assert builder.tell(*messages) == []
    assert builder.hubs.told == [(HUB, NEWS), (HUB, HARBOUR)]
    assert [reason for _, reason, _ in builder.dead_letters.messages] == [
        "HubRefusedError: 404"
    ] * 2


def test_what_cannot_be_read_is_kept_as_it_is() -> None:
    builder = Desk()
    unread = HubPingMessage("1", "{}", 1, None)
    assert builder.tell(unread, message("2")) == []
    assert builder.dead_letters.messages == [("{}", "UnreadableError: is no announcement", 0)]
    assert builder.hubs.told == [(HUB, NEWS)]


def test_what_there_is_no_time_for_comes_again() -> None:
    left = [True, False]
    builder = Desk(has_time=lambda: left.pop(0) if left else False)
    messages = [message("1"), message("2", OTHER_HUB), message("3", feed=HARBOUR)]
    assert builder.tell(*messages) == ["2", "3"]
    assert builder.hubs.told == [(HUB, NEWS)]
    assert builder.reasons() == ["was left for another time"] * 2


def test_what_cannot_be_kept_comes_again() -> None:
    builder = Desk(Hubs({HUB: HubRefusedError("404")}), Sent(refuses=True))
    assert builder.tell(message("1")) == ["1"]
    assert builder.report.kept == 0
    assert builder.report.failed[-1].subject == "keeping 1"


def test_an_error_of_our_own_is_no_fault_of_a_hub() -> None:
    builder = Desk(Hubs({HUB: ZeroDivisionError()}))
    with pytest.raises(ZeroDivisionError):
        builder.tell(message("1"))
