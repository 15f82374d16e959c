"""Puts the rows of a history into order, and finds the versions that its rows name."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from gazette_cli.engines.acts import Act, Denial, Expiration, Pause, Removal, Versioning
from gazette_cli.engines.fields import RowError
from gazette_cli.engines.rows import DenialRow, LifecycleRow, RemovalRow, Row, read_row


class BadLine(NamedTuple):
    """A line of a file, from 1, and why it was left out."""

    number: int
    reason: str


@dataclass(slots=True)
class _Versions:
    """The versions of one key: the writes that made them, by their positions from 0.

    ``null`` is the version that was written last while versioning was suspended.
    """

    writes: int = 0
    left: list[int] = field(default_factory=list)
    uploads: list[int] = field(default_factory=list)
    markers: set[int] = field(default_factory=set)
    null: int | None = None

    def add(self, *, is_marker: bool, is_suspended: bool) -> None:
        if is_suspended:
            self.left = [one for one in self.left if one != self.null]
            self.null = self.writes
        self.left.append(self.writes)
        if is_marker:
            self.markers.add(self.writes)
        else:
            self.uploads.append(self.writes)
        self.writes += 1

    def remove(self, row: RemovalRow) -> Removal:
        return self._removal(Removal(row.at, row.key, tuple(self._named(row))))

    def expire(self, row: LifecycleRow, *, is_suspended: bool) -> Expiration | Removal:
        if row.rule == "expire old versions":
            old = tuple(self.left[:-1])
            return self._removal(Removal(row.at, row.key, old, by_lifecycle=True))
        if not self.left or self.left[-1] in self.markers:
            raise _not_there("lifecycle", f"S3 serves no {row.key} by then")
        self.add(is_marker=True, is_suspended=is_suspended)
        return Expiration(row.at, row.key)

    def deny(self, row: DenialRow) -> Denial:
        if row.which == "newest":
            uploads = [one for one in self.left if one not in self.markers]
            if not uploads:
                raise _not_there(row.action, f"{row.key} has no upload by then")
            upload = uploads[-1]
        else:
            upload = self._upload(row.action, row.key, row.which)
        return Denial(row.at, row.key, upload, row.code)

    def _removal(self, removal: Removal) -> Removal:
        removed = set(removal.writes)
        self.left = [one for one in self.left if one not in removed]
        return removal

    def _named(self, row: RemovalRow) -> list[int]:
        if not self.left:
            raise _not_there("remove_version", f"{row.key} has no version by then")
        if row.which == "newest":
            return self.left[-1:]
        if row.which == "all but the newest":
            return self.left[:-1]
        if row.which == "marker":
            markers = [one for one in self.left if one in self.markers]
            if not markers:
                raise _not_there("remove_version", f"{row.key} has no delete marker by then")
            return markers[-1:]
        return [self._upload("remove_version", row.key, row.which)]

    def _upload(self, action: str, key: str, number: int) -> int:
        if number > len(self.uploads):
            raise _not_there(action, f"{key} has {len(self.uploads)} uploads by then")
        upload = self.uploads[number - 1]
        if upload not in self.left:
            raise _not_there(action, f"upload {number} of {key} was removed or replaced before")
        return upload


@dataclass(slots=True)
class _Bucket:
    """The versions of each key, and the state of versioning."""

    versions: defaultdict[str, _Versions] = field(default_factory=lambda: defaultdict(_Versions))
    is_suspended: bool = False

    def act(self, row: Row) -> Act:
        """Return what a row does to the bucket as the rows before it have left it.

        Raises:
            RowError: it names a version that is not there.
        """
        if isinstance(row, Pause):
            return row
        if isinstance(row, Versioning):
            self.is_suspended = row.is_suspended
            return row
        versions = self.versions[row.key]
        if isinstance(row, RemovalRow):
            return versions.remove(row)
        if isinstance(row, DenialRow):
            return versions.deny(row)
        if isinstance(row, LifecycleRow):
            return versions.expire(row, is_suspended=self.is_suspended)
        versions.add(is_marker=row.body is None, is_suspended=self.is_suspended)
        return row


def read_history(lines: Iterable[bytes]) -> tuple[list[Act], list[BadLine]]:
    """Read the lines of a file as acts by time, and the lines that are no acts.

    Rows of the same time stay in the order of the file. Blank lines are no rows.
    """
    rows: list[tuple[int, Row]] = []
    bad: list[BadLine] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                rows.append((number, read_row(line)))
            except RowError as error:
                bad.append(BadLine(number, str(error)))
    rows.sort(key=lambda row: row[1].at)
    acts: list[Act] = []
    bucket = _Bucket()
    for number, row in rows:
        try:
            acts.append(bucket.act(row))
        except RowError as error:
            bad.append(BadLine(number, str(error)))
    return acts, sorted(bad)


def _not_there(field: str, reason: str) -> RowError:
    return RowError(field, reason, "correct the row or its time; rows go by time")
