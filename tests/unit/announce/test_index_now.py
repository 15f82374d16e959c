"""Search engines hear of pages together, once, and again if they were busy (IndexNow)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from gazette.models.hub.answers import (
    CallbackAnswer,
    CallbackResult,
    Forbidden,
    Post,
    Unreachable,
)
from gazette.models.limits import MAX_PAGES_A_REQUEST
from gazette.models.site import Site
from gazette.models.tasks.messages import PageNewsMessage
from gazette.models.tasks.page_news import PageNews
from gazette.ports import HubBusyError, HubRefusedError, NoTimeError
from gazette.services.announce.index_now import IndexNowPublisher
from gazette.services.announce.websub_publisher import HubReport
from gazette.services.failures.dead_letters import DeadLetterSink
from tests.unit.announce.outboxes import FakeOutbox

SERVICE, KEY, MOST = "https://api.indexnow.org/indexnow", "0b3f5c7e-9a1d4e6f", 6
SITE = Site("https://news.example/archive", "", index_now_key=KEY)
FOX, RIVER, OWL = (f"https://news.example/archive/news/{n}.html" for n in ("fox", "river", "owl"))


TAKEN = CallbackAnswer(200)


@dataclass
class FakeClient:
    """A `CallbackClient` with one result for all posts."""

    result: CallbackResult = TAKEN
    posts: list[Post] = field(default_factory=list)

    def get(self, url: str) -> CallbackResult:
        raise AssertionError(url)

    def post_all(self, posts: Sequence[Post]) -> Sequence[CallbackResult]:
        self.posts += posts
        return [self.result] * len(posts)


@dataclass
class Fixture:
    client: FakeClient = field(default_factory=FakeClient)
    dead_letters: FakeOutbox = field(default_factory=FakeOutbox)
    report: HubReport = field(default_factory=HubReport)
    has_time: bool = True

    def announce(self, *messages: PageNewsMessage) -> list[str]:
        sink = DeadLetterSink(self.dead_letters, MOST)
        publisher = IndexNowPublisher(SERVICE, SITE, self.client, sink)
        return publisher.announce(messages, lambda: self.has_time, self.report)


def message(identifier: str, *pages: str, receives: int = 1) -> PageNewsMessage:
    news = PageNews(pages=pages)
    return PageNewsMessage(identifier, news.model_dump_json(), receives, news)


def test_the_pages_of_all_messages_are_one_request_and_each_stands_in_it_once() -> None:
    fixture = Fixture()
    assert fixture.announce(message("1", FOX, RIVER), message("2", RIVER, OWL)) == []
    (post,) = fixture.client.posts
    assert post.callback == SERVICE
    assert dict(post.headers)["Content-Type"] == "application/json; charset=utf-8"
    assert json.loads(post.body) == {
        "host": "news.example",
        "key": KEY,
        "keyLocation": f"https://news.example/archive/{KEY}.txt",
        "urlList": [FOX, RIVER, OWL],
    }
    assert fixture.report.pages == [FOX, RIVER, OWL]
    assert (fixture.report.failed, fixture.dead_letters.messages) == ([], [])


def test_without_messages_nobody_is_called() -> None:
    fixture = Fixture()
    assert fixture.announce() == []
    assert fixture.client.posts == []


def test_a_request_names_no_more_pages_than_the_service_takes() -> None:
    fixture = Fixture()
    pages = [f"{FOX}?{number}" for number in range(MAX_PAGES_A_REQUEST + 1)]
    assert fixture.announce(message("1", *pages)) == []
    sizes = [len(json.loads(post.body)["urlList"]) for post in fixture.client.posts]
    assert sizes == [MAX_PAGES_A_REQUEST, 1]


@pytest.mark.parametrize("status", [200, 202])
def test_a_key_that_is_still_checked_is_no_failure(status: int) -> None:
    fixture = Fixture(FakeClient(CallbackAnswer(status)))
    assert fixture.announce(message("1", FOX)) == []
    assert fixture.report.failed == []


@pytest.mark.parametrize(
    "result", [CallbackAnswer(429), CallbackAnswer(503), Unreachable("TimeoutError: late")]
)
def test_a_busy_service_is_tried_again_and_becomes_a_dead_letter_at_last(
    result: CallbackResult,
) -> None:
    fixture = Fixture(FakeClient(result))
    assert fixture.announce(message("1", FOX), message("2", OWL, receives=MOST)) == ["1"]
    (failure,) = fixture.report.failed
    assert isinstance(failure.error, HubBusyError)
    assert (failure.subject, fixture.report.dead_letters) == ("2 pages", 1)
    assert [body for body, *_ in fixture.dead_letters.messages] == [message("2", OWL).body]
    assert fixture.report.pages == []


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (CallbackAnswer(403), "answered 403: the key file is not at the address"),
        (CallbackAnswer(422), "answered 422: the pages are not those of this host"),
        (CallbackAnswer(400), "answered 400: the request has a wrong form"),
        (CallbackAnswer(301), "answered 301"),
        (CallbackAnswer(410), "answered 410"),
        (Forbidden("has the address 10.0.0.1"), "has the address 10.0.0.1"),
    ],
)
def test_a_refusal_becomes_a_dead_letter_that_says_why(result: CallbackResult, reason: str) -> None:
    fixture = Fixture(FakeClient(result))
    assert fixture.announce(message("1", FOX)) == []
    (failure,) = fixture.report.failed
    assert isinstance(failure.error, HubRefusedError)
    assert str(failure.error).startswith(f"{SERVICE} {reason}")
    assert len(fixture.dead_letters.messages) == fixture.report.dead_letters == 1


def test_without_time_nobody_is_called_and_the_messages_come_again() -> None:
    fixture = Fixture(has_time=False)
    assert fixture.announce(message("1", FOX)) == ["1"]
    assert fixture.client.posts == []
    assert isinstance(fixture.report.failed[0].error, NoTimeError)
