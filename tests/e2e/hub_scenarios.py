"""The work of the functions of the site's own hub as scenarios, with a subscriber that is there."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import urlencode

from gazette.models.frozen import Stored
from gazette.models.hub.deliveries import Delivery, FeedNews
from gazette.models.hub.requests import Mode, SubscriptionRequest
from gazette.models.hub.subscriptions import Subscription, subscriber_name
from gazette.models.limits import SUBSCRIBERS_A_PAGE
from gazette.models.views.site_document import ANNOUNCED
from gazette.store.subscriptions import DynamoSubscriptions
from tests.e2e.stage import RefusedError, Stage, notification
from tests.functions.aws_shapes import http_api_request
from tests.stack.push_subscriber import push_subscriber

ACCEPT, VERIFY = "AcceptSubscriptionsFunction", "VerifySubscriptionsFunction"
FAN_OUT, DELIVER = "FanOutFeedsFunction", "DeliverFeedsFunction"
_PATH = "feeds/push.atom"
_CALLBACK = "https://reader.example/push"


def accept(stage: Stage) -> None:
    """Accept a request, and queue it."""
    _write_feed(stage)
    fields = {"mode": "subscribe", "topic": _topic(stage), "callback": _CALLBACK}
    form = urlencode({f"hub.{name}": value for name, value in fields.items()})
    answer = stage.invoke(ACCEPT, http_api_request("/hub", form, datetime.now(UTC)))
    if answer["statusCode"] != 202:
        raise RefusedError(str(answer))
    _expect_messages(stage, "VerifyQueueUrl")


def subscribe(stage: Stage) -> None:
    """Verify a new subscription, and store it."""
    with push_subscriber("") as subscriber, _store(stage) as store:
        callback = subscriber.callback(f"/{next(stage.numbers)}")
        _invoke(stage, VERIFY, _request(stage, callback))
        if not store.find(_topic(stage), [subscriber_name(callback)]):
            raise RefusedError("no subscription was stored")


def unsubscribe(stage: Stage) -> None:
    """Verify the end of a subscription, and remove it."""
    with push_subscriber("") as subscriber, _store(stage) as store:
        callback = subscriber.callback()
        store.put(_subscription(stage, callback))
        _invoke(stage, VERIFY, _request(stage, callback, Mode.UNSUBSCRIBE))
        if store.find(_topic(stage), [subscriber_name(callback)]):
            raise RefusedError("the subscription is still there")


def verify_later(stage: Stage) -> None:
    """Queue a request again whose callback does not answer."""
    _invoke(stage, VERIFY, _request(stage, _closed_callback()))
    _expect_messages(stage, "VerifyQueueUrl")


def keep_request(stage: Stage) -> None:
    _keep(stage, VERIFY, "VerifyDeadLetterQueueUrl")


def fan_out(stage: Stage) -> None:
    """Turn news into deliveries, and queue the rest of the subscribers."""
    topic = f"{_topic(stage)}?many"
    with _store(stage) as store:
        missing = SUBSCRIBERS_A_PAGE + 1 - store.count_between(topic, "", "", 2000)
        for number in range(max(missing, 0)):
            store.put(_subscription(stage, f"{_CALLBACK}/{number}", topic))
    _invoke(stage, FAN_OUT, FeedNews(topic=topic, path=_PATH))
    _expect_messages(stage, "DeliverQueueUrl")
    _expect_messages(stage, "FanOutQueueUrl")


def keep_news(stage: Stage) -> None:
    _keep(stage, FAN_OUT, "FanOutDeadLetterQueueUrl")


def deliver(stage: Stage) -> None:
    """Deliver a feed to a subscriber that has failed before."""
    _write_feed(stage)
    with push_subscriber("") as subscriber, _store(stage) as store:
        callback = subscriber.callback()
        before = _subscription(stage, callback).model_copy(update={"failures": 1})
        store.put(before)
        _invoke(stage, DELIVER, _delivery(stage, callback))
        if not subscriber.delivered:
            raise RefusedError("nothing was delivered")
        if store.find(_topic(stage), [before.name])[0].failures:
            raise RefusedError("the failures still count")


def end(stage: Stage) -> None:
    """End the subscription of a subscriber that wants no more."""
    _write_feed(stage)
    with push_subscriber("") as subscriber, _store(stage) as store:
        subscriber.statuses["/over"] = 410
        callback = subscriber.callback("/over")
        store.put(_subscription(stage, callback))
        _invoke(stage, DELIVER, _delivery(stage, callback))
        if store.find(_topic(stage), [subscriber_name(callback)]):
            raise RefusedError("the subscription is still there")


def deliver_later(stage: Stage) -> None:
    """Queue a delivery again whose subscriber does not answer."""
    _write_feed(stage)
    callback = _closed_callback()
    with _store(stage) as store:
        store.put(_subscription(stage, callback))
    _invoke(stage, DELIVER, _delivery(stage, callback))
    _expect_messages(stage, "DeliverQueueUrl")


def keep_delivery(stage: Stage) -> None:
    _keep(stage, DELIVER, "DeliverDeadLetterQueueUrl")


def _keep(stage: Stage, function: str, output: str) -> None:
    """Move an invalid message to the dead letters."""
    stage.invoke(function, {"Records": [notification("1", "not a message of ours")]})
    _expect_messages(stage, output)


def _invoke(stage: Stage, function: str, message: Stored) -> None:
    stage.invoke(function, {"Records": [notification("1", message.model_dump_json())]})


def _expect_messages(stage: Stage, output: str) -> None:
    if not stage.waiting(output):
        raise RefusedError(f"nothing is in {output}")


def _topic(stage: Stage) -> str:
    return f"{stage.stack.outputs['SiteAddress']}/{_PATH}"


def _write_feed(stage: Stage) -> None:
    stage.stack.s3.put_object(
        Bucket=stage.stack.site_bucket,
        Key=_PATH,
        Body=b"<feed/>",
        ContentType="application/atom+xml",
        CacheControl=ANNOUNCED,
    )


def _request(stage: Stage, callback: str, mode: Mode = Mode.SUBSCRIBE) -> SubscriptionRequest:
    return SubscriptionRequest(
        mode=mode, topic=_topic(stage), callback=callback, lease_seconds=86_400
    )


def _subscription(stage: Stage, callback: str, topic: str = "") -> Subscription:
    return Subscription(
        topic=topic or _topic(stage),
        callback=callback,
        secret="",
        expires_at=2**40,
        verification="first",
    )


def _delivery(stage: Stage, callback: str) -> Delivery:
    return Delivery(topic=_topic(stage), path=_PATH, subscribers=(subscriber_name(callback),))


def _closed_callback() -> str:
    """Return a callback at a port of this machine where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}/"


@contextmanager
def _store(stage: Stage) -> Iterator[DynamoSubscriptions]:
    """Read and write subscriptions as their owner."""
    dynamodb = stage.session.client("dynamodb")
    table = stage.stack.outputs["SubscriptionsName"]
    yield DynamoSubscriptions(dynamodb, table, lambda: datetime.now(UTC))
    dynamodb.close()
