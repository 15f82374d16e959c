"""Reads the form by which a subscriber subscribes or unsubscribes (W3C WebSub §5.1)."""

from enum import StrEnum
from urllib.parse import parse_qs

from gazette.models.frozen import Stored
from gazette.models.hub.callback_rules import CallbackRules
from gazette.models.limits import (
    DEFAULT_LEASE_SECONDS,
    MAX_HUB_FORM_BYTES,
    MAX_HUB_FORM_FIELDS,
    MAX_LEASE_SECONDS,
    MAX_SECRET_BYTES,
    MIN_LEASE_SECONDS,
)

# No queue takes a message with them.
_NO_CHARACTERS = frozenset("\ufffe\uffff")


class Mode(StrEnum):
    """What a subscriber wants."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"


class SubscriptionRequest(Stored):
    """A request that has to be verified; ``lease_seconds`` is within our bounds."""

    mode: Mode
    topic: str
    callback: str
    lease_seconds: int
    secret: str = ""
    attempt: int = 1


class RequestRefusedError(ValueError):
    """A request that the subscriber has to correct; names the parameter."""


def read_request(form: bytes, rules: CallbackRules) -> SubscriptionRequest:
    """Read a form; parameters that WebSub does not define are ignored.

    Raises:
        RequestRefusedError: a parameter is missing or wrong.
    """
    fields = _fields(form)
    return SubscriptionRequest(
        mode=_mode(_needed(fields, "hub.mode")),
        topic=_needed(fields, "hub.topic"),
        callback=_callback(_needed(fields, "hub.callback"), rules),
        lease_seconds=_lease(fields.get("hub.lease_seconds", "")),
        secret=_secret(fields.get("hub.secret", "")),
    )


def _fields(form: bytes) -> dict[str, str]:
    if len(form) > MAX_HUB_FORM_BYTES:
        raise RequestRefusedError(f"the form has more than {MAX_HUB_FORM_BYTES:,} bytes")
    try:
        found = parse_qs(
            form.decode(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_HUB_FORM_FIELDS,
        )
    except ValueError as error:
        raise RequestRefusedError("the form cannot be read: write it in UTF-8") from error
    for name, values in found.items():
        if name.startswith("hub.") and len(values) > 1:
            raise RequestRefusedError(f"{name} is given {len(values)} times")
    return {name: values[0] for name, values in found.items()}


def _needed(fields: dict[str, str], name: str) -> str:
    if not fields.get(name):
        raise RequestRefusedError(f"{name} is missing")
    return fields[name]


def _mode(text: str) -> Mode:
    if text not in set(Mode):
        raise RequestRefusedError(f"hub.mode is none of {', '.join(Mode)}")
    return Mode(text)


def _callback(text: str, rules: CallbackRules) -> str:
    try:
        return rules.read(text)
    except ValueError as error:
        raise RequestRefusedError(f"hub.callback {error}") from error


def _lease(text: str) -> int:
    """Return the lease that a subscriber gets: what it asks for, within our bounds."""
    if not text:
        return DEFAULT_LEASE_SECONDS
    if not (text.isascii() and text.isdigit() and int(text[:20])):
        raise RequestRefusedError("hub.lease_seconds is no positive number")
    return max(MIN_LEASE_SECONDS, min(int(text[:20]), MAX_LEASE_SECONDS))


def _secret(text: str) -> str:
    if len(text.encode()) > MAX_SECRET_BYTES:
        raise RequestRefusedError(f"hub.secret has more than {MAX_SECRET_BYTES} bytes")
    if not _NO_CHARACTERS.isdisjoint(text):
        raise RequestRefusedError("hub.secret has U+FFFE or U+FFFF, which are no characters")
    return text
