"""Guids: ids that entries had elsewhere, kept so that readers know the entries again.

RSS takes any text as an id, Atom only an IRI (RFC 4287 §4.2.6). A guid that is none becomes the
end of a tag URI, in the same way for ever, so that different guids stay different.
"""

import re
from urllib.parse import unquote

from gazette.models import limits
from gazette.models.characters import bytes_in_json
from gazette.models.contract.identity import tag_uri

_SPACE_IN_GUID = re.compile(r"[^\S ]")
# RFC 3987, without brackets, which only an address of IP version 6 has.
_CHARACTER = r"""(?:[^\x00-\x20"%<>\[\\\]^`{|}#\x7f-\xa0\s]|%[0-9A-Fa-f]{2})"""
_IRI = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*:{_CHARACTER}+(?:#{_CHARACTER}*)?")
# What readers check of these schemes: RFC 9110 §4.2, RFC 4151 §2.1, RFC 8141 §2.
_OF_SCHEMES = {
    "http": re.compile(r"https?://[^/?#@]+(?:[/?#].*)?", re.IGNORECASE),
    "tag": re.compile(r"tag:[A-Za-z0-9.@_-]+,\d{4}(?:-\d\d(?:-\d\d)?)?:.*"),
    "urn": re.compile(r"urn:[a-z0-9][a-z0-9-]{1,31}:.+", re.IGNORECASE),
}
_WRAPPED = re.compile(r"tag:[^:]+:guid/(.+)")
_OF_SCHEMES["https"] = _OF_SCHEMES["http"]


def short_guid(guid: str) -> str:
    """Return a guid without spaces at its ends.

    Raises:
        ValueError: it is too long, or more than one line.
    """
    guid = guid.strip(" ")
    if _SPACE_IN_GUID.search(guid):
        reason = "holds white space other than a space"
        raise ValueError(reason)
    if bytes_in_json(guid) > limits.MAX_GUID_BYTES:
        reason = f"is longer than {limits.MAX_GUID_BYTES:,} bytes; leave it out"
        raise ValueError(reason)
    return guid


def is_iri(guid: str) -> bool:
    """Return whether a guid can be the id of an Atom entry as it is."""
    if not _IRI.fullmatch(guid):
        return False
    form = _OF_SCHEMES.get(guid.partition(":")[0].lower())
    return form is None or form.fullmatch(guid) is not None


def entry_id(authority: str, event_id: str, guid: str | None) -> str:
    """Return the permanent id of an event in Atom and JSON feeds (SPEC A2, J2)."""
    if guid is None:
        return tag_uri(authority, "event", event_id)
    return guid if is_iri(guid) else tag_uri(authority, "guid", guid)


def guid_of(entry: str, event_id: str) -> str | None:
    """Return the guid from which `entry_id` made an id, None if the event has none."""
    if entry.endswith(tag_uri("", "event", event_id).removeprefix("tag:")):
        return None
    wrapped = _WRAPPED.fullmatch(entry)
    return unquote(wrapped[1]) if wrapped else entry


def is_of_site(authority: str, guid: str) -> bool:
    """Return whether a guid is an id that Gazette gives itself, to whatever it may be."""
    return guid.lower().startswith(f"tag:{authority}:".lower())
