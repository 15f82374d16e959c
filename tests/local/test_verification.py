"""`gazette verify` proves a chain, and names the event and the revision that break it."""

from collections import Counter
from pathlib import Path

import pytest

from gazette.models.site import Site
from local.directory_site import DirectorySiteStore
from local.memory_engine import MemoryEngine
from local.published_site import open_site
from local.sources import SourceError
from local.verification import BROKEN, check_history, verify
from tests.golden.changes import CHANGES

SITE = Site(base_url="https://gazette.example", tag_authority="gazette.example,2026")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    calls: Counter[str] = Counter()
    engine = MemoryEngine(SITE, DirectorySiteStore(tmp_path, calls), calls)
    for change in CHANGES:
        engine.apply(change)
    engine.settle()
    return tmp_path


def revisions(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.r[0-9].json"))


def problems(folder: Path) -> list[str]:
    site = open_site(str(folder))
    return [problem for address in site.histories() for problem in check_history(site, address)]


def test_a_site_as_it_was_published_is_proven(folder: Path) -> None:
    """SPEC V5."""
    assert len(revisions(folder)) == 8
    assert verify(str(folder)) == 0


def test_one_byte_of_any_revision_breaks_its_chain_by_name(folder: Path) -> None:
    """SPEC V5: every revision, at places all over its bytes."""
    for file in revisions(folder):
        whole = file.read_bytes()
        for place in range(0, len(whole), max(1, len(whole) // 40)):
            file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            found = problems(folder)
            number = file.name.rpartition(".r")[2].removesuffix(".json")
            assert any(f", revision {number}: " in problem for problem in found), (file, place)
        file.write_bytes(whole)
    assert problems(folder) == []


def test_a_revision_that_is_missing_breaks_the_chain(folder: Path) -> None:
    revisions(folder)[0].unlink()
    assert verify(str(folder)) == BROKEN


def test_a_history_that_says_otherwise_is_refuted(folder: Path) -> None:
    history = next(folder.rglob("*.history.json"))
    history.write_bytes(history.read_bytes().replace(b'"sha256": "', b'"sha256": "0', 1))
    assert verify(str(folder)) == BROKEN


def test_a_folder_without_histories_is_no_site(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no history"):
        verify(str(tmp_path))
    with pytest.raises(SourceError, match="no such folder"):
        verify(str(tmp_path / "nowhere"))
