"""Permanent ids: object keys name events, and tag URIs (RFC 4151) are the ids in feeds."""

from urllib.parse import quote

from gazette.models.characters import bytes_in_json
from gazette.models.limits import (
    MAX_DOCUMENT_BYTES,
    MAX_IMAGE_BYTES,
    MAX_KEY_BYTES,
    MAX_STATIC_BYTES,
)
from gazette.models.problems.problems import InvalidEventError, Problem

EVENTS, IMAGES, SUFFIX = "events/", "images/", ".json"
ERASURES = "erasures/"
# Files of the publisher: they stand at the root of the site.
STATIC = "static/"
_PCHAR = "/-._~!$&'()*+,;=:@"


def is_event_key(key: str) -> bool:
    """Return whether the object at a key is read as an event."""
    return key.startswith(EVENTS) and key.endswith(SUFFIX)


def is_erasure_key(key: str) -> bool:
    """Return whether the object at a key says which revisions of an event are erased."""
    return key.startswith(ERASURES) and key.endswith(SUFFIX)


def is_image_key(key: str) -> bool:
    """Return whether the object at a key is read as an image; a key with a final / is a folder."""
    return key.startswith(IMAGES) and not key.endswith("/")


def is_static_key(key: str) -> bool:
    """Return whether the object at a key is a file of the publisher, for the root of the site."""
    return key.startswith(STATIC) and not key.endswith("/")


def is_file_key(key: str) -> bool:
    """Return whether the object at a key is published byte for byte."""
    return is_image_key(key) or is_static_key(key)


def event_id(key: str) -> str:
    """Return the id of the event that the object key of an event or of an erasure names.

    Raises:
        InvalidEventError: the key cannot name an event.
    """
    folder = ERASURES if key.startswith(ERASURES) else EVENTS
    identity = key.removeprefix(folder).removesuffix(SUFFIX)
    if not key.startswith(folder) or not key.endswith(SUFFIX) or not identity:
        raise InvalidEventError(Problem("key", f"is not of the form {folder}<id>{SUFFIX}"))
    # The ledger holds ids in JSON, where a quotation mark takes two bytes.
    if bytes_in_json(event_key(identity)) > MAX_KEY_BYTES:
        raise InvalidEventError(Problem("key", f"is longer than {MAX_KEY_BYTES} bytes; shorten it"))
    return identity


def event_key(identity: str) -> str:
    """Return the object key of an event, the inverse of `event_id`."""
    return f"{EVENTS}{identity}{SUFFIX}"


def erasure_key(identity: str) -> str:
    """Return the object key of the erasures of an event."""
    return f"{ERASURES}{identity}{SUFFIX}"


def why_ignored(key: str) -> str | None:
    """Return why an object is not read and what to do, None if nobody expects it to be published.

    The consoles of S3 write an empty object for a folder; its key ends in a slash.
    """
    if not key or key.endswith("/") or key.startswith((IMAGES, STATIC)):
        return None
    if not key.startswith((EVENTS, ERASURES)):
        return (
            f"is not read: write events to {EVENTS}<id>{SUFFIX}, images to {IMAGES}, other files of"
            f" the site to {STATIC}"
        )
    if not key.endswith(SUFFIX):
        kind = "event" if key.startswith(EVENTS) else "erasure"
        return f"is not read: the key of an {kind} ends in {SUFFIX}, in lower case"
    return None


def most_bytes(key: str) -> int:
    """Return how large the object at a key may be, stored as well as unpacked."""
    if key.startswith(STATIC):
        return MAX_STATIC_BYTES
    return MAX_IMAGE_BYTES if key.startswith(IMAGES) else MAX_DOCUMENT_BYTES


def tag_uri(authority: str, *names: str) -> str:
    """Build a permanent tag URI, such as ``tag:example.org,2026:event/<id>``."""
    return f"tag:{authority}:" + "/".join(quote(name, safe=_PCHAR) for name in names)
