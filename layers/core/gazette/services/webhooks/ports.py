"""What the services of webhooks need from outside."""

from collections.abc import Sequence
from typing import Protocol

from gazette.models.webhooks.messages import RevisionKey, WebhookMessage
from gazette.models.webhooks.webhook import Webhook


class WebhookStore(Protocol):
    """The webhooks of the operator, at most a hundred."""

    def every(self) -> list[Webhook]:
        """Return all webhooks, in the order of their names."""

    def find(self, names: Sequence[str]) -> list[Webhook]:
        """Return the webhooks with these names that exist."""

    def add(self, webhook: Webhook) -> bool:
        """Write a webhook, unless its address has one; return whether it was written."""

    def replace(self, webhook: Webhook, registration: str) -> bool:
        """Write a webhook if the one that stands has a registration."""

    def remove(self, webhook: Webhook) -> bool:
        """Remove a webhook if the one that stands has the same registration."""


class NewsTopic(Protocol):
    """A topic of the stack whose subscribers filter messages themselves."""

    def publish(self, message: WebhookMessage) -> None:
        """Publish a message."""


class MessageStore(Protocol):
    """What webhooks are sent of revisions, for as long as an attempt may need it."""

    def offer(self, message: WebhookMessage) -> None:
        """Write a message, unless the same one or one after more erasures stands."""

    def message(self, key: RevisionKey) -> WebhookMessage | None:
        """Return the message of a revision."""

    def mark_spread(self, message: WebhookMessage) -> None:
        """Record that all deliveries of a message are queued, if it still stands."""
