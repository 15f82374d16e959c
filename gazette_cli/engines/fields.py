"""Reads the fields of a row of a history file."""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Literal, TypeAlias, TypeGuard

from gazette.models.limits import MAX_OBJECT_KEY_BYTES
from gazette.models.problems.messages import quoted
from gazette_cli.engines.headers import KNOWN, METADATA, is_known

# A version by its position, or the number of an upload of the key, from 1.
Which: TypeAlias = Literal["newest", "marker", "all but the newest"] | int
_POSITIONS: Mapping[str, Which] = {
    "newest": "newest",
    "marker": "marker",
    "all but the newest": "all but the newest",
}
# Which version S3 does not serve any more: the newest, or the number of an upload of the key.
Upload: TypeAlias = Literal["newest"] | int
Rule: TypeAlias = Literal["expire the object", "expire old versions"]
_RULES: Mapping[str, Rule] = {
    "expire the object": "expire the object",
    "expire old versions": "expire old versions",
}
_VERSIONING = {"suspended": True, "enabled": False}
_NOT_BASE64 = re.compile("[^A-Za-z0-9+/=]")
_ENCODE = 'encode the bytes in base64, such as "aGVsbG8="'
_EXAMPLE = "2026-11-20T12:00:00Z"


class RowError(Exception):
    """A row cannot be applied; the message names the field, the reason and the remedy."""

    def __init__(self, field: str, reason: str, remedy: str) -> None:
        super().__init__(f"{field}: {reason}; {remedy}")


def read_time(row: Mapping[str, object], name: str, *, is_utc: bool = False) -> datetime:
    """Read a time; one without an offset is refused unless all such times are UTC.

    Raises:
        RowError: it is no time.
    """
    remedy = f"write a time such as {_EXAMPLE}"
    if name not in row:
        raise RowError(name, "is missing", remedy)
    try:
        time = datetime.fromisoformat(str(row[name]))
        if time.tzinfo is None and is_utc:
            time = time.replace(tzinfo=UTC)
        if time.tzinfo is None:
            raise RowError(name, f"{quoted(row[name])} has no offset", remedy)
        return time.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise RowError(name, f"{quoted(row[name])} is no time", remedy) from error


def read_key(value: object) -> str:
    """Read the key of an object.

    Raises:
        RowError: S3 takes no such key.
    """
    remedy = "write the key of the object, such as events/river.json"
    if not isinstance(value, str) or not value:
        raise RowError("key", "is missing or no text", remedy)
    try:
        length = len(value.encode())
    except UnicodeEncodeError as error:
        raise RowError("key", "is no valid Unicode", remedy) from error
    if length > MAX_OBJECT_KEY_BYTES:
        reason = f"has {length:,} bytes, and S3 takes {MAX_OBJECT_KEY_BYTES:,}"
        raise RowError("key", reason, "shorten it")
    return value


def read_bytes(value: object) -> bytes:
    """Read bytes in base64.

    Raises:
        RowError: they are not.
    """
    if not isinstance(value, str):
        raise RowError("bytes", f"{quoted(value)} is no text", _ENCODE)
    if strange := _NOT_BASE64.search(value):
        where = f"character {strange.start() + 1}"
        raise RowError("bytes", f"is no base64: {where} is {quoted(strange[0])}", _ENCODE)
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        reason = f"is no base64: its {len(value)} characters are no groups of 4"
        raise RowError("bytes", reason, _ENCODE) from error


def read_headers(value: object) -> dict[str, str]:
    """Read the headers of an upload.

    Raises:
        RowError: S3 does not keep one of them.
    """
    if not isinstance(value, dict):
        raise RowError("headers", "is no object", 'write such as {"Content-Encoding": "gzip"}')
    for name, text in value.items():
        if not is_known(name):
            remedy = f"use {', '.join(KNOWN)} or {METADATA}…"
            raise RowError(f"headers.{name}", "is no header that S3 keeps", remedy)
        if not isinstance(text, str) or not text.isascii():
            raise RowError(f"headers.{name}", "is no ASCII text", "write its value as S3 takes it")
    return value


def read_which(value: object) -> Which:
    """Read which versions are removed.

    Raises:
        RowError: it is neither a position nor the number of an upload.
    """
    if _is_number(value):
        return value
    if isinstance(value, str) and value in _POSITIONS:
        return _POSITIONS[value]
    remedy = f"write {', '.join(map(quoted, _POSITIONS))}, or the number of an upload, from 1"
    raise RowError("remove_version", f"{quoted(value)} names no version", remedy)


def read_upload(name: str, value: object) -> Upload:
    """Read which upload S3 does not serve any more.

    Raises:
        RowError: it is neither the newest nor the number of an upload.
    """
    if _is_number(value):
        return value
    if value == "newest":
        return "newest"
    remedy = 'write "newest", or the number of an upload, from 1'
    raise RowError(name, f"{quoted(value)} names no upload", remedy)


def read_rule(value: object) -> Rule:
    """Read what a lifecycle rule does.

    Raises:
        RowError: no rule does it.
    """
    if isinstance(value, str) and value in _RULES:
        return _RULES[value]
    reason = f"{quoted(value)} is nothing that a rule does"
    raise RowError("lifecycle", reason, f"write {_listed(_RULES)}")


def read_versioning(value: object) -> bool:
    """Return whether versioning is suspended.

    Raises:
        RowError: it is no state of a bucket.
    """
    if isinstance(value, str) and value in _VERSIONING:
        return _VERSIONING[value]
    remedy = f"write {_listed(_VERSIONING)}"
    raise RowError("versioning", f"{quoted(value)} is no state of versioning", remedy)


def _is_number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _listed(values: Iterable[str]) -> str:
    return " or ".join(", ".join(map(quoted, values)).rsplit(", ", 1))
