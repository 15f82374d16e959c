"""The time of a version from the write to the subscribers of the site's own hub on ministack."""

import time
from collections.abc import Iterator

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

SUBSCRIBERS = (1, 100)
PATH = "topics/harbour/feed.atom"
_TOPIC = f"{PARAMETERS['SiteUrl']}/{PATH}"
# They wait for earlier work.
UNCOUNTED = 2
_PATIENCE = 60.0
_LEASE = 86_400


def pushed(versions: int) -> Iterator[tuple[int, Spread, Spread]]:
    """Yield the number of subscribers, and the seconds to each of them and to the last of each."""
    with running_stack(PARAMETERS | {"HubEnabled": "true"}) as stack:
        _write(stack, 0)
        assert eventually(lambda: stack.read(PATH) is not None, _PATIENCE)
        for number in SUBSCRIBERS:
            with push_subscriber("secret") as subscriber:
                _subscribe(stack, subscriber, number)
                times = [_push(stack, subscriber, number, one) for one in range(versions)]
            counted = times[UNCOUNTED:]
            every = spread([seconds for one in counted for seconds in one])
            yield number, every, spread([max(one) for one in counted])


def _write(stack: Stack, number: int) -> float:
    body = event(number, ["Harbour"], date="2026-07-01")
    at = time.time()
    stack.write(f"events/push/{number:06d}.json", body)
    return at


def _subscribe(stack: Stack, subscriber: PushSubscriber, number: int) -> None:
    """Store subscriptions as the hub does after it has verified them."""
    session = boto3.Session(ACCESS_KEY, ACCESS_KEY, region_name=REGION)
    dynamodb = session.client("dynamodb", endpoint_url=stack.ministack.endpoint)
    store = DynamoSubscriptions(dynamodb, stack.outputs["SubscriptionsName"], utc_now)
    for one in range(number):
        callback = subscriber.callback(f"/{one}")
        store.put(
            Subscription(
                topic=_TOPIC,
                callback=callback,
                secret=subscriber.secret,
                expires_at=int(time.time()) + _LEASE,
                verification=str(one),
            )
        )
    dynamodb.close()


def _push(stack: Stack, subscriber: PushSubscriber, number: int, version: int) -> list[float]:
    """Write an event, and return the seconds until each subscriber had it."""
    subscriber.delivered.clear()
    at = _write(stack, 1000 * number + version)
    word = f"push/{1000 * number + version:06d}".encode()

    def first() -> dict[str, float]:
        """Return when each subscriber had it for the first time."""
        found = [one for one in list(subscriber.delivered) if word in one.body]
        return {one.path: one.at for one in reversed(found)}

    assert eventually(lambda: len(first()) == number, _PATIENCE)
    return [came - at for came in first().values()]
