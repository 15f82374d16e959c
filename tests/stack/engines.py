"""Publishes on memory and on moto what ministack can publish with the same bytes.

ministack takes the time of a version from its own clock. So only documents that state all their
times are compared, and no deletions. `GAZETTE_CORPUS=small.jsonl` compares a corpus of first
revisions instead of the samples.
"""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from gazette.models.contract.parsing import parse_document
from gazette.models.site import Site
from gazette_cli.demo.samples import read_scenes
from gazette_cli.engines.acts import Change
from gazette_cli.engines.directory_site import DirectorySiteStore
from gazette_cli.engines.engine import TAG_AUTHORITY, Engine
from gazette_cli.engines.memory_engine import MemoryEngine
from gazette_cli.engines.sources import read_source
from tests.emulators.moto_engine import MotoEngine
from tests.site.conftest import SHARED, samples

SITE = Site(base_url="https://gazette.example", tag_authority=TAG_AUTHORITY)


def _complete_samples() -> list[Change]:
    """Return the samples that state all their times, without those that are later deleted."""
    deleted = {write.key for scene in read_scenes() for write in scene.writes if write.body is None}
    return [
        change
        for change in samples()
        if change.key not in deleted and change.body is not None and _is_timed(change)
    ]


def _is_timed(change: Change) -> bool:
    if change.key.startswith("images/") or change.body is None:
        return True
    document = parse_document(change.body)
    return bool(document.published and document.modified)


def complete_changes() -> list[Change]:
    name = os.environ.get("GAZETTE_CORPUS")
    if not name:
        return _complete_samples()
    acts = read_source(SHARED / "corpus" / name).changes
    return [_with_its_times(act) for act in acts if isinstance(act, Change)]


def _with_its_times(change: Change) -> Change:
    """Add the time of publication to the document, because ministack has its own clock."""
    assert change.body is not None
    document = json.loads(change.body)
    document["published"] = document["modified"]
    return change._replace(body=json.dumps(document, ensure_ascii=False).encode())


def by_memory(versions: list[Change], folder: Path) -> Path:
    calls: Counter[str] = Counter()
    return applied(MemoryEngine(SITE, DirectorySiteStore(folder, calls), calls), versions, folder)


def by_moto(versions: list[Change], folder: Path) -> Path:
    folder.mkdir()
    return applied(MotoEngine(SITE, folder), versions, folder)


def applied(engine: Engine, versions: list[Change], folder: Path) -> Path:
    for change in versions:
        engine.apply(change)
    engine.settle()
    engine.close()
    return folder


def digests_of(folder: Path) -> dict[str, str]:
    """Return MD5 digests like the ETags of S3, so that a bucket listing can be compared."""
    return {
        file.relative_to(folder).as_posix(): hashlib.md5(
            file.read_bytes(), usedforsecurity=False
        ).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


def differing(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    return sorted(path for path in {*one, *other} if one.get(path) != other.get(path))
