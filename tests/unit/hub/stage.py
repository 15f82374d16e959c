"""The hub in memory: its services, its queues, and subscribers that answer as a test says."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from urllib.parse import parse_qsl, urlencode, urlsplit

from gazette.delivery.memory import MemorySiteStore
from gazette.models.hub.answers import CallbackAnswer, CallbackResult, Post
from gazette.models.hub.callback_rules import CallbackRules
from gazette.models.hub.deliveries import Delivery, FeedNews
from gazette.models.hub.requests import SubscriptionRequest
from gazette.models.hub.subscriptions import Subscription, subscriber_name
from gazette.models.views.site_document import ANNOUNCED, Document
from gazette.services.failures.dead_letters import DeadLetterSink
from gazette.services.hub.acceptor import HubResponse, SubscriptionAcceptor
from gazette.services.hub.deliverer import DeliveryReport, FeedDeliverer
from gazette.services.hub.fan_out import FanOut, FanOutReport
from gazette.services.hub.messages import ContentT, HubMessage, MessageWorker
from gazette.services.hub.verifier import SubscriptionVerifier, VerificationReport
from gazette.store.memory_subscriptions import MemorySubscriptions
from tests.unit.announce.hubs import FakeBulkOutbox
from tests.unit.announce.outboxes import FakeOutbox

BASE, HUB = "https://gazette.example", "https://hub.gazette.example/hub"
PATH = "topics/rivers/feed.atom"
TOPIC = f"{BASE}/{PATH}"
CALLBACK = "https://reader.example/push?id=7"
FORM = "application/x-www-form-urlencoded"
FEED = Document(PATH, b"<feed/>", "application/atom+xml; charset=utf-8", ANNOUNCED)
MORNING = datetime(2026, 7, 4, 8, tzinfo=UTC)

# What a subscriber answers to a verification, from the parameters of the request.
Answering = Callable[[dict[str, str]], CallbackResult]


def echo(asked: dict[str, str]) -> CallbackResult:
    return CallbackAnswer(200, asked.get("hub.challenge", "").encode())


@dataclass
class FakeCallbacks:
    """A `CallbackClient` of subscribers that echo challenges and take what they are sent.

    ``answers`` are those of a callback to deliveries, in order; then it takes all.
    """

    answering: Answering = echo
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    answers: dict[str, list[CallbackResult]] = field(default_factory=lambda: defaultdict(list))

    def get(self, url: str) -> CallbackResult:
        asked = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True, strict_parsing=True))
        self.asked.append((url, asked))
        return self.answering(asked)

    def post_all(self, posts: Sequence[Post]) -> Sequence[CallbackResult]:
        self.posts += posts
        return [self._answer(post.callback) for post in posts]

    def _answer(self, callback: str) -> CallbackResult:
        answers = self.answers[callback]
        return answers.pop(0) if answers else CallbackAnswer(204)


class HubStage:
    """All services of a hub; nothing happens between them but what a test does."""

    def __init__(self) -> None:
        self.now = MORNING
        self.site = MemorySiteStore(Counter(), {PATH: FEED})
        self.subscriptions = MemorySubscriptions(lambda: self.now)
        self.callbacks = FakeCallbacks()
        self.requests, self.deliveries = FakeOutbox(), FakeOutbox()
        self.news, self.fanned_out = FakeBulkOutbox(), FakeBulkOutbox()
        self.dead_letters = FakeOutbox()
        self.sampled = 0.5
        self.worker = MessageWorker(DeadLetterSink(self.dead_letters, 5))
        numbers = count(1)
        self.acceptor = SubscriptionAcceptor(BASE, self.site, self.requests, CallbackRules())
        self.verifier = SubscriptionVerifier(
            self.subscriptions,
            self.callbacks,
            self.requests,
            self.worker,
            lambda: self.now,
            lambda: f"challenge-{next(numbers)}",
            lambda: self.sampled,
        )
        self.fan_out = FanOut(self.subscriptions, self.news, self.fanned_out, self.worker)
        self.deliverer = FeedDeliverer(
            HUB, self.site, self.subscriptions, self.callbacks, self.deliveries, self.worker
        )

    def ask(self, media_type: str = FORM, /, **fields: str | None) -> HubResponse:
        """Send a form with a valid subscription in which some parameters are other."""
        valid = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.callback": CALLBACK}
        changed = {f"hub.{name}": value for name, value in fields.items()}
        form = {name: value for name, value in (valid | changed).items() if value is not None}
        return self.acceptor.accept(urlencode(form).encode(), media_type)

    def queued(self) -> list[SubscriptionRequest]:
        """Return the requests that wait for verification, and empty the queue."""
        bodies = [body for body, _, _ in self.requests.messages]
        self.requests.messages.clear()
        return list(map(SubscriptionRequest.model_validate_json, bodies))

    def verify(self) -> VerificationReport:
        """Verify what is queued."""
        report = VerificationReport()
        assert self.verifier.verify(messages(self.queued()), lambda: True, report) == []
        return report

    def subscribe(self, **fields: str | None) -> Subscription:
        """Subscribe, confirmed by the subscriber."""
        assert self.ask(**fields) == (202, "")
        assert self.verify().subscribed == 1
        return self.standing(fields.get("callback") or CALLBACK)[0]

    def standing(self, callback: str = CALLBACK) -> list[Subscription]:
        return self.subscriptions.find(TOPIC, [subscriber_name(callback)])

    def deliver(self, delivery: Delivery | None = None) -> DeliveryReport:
        """Make a delivery to the subscriber, or another one."""
        report = DeliveryReport()
        own = Delivery(topic=TOPIC, path=PATH, subscribers=(subscriber_name(CALLBACK),))
        again = self.deliverer.deliver(messages([delivery or own]), lambda: True, report)
        assert again == []
        return report

    def postponed(self) -> list[tuple[Delivery, int]]:
        """Return the deliveries that wait, with the seconds they do, and empty the queue."""
        found = [
            (Delivery.model_validate_json(body), delay)
            for body, _, delay in self.deliveries.messages
        ]
        self.deliveries.messages.clear()
        return found

    def spread(self, *news: FeedNews) -> FanOutReport:
        report = FanOutReport()
        assert self.fan_out.spread(messages(news), lambda: True, report) == []
        return report

    def add_many(self, number: int, host: str = "reader.example") -> list[str]:
        """Add subscriptions of numbered callbacks, and return their names."""
        found = [stored(f"https://{host}/{one}") for one in range(number)]
        for one in found:
            self.subscriptions.put(one)
        return [one.name for one in found]

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def stored(callback: str, topic: str = TOPIC, seconds: int = 3600) -> Subscription:
    return Subscription(
        topic=topic,
        callback=callback,
        secret="",
        expires_at=int(MORNING.timestamp()) + seconds,
        verification="first",
    )


def messages(contents: Iterable[ContentT | None]) -> list[HubMessage[ContentT]]:
    return [HubMessage(str(n), f"body {n}", 1, one) for n, one in enumerate(contents)]
