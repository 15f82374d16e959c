"""Reads the source of `gazette publish`, a folder or a history file, as acts in time order."""

import gzip
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from gazette.models.contract.decoding import UNPACKING_ERRORS, is_packed, why_not_unpacked
from gazette.models.contract.identity import is_erasure_key
from gazette.models.problems.messages import did_you_mean
from gazette.models.tasks.reports import Quarantined
from gazette_cli.engines.acts import Act, Change
from gazette_cli.engines.history import read_history

_FOLDERS = ("erasures", "events", "images", "static")
_ALIKE = 0.75
_START = datetime(1970, 1, 1, tzinfo=UTC)


class SourceError(Exception):
    """The source cannot be read."""


class Changes(NamedTuple):
    """All acts of a source in time order, and the rows that could not be read."""

    changes: list[Act]
    refused: list[Quarantined]


def read_source(source: Path, *, may_be_empty: bool = False) -> Changes:
    """Read a folder, a ``.jsonl`` or a ``.jsonl.gz`` file.

    ``may_be_empty`` accepts a folder whose last file was deleted.

    Raises:
        SourceError: the source does not exist or cannot be read.
    """
    if source.is_dir():
        return _read_folder(source, may_be_empty=may_be_empty)
    if not source.is_file():
        reason = f"{source}: no such file or folder; correct the path"
        raise SourceError(reason)
    return _read_rows(source)


def source_files(folder: Path, *, may_be_empty: bool = False) -> list[Path]:
    """Return the files of a folder that are published, and those whose folder has a misspelt name.

    Raises:
        SourceError: it holds nothing that is published.
    """
    tops = [path.name for path in sorted(folder.iterdir()) if path.is_dir()]
    read = [name for name in tops if name in _FOLDERS or did_you_mean(name, _FOLDERS, _ALIKE)]
    files = [path for top in read for path in sorted((folder / top).rglob("*")) if path.is_file()]
    if not files and not may_be_empty:
        reason = f"{folder}: contains no events/** and no images/**; put documents in events"
        raise SourceError(reason)
    return files


def _read_folder(folder: Path, *, may_be_empty: bool) -> Changes:
    files = source_files(folder, may_be_empty=may_be_empty)
    changes = [
        Change(_modified(path), path.relative_to(folder).as_posix(), path.read_bytes())
        for path in files
    ]
    newest = max((change.at for change in changes), default=_START)
    # Times of files say little about their order, so an erasure covers all that lies there.
    dated = [
        change._replace(at=newest) if is_erasure_key(change.key) else change for change in changes
    ]
    return Changes(sorted(dated, key=lambda change: change.at), [])


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def read_lines(file: Path) -> list[bytes]:
    """Read the lines of a file, which may be packed with gzip.

    Raises:
        SourceError: the packed data is damaged, or not packed.
    """
    try:
        with _open_lines(file) as lines:
            return list(lines)
    except UNPACKING_ERRORS as error:
        reason = f"{file}: {why_not_unpacked(error)}; pack it again, or copy it again"
        raise SourceError(reason) from error


def _open_lines(file: Path) -> BinaryIO | gzip.GzipFile:
    """Open a file by what it holds: packed with gzip, or the lines themselves.

    Raises:
        SourceError: it has the name of a packed file, and is none.
    """
    with file.open("rb") as begun:
        first = begun.read(2)
    if is_packed(first):
        return gzip.open(file)
    if file.suffix == ".gz" and first:
        reason = f"{file}: is not packed with gzip; pack it, or rename it without .gz"
        raise SourceError(reason)
    return file.open("rb")


def _read_rows(file: Path) -> Changes:
    acts, bad = read_history(read_lines(file))
    return Changes(
        acts, [Quarantined(f"{file.name} line {line.number}", line.reason) for line in bad]
    )
