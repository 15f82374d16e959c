"""Reads one row of a history file.

A row of a history has `at`, a revision of a corpus has `id` and `revision_time`. A file may hold
both.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, NoReturn, TypeAlias

from gazette.models.contract.decoding import text_of
from gazette.models.problems.json_errors import json_problem
from gazette.models.problems.problems import InvalidEventError
from gazette_cli.engines.acts import Change, Pause, Versioning
from gazette_cli.engines.corpus import encode_document, read_revision
from gazette_cli.engines.fields import (
    RowError,
    Rule,
    Upload,
    Which,
    read_bytes,
    read_headers,
    read_key,
    read_rule,
    read_time,
    read_upload,
    read_versioning,
    read_which,
)

# What a row does, each under a field of its own.
_ACTIONS = (
    *("document", "bytes", "delete", "remove_version"),
    *("deny_version", "archive_version", "lifecycle"),
)
_FIELDS = ("at", "key", *_ACTIONS, "headers", "versioning")
# How S3 refuses to serve a version.
_CODES = {"deny_version": "AccessDenied", "archive_version": "InvalidObjectState"}
_ONE_OBJECT = "write one JSON object a line"


class RemovalRow(NamedTuple):
    """Versions of an object are deleted for good; which ones, the rows before it decide."""

    at: datetime
    key: str
    which: Which


class DenialRow(NamedTuple):
    """S3 serves an upload no longer; which one, the rows before it decide."""

    at: datetime
    key: str
    which: Upload
    action: str

    @property
    def code(self) -> str:
        return _CODES[self.action]


class LifecycleRow(NamedTuple):
    """A lifecycle rule deletes an object or its old versions."""

    at: datetime
    key: str
    rule: Rule


Row: TypeAlias = Change | RemovalRow | DenialRow | LifecycleRow | Versioning | Pause


def read_row(line: bytes) -> Row:
    """Read a line of a history file.

    Raises:
        RowError: it is no row.
    """
    row = _parsed(line)
    if not isinstance(row, dict):
        raise RowError("row", "is no JSON object", _ONE_OBJECT)
    if "at" not in row and ("id" in row or "revision_time" in row):
        return read_revision(row)
    return _read_act(row)


def _parsed(line: bytes) -> object:
    try:
        text = text_of(line.strip())
    except InvalidEventError as error:
        raise RowError("row", error.problems[0].reason, _ONE_OBJECT) from error
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise RowError("row", json_problem(text, error, is_row=True), _ONE_OBJECT) from error
    except RecursionError as error:
        raise RowError("row", "is nested too deeply", _ONE_OBJECT) from error
    except ValueError as error:
        reason = "holds a number of too many digits"
        raise RowError("row", reason, "write such a number as a text") from error


def _no_constant(name: str) -> NoReturn:
    reason = f"holds {name}, which JSON does not have"
    raise RowError("row", reason, "write a number, a text or null")


def _read_act(row: Mapping[str, object]) -> Row:
    at = read_time(row, "at")
    for name in row:
        if name not in _FIELDS:
            raise RowError(name, "is no field of a history", f"use {', '.join(_FIELDS)}")
    if row.keys() == {"at"}:
        return Pause(at)
    if "versioning" in row:
        return _read_versioning(row, at)
    key = read_key(row.get("key"))
    action = _action(row)
    if action == "remove_version":
        return RemovalRow(at, key, read_which(row[action]))
    if action in _CODES:
        return DenialRow(at, key, read_upload(action, row[action]), action)
    if action == "lifecycle":
        return LifecycleRow(at, key, read_rule(row[action]))
    return Change(at, key, _read_body(row, action), read_headers(row.get("headers", {})))


def _read_versioning(row: Mapping[str, object], at: datetime) -> Versioning:
    if row.keys() != {"at", "versioning"}:
        reason = "is that of the whole bucket"
        raise RowError("versioning", reason, "give it a row of its own, without a key")
    return Versioning(at, read_versioning(row["versioning"]))


def _action(row: Mapping[str, object]) -> str:
    actions = [name for name in _ACTIONS if name in row]
    if len(actions) != 1:
        reason = f"has {' and '.join(actions)}" if actions else "says nothing of what happens to it"
        raise RowError("key", reason, f"give the row one of {', '.join(_ACTIONS)}")
    if "headers" in row and actions[0] not in {"document", "bytes"}:
        raise RowError("headers", f"do not go with {actions[0]}", "leave them out")
    return actions[0]


def _read_body(row: Mapping[str, object], action: str) -> bytes | None:
    value = row[action]
    if action == "bytes":
        return read_bytes(value)
    if action == "document":
        if not isinstance(value, dict):
            raise RowError("document", "is no JSON object", "write other content as bytes")
        return encode_document(value)
    if value is not True:
        raise RowError("delete", "is not true", "write true, or leave the row out")
    return None
