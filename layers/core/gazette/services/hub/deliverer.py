"""Posts feeds to their subscribers (W3C WebSub §7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gazette.models.hub.answers import (
    CallbackResult,
    Outcome,
    Post,
    outcome_of,
    reason_of_result,
)
from gazette.models.hub.deliveries import Delivery
from gazette.models.hub.subscriptions import Subscription, signature
from gazette.models.limits import MAX_DELIVERIES_GIVEN_UP
from gazette.models.tasks.reports import Failure
from gazette.models.views.site_document import Document
from gazette.ports import HasTime, Outbox, SiteReader
from gazette.services.hub.attempts import attempt_all
from gazette.services.hub.messages import HubMessage, MessageWorker
from gazette.services.hub.ports import CallbackClient, SubscriptionStore


@dataclass(slots=True)
class DeliveryReport:
    """Outcome of a batch of deliveries; ``ended`` counts subscriptions that are over.

    ``lost`` says which hosts did not take a document at the last attempt, and why. Callbacks are
    not logged: many are secrets.
    """

    delivered: int = 0
    postponed: int = 0
    given_up: int = 0
    ended: int = 0
    lost: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        return {
            "Delivered": self.delivered,
            "DeliveriesPostponed": self.postponed,
            "DeliveriesGivenUp": self.given_up,
            "SubscriptionsEnded": self.ended,
            "DeliveryFailures": len(self.failed),
        }


@dataclass(frozen=True, slots=True)
class FeedDeliverer:
    """Delivers the newest bytes of a feed; a subscriber that fails is tried again by itself."""

    hub: str
    site: SiteReader
    subscriptions: SubscriptionStore
    callbacks: CallbackClient
    queue: Outbox
    worker: MessageWorker

    def deliver(
        self, messages: Sequence[HubMessage[Delivery]], has_time: HasTime, report: DeliveryReport
    ) -> list[str]:
        """Make the deliveries of a batch; return the messages to deliver again."""
        return self.worker.run(
            messages, lambda delivery: self._deliver(delivery, report), has_time, report.failed
        )

    def _deliver(self, delivery: Delivery, report: DeliveryReport) -> None:
        document = self.site.read_document(delivery.path)
        found = self.subscriptions.find(delivery.topic, delivery.subscribers)
        if document is None or not found:
            return
        posts = [(one, self._post(document, one)) for one in found]
        settled, later = attempt_all(self.callbacks, posts, delivery.attempt)
        for subscription, result in settled:
            self._settle(subscription, result, report)
        self._postpone(delivery, later, report)

    def _post(self, document: Document, subscription: Subscription) -> Post:
        links = f'<{self.hub}>; rel="hub", <{subscription.topic}>; rel="self"'
        headers = [("Content-Type", document.media_type), ("Link", links)]
        if subscription.secret:
            headers.append(("X-Hub-Signature", signature(subscription.secret, document.body)))
        return Post(subscription.callback, tuple(headers), document.body)

    def _settle(
        self, subscription: Subscription, result: CallbackResult, report: DeliveryReport
    ) -> None:
        """Count what became of a delivery, and end the subscription of a subscriber that is lost.

        All of this is about the verification that stood: a subscriber that has subscribed again
        meanwhile starts afresh.
        """
        outcome = outcome_of(result)
        if outcome is Outcome.DELIVERED:
            report.delivered += 1
            if subscription.failures:
                self.subscriptions.replace(subscription.model_copy(update={"failures": 0}))
            return
        report.lost.append(f"{subscription.host}: {reason_of_result(result)}")
        failures = subscription.failures + 1
        if outcome is Outcome.ENDED or failures >= MAX_DELIVERIES_GIVEN_UP:
            report.ended += self.subscriptions.remove(subscription)
        else:
            self.subscriptions.replace(subscription.model_copy(update={"failures": failures}))
        report.given_up += outcome is not Outcome.ENDED

    def _postpone(
        self,
        delivery: Delivery,
        later: Mapping[int, Sequence[Subscription]],
        report: DeliveryReport,
    ) -> None:
        for pause, waiting in later.items():
            names = tuple(one.name for one in waiting)
            update = {"subscribers": names, "attempt": delivery.attempt + 1}
            again = delivery.model_copy(update=update)
            self.queue.send(again.model_dump_json(), delay=pause)
            report.postponed += len(names)
