"""Webhooks in memory behind a publishing world, and receivers that check what they get."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gazette.models.hub.answers import Post
from gazette.models.ledger.keys import ItemKey
from gazette.models.tasks.messages import StreamRecord
from gazette.models.tasks.reports import PublishReport
from gazette.models.webhooks.messages import RevisionNews, WebhookDelivery
from gazette.models.webhooks.signing import written_secret
from gazette.models.webhooks.webhook import Webhook
from gazette.ports import SiteStore
from gazette.services.failures.dead_letters import DeadLetterSink
from gazette.services.hub.deliverer import DeliveryReport
from gazette.services.hub.fan_out import FanOutReport
from gazette.services.hub.messages import MessageWorker
from gazette.services.source.document_reader import DocumentReader
from gazette.services.source.document_store import DocumentStore
from gazette.services.webhooks.webhook_deliverer import WebhookDeliverer
from gazette.services.webhooks.webhook_fan_out import WebhookFanOut
from gazette.services.webhooks.webhook_planner import WebhookPlanner
from gazette.store.memory_webhooks import MemoryWebhooks
from tests.unit.announce.hubs import FakeBulkOutbox
from tests.unit.announce.outboxes import FakeOutbox
from tests.unit.hub.stage import FakeCallbacks, messages
from tests.unit.publish.worlds import MORNING, SITE, World

URL, OTHER = "https://receiver.example/hook", "https://other.example/hook"
SECRET = written_secret(b"s" * 32)
TOLERANCE = 300


class ForgedError(Exception):
    """A receiver does not take a message."""


@dataclass
class Receiver:
    """Checks messages as the specification asks, with nothing of ours."""

    secret: str = SECRET
    seen: set[str] = field(default_factory=set)

    def take(self, headers: Mapping[str, str], body: bytes, now: int) -> bool:
        """Return whether a message is new.

        Raises:
            ForgedError: no signature fits, or it is too old.
        """
        name, sent = headers["webhook-id"], headers["webhook-timestamp"]
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        signed = b".".join((name.encode(), sent.encode(), body))
        made = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        given = [one.partition(",") for one in headers["webhook-signature"].split()]
        if not any(one[0] == "v1" and hmac.compare_digest(one[2], made) for one in given):
            raise ForgedError("signature")
        if abs(now - int(sent)) > TOLERANCE:
            raise ForgedError("timestamp")
        is_new = name not in self.seen
        self.seen.add(name)
        return is_new


class WebhookWorld(World):
    """A `World` whose revisions are news for webhooks."""

    def __init__(self) -> None:
        super().__init__()
        self.store_of_webhooks = MemoryWebhooks()
        self.callbacks = FakeCallbacks()
        self.news, self.deliveries = FakeBulkOutbox(), FakeBulkOutbox()
        self.postponed, self.dead_letters = FakeOutbox(), FakeOutbox()
        self.reports: list[PublishReport] = []
        documents = DocumentReader(self.source, DocumentStore(self.ledger))
        store, worker = self.store_of_webhooks, MessageWorker(DeadLetterSink(self.dead_letters, 5))
        self.planner = WebhookPlanner(
            SITE, self.ledger, documents, store, self.news, lambda: self.now
        )
        self.fan_out = WebhookFanOut(store, store, self.deliveries, worker)
        self.deliverer = WebhookDeliverer(
            store, store, self.callbacks, self.postponed, worker, lambda: self.now
        )

    def publish(self, item_keys: Iterable[ItemKey], site: SiteStore | None = None) -> PublishReport:
        written = list(item_keys)
        report = super().publish(written, site)
        self.plan(written, report)
        return report

    def plan(self, item_keys: Iterable[ItemKey], report: PublishReport) -> None:
        records = [StreamRecord(str(n), item_key) for n, item_key in enumerate(item_keys)]
        self.planner.plan(records, report)
        self.reports.append(report)

    def add(self, url: str = URL, **fields: object) -> Webhook:
        webhook = webhook_at(url, **fields)
        assert self.store_of_webhooks.add(webhook)
        return webhook

    def spread(self) -> FanOutReport:
        """Publish what waits, and spread the news; the deliveries wait then."""
        self.settle()
        report, bodies = FanOutReport(), list(self.news.bodies)
        self.news.bodies.clear()
        news = messages(map(RevisionNews.model_validate_json, bodies))
        assert self.fan_out.spread(news, lambda: True, report) == []
        return report

    def deliver(self, *deliveries: WebhookDelivery) -> DeliveryReport:
        report = DeliveryReport()
        assert self.deliverer.deliver(messages(deliveries), lambda: True, report) == []
        return report

    def waiting(self) -> list[WebhookDelivery]:
        """Return the deliveries that wait, and empty the queue."""
        found = list(map(WebhookDelivery.model_validate_json, self.deliveries.bodies))
        self.deliveries.bodies.clear()
        return found

    def later(self) -> list[tuple[WebhookDelivery, int]]:
        """Return the deliveries that are made later, with the seconds, and empty the queue."""
        found = [
            (WebhookDelivery.model_validate_json(body), delay)
            for body, _, delay in self.postponed.messages
        ]
        self.postponed.messages.clear()
        return found

    def sent(self) -> list[tuple[str, dict[str, Any]]]:
        """Do all that waits; return the messages by address."""
        self.callbacks.posts.clear()
        self.spread()
        self.deliver(*self.waiting())
        return [(post.callback, json.loads(post.body)) for post in self.callbacks.posts]

    def types(self) -> list[str]:
        """Do all that waits; return the types of the messages."""
        return [message["type"] for _, message in self.sent()]


def webhook_at(url: str = URL, **fields: object) -> Webhook:
    own = {"url": url, "secret": SECRET, "registration": "first", "added_at": MORNING}
    return Webhook.model_validate({**own, **fields})


def headers_of(post: Post) -> dict[str, str]:
    return dict(post.headers)
