"""`gazette webhooks`: the webhooks of a stack, and their secrets."""

import json
import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gazette.delivery.callbacks import HttpCallbackClient
from gazette.models.characters import shorten
from gazette.models.frozen import rfc3339
from gazette.models.hub.answers import Outcome, outcome_of, reason_of_result
from gazette.models.hub.callback_rules import CallbackRules
from gazette.models.limits import FORMER_SECRET_SECONDS, MAX_QUOTED_CHARACTERS, MAX_WEBHOOKS
from gazette.models.webhooks.signing import SECRET_BYTES, signed_post, written_secret
from gazette.models.webhooks.webhook import Webhook, WebhookKind
from gazette.ports import Clock
from gazette.runtime.bootstrap.clients import utc_now
from gazette.runtime.hub_settings import CallbackSettings
from gazette.services.hub.ports import CallbackClient
from gazette.services.webhooks.ports import WebhookStore
from gazette.store.webhooks import DynamoWebhooks
from gazette_cli.operate.deployment import (
    DeploymentError,
    StackAddress,
    open_deployment,
    session_of,
)

_OUTPUT = "WebhooksName"
_FAILED = 1


class Filter(NamedTuple):
    """What a webhook takes; nothing named is everything."""

    topics: tuple[str, ...] = ()
    kinds: tuple[WebhookKind, ...] = ()


class WebhookError(DeploymentError):
    """A webhook cannot be added, or does not exist."""


@dataclass(frozen=True, slots=True)
class Webhooks:
    """The webhooks of a stack. Secrets are shown once, when they are made."""

    store: WebhookStore
    callbacks: CallbackClient
    rules: CallbackRules
    clock: Clock

    def add(self, url: str, wanted: Filter) -> int:
        """Add a webhook and print its secret.

        Raises:
            WebhookError: the address cannot be called, has a webhook, or there are too many.
        """
        webhook = Webhook(
            url=self._readable(url),
            secret=_new_secret(),
            registration=secrets.token_urlsafe(),
            added_at=self.clock(),
            topics=wanted.topics,
            kinds=wanted.kinds,
        )
        if len(self.store.every()) >= MAX_WEBHOOKS:
            raise WebhookError(f"there are {MAX_WEBHOOKS} webhooks, which is the limit; remove one")
        if not self.store.add(webhook):
            raise WebhookError(f"{webhook.url} has a webhook; remove it first to change its filter")
        sys.stdout.write(f"Added {webhook.url}\nSecret, shown only now: {webhook.secret}\n")
        return 0

    def list_all(self, *, as_json: bool) -> int:
        """Print the webhooks, without their secrets."""
        found = sorted(self.store.every(), key=lambda webhook: webhook.url)
        write = _write_json if as_json else _write_table
        write(found)
        return 0

    def remove(self, url: str) -> int:
        """Remove a webhook.

        Raises:
            WebhookError: it does not exist.
        """
        webhook = self._standing(url)
        self.store.remove(webhook)
        sys.stdout.write(f"Removed {webhook.url}\n")
        return 0

    def rotate(self, url: str) -> int:
        """Give a webhook a new secret and print it; the one before signs for another day.

        Raises:
            WebhookError: it does not exist, or somebody else has changed it meanwhile.
        """
        webhook = self._standing(url)
        changes = {
            "secret": _new_secret(),
            "registration": secrets.token_urlsafe(),
            "former_secret": webhook.secret,
            "former_until": int(self.clock().timestamp()) + FORMER_SECRET_SECONDS,
        }
        changed = webhook.model_copy(update=changes)
        if not self.store.replace(changed, webhook.registration):
            raise WebhookError(f"{webhook.url} was changed meanwhile; try again")
        until = rfc3339(datetime.fromtimestamp(changed.former_until, UTC))
        sys.stdout.write(
            f"New secret of {webhook.url}, shown only now: {changed.secret}\n"
            f"The one before signs, too, until {until}.\n"
        )
        return 0

    def test(self, url: str) -> int:
        """Send a test message from this machine, and print the answer.

        Raises:
            WebhookError: there is no such webhook.
        """
        webhook, now = self._standing(url), self.clock()
        fields = {"type": "webhook.test", "timestamp": rfc3339(now), "data": {}}
        body = json.dumps(fields, separators=(",", ":")).encode()
        post = signed_post(webhook, secrets.token_urlsafe(), body, int(now.timestamp()))
        (result,) = self.callbacks.post_all([post])
        sys.stdout.write(f"{webhook.url} {reason_of_result(result)}\n")
        return 0 if outcome_of(result) is Outcome.DELIVERED else _FAILED

    def _readable(self, url: str) -> str:
        """Return an address in its canonical form; messages go through the open network."""
        try:
            read = self.rules.read(url)
        except ValueError as error:
            raise WebhookError(f"{shorten(url, MAX_QUOTED_CHARACTERS)} {error}") from error
        if urlsplit(read).scheme != "https" and not self.rules.is_local:
            raise WebhookError(f"{shorten(url, MAX_QUOTED_CHARACTERS)} is no https address")
        return read

    def _standing(self, url: str) -> Webhook:
        wanted = self._readable(url)
        for webhook in self.store.every():
            if webhook.url == wanted:
                return webhook
        raise WebhookError(f"{shorten(wanted, MAX_QUOTED_CHARACTERS)} has no webhook")


@contextmanager
def open_webhooks(address: StackAddress) -> Iterator[Webhooks]:
    """Open the webhooks of a stack.

    Raises:
        DeploymentError: the stack cannot be reached, or has none.
    """
    with open_deployment(address) as deployment:
        yield webhooks_of(deployment.outputs, address)


def webhooks_of(outputs: Mapping[str, str], address: StackAddress) -> Webhooks:
    """Return the webhooks of a stack with these outputs.

    Raises:
        DeploymentError: it has none.
    """
    if _OUTPUT not in outputs:
        problem = "has no webhooks; deploy it with WebhooksEnabled=true"
        raise DeploymentError(f"stack {address.name} {problem}")
    client = session_of(address).client("dynamodb", endpoint_url=address.endpoint)
    rules = CallbackSettings(AWS_ENDPOINT_URL=address.endpoint or "").rules()
    store = DynamoWebhooks(client, outputs[_OUTPUT], utc_now)
    return Webhooks(store, HttpCallbackClient(rules), rules, utc_now)


def _new_secret() -> str:
    return written_secret(secrets.token_bytes(SECRET_BYTES))


def _write_json(webhooks: Sequence[Webhook]) -> None:
    fields = {"url", "topics", "kinds", "added_at", "former_until", "failures"}
    shape = {"webhooks": [one.model_dump(mode="json", include=fields) for one in webhooks]}
    sys.stdout.write(json.dumps(shape, indent=2, ensure_ascii=False) + "\n")


def _write_table(webhooks: Sequence[Webhook]) -> None:
    console = Console(highlight=False)
    if not webhooks:
        console.print("No webhooks.")
        return
    table = Table(title="Webhooks", title_justify="left")
    for name in ("Address", "Topics", "Kinds", "Added (UTC)", "Given up in a row"):
        table.add_column(name, overflow="fold")
    for one in webhooks:
        topics, kinds = (", ".join(some) or "all" for some in (one.topics, one.kinds))
        table.add_row(escape(one.url), topics, kinds, rfc3339(one.added_at), str(one.failures))
    console.print(table)
