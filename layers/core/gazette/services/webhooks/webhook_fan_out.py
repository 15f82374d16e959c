"""Turns the news of a revision into deliveries to the webhooks whose filters match."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from gazette.models.limits import DELIVERIES_A_MESSAGE
from gazette.models.webhooks.messages import RevisionNews, WebhookDelivery
from gazette.ports import BulkOutbox, HasTime
from gazette.services.hub.fan_out import FanOutReport, queue_all
from gazette.services.hub.messages import HubMessage, MessageWorker
from gazette.services.webhooks.ports import MessageStore, NewsTopic, WebhookStore


@dataclass(frozen=True, slots=True)
class WebhookFanOut:
    """Queues the deliveries of a message once. A crash before that is recorded repeats them.

    ``topic`` gets every message, if there is one.
    """

    webhooks: WebhookStore
    messages: MessageStore
    deliveries: BulkOutbox
    worker: MessageWorker
    topic: NewsTopic | None = None

    def spread(
        self,
        messages: Sequence[HubMessage[RevisionNews]],
        has_time: HasTime,
        report: FanOutReport,
    ) -> list[str]:
        """Spread the news of a batch; return the messages to deliver again."""
        return self.worker.run(
            messages, lambda news: self._spread(news, report), has_time, report.failed
        )

    def _spread(self, news: RevisionNews, report: FanOutReport) -> None:
        message = self.messages.message(news.key)
        # After an erasure the message is another one, with news of its own.
        if message is None or message.identifier != news.identifier or message.is_spread:
            return
        matching = [one for one in self.webhooks.every() if one.takes(message.kind, message.topics)]
        names = iter([one.name for one in matching])
        bodies = []
        while some := tuple(islice(names, DELIVERIES_A_MESSAGE)):
            delivery = WebhookDelivery(**news.model_dump(), webhooks=some)
            bodies.append(delivery.model_dump_json())
        queue_all(self.deliveries, bodies)
        if self.topic:
            self.topic.publish(message)
        self.messages.mark_spread(message)
        report.revisions += 1
        report.deliveries += len(matching)
