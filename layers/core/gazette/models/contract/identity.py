"""Permanent ids: object keys name events, and tag URIs (RFC 4151) are the ids in feeds."""

from urllib.parse import quote

from gazette.models.contract.parsing import InvalidEventError, Problem
from gazette.models.limits import MAX_KEY_BYTES
from gazette.models.text import bytes_in_json

EVENTS, IMAGES, SUFFIX = "events/", "images/", ".json"
_PCHAR = "/-._~!$&'()*+,;=:@"


def event_id(key: str) -> str:
    """Return the id of the event that an object key names.

    Raises:
        InvalidEventError: the key cannot name an event.
    """
    identity = key.removeprefix(EVENTS).removesuffix(SUFFIX)
    if not key.startswith(EVENTS) or not key.endswith(SUFFIX) or not identity:
        raise InvalidEventError(Problem("key", f"is not of the form {EVENTS}<id>{SUFFIX}"))
    # The ledger holds ids in JSON, where a quotation mark takes two bytes.
    if bytes_in_json(key) > MAX_KEY_BYTES:
        raise InvalidEventError(Problem("key", f"is longer than {MAX_KEY_BYTES} bytes"))
    return identity


def event_key(identity: str) -> str:
    """Return the object key of an event, the inverse of `event_id`."""
    return f"{EVENTS}{identity}{SUFFIX}"


def tag_uri(authority: str, *names: str) -> str:
    """Build a permanent tag URI, such as ``tag:example.org,2026:event/<id>``."""
    return f"tag:{authority}:" + "/".join(quote(name, safe=_PCHAR) for name in names)
