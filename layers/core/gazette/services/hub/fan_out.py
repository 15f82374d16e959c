"""Turns the news of a feed into deliveries, some hundred subscribers a message."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from gazette.models.hub.deliveries import Delivery, FeedNews
from gazette.models.limits import DELIVERIES_A_MESSAGE, SUBSCRIBERS_A_PAGE
from gazette.models.tasks.reports import Failure
from gazette.ports import BulkOutbox, HasTime
from gazette.services.hub.messages import HubMessage, MessageWorker
from gazette.services.hub.ports import SubscriptionStore


class UnqueuedError(Exception):
    """The queue refused some messages: all are sent again."""


@dataclass(slots=True)
class FanOutReport:
    """Outcome of a batch of news, which can lose no subscriber.

    ``revisions`` are those that webhooks hear of.
    """

    feeds: int = 0
    revisions: int = 0
    deliveries: int = 0
    lost: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        counts = {
            "FeedsFannedOut": self.feeds,
            "DeliveriesQueued": self.deliveries,
            "FanOutFailures": len(self.failed),
        }
        if self.revisions:  # a site without webhooks should not pay for the metric
            counts["RevisionsFannedOut"] = self.revisions
        return counts


@dataclass(frozen=True, slots=True)
class FanOut:
    """Queues a delivery for each subscriber. A repeated message repeats deliveries, at worst."""

    subscriptions: SubscriptionStore
    news: BulkOutbox
    deliveries: BulkOutbox
    worker: MessageWorker

    def spread(
        self, messages: Sequence[HubMessage[FeedNews]], has_time: HasTime, report: FanOutReport
    ) -> list[str]:
        """Spread the news of a batch, the same once; return the messages to deliver again."""
        done: set[FeedNews] = set()

        def spread_once(news: FeedNews) -> None:
            if news not in done:
                self._spread(news, report)
                done.add(news)

        return self.worker.run(messages, spread_once, has_time, report.failed)

    def _spread(self, news: FeedNews, report: FanOutReport) -> None:
        page = self.subscriptions.page(news.topic, news.after, news.until, SUBSCRIBERS_A_PAGE)
        if page.last:  # first, so that others work on the rest meanwhile
            queue_all(self.news, [one.model_dump_json() for one in news.continued(page.last)])
        names = iter(page.names)
        bodies = []
        while some := tuple(islice(names, DELIVERIES_A_MESSAGE)):
            delivery = Delivery(topic=news.topic, path=news.path, subscribers=some)
            bodies.append(delivery.model_dump_json())
        queue_all(self.deliveries, bodies)
        report.feeds += 1
        report.deliveries += len(page.names)


def queue_all(queue: BulkOutbox, bodies: Sequence[str]) -> None:
    """Queue messages.

    Raises:
        UnqueuedError: the queue refused some.
    """
    if refused := queue.send_all(bodies):
        raise UnqueuedError(refused[0])
