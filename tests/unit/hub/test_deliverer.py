"""Content distribution (W3C WebSub §7): signed bytes, retries for each subscriber, lost ones."""

import hashlib
import hmac

import pytest

from gazette.models.hub.answers import (
    CallbackAnswer,
    CallbackResult,
    Forbidden,
    Unreachable,
    pause_after,
)
from gazette.models.hub.deliveries import Delivery
from gazette.models.hub.subscriptions import signature, subscriber_name
from gazette.models.limits import (
    MAX_DELIVERIES_GIVEN_UP,
    MAX_DELIVERY_ATTEMPTS,
    MAX_RETRY_DELAY_SECONDS,
)
from gazette.models.views.site_document import Document
from tests.unit.hub.stage import CALLBACK, FEED, HUB, PATH, TOPIC, HubStage

OTHER = "https://other.example/"
BOTH = Delivery(
    topic=TOPIC, path=PATH, subscribers=(subscriber_name(CALLBACK), subscriber_name(OTHER))
)


@pytest.fixture
def stage() -> HubStage:
    return HubStage()


def test_a_subscriber_gets_the_bytes_of_the_feed_and_their_addresses(stage: HubStage) -> None:
    """websub.rocks hub 100 and 105."""
    stage.subscribe()
    assert stage.deliver().delivered == 1
    (post,) = stage.callbacks.posts
    assert (post.callback, post.body) == (CALLBACK, FEED.body)
    assert dict(post.headers) == {
        "Content-Type": "application/atom+xml; charset=utf-8",
        "Link": f'<{HUB}>; rel="hub", <{TOPIC}>; rel="self"',
    }


def test_a_json_feed_comes_as_json(stage: HubStage) -> None:
    """websub.rocks hub 106."""
    stage.subscribe()
    body = '{"title": "Ñandú"}'.encode()
    stage.site.documents[PATH] = Document(PATH, body, "application/feed+json; charset=utf-8")
    stage.deliver()
    (post,) = stage.callbacks.posts
    assert dict(post.headers)["Content-Type"] == "application/feed+json; charset=utf-8"
    assert post.body == body


def accepts(secret: str, body: bytes, header: str) -> bool:
    """Return what a subscriber that checks signatures decides (§7.1)."""
    method, _, given = header.partition("=")
    made = hmac.new(secret.encode(), body, method).hexdigest()
    return hmac.compare_digest(made, given)


def test_a_subscriber_with_a_secret_can_check_the_bytes(stage: HubStage) -> None:
    """websub.rocks hub 101: a forged document, secret or signature does not pass."""
    stage.subscribe(secret="sésame")
    stage.deliver()
    (post,) = stage.callbacks.posts
    header = dict(post.headers)["X-Hub-Signature"]
    assert header.startswith("sha256=")
    assert accepts("sésame", post.body, header)
    assert not accepts("sésame", post.body + b" ", header)
    assert not accepts("sesame", post.body, header)
    assert not accepts("sésame", post.body, f"sha256={hashlib.sha256(post.body).hexdigest()}")


def test_the_signature_of_an_older_document_does_not_fit_a_newer_one(stage: HubStage) -> None:
    """A replayed delivery can only bring back bytes that were once sent to this subscriber."""
    stage.subscribe(secret="one")
    stage.deliver()
    stage.site.documents[PATH] = Document(PATH, b"<feed>2</feed>", FEED.media_type)
    stage.deliver()
    old, new = (dict(post.headers)["X-Hub-Signature"] for post in stage.callbacks.posts)
    assert not accepts("one", stage.callbacks.posts[1].body, old)
    assert accepts("one", stage.callbacks.posts[1].body, new)


def test_a_signature_equals_that_of_rfc_4231() -> None:
    """Test case 2 of RFC 4231."""
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert signature("Jefe", b"what do ya want for nothing?") == f"sha256={expected}"


def test_a_renewed_secret_signs_from_then_on(stage: HubStage) -> None:
    stage.subscribe(secret="old")
    stage.subscribe(secret="new")
    stage.deliver()
    (post,) = stage.callbacks.posts
    assert accepts("new", post.body, dict(post.headers)["X-Hub-Signature"])


def test_an_expired_subscription_gets_nothing(stage: HubStage) -> None:
    stage.subscribe(lease_seconds="3600")
    stage.pass_time(3601)
    assert stage.deliver().delivered == 0
    assert stage.callbacks.posts == []


def test_of_a_feed_that_is_gone_nothing_is_delivered(stage: HubStage) -> None:
    stage.subscribe()
    stage.site.documents.clear()
    stage.deliver()
    assert stage.callbacks.posts == []


LATER: list[CallbackResult] = [
    *(CallbackAnswer(status) for status in (408, 425, 429, 500, 502, 503, 504, 507)),
    Unreachable("timed out"),
]


