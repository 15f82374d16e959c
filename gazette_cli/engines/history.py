"""Puts the rows of a history into order, and finds the versions that its removals name."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from gazette_cli.engines.acts import Act, Change, Removal
from gazette_cli.engines.fields import RowError
from gazette_cli.engines.rows import RemovalRow, Row, read_row


class BadLine(NamedTuple):
    """A line of a file, from 1, and why it was left out."""

    number: int
    reason: str


@dataclass(slots=True)
class _Versions:
    """The versions of one key: the changes that made them, by their positions from 0."""

    changes: int = 0
    left: list[int] = field(default_factory=list)
    uploads: list[int] = field(default_factory=list)
    markers: set[int] = field(default_factory=set)

    def add(self, change: Change) -> None:
        self.left.append(self.changes)
        if change.body is None:
            self.markers.add(self.changes)
        else:
            self.uploads.append(self.changes)
        self.changes += 1

    def remove(self, row: RemovalRow) -> Removal:
        found = self._named(row)
        removed = set(found)
        self.left = [one for one in self.left if one not in removed]
        return Removal(row.at, row.key, tuple(found))

    def _named(self, row: RemovalRow) -> list[int]:
        if not self.left:
            raise _no_version(f"{row.key} has no version by then")
        if row.which == "newest":
            return self.left[-1:]
        if row.which == "all but the newest":
            return self.left[:-1]
        if row.which == "marker":
            markers = [one for one in self.left if one in self.markers]
            if not markers:
                raise _no_version(f"{row.key} has no delete marker by then")
            return markers[-1:]
        if row.which > len(self.uploads):
            raise _no_version(f"{row.key} has {len(self.uploads)} uploads by then")
        upload = self.uploads[row.which - 1]
        if upload not in self.left:
            raise _no_version(f"upload {row.which} of {row.key} was removed before")
        return [upload]


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
    versions: defaultdict[str, _Versions] = defaultdict(_Versions)
    for number, row in rows:
        try:
            acts.append(_act(row, versions))
        except RowError as error:
            bad.append(BadLine(number, str(error)))
    return acts, sorted(bad)


def _act(row: Row, versions: defaultdict[str, _Versions]) -> Act:
    if isinstance(row, RemovalRow):
        return versions[row.key].remove(row)
    if isinstance(row, Change):
        versions[row.key].add(row)
    return row


def _no_version(reason: str) -> RowError:
    return RowError("remove_version", reason, "correct the row or its time; rows go by time")
