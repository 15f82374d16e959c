"""Signed messages (Standard Webhooks 1.0.0, https://www.standardwebhooks.com)."""

import base64
import hashlib
import hmac
from collections.abc import Iterable

from gazette.models.hub.answers import Post
from gazette.models.webhooks.webhook import Webhook

_PREFIX = "whsec_"
# The specification asks for 24 to 64 bytes.
SECRET_BYTES = 32


def written_secret(secret: bytes) -> str:
    """Return a secret as receivers configure it."""
    return f"{_PREFIX}{base64.b64encode(secret).decode()}"


def message_id(identifier: str, webhook: Webhook) -> str:
    """Return the id of a message to a webhook: a receiver drops one that it has seen.

    It has no full stop, which separates the parts that are signed.
    """
    digest = hashlib.sha256(f"{identifier} {webhook.name}".encode()).hexdigest()
    return f"msg_{digest[:32]}"


def signatures(secrets: Iterable[str], name: str, timestamp: int, body: bytes) -> str:
    """Return the value of ``webhook-signature``: one signature for each secret."""
    signed = f"{name}.{timestamp}.".encode() + body
    return " ".join(f"v1,{_signature(secret, signed)}" for secret in secrets)


def signed_post(webhook: Webhook, identifier: str, body: bytes, now: int) -> Post:
    """Return the request of an attempt at a time, in seconds since 1970."""
    name = message_id(identifier, webhook)
    headers = (
        ("Content-Type", "application/json"),
        ("User-Agent", "Gazette"),
        ("webhook-id", name),
        ("webhook-timestamp", str(now)),
        ("webhook-signature", signatures(webhook.secrets(now), name, now, body)),
    )
    return Post(webhook.url, headers, body)


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
