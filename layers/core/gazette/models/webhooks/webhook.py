"""A webhook: an address of the operator's choice that hears of revisions, and of which ones."""

import hashlib
from collections.abc import Collection
from enum import StrEnum

from gazette.models.frozen import Moment, Stored
from gazette.models.hub.callback_rules import host_of
from gazette.models.kinds import RevisionKind
from gazette.models.ledger.entry import Entry


class WebhookKind(StrEnum):
    """What webhooks hear of: the kinds of revision that are news, and erasures."""

    PUBLICATION = "publication"
    UPDATE = "update"
    CORRECTION = "correction"
    RETRACTION = "retraction"
    RESTORED = "restored"
    EXPIRED = "expired"
    ERASURE = "erasure"

    @property
    def event_type(self) -> str:
        """The ``type`` of a message: what has happened to an event."""
        return f"event.{_PAST[self]}"


_PAST = {
    WebhookKind.PUBLICATION: "published",
    WebhookKind.UPDATE: "updated",
    WebhookKind.CORRECTION: "corrected",
    WebhookKind.RETRACTION: "retracted",
    WebhookKind.RESTORED: "restored",
    WebhookKind.EXPIRED: "expired",
    WebhookKind.ERASURE: "erased",
}


class Webhook(Stored):
    """An address with its secrets and its filter; an empty filter takes everything.

    ``topics`` are slugs. ``registration`` is random: what was decided about an older secret must
    not change a newer one. ``former_secret`` signs until ``former_until``, in seconds since 1970.
    ``failures`` counts the messages in a row that were given up.
    """

    url: str
    secret: str
    registration: str
    added_at: Moment
    topics: tuple[str, ...] = ()
    kinds: tuple[WebhookKind, ...] = ()
    former_secret: str = ""
    former_until: int = 0
    failures: int = 0

    @property
    def name(self) -> str:
        return hashlib.sha256(self.url.encode()).hexdigest()

    @property
    def host(self) -> str:
        return host_of(self.url)

    def takes(self, kind: WebhookKind, topics: Collection[str]) -> bool:
        """Return whether the filter lets a message through; one topic in common is enough."""
        if self.kinds and kind not in self.kinds:
            return False
        return not self.topics or not set(self.topics).isdisjoint(topics)

    def secrets(self, now: int) -> tuple[str, ...]:
        """Return what signs at a time, in seconds since 1970."""
        return (self.secret, self.former_secret) if now < self.former_until else (self.secret,)


def kind_of(entry: Entry) -> WebhookKind | None:
    """Return what webhooks hear of a revision, None for a minor one."""
    if entry.erased:
        return WebhookKind.ERASURE
    return None if entry.kind is RevisionKind.MINOR else WebhookKind(entry.kind.value)
