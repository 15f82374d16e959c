"""What a run has to do on a folder that an earlier run may have published."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from gazette_cli.engines.acts import Act, Change, Pause, Versioning
from gazette_cli.engines.sources import SourceError
from gazette_cli.engines.sqlite.site_file import SiteFile
from gazette_cli.engines.sqlite.sqlite_source import SqliteSourceArchive

_ACTS, _FOLDER = "acts", "folder"
_DIGEST_DIGITS = 16


def acts_of_this_folder(
    file: SiteFile, archive: SqliteSourceArchive, acts: Sequence[Act], now: datetime
) -> list[Act]:
    """Return how a folder differs from what it held when it was published last.

    A file that changed is a new version, dated ``now``, and one that is missing is deleted. The
    first time, ``acts`` are all its files, and none is later than ``now``.

    Raises:
        SourceError: it was published from a history.
    """
    before = file.fact(_ACTS)
    file.remember(_ACTS, _FOLDER)
    if before is None:
        return [act._replace(at=min(act.at, now)) for act in acts]
    if before != _FOLDER:
        raise _other_source(file)
    return _changes(archive, acts, now)


def acts_of_this_history(file: SiteFile, acts: Sequence[Act]) -> list[Act]:
    """Return the acts that were not applied when a history was published before.

    Those of each key go on behind the applied ones; the keys need not come in the order of time.

    Raises:
        SourceError: it was published from a folder, or rows that were applied are changed.
    """
    before = file.fact(_ACTS) or "{}"
    if before == _FOLDER:
        raise _other_source(file)
    applied: Mapping[str, list[str]] = json.loads(before)
    digests = _digests(acts)
    if any(digests.get(key, [])[: len(done)] != done for key, done in applied.items()):
        raise _other_source(file)
    file.remember(_ACTS, json.dumps(digests))
    seen: Counter[str] = Counter()
    left = []
    for act in acts:
        key = _key(act)
        seen[key] += 1
        if seen[key] > len(applied.get(key, [])):
            left.append(act)
    return left


def _digests(acts: Sequence[Act]) -> dict[str, list[str]]:
    """Return short digests of the acts of each key, in their order."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for act in acts:
        digest = hashlib.sha256(repr(act).encode()).hexdigest()
        found[_key(act)].append(digest[:_DIGEST_DIGITS])
    return found


def _key(act: Act) -> str:
    """Return the key that an act happens to; nothing if it happens to the whole bucket."""
    return "" if isinstance(act, Versioning | Pause) else act.key


def _changes(archive: SqliteSourceArchive, acts: Sequence[Act], now: datetime) -> list[Act]:
    served = archive.served_etags()
    files = {act.key: act.body or b"" for act in acts if isinstance(act, Change)}
    changed = [
        Change(now, key, body) for key, body in files.items() if served.get(key) != _md5(body)
    ]
    return [*changed, *(Change(now, key, None) for key in served if key not in files)]


def _other_source(file: SiteFile) -> SourceError:
    return SourceError(
        f"{file.folder}: was published from another source, or rows of it that were published"
        " have changed; name a new folder, or begin again with --fresh"
    )


def _md5(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()
