"""Reads the source of `gazette publish`, a folder or a history file, as changes in time order."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from gazette.models.contract.identity import event_key
from gazette.models.work.reports import Quarantined

# Site codes of Wikipedia that are not the BCP 47 tag of their language.
_LANGUAGES = {
    "als": "gsw",
    "bat-smg": "sgs",
    "be-x-old": "be-tarask",
    "fiu-vro": "vro",
    "roa-rup": "rup",
    "simple": "en",
    "zh-classical": "lzh",
    "zh-min-nan": "nan",
    "zh-yue": "yue",
}
_COPIED_FIELDS = ("title", "date", "category", "topics", "summary", "body", "sources", "image")


class SourceError(Exception):
    """The source cannot be read."""


class Change(NamedTuple):
    """A new version of an object, or its deletion if the body is None."""

    at: datetime
    key: str
    body: bytes | None


class Changes(NamedTuple):
    """All changes of a source in time order, and the rows that could not be read."""

    changes: list[Change]
    refused: list[Quarantined]


def read_source(source: Path) -> Changes:
    """Read a folder, a ``.jsonl`` or a ``.jsonl.gz`` file.

    Raises:
        SourceError: the source does not exist or cannot be read.
    """
    if source.is_dir():
        return _read_folder(source)
    if not source.is_file():
        reason = f"{source}: no such file or folder"
        raise SourceError(reason)
    try:
        return _read_rows(source)
    except (OSError, EOFError) as error:
        reason = f"{source}: {error}"
        raise SourceError(reason) from error


def _read_folder(folder: Path) -> Changes:
    files = [
        path
        for top in ("events", "images")
        for path in sorted((folder / top).rglob("*"))
        if path.is_file()
    ]
    if not files:
        reason = f"{folder}: contains no events/** and no images/**"
        raise SourceError(reason)
    changes = [
        Change(_modified(path), path.relative_to(folder).as_posix(), path.read_bytes())
        for path in files
    ]
    return Changes(sorted(changes, key=lambda change: change.at), [])


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _read_rows(file: Path) -> Changes:
    changes: list[Change] = []
    refused: list[Quarantined] = []
    for number, line in enumerate(_lines(file), start=1):
        try:
            changes.append(_change(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            refused.append(
                Quarantined(f"{file.name} line {number}", f"not a row of a history: {error!r}")
            )
    return Changes(sorted(changes, key=lambda change: change.at), refused)


def _lines(file: Path) -> Iterator[bytes]:
    with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as lines:
        yield from (line for line in lines if line.strip())


def _change(row: dict[str, object]) -> Change:
    at = datetime.fromisoformat(str(row["revision_time"])).astimezone(UTC)
    key = event_key(str(row["id"]))
    if row.get("status") == "retracted":
        return Change(at, key, None)
    document = {name: row[name] for name in _COPIED_FIELDS if row.get(name) is not None}
    if row.get("lang"):
        document["language"] = _LANGUAGES.get(str(row["lang"]), row["lang"])
    document["modified"] = row["revision_time"]
    return Change(
        at, key, json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")
    )
