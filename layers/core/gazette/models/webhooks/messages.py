"""What webhooks are sent of a revision, and the messages that lead there. They hold no content."""

import hashlib
from typing import NamedTuple

from gazette.models.frozen import Moment, Stored, rfc3339
from gazette.models.webhooks.webhook import WebhookKind


class RevisionKey(NamedTuple):
    """The revision that a message is about."""

    event_id: str
    number: int


class WebhookMessage(Stored):
    """What webhooks are sent of a revision; ``body`` is JSON.

    ``at`` is when it happened. ``topics`` are the slugs of the revision and of the one before it:
    who follows a topic hears of an event that leaves it. ``erasures`` orders the messages of a
    revision: an erasure takes the place of what it erases. ``is_spread`` says that all deliveries
    are queued.
    """

    event_id: str
    number: int
    kind: WebhookKind
    at: Moment
    topics: tuple[str, ...]
    erasures: int
    body: str
    is_spread: bool = False

    @property
    def key(self) -> RevisionKey:
        return RevisionKey(self.event_id, self.number)

    @property
    def identifier(self) -> str:
        """The same for the same news, whatever crashed or was repeated in between."""
        parts = (self.event_id, str(self.number), self.kind.value, rfc3339(self.at))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class RevisionNews(Stored):
    """A revision is news for webhooks; ``identifier`` is that of its message."""

    event_id: str
    number: int
    identifier: str

    @property
    def key(self) -> RevisionKey:
        return RevisionKey(self.event_id, self.number)


class WebhookDelivery(RevisionNews):
    """Deliver the message of a revision to some webhooks, by name; ``attempt`` counts from 1."""

    webhooks: tuple[str, ...]
    attempt: int = 1
