"""Makes the ids of imported events, each from what names the event in its source.

Equal keys have equal ids, so that an event that is imported again is a revision. Different keys
have different ids: what a file name cannot hold on every system is replaced, and a hash follows.
"""

import hashlib
import re
from urllib.parse import unquote

from gazette.models.identifiers.slugs import title_slug

_MAX_CHARACTERS = 60
_SCHEME = re.compile(r"(?:https?://|tag:|urn:)")
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}(?<!\.)")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_MAX_PATH_CHARACTERS = 400
# How Gazette writes the ids of its own feeds (RFC 4151).
_OWN = re.compile(r"tag:[^:,]+,\d{4}(?:-\d\d(?:-\d\d)?)?:event/(.+)")


def id_of_key(key: str) -> str:
    """Make an id from any text, such as a guid: words of it that can be read, and a hash."""
    words = title_slug(_SCHEME.sub("", key))
    return f"{words[:_MAX_CHARACTERS].strip('-')}-{_short_hash(key)}"


def id_of_path(path: str) -> str:
    """Return a path, such as that of a file, as it is if every system can have such a file."""
    return path if _is_plain(path) else id_of_key(path)


def id_of_guid(guid: str) -> str:
    """Make an id from the id of a feed; an entry of Gazette keeps the id of its event.

    So a site may import its own feed: an id of its own belongs to no other event.
    """
    own = _OWN.fullmatch(guid)
    event_id = unquote(own[1]) if own else ""
    return event_id if _is_plain(event_id) else id_of_key(guid)


def _is_plain(path: str) -> bool:
    parts = path.split("/")
    return len(path) <= _MAX_PATH_CHARACTERS and all(
        _PART.fullmatch(part) and not _RESERVED.fullmatch(part) for part in parts
    )


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
