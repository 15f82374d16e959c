"""The time of a version from the write to the subscribers of the site's own hub on ministack."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import boto3

from gazette.models.hub.subscriptions import Subscription
from gazette.runtime.bootstrap.clients import utc_now
from gazette.store.subscriptions import DynamoSubscriptions
from gazette_cli.emulators.ministack import REGION
from gazette_cli.emulators.stack import ACCESS_KEY, Stack, running_stack
from tests.bench.documents import event
from tests.bench.lag import PARAMETERS
from tests.bench.numbers import Spread, spread
from tests.stack.conftest import eventually
from tests.stack.push_subscriber import PushSubscriber, push_subscriber

SUBSCRIBERS = (1, 100, 1000)
# A burst is written at once, for so many subscribers.
BURST, BURST_SUBSCRIBERS = 20, 100
PATH = "topics/harbour/feed.atom"
_TOPIC = f"{PARAMETERS['SiteUrl']}/{PATH}"
# They wait for earlier work.
UNCOUNTED = 2
# Many processes of a function start at first, and a message that fails waits for six minutes.
_PATIENCE = 600.0
_LEASE = 86_400
# The subscribers are threads on the same cores: a thousand get fewer documents.
_DELIVERIES = 100


class Pushed(NamedTuple):
    """The seconds to each subscriber, and to the last of each write."""

    subscribers: int
    writes: int
    each: Spread
    last: Spread


class PushedBurst(NamedTuple):
    """The seconds until every subscriber had all events, and the documents that each got."""

    seconds: float
    documents: Spread


def pushed(versions: int) -> Iterator[Pushed | PushedBurst]:
    """Yield what single writes took for numbers of subscribers, and then a burst."""
    with running_stack(PARAMETERS | {"HubEnabled": "true"}) as stack:
        _write(stack, 0)
        assert eventually(lambda: stack.read(PATH) is not None, _PATIENCE)
        for number in SUBSCRIBERS:
            writes = max(UNCOUNTED + 2, versions * _DELIVERIES // max(number, _DELIVERIES))
            with _subscribed(stack, number) as subscriber:
                times = [_push(stack, subscriber, number, one) for one in range(writes)]
            counted = times[UNCOUNTED:]
            every = spread([seconds for one in counted for seconds in one])
            yield Pushed(number, len(counted), every, spread([max(one) for one in counted]))
        with _subscribed(stack, BURST_SUBSCRIBERS) as subscriber:
            yield _push_burst(stack, subscriber)


@contextmanager
def _subscribed(stack: Stack, number: int) -> Iterator[PushSubscriber]:
    """Run so many subscribers, and none of them afterwards."""
    with push_subscriber("secret") as subscriber:
        names = _subscribe(stack, subscriber, number)
        yield subscriber
        _unsubscribe(stack, names)


def _write(stack: Stack, number: int) -> float:
    body = event(number, ["Harbour"], date="2026-07-01")
    at = time.time()
    stack.write(f"events/push/{number:06d}.json", body)
    return at


def _subscribe(stack: Stack, subscriber: PushSubscriber, number: int) -> list[Subscription]:
    """Store subscriptions as the hub does after it has verified them."""
    made = [
        Subscription(
            topic=_TOPIC,
            callback=subscriber.callback(f"/{one}"),
            secret=subscriber.secret,
            expires_at=int(time.time()) + _LEASE,
            verification=str(one),
        )
        for one in range(number)
    ]
    with _store(stack) as store:
        for one in made:
            store.put(one)
    return made


def _unsubscribe(stack: Stack, made: Sequence[Subscription]) -> None:
    with _store(stack) as store:
        for one in made:
            store.remove(one)


@contextmanager
def _store(stack: Stack) -> Iterator[DynamoSubscriptions]:
    session = boto3.Session(ACCESS_KEY, ACCESS_KEY, region_name=REGION)
    dynamodb = session.client("dynamodb", endpoint_url=stack.ministack.endpoint)
    yield DynamoSubscriptions(dynamodb, stack.outputs["SubscriptionsName"], utc_now)
    dynamodb.close()


def _push(stack: Stack, subscriber: PushSubscriber, number: int, version: int) -> list[float]:
    """Write an event, and return the seconds until each subscriber had it."""
    subscriber.delivered.clear()
    at = _write(stack, 1000 * number + version)
    word = _word(1000 * number + version)
    assert eventually(lambda: len(_first(subscriber, word)) == number, _PATIENCE)
    return [came - at for came in _first(subscriber, word).values()]


def _push_burst(stack: Stack, subscriber: PushSubscriber) -> PushedBurst:
    """Write many events at once."""
    numbers = range(10_000_000, 10_000_000 + BURST)
    at = time.time()
    for number in numbers:
        _write(stack, number)
    found: dict[int, dict[str, float]] = {}

    def all_came() -> bool:
        found.update((number, _first(subscriber, _word(number))) for number in numbers)
        return all(len(came) == BURST_SUBSCRIBERS for came in found.values())

    assert eventually(all_came, _PATIENCE)
    last = max(came for one in found.values() for came in one.values())
    documents = Counter(one.path for one in list(subscriber.delivered) if one.at <= last)
    return PushedBurst(last - at, spread(list(documents.values())))


def _word(number: int) -> bytes:
    return f"push/{number:06d}".encode()


def _first(subscriber: PushSubscriber, word: bytes) -> dict[str, float]:
    """Return when each subscriber had a document with a word for the first time."""
    delivered = list(subscriber.delivered)
    has_word = {body: word in body for body in {one.body for one in delivered}}
    return {one.path: one.at for one in reversed(delivered) if has_word[one.body]}
