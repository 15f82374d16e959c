"""Subscriptions as they are stored, and what a hub writes to their callbacks (W3C WebSub)."""

import hashlib
import hmac
from typing import NamedTuple
from urllib.parse import urlencode

from gazette.models.frozen import Stored
from gazette.models.hub.callback_rules import host_of
from gazette.models.hub.requests import Mode, SubscriptionRequest


class Subscription(Stored):
    """A verified subscription of a callback to a topic.

    ``expires_at`` is in seconds since 1970. ``verification`` is the challenge that the subscriber
    echoed last: what was decided about an older verification must not change this one.
    ``failures`` counts the deliveries in a row that were given up.
    """

    topic: str
    callback: str
    secret: str
    expires_at: int
    verification: str
    failures: int = 0

    @property
    def name(self) -> str:
        return subscriber_name(self.callback)

    @property
    def host(self) -> str:
        return host_of(self.callback)


class SubscriberPage(NamedTuple):
    """Names of subscribers in their order; ``last`` is where to go on, empty at the end."""

    names: tuple[str, ...]
    last: str


def subscriber_name(callback: str) -> str:
    """Return the name of a callback among the subscribers of a topic.

    It is a hash, so the names of many subscribers are spread evenly, and a range of names holds a
    known share of them.
    """
    return hashlib.sha256(callback.encode()).hexdigest()


def subscription_of(request: SubscriptionRequest, challenge: str, now: int) -> Subscription:
    """Return the subscription that a verified request makes or renews."""
    return Subscription(
        topic=request.topic,
        callback=request.callback,
        secret=request.secret,
        expires_at=now + request.lease_seconds,
        verification=challenge,
    )


def intent_url(request: SubscriptionRequest, challenge: str) -> str:
    """Return the address by which a hub asks a subscriber whether it made a request (§5.3)."""
    fields = {
        "hub.mode": str(request.mode),
        "hub.topic": request.topic,
        "hub.challenge": challenge,
    }
    if request.mode is Mode.SUBSCRIBE:
        fields["hub.lease_seconds"] = str(request.lease_seconds)
    return _with_query(request.callback, fields)


def denial_url(request: SubscriptionRequest, reason: str) -> str:
    """Return the address by which a hub reports that it denies a subscription (§5.2)."""
    fields = {"hub.mode": "denied", "hub.topic": request.topic, "hub.reason": reason}
    return _with_query(request.callback, fields)


def signature(secret: str, body: bytes) -> str:
    """Return the value of X-Hub-Signature (§7.1)."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def _with_query(callback: str, fields: dict[str, str]) -> str:
    """Add parameters to an address that may have some already, which stay as they are."""
    return f"{callback}{'&' if '?' in callback else '?'}{urlencode(fields)}"
