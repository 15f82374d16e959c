"""What becomes of announcements: told once, brought again, or kept with the reason."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from gazette.models.announcement import Announcement
from gazette.ports import HubBusyError, HubRefusedError
from gazette.services.hub_telling import AnnouncementMessage, HubReport, HubTeller
from tests.unit.hubs import HUB, OTHER_HUB
from tests.unit.test_second_tries import Sent

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

    def tell(self, *messages: AnnouncementMessage) -> list[str]:
        teller = HubTeller(self.hubs, self.dead_letters, MOST)
        return teller.tell(messages, self.has_time, self.report)

    def reasons(self) -> list[str]:
        return [str(failure.error) for failure in self.report.failed]


def message(
    identifier: str, hub: str = HUB, feed: str = NEWS, receives: int = 1
) -> AnnouncementMessage:
    announcement = Announcement(hub=hub, feed=feed)
    return AnnouncementMessage(identifier, announcement.model_dump_json(), receives, announcement)


def test_every_hub_is_told_of_every_feed_once() -> None:
    desk = Desk()
    messages = [message("1"), message("2", OTHER_HUB), message("3"), message("4", feed=HARBOUR)]
    assert desk.tell(*messages) == []
    assert desk.hubs.told == [(HUB, NEWS), (OTHER_HUB, NEWS), (HUB, HARBOUR)]
    assert [(one.hub, one.feed) for one in desk.report.told] == desk.hubs.told
    assert (desk.report.failed, desk.report.kept, desk.dead_letters.messages) == ([], 0, [])


def test_a_busy_hub_is_left_alone_and_the_others_are_told() -> None:
    desk = Desk(Hubs({HUB: HubBusyError("503")}))
    messages = [message("1"), message("2", feed=HARBOUR), message("3", OTHER_HUB), message("4")]
    assert desk.tell(*messages) == ["1", "2", "4"]
    assert desk.hubs.told == [(HUB, NEWS), (OTHER_HUB, NEWS)]
    assert desk.reasons() == ["503", "503"]
    assert desk.report.failed[1].subject == f"{HUB} of {HARBOUR}"
    assert desk.dead_letters.messages == []


def test_what_failed_at_the_last_receive_is_kept_with_the_reason() -> None:
    desk = Desk(Hubs({HUB: HubBusyError("503 down")}))
    last = message("2", receives=MOST)
    assert desk.tell(message("1", receives=MOST - 1), last) == ["1"]
    assert desk.dead_letters.messages == [(last.body, "HubBusyError: 503 down", 0)]
    assert desk.report.kept == 1


def test_what_a_hub_refuses_is_kept_at_once_and_other_feeds_are_told() -> None:
    desk = Desk(Hubs({HUB: HubRefusedError("404")}))
    messages = [message("1"), message("2", feed=HARBOUR)]
    assert desk.tell(*messages) == []
    assert desk.hubs.told == [(HUB, NEWS), (HUB, HARBOUR)]
    assert [reason for _, reason, _ in desk.dead_letters.messages] == ["HubRefusedError: 404"] * 2


def test_what_cannot_be_read_is_kept_as_it_is() -> None:
    desk = Desk()
    unread = AnnouncementMessage("1", "{}", 1, None)
    assert desk.tell(unread, message("2")) == []
    assert desk.dead_letters.messages == [("{}", "UnreadableError: is no announcement", 0)]
    assert desk.hubs.told == [(HUB, NEWS)]


def test_what_there_is_no_time_for_comes_again() -> None:
    left = [True, False]
    desk = Desk(has_time=lambda: left.pop(0) if left else False)
    messages = [message("1"), message("2", OTHER_HUB), message("3", feed=HARBOUR)]
    assert desk.tell(*messages) == ["2", "3"]
    assert desk.hubs.told == [(HUB, NEWS)]
    assert desk.reasons() == ["was left for another time"] * 2


def test_what_cannot_be_kept_comes_again() -> None:
    desk = Desk(Hubs({HUB: HubRefusedError("404")}), Sent(refuses=True))
    assert desk.tell(message("1")) == ["1"]
    assert desk.report.kept == 0
    assert desk.report.failed[-1].subject == "keeping 1"


def test_an_error_of_our_own_is_no_fault_of_a_hub() -> None:
    desk = Desk(Hubs({HUB: ZeroDivisionError()}))
    with pytest.raises(ZeroDivisionError):
        desk.tell(message("1"))