@pytest.mark.parametrize("result", LATER)
def test_a_busy_subscriber_is_tried_again_alone(stage: HubStage, result: CallbackResult) -> None:
    stage.subscribe()
    stage.subscribe(callback=OTHER)
    stage.callbacks.answers[CALLBACK] = [result]
    report = stage.deliver(BOTH)
    assert (report.delivered, report.postponed) == (1, 1)
    ((again, delay),) = stage.postponed()
    assert (again.subscribers, again.attempt, delay) == ((subscriber_name(CALLBACK),), 2, 30)
    assert stage.deliver(again).delivered == 1


def test_the_bytes_of_a_later_attempt_are_the_newest(stage: HubStage) -> None:
    stage.subscribe()
    stage.callbacks.answers[CALLBACK] = [CallbackAnswer(503)]
    stage.deliver()
    stage.site.documents[PATH] = Document(PATH, b"<feed>2</feed>", FEED.media_type)
    ((again, _),) = stage.postponed()
    stage.deliver(again)
    assert [post.body for post in stage.callbacks.posts] == [FEED.body, b"<feed>2</feed>"]


def test_pauses_double_up_to_a_bound_and_respect_what_is_asked_for() -> None:
    busy = Unreachable("timed out")
    pauses = [pause_after(attempt, busy) for attempt in range(1, MAX_DELIVERY_ATTEMPTS + 1)]
    assert pauses == [30, 60, 120, 240, 480, 900, 900, 900]
    assert pause_after(1, CallbackAnswer(429, retry_after=100)) == 100
    assert pause_after(3, CallbackAnswer(503, retry_after=5)) == 120
    asked = CallbackAnswer(429, retry_after=10**9)
    assert pause_after(1, asked) == MAX_RETRY_DELAY_SECONDS


def test_subscribers_that_ask_for_different_pauses_get_them(stage: HubStage) -> None:
    stage.subscribe()
    stage.subscribe(callback=OTHER)
    stage.callbacks.answers[CALLBACK] = [CallbackAnswer(429, retry_after=300)]
    stage.callbacks.answers[OTHER] = [CallbackAnswer(503)]
    assert stage.deliver(BOTH).postponed == 2
    pauses = {again.subscribers[0]: delay for again, delay in stage.postponed()}
    assert pauses == {subscriber_name(CALLBACK): 300, subscriber_name(OTHER): 30}


def test_a_subscriber_that_never_answers_is_given_up_and_after_three_times_dropped(
    stage: HubStage,
) -> None:
    stage.subscribe()
    stage.callbacks.answers[CALLBACK] = [Unreachable("timed out")] * 100
    for number in range(1, MAX_DELIVERIES_GIVEN_UP + 1):
        report = stage.deliver()
        attempts = 1
        while waiting := stage.postponed():
            report = stage.deliver(waiting[0][0])
            attempts += 1
        assert (attempts, report.given_up) == (MAX_DELIVERY_ATTEMPTS, 1)
        assert report.ended == (number == MAX_DELIVERIES_GIVEN_UP)
    assert stage.standing() == []


def test_a_success_forgets_earlier_failures(stage: HubStage) -> None:
    stage.subscribe()
    stage.callbacks.answers[CALLBACK] = [CallbackAnswer(404), CallbackAnswer(403)]
    stage.deliver()
    stage.deliver()
    assert stage.standing()[0].failures == MAX_DELIVERIES_GIVEN_UP - 1
    stage.deliver()
    assert stage.standing()[0].failures == 0


def test_410_ends_a_subscription_at_once(stage: HubStage) -> None:
    stage.subscribe()
    stage.callbacks.answers[CALLBACK] = [CallbackAnswer(410)]
    report = stage.deliver()
    assert (report.ended, report.given_up, stage.standing()) == (1, 0, [])


REFUSED: list[CallbackResult] = [
    *(CallbackAnswer(status) for status in (301, 302, 307, 308, 400, 401, 404)),
    Forbidden("reader.example has the address 10.0.0.1, which is not public"),
]


@pytest.mark.parametrize("result", REFUSED)
def test_a_subscriber_that_refuses_or_redirects_is_not_tried_again(
    stage: HubStage, result: CallbackResult
) -> None:
    stage.subscribe()
    stage.callbacks.answers[CALLBACK] = [result]
    assert stage.deliver().given_up == 1
    assert stage.postponed() == []
    assert len(stage.standing()) == 1


def test_a_subscriber_that_renews_while_it_fails_keeps_its_subscription(stage: HubStage) -> None:
    stage.subscribe()

    class Renewing(dict[str, list[CallbackResult]]):
        """Answers 410, right after the subscriber has subscribed again."""

        def __missing__(self, _: str) -> list[CallbackResult]:
            stage.subscribe()
            return [CallbackAnswer(410)]

    stage.callbacks.answers = Renewing()
    assert stage.deliver().ended == 0
    assert len(stage.standing()) == 1


def test_a_repeated_message_delivers_again_at_worst(stage: HubStage) -> None:
    stage.subscribe()
    assert stage.deliver().delivered == stage.deliver().delivered == 1
    assert len(stage.callbacks.posts) == 2
