"""Three engines, one result: memory, moto and ministack write the same bytes.

ministack takes the time of a version from its own clock. So these tests use only documents that
state all their times, and no deletions. `GAZETTE_CORPUS=small.jsonl` compares a corpus of first
revisions instead of the samples.
"""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from gazette.models import paths
from gazette.models.contract.parsing import parse_document
from gazette.models.site import Site
from gazette_cli.demo.samples import read_scenes
from gazette_cli.emulators.stack import running_stack
from gazette_cli.engines.acts import Change
from gazette_cli.engines.directory_site import DirectorySiteStore
from gazette_cli.engines.engine import TAG_AUTHORITY, Engine
from gazette_cli.engines.memory_engine import MemoryEngine
from gazette_cli.engines.sources import read_source
from tests.emulators.moto_engine import MotoEngine
from tests.site.conftest import SHARED, samples
from tests.stack.settling import RunningStack, settled

pytestmark = pytest.mark.ministack

SITE = Site(base_url="https://gazette.example", tag_authority=TAG_AUTHORITY)


def complete_samples() -> list[Change]:
    """Return the samples that state all their times, without those that are later deleted."""
    deleted = {write.key for scene in read_scenes() for write in scene.writes if write.body is None}
    return [
        change
        for change in samples()
        if change.key not in deleted and change.body is not None and is_timed(change)
    ]


def is_timed(change: Change) -> bool:
    if change.key.startswith("images/") or change.body is None:
        return True
    document = parse_document(change.body)
    return bool(document.published and document.modified)


def changes() -> list[Change]:
    name = os.environ.get("GAZETTE_CORPUS")
    if not name:
        return complete_samples()
    acts = read_source(SHARED / "corpus" / name).changes
    return [with_its_times(act) for act in acts if isinstance(act, Change)]


def with_its_times(change: Change) -> Change:
    """Add the time of publication to the document, because ministack has its own clock."""
    assert change.body is not None
    document = json.loads(change.body)
    document["published"] = document["modified"]
    return change._replace(body=json.dumps(document, ensure_ascii=False).encode())


def test_three_engines_publish_the_same_bytes(tmp_path: Path) -> None:
    """DESIGN: for one input all three give byte-identical sites."""
    versions = changes()
    on_memory = digests_of(by_memory(versions, tmp_path / "memory"))
    on_moto = digests_of(by_moto(versions, tmp_path / "moto"))
    on_ministack = by_ministack(versions)
    assert len(on_memory) > len(versions)
    assert differing(on_moto, on_memory) == []
    # The news sitemap depends on the hour, and ministack has the real one.
    assert set(differing(on_ministack, on_memory)) <= {paths.NEWS_SITEMAP}


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


def by_ministack(versions: list[Change]) -> Mapping[str, str]:
    parameters = {
        "SiteUrl": SITE.base_url,
        "TagAuthority": SITE.tag_authority,
        "LedgerDeletionProtection": "false",
        "IngestConcurrency": "2",
    }
    with running_stack(parameters) as stack:
        for change in versions:
            stack.write(change.key, change.body)
        return settled(RunningStack(stack))


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
