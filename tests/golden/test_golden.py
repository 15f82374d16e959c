"""The site that follows from a small archive, byte for byte.

`make golden` writes the expected files; read their diff as you read code.
"""

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from gazette.delivery.memory import MemorySiteStore
from gazette.models.branding.brand import Brand
from gazette.models.site import Site
from gazette_cli.engines.acts import Change
from gazette_cli.engines.memory_engine import MemoryEngine
from tests.golden.changes import CHANGES

EXPECTED = Path(__file__).parent / "expected"
SITE = Site(
    base_url="https://gazette.example",
    tag_authority="gazette.example,2026",
    title="Harbour Gazette",
    author="The harbour desk",
    hubs=(),
    brand=Brand(authors=True),
)


def test_the_site_is_the_golden_tree(request: pytest.FixtureRequest) -> None:
    """SPEC X6."""
    published = publish(CHANGES)
    if request.config.getoption("--regenerate-golden"):
        write(published, EXPECTED)
    assert published == read(EXPECTED)


def publish(changes: Sequence[Change]) -> dict[str, bytes]:
    calls: Counter[str] = Counter()
    store = MemorySiteStore(calls)
    engine = MemoryEngine(SITE, store, calls)
    for change in changes:
        engine.apply(change)
        engine.settle()
    return {path: document.body for path, document in store.documents.items()}


def read(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def write(published: dict[str, bytes], folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for path, body in published.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
