"""The file next to a published folder: what `gazette publish` has to know to go on with it.

It holds the ledger, the versions of the source, and which documents are in the folder. It is
written once each time the site has settled, so a run that is killed leaves the state before.
"""

import hashlib
import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Self

from gazette_cli.engines.sources import SourceError

# A file of a newer release may have other tables.
_FORMAT = 1
_TABLES = """
CREATE TABLE items (
    pk TEXT, sk TEXT, revision TEXT, payload TEXT, deleted INTEGER, expires_at INTEGER,
    PRIMARY KEY (pk, sk)
) WITHOUT ROWID;
CREATE TABLE versions (
    key TEXT, position INTEGER, version_id TEXT, modified TEXT, size INTEGER, marker INTEGER,
    etag TEXT, headers TEXT, body BLOB
);
CREATE INDEX versions_in_order ON versions (key, position);
CREATE TABLE denied (key TEXT, version_id TEXT, code TEXT, PRIMARY KEY (key, version_id));
CREATE TABLE counted (key TEXT PRIMARY KEY, ids INTEGER) WITHOUT ROWID;
CREATE TABLE writes (key TEXT, position INTEGER, version_id TEXT, PRIMARY KEY (key, position));
CREATE TABLE documents (path TEXT PRIMARY KEY, etag TEXT) WITHOUT ROWID;
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
"""


class SiteFile:
    """A connection to the file of a folder, with one transaction that lasts from settling on.

    As a context manager it drops what was not committed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = _file_of(folder)
        self._begun = self.path.with_name(f"{self.path.name}-begun")

    def __enter__(self) -> Self:
        # SQLite does not say why it cannot open a file.
        self.path.open("ab").close()
        self.connection = sqlite3.connect(self.path, timeout=1, isolation_level=None)
        try:
            self._open()
        except BaseException:
            # Python calls no `__exit__` after a failed `__enter__`, and an interrupt is no
            # `Exception`: without this the file would stay locked for the next run.
            self.connection.close()
            raise
        self._paths = self._begun.open("a", encoding="utf-8")
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._paths.close()
        self.connection.close()
        if error is None:
            self._begun.unlink()

    def commit(self) -> None:
        """Keep what was done since the last commit."""
        self.connection.execute("COMMIT")
        self._paths.truncate(0)
        self.connection.execute("BEGIN IMMEDIATE")

    def begin_writing(self, path: str) -> None:
        """Note that a document is about to be written, in case that the run is killed."""
        self._paths.write(f"{path}\n")
        self._paths.flush()

    def fact(self, name: str) -> str | None:
        """Return what was remembered by a name."""
        rows = self.connection.execute("SELECT value FROM facts WHERE name = ?", (name,))
        found = rows.fetchone()
        return found[0] if found else None

    def remember(self, name: str, value: str) -> None:
        self.connection.execute("REPLACE INTO facts VALUES (?, ?)", (name, value))

    def missing_documents(self) -> list[str]:
        """Forget the documents that the folder does not have as they were written; return these.

        Of a run that was killed, what it had begun to write is looked at, too. What the folder
        had not before is deleted.
        """
        known = dict(self.connection.execute("SELECT path, etag FROM documents"))
        begun = set(self._begun.read_text(encoding="utf-8").splitlines())
        for path in begun - known.keys():
            (self.folder / path).unlink(missing_ok=True)
        missing = [
            path
            for path, etag in known.items()
            if not (self.folder / path).exists()
            or (path in begun and _etag(self.folder / path) != etag)
        ]
        self.connection.executemany(
            "DELETE FROM documents WHERE path = ?", ((path,) for path in missing)
        )
        return missing

    def delete(self) -> None:
        """Delete the documents that it knows, the empty folders that they leave, and the file."""
        files = [
            self.folder / path for (path,) in self.connection.execute("SELECT path FROM documents")
        ]
        for file in files:
            file.unlink(missing_ok=True)
        left = {parent for file in files for parent in file.relative_to(self.folder).parents[:-1]}
        for parent in sorted(left, reverse=True):
            folder = self.folder / parent
            if folder.exists() and not any(folder.iterdir()):
                folder.rmdir()
        self.path.unlink()

    def _open(self) -> None:
        try:
            self.connection.execute("PRAGMA synchronous = NORMAL")
            self.connection.execute("BEGIN IMMEDIATE")
            number = self.connection.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.OperationalError as error:
            reason = "is in use by another run; wait until that has ended"
            raise SourceError(f"{self.path}: {reason}") from error
        except sqlite3.DatabaseError as error:
            reason = "is damaged, or no file of Gazette; move it and the folder away"
            raise SourceError(f"{self.path}: {reason}") from error
        if number == 0:
            self._make_tables()
        elif number != _FORMAT:
            raise SourceError(
                f"{self.path}: another release of Gazette wrote it; move it and the folder away"
            )

    def _make_tables(self) -> None:
        for statement in _TABLES.split(";"):
            self.connection.execute(statement)
        self.connection.execute(f"PRAGMA user_version = {_FORMAT}")
        self.connection.execute("COMMIT")
        self.connection.execute("BEGIN IMMEDIATE")


def is_published(folder: Path) -> bool:
    """Return whether an earlier run published into a folder."""
    return _file_of(folder).exists()


def remove_site(folder: Path) -> None:
    """Delete what earlier runs published into a folder, and all that is known of them."""
    with SiteFile(folder) as file:
        file.delete()


def _file_of(folder: Path) -> Path:
    return folder.resolve().with_name(f"{folder.resolve().name}.gazette.sqlite")


def _etag(file: Path) -> str:
    """Return the ETag as `gazette.models.views.site_document` defines it."""
    return f'"{hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()}"'
