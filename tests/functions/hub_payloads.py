"""The payloads of events/ of the functions of the site's own hub."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from gazette.models.frozen import Stored
from gazette.models.hub.deliveries import Delivery, FeedNews
from gazette.models.hub.requests import Mode, SubscriptionRequest
from gazette.models.hub.subscriptions import subscriber_name
from gazette.models.webhooks.messages import RevisionNews, WebhookDelivery
from tests.functions.aws_shapes import Payload, Queue, batch, http_api_request, sqs_record

PATH = "topics/rivers/feed.atom"
TOPIC = f"https://gazette.example/{PATH}"
CALLBACK = "https://reader.example/push?id=7"
SECRET = "sésame"
# Of a message and of a webhook.
IDENTIFIER = "c1d4f7a0b3e6295c8f1b4e7d0a3c6f9287b5e1d4c7f0a3b6e9d2c5f8a1b4e7d0"
WEBHOOK = "5e8d2a7b1c4f0963d8a5b2e7f4c1096e3b8d5a2f7c4e1b0896d3a5f2c7e4b1d0"
_AT = datetime(2026, 7, 4, 8, 0, 4, tzinfo=UTC)
_A_SECOND = timedelta(seconds=1)
_MESSAGES = (
    "7b2f0c1e-64a9-4f0e-8c55-0d9a7f1e2b3c",
    "c4d5e6f7-0819-4a2b-9c3d-4e5f60718293",
)


def hub_payloads() -> dict[str, Mapping[str, Payload]]:
    """Return the payloads by function and name."""
    request = SubscriptionRequest(
        mode=Mode.SUBSCRIBE,
        topic=TOPIC,
        callback=CALLBACK,
        lease_seconds=864_000,
        secret=SECRET,
    )
    news = FeedNews(topic=TOPIC, path=PATH)
    delivery = Delivery(topic=TOPIC, path=PATH, subscribers=(subscriber_name(CALLBACK),))
    revision = RevisionNews(event_id="2026/river opens", number=1, identifier=IDENTIFIER)
    message = WebhookDelivery(**revision.model_dump(), webhooks=(WEBHOOK,))
    return {
        "accept_subscriptions": {"subscribe": _form()},
        "verify_subscriptions": {"requests": _brought("verify", request)},
        "fan_out_feeds": {
            "news": _brought("fan-out", news, news),
            "revisions": _brought("fan-out", revision),
        },
        "deliver_feeds": {
            "deliveries": _brought("deliver", delivery),
            "messages": _brought("deliver", message),
        },
    }


def _form() -> Payload:
    fields = {
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.callback": CALLBACK,
        "hub.lease_seconds": "864000",
        "hub.secret": SECRET,
    }
    return http_api_request("/hub", urlencode(fields), _AT)


def _brought(queue: str, *contents: Stored) -> Payload:
    source = Queue(
        f"gazette-{queue}", f"AROAEXAMPLE:gazette-{queue}", "AQEBzWwaftRI0KuV", _A_SECOND
    )
    messages = zip(_MESSAGES, contents, strict=False)
    return batch(*(sqs_record(source, name, one.model_dump_json(), _AT) for name, one in messages))
