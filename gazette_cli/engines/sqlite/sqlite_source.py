"""The versions of a source in a file, under the contract tests of S3."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from sqlite3 import Connection
from typing import Any, TypeAlias

from gazette.delivery.local_source import LocalSourceArchive, SourceEvent, StoredVersion
from gazette.models.object_version import ObjectVersion

_Row: TypeAlias = tuple[Any, ...]
_LISTED = (
    "SELECT version_id, modified, size, marker, etag FROM versions WHERE key = ? ORDER BY position"
)
_STORED = (
    "SELECT version_id, modified, size, marker, etag, headers, body FROM versions"
    " WHERE key = ? AND version_id = ?"
)
_LAST = "SELECT MAX(position) FROM versions WHERE key = ?"
_LAST_BY_THEN = "SELECT MAX(position) FROM versions WHERE key = ? AND modified <= ?"


class SqliteSourceArchive(LocalSourceArchive):
    """A `SourceArchive` in tables of SQLite. It keeps the bytes of every version."""

    def __init__(
        self, connection: Connection, calls: Counter[str], on_event: Callable[[SourceEvent], None]
    ) -> None:
        super().__init__(calls, on_event)
        self._connection = connection

    def suspend_versioning(self) -> None:
        self._connection.execute("REPLACE INTO facts VALUES ('suspended', 'yes')")

    def resume_versioning(self) -> None:
        self._connection.execute("DELETE FROM facts WHERE name = 'suspended'")

    def deny(self, key: str, version_id: str, code: str = "AccessDenied") -> None:
        self._connection.execute("REPLACE INTO denied VALUES (?, ?, ?)", (key, version_id, code))

    def served_etags(self) -> dict[str, str]:
        """Return the ETag of each object that is not deleted, by key."""
        rows = self._connection.execute(
            "SELECT key, etag FROM versions AS one WHERE NOT marker AND position ="
            " (SELECT MAX(position) FROM versions WHERE key = one.key)"
        )
        return dict(rows.fetchall())

    @property
    def is_suspended(self) -> bool:
        return self._one("SELECT 1 FROM facts WHERE name = 'suspended'") is not None

    def _listed(self, key: str) -> Sequence[ObjectVersion]:
        rows = self._connection.execute(_LISTED, (key,))
        return [_read(row) for row in rows.fetchall()]

    def _stored(self, key: str, version_id: str) -> StoredVersion | None:
        found = self._one(_STORED, key, version_id)
        if found is None:
            return None
        *version, headers, body = found
        return StoredVersion(_read(tuple(version)), body, json.loads(headers))

    def _keep(self, key: str, stored: StoredVersion, *, at_end: bool = False) -> None:
        version = stored.version
        modified = _written(version.last_modified)
        found = self._one(_LAST, key) if at_end else self._one(_LAST_BY_THEN, key, modified)
        position = 0 if found is None or found[0] is None else found[0] + 1
        self._connection.execute(
            "UPDATE versions SET position = position + 1 WHERE key = ? AND position >= ?",
            (key, position),
        )
        self._connection.execute(
            "INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(key, position, version.version_id, modified, version.size),
                *(version.is_delete_marker, version.etag),
                *(json.dumps(dict(stored.headers)), stored.body),
            ),
        )

    def _drop(self, key: str, version_id: str) -> bool:
        which = (key, version_id)
        self._connection.execute("DELETE FROM denied WHERE key = ? AND version_id = ?", which)
        dropped = self._connection.execute(
            "DELETE FROM versions WHERE key = ? AND version_id = ?", which
        )
        return dropped.rowcount > 0

    def _denial(self, key: str, version_id: str) -> str | None:
        found = self._one(
            "SELECT code FROM denied WHERE key = ? AND version_id = ?", key, version_id
        )
        return str(found[0]) if found else None

    def _next_number(self, key: str) -> int:
        rows = self._connection.execute(
            "INSERT INTO counted VALUES (?, 1)"
            " ON CONFLICT (key) DO UPDATE SET ids = ids + 1 RETURNING ids",
            (key,),
        )
        (number,) = rows.fetchone()
        return int(number)

    def _keys_after(self, key: str) -> Iterable[str]:
        rows = self._connection.execute(
            "SELECT DISTINCT key FROM versions WHERE key > ? ORDER BY key", (key,)
        )
        return [found for (found,) in rows.fetchall()]

    def _one(self, statement: str, *values: str) -> _Row | None:
        found: _Row | None = self._connection.execute(statement, values).fetchone()
        return found


def _written(moment: datetime) -> str:
    """Write a time so that the order of texts is that of times."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _read(row: _Row) -> ObjectVersion:
    version_id, modified, size, marker, etag = row
    return ObjectVersion(version_id, datetime.fromisoformat(modified), size, bool(marker), etag)
