"""Posts signed messages to webhooks (Standard Webhooks)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gazette.models.hub.answers import CallbackResult, Outcome, outcome_of, reason_of_result
from gazette.models.webhooks.messages import WebhookDelivery
from gazette.models.webhooks.signing import signed_post
from gazette.models.webhooks.webhook import Webhook
from gazette.ports import Clock, HasTime, Outbox
from gazette.services.hub.attempts import attempt_all
from gazette.services.hub.deliverer import DeliveryReport
from gazette.services.hub.messages import HubMessage, MessageWorker
from gazette.services.hub.ports import CallbackClient
from gazette.services.webhooks.ports import MessageStore, WebhookStore


@dataclass(frozen=True, slots=True)
class WebhookDeliverer:
    """Delivers messages; a webhook that fails is tried again by itself.

    It stays, however often it fails, because the operator added it; 410 ends it.
    """

    webhooks: WebhookStore
    messages: MessageStore
    callbacks: CallbackClient
    queue: Outbox
    worker: MessageWorker
    clock: Clock

    def deliver(
        self,
        messages: Sequence[HubMessage[WebhookDelivery]],
        has_time: HasTime,
        report: DeliveryReport,
    ) -> list[str]:
        """Make the deliveries of a batch; return the messages to deliver again."""
        return self.worker.run(
            messages, lambda delivery: self._deliver(delivery, report), has_time, report.failed
        )

    def _deliver(self, delivery: WebhookDelivery, report: DeliveryReport) -> None:
        message = self.messages.message(delivery.key)
        # What was erased since then is not delivered: the erasure has deliveries of its own.
        if message is None or message.identifier != delivery.identifier:
            return
        now, body = int(self.clock().timestamp()), message.body.encode()
        found = self.webhooks.find(delivery.webhooks)
        posts = [(one, signed_post(one, message.identifier, body, now)) for one in found]
        settled, later = attempt_all(self.callbacks, posts, delivery.attempt)
        for webhook, result in settled:
            self._settle(webhook, result, report)
        self._postpone(delivery, later, report)

    def _settle(self, webhook: Webhook, result: CallbackResult, report: DeliveryReport) -> None:
        """Count what became of a delivery; of another secret, or filter, nothing is changed."""
        outcome = outcome_of(result)
        if outcome is Outcome.DELIVERED:
            report.delivered += 1
            self._count(webhook, 0)
            return
        report.lost.append(f"{webhook.host}: {reason_of_result(result)}")
        if outcome is Outcome.ENDED:
            report.ended += self.webhooks.remove(webhook)
        else:
            report.given_up += 1
            self._count(webhook, webhook.failures + 1)

    def _count(self, webhook: Webhook, failures: int) -> None:
        if failures != webhook.failures:
            changed = webhook.model_copy(update={"failures": failures})
            self.webhooks.replace(changed, webhook.registration)

    def _postpone(
        self,
        delivery: WebhookDelivery,
        later: Mapping[int, Sequence[Webhook]],
        report: DeliveryReport,
    ) -> None:
        for pause, waiting in later.items():
            names = tuple(one.name for one in waiting)
            update = {"webhooks": names, "attempt": delivery.attempt + 1}
            again = delivery.model_copy(update=update)
            self.queue.send(again.model_dump_json(), delay=pause)
            report.postponed += len(names)
