"""Asks subscribers whether they made a request, and stores what they confirm (W3C WebSub §5.3)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from gazette.models.hub.answers import (
    CallbackAnswer,
    CallbackResult,
    Outcome,
    outcome_of,
    reason_of_result,
)
from gazette.models.hub.callback_rules import host_of
from gazette.models.hub.requests import Mode, SubscriptionRequest
from gazette.models.hub.subscriptions import (
    Subscription,
    denial_url,
    intent_url,
    subscriber_name,
    subscription_of,
)
from gazette.models.limits import (
    MAX_SUBSCRIPTIONS_A_HOST,
    MAX_SUBSCRIPTIONS_A_TOPIC,
    MAX_VERIFICATION_ATTEMPTS,
    SUBSCRIPTION_SAMPLES,
    VERIFICATION_PAUSE_SECONDS,
)
from gazette.models.tasks.reports import Failure
from gazette.ports import Clock, HasTime, Outbox, Random
from gazette.services.hub.messages import HubMessage, MessageWorker
from gazette.services.hub.ports import CallbackClient, SubscriptionStore

# Returns a text that nobody can guess.
Challenge: TypeAlias = Callable[[], str]


@dataclass(slots=True)
class VerificationReport:
    """Outcome of a batch of requests; ``lost`` says of which hosts one came to nothing, and why."""

    subscribed: int = 0
    unsubscribed: int = 0
    unconfirmed: int = 0
    denied: int = 0
    postponed: int = 0
    lost: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        return {
            "Subscribed": self.subscribed,
            "Unsubscribed": self.unsubscribed,
            "SubscriptionsUnconfirmed": self.unconfirmed,
            "SubscriptionsDenied": self.denied,
            "VerificationsPostponed": self.postponed,
            "VerificationFailures": len(self.failed),
        }


@dataclass(frozen=True, slots=True)
class SubscriptionVerifier:
    """Verifies requests; one whose callback does not answer now is queued again."""

    subscriptions: SubscriptionStore
    callbacks: CallbackClient
    queue: Outbox
    worker: MessageWorker
    clock: Clock
    challenge: Challenge
    random: Random

    def verify(
        self,
        messages: Sequence[HubMessage[SubscriptionRequest]],
        has_time: HasTime,
        report: VerificationReport,
    ) -> list[str]:
        """Verify the requests of a batch; return the messages to deliver again."""
        return self.worker.run(
            messages, lambda request: self._verify(request, report), has_time, report.failed
        )

    def _verify(self, request: SubscriptionRequest, report: VerificationReport) -> None:
        standing = self.subscriptions.find(request.topic, [subscriber_name(request.callback)])
        if request.mode is Mode.UNSUBSCRIBE and not standing:
            # Nobody may make this hub call an address that never subscribed.
            report.unconfirmed += 1
            return
        if request.mode is Mode.SUBSCRIBE and not standing and (reason := self._denial(request)):
            self.callbacks.get(denial_url(request, reason))
            report.denied += 1
            report.lost.append(reason)
            return
        self._ask(request, standing, report)

    def _ask(
        self,
        request: SubscriptionRequest,
        standing: Sequence[Subscription],
        report: VerificationReport,
    ) -> None:
        challenge = self.challenge()
        result = self.callbacks.get(intent_url(request, challenge))
        if _is_confirmed(result, challenge):
            self._settle(request, standing, challenge, report)
        elif outcome_of(result) is Outcome.LATER and request.attempt < MAX_VERIFICATION_ATTEMPTS:
            again = request.model_copy(update={"attempt": request.attempt + 1})
            delay = VERIFICATION_PAUSE_SECONDS * request.attempt
            self.queue.send(again.model_dump_json(), delay=delay)
            report.postponed += 1
        else:
            report.unconfirmed += 1
            reason = reason_of_result(result)
            report.lost.append(f"{host_of(request.callback)}: did not confirm: {reason}")

    def _settle(
        self,
        request: SubscriptionRequest,
        standing: Sequence[Subscription],
        challenge: str,
        report: VerificationReport,
    ) -> None:
        """Do what the subscriber has confirmed."""
        if request.mode is Mode.SUBSCRIBE:
            now = int(self.clock().timestamp())
            self.subscriptions.put(subscription_of(request, challenge, now))
            report.subscribed += 1
        for subscription in standing if request.mode is Mode.UNSUBSCRIBE else ():
            self.subscriptions.remove(subscription)
            report.unsubscribed += 1

    def _denial(self, request: SubscriptionRequest) -> str:
        """Return why there is no room for a new subscription, or nothing."""
        host = host_of(request.callback)
        most = MAX_SUBSCRIPTIONS_A_HOST
        if self.subscriptions.count_of_host(host, most) >= most:
            return f"{host} has {most:,} subscriptions, which is the limit"
        # Any range of the names holds its share of them. A random one cannot be avoided by a
        # choice of callbacks.
        sample = int(self.random() * SUBSCRIPTION_SAMPLES)
        after, until = f"{sample:02x}", f"{sample + 1:02x}"
        most = MAX_SUBSCRIPTIONS_A_TOPIC // SUBSCRIPTION_SAMPLES
        until = until if len(until) == len(after) else ""
        if self.subscriptions.count_between(request.topic, after, until, most) >= most:
            return f"this feed has {MAX_SUBSCRIPTIONS_A_TOPIC:,} subscribers, which is the limit"
        return ""


def _is_confirmed(result: CallbackResult, challenge: str) -> bool:
    """Return whether the response is a success and its body is the challenge, exactly."""
    if not isinstance(result, CallbackAnswer):
        return False
    return result.is_success and result.body == challenge.encode()
