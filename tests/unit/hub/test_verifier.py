"""Verification of intent, leases, denial (W3C WebSub §5.2, §5.3), in the order of websub.rocks."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from gazette.models.hub.answers import CallbackAnswer, CallbackResult, Forbidden, Unreachable
from gazette.models.hub.requests import SubscriptionRequest
from gazette.models.limits import (
    DEFAULT_LEASE_SECONDS,
    MAX_SUBSCRIPTIONS_A_HOST,
    MAX_SUBSCRIPTIONS_A_TOPIC,
    MAX_VERIFICATION_ATTEMPTS,
    SUBSCRIPTION_SAMPLES,
)
from gazette.services.hub.verifier import VerificationReport
from gazette.store.memory_subscriptions import MemorySubscriptions
from tests.unit.hub.stage import (
    CALLBACK,
    MORNING,
    TOPIC,
    HubStage,
    echo,
    messages,
)


@pytest.fixture
def stage() -> HubStage:
    return HubStage()


def test_a_subscriber_is_asked_at_its_callback_whose_query_stays(stage: HubStage) -> None:
    """websub.rocks hub 100."""
    subscription = stage.subscribe()
    ((url, asked),) = stage.callbacks.asked
    assert url.startswith(f"{CALLBACK}&hub.mode=subscribe&")
    assert asked == {
        "id": "7",
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.challenge": "challenge-1",
        "hub.lease_seconds": str(DEFAULT_LEASE_SECONDS),
    }
    assert (subscription.topic, subscription.callback, subscription.secret) == (TOPIC, CALLBACK, "")
    assert subscription.expires_at == MORNING.timestamp() + DEFAULT_LEASE_SECONDS


def test_a_callback_without_a_query_gets_one(stage: HubStage) -> None:
    stage.subscribe(callback="https://reader.example/push")
    assert stage.callbacks.asked[0][0].startswith("https://reader.example/push?hub.mode=")


def test_a_secret_is_stored_with_the_subscription(stage: HubStage) -> None:
    """websub.rocks hub 101."""
    assert stage.subscribe(secret="sésame").secret == "sésame"
    assert "sésame" not in stage.callbacks.asked[0][0]


def test_a_renewal_extends_the_lease_and_replaces_the_secret(stage: HubStage) -> None:
    """websub.rocks hub 103."""
    first = stage.subscribe(secret="old", lease_seconds="7200")
    stage.pass_time(7000)
    second = stage.subscribe(secret="new", lease_seconds="7200")
    assert (second.secret, second.expires_at) == ("new", first.expires_at + 7000)
    assert first.verification != second.verification
    stage.pass_time(7000)
    assert stage.standing() == [second]


def test_an_expired_lease_ends_a_subscription(stage: HubStage) -> None:
    stage.subscribe(lease_seconds="3600")
    stage.pass_time(3599)
    assert len(stage.standing()) == 1
    stage.pass_time(1)
    assert stage.standing() == []


def test_a_subscriber_that_confirms_is_unsubscribed(stage: HubStage) -> None:
    """websub.rocks hub 104."""
    stage.subscribe()
    stage.ask(mode="unsubscribe")
    assert stage.verify().unsubscribed == 1
    _, asked = stage.callbacks.asked[-1]
    assert (asked["hub.mode"], asked["hub.challenge"]) == ("unsubscribe", "challenge-2")
    assert "hub.lease_seconds" not in asked
    assert stage.standing() == []


def test_an_unsubscription_that_the_subscriber_does_not_confirm_changes_nothing(
    stage: HubStage,
) -> None:
    stage.subscribe()
    stage.callbacks.answering = lambda _: CallbackAnswer(404)
    stage.ask(mode="unsubscribe")
    assert stage.verify().unconfirmed == 1
    assert len(stage.standing()) == 1


def test_a_callback_that_never_subscribed_is_not_called_to_unsubscribe(stage: HubStage) -> None:
    stage.ask(mode="unsubscribe")
    assert stage.verify().unconfirmed == 1
    assert stage.callbacks.asked == []


@pytest.mark.parametrize(
    "answering",
    [
        lambda _: CallbackAnswer(200, b""),
        lambda _: CallbackAnswer(200, b"challenge"),
        lambda asked: CallbackAnswer(200, asked["hub.challenge"].encode() + b"\n"),
        lambda asked: CallbackAnswer(200, b" " + asked["hub.challenge"].encode()),
        lambda asked: CallbackAnswer(200, asked["hub.challenge"].upper().encode()),
        lambda asked: CallbackAnswer(302, asked["hub.challenge"].encode()),
        lambda asked: CallbackAnswer(404, asked["hub.challenge"].encode()),
        lambda _: CallbackAnswer(410),
        lambda _: Forbidden("has a private address"),
    ],
)
def test_another_answer_than_the_challenge_confirms_nothing(
    stage: HubStage, answering: Callable[[dict[str, str]], CallbackResult]
) -> None:
    stage.callbacks.answering = answering
    stage.ask()
    report = stage.verify()
    assert (report.subscribed, report.unconfirmed) == (0, 1)
    assert (stage.standing(), stage.queued()) == ([], [])


@pytest.mark.parametrize("result", [Unreachable("timed out"), CallbackAnswer(503)])
def test_a_subscriber_that_does_not_answer_now_is_asked_again_and_then_no_more(
    stage: HubStage, result: CallbackResult
) -> None:
    stage.callbacks.answering = lambda _: result
    stage.ask()
    for attempt in range(1, MAX_VERIFICATION_ATTEMPTS):
        assert stage.verify().postponed == 1
        ((_, _, delay),) = stage.requests.messages
        assert delay == 30 * attempt
    assert stage.verify().unconfirmed == 1
    assert stage.queued() == []


def test_a_subscriber_that_answers_at_the_second_attempt_is_subscribed(stage: HubStage) -> None:
    stage.callbacks.answering = lambda _: Unreachable("timed out")
    stage.ask()
    stage.verify()
    stage.callbacks.answering = echo
    assert stage.verify().subscribed == 1


def test_every_challenge_is_another(stage: HubStage) -> None:
    for number in range(3):
        stage.subscribe(callback=f"https://reader.example/{number}")
    challenges = [asked["hub.challenge"] for _, asked in stage.callbacks.asked]
    assert len(set(challenges)) == 3


def test_a_host_with_too_many_subscriptions_is_denied_another(stage: HubStage) -> None:
    stage.add_many(MAX_SUBSCRIPTIONS_A_HOST)
    stage.ask()
    assert stage.verify().denied == 1
    ((url, asked),) = stage.callbacks.asked
    assert url.startswith(f"{CALLBACK}&hub.mode=denied")
    assert asked["hub.topic"] == TOPIC
    assert asked["hub.reason"] == "reader.example has 2,000 subscriptions, which is the limit"
    assert stage.standing() == []
    stage.subscribe(callback="https://other.example/")


def test_a_host_with_too_many_subscriptions_may_renew_them(stage: HubStage) -> None:
    stage.add_many(MAX_SUBSCRIPTIONS_A_HOST)
    stage.subscribe(callback="https://reader.example/7", secret="new")


class CountedStore(MemorySubscriptions):
    """A store in which each range of names of a topic has a number of subscribers."""

    def __init__(self, number: int) -> None:
        super().__init__(lambda: MORNING)
        self.number = number
        self.counted: list[tuple[str, str]] = []

    def count_between(self, topic: str, after: str, until: str, most: int) -> int:
        assert topic == TOPIC
        self.counted.append((after, until))
        return min(self.number, most)


@pytest.mark.parametrize(
    ("sampled", "counted"), [(0.0, ("00", "01")), (0.5, ("80", "81")), (0.999, ("ff", ""))]
)
def test_a_topic_with_too_many_subscribers_denies_another(
    stage: HubStage, sampled: float, counted: tuple[str, str]
) -> None:
    """One range of names, which nobody can foresee, is counted for all."""
    most = MAX_SUBSCRIPTIONS_A_TOPIC // SUBSCRIPTION_SAMPLES
    store = CountedStore(most)
    stage.sampled = sampled
    stage.verifier = replace(stage.verifier, subscriptions=store)
    stage.ask()
    assert stage.verify().denied == 1
    assert "100,000 subscribers" in stage.callbacks.asked[-1][1]["hub.reason"]
    store.number = most - 1
    stage.ask()
    assert stage.verify().subscribed == 1
    assert store.counted == [counted, counted]


def test_a_message_that_cannot_be_read_becomes_a_dead_letter(stage: HubStage) -> None:
    report = VerificationReport()
    unreadable: list[SubscriptionRequest | None] = [None]
    assert stage.verifier.verify(messages(unreadable), lambda: True, report) == []
    assert len(stage.dead_letters.messages) == len(report.failed) == 1
    assert report.counts["VerificationFailures"] == 1


def test_without_time_a_message_is_left_for_later(stage: HubStage) -> None:
    stage.ask()
    report = VerificationReport()
    assert stage.verifier.verify(messages(stage.queued()), lambda: False, report) == ["0"]
    assert stage.callbacks.asked == []
