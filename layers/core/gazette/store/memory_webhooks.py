"""Webhooks and their messages in memory, under the contract tests of the DynamoDB table."""

from collections.abc import Sequence

from gazette.models.webhooks.messages import RevisionKey, WebhookMessage
from gazette.models.webhooks.webhook import Webhook


class MemoryWebhooks:
    """A `WebhookStore` and a `MessageStore` in dictionaries."""

    def __init__(self) -> None:
        self._webhooks: dict[str, Webhook] = {}
        self._messages: dict[RevisionKey, WebhookMessage] = {}

    def every(self) -> list[Webhook]:
        return [self._webhooks[name] for name in sorted(self._webhooks)]

    def find(self, names: Sequence[str]) -> list[Webhook]:
        wanted = set(names)
        return [one for one in self.every() if one.name in wanted]

    def add(self, webhook: Webhook) -> bool:
        is_new = webhook.name not in self._webhooks
        if is_new:
            self._webhooks[webhook.name] = webhook
        return is_new

    def replace(self, webhook: Webhook, registration: str) -> bool:
        stands = self._stands(webhook.name, registration)
        if stands:
            self._webhooks[webhook.name] = webhook
        return stands

    def remove(self, webhook: Webhook) -> bool:
        stands = self._stands(webhook.name, webhook.registration)
        if stands:
            del self._webhooks[webhook.name]
        return stands

    def offer(self, message: WebhookMessage) -> None:
        standing = self._messages.get(message.key)
        if standing is None or (
            standing.identifier != message.identifier and standing.erasures < message.erasures
        ):
            self._messages[message.key] = message

    def message(self, key: RevisionKey) -> WebhookMessage | None:
        return self._messages.get(key)

    def mark_spread(self, message: WebhookMessage) -> None:
        standing = self._messages.get(message.key)
        if standing and standing.identifier == message.identifier:
            self._messages[message.key] = message.model_copy(update={"is_spread": True})

    def _stands(self, name: str, registration: str) -> bool:
        standing = self._webhooks.get(name)
        return standing is not None and standing.registration == registration
