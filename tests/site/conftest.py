"""Publishes whole sites for tests: the samples, and the corpora if they are present."""

import pickle
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gazette.delivery.memory import MemorySiteStore
from gazette.models.site import Site
from gazette.models.views.site_document import Document
from gazette_cli.demo.samples import read_scenes
from gazette_cli.engines.acts import Change
from gazette_cli.engines.memory_engine import MemoryEngine
from gazette_cli.engines.sources import read_source

SHARED = Path(__file__).resolve().parents[3] / "shared"
BASE = "https://gazette.example"
_FIRST, _LAST = 250, 50
SITE = Site(base_url=BASE, tag_authority="gazette.example,2026")


@dataclass(frozen=True)
class Published:
    """A published site: its documents by path, and the changes of the source bucket."""

    documents: dict[str, Document]
    changes: list[Change]

    def body(self, path: str) -> bytes:
        return self.documents[path].body


def publish(changes: list[Change], burst: int = 500, site: Site = SITE) -> Published:
    calls: Counter[str] = Counter()
    store = MemorySiteStore(calls)
    engine = MemoryEngine(site, store, calls)
    for start in range(0, len(changes), burst):
        for change in changes[start : start + burst]:
            engine.apply(change)
        engine.settle()
    return Published(store.documents, changes)


def samples() -> list[Change]:
    """Return the samples with an hour between two scenes."""
    start = datetime(2026, 11, 20, tzinfo=UTC)
    return [
        Change(start + timedelta(hours=hours), write.key, write.body)
        for hours, scene in enumerate(read_scenes())
        for write in scene.writes
    ]


def corpus(name: str) -> list[Change]:
    file = SHARED / "corpus" / name
    if not file.exists():
        pytest.skip(f"needs {name}, which is not part of the repository")
    return [act for act in read_source(file).changes if isinstance(act, Change)]


def ends(changes: list[Change]) -> list[Change]:
    """Return the first and last changes of a corpus, whose site has every kind of document.

    They reach over two months, and fill archives of the site, of a category and of topics.
    """
    return changes[:_FIRST] + changes[-_LAST:]


_SOURCES: Mapping[str, Callable[[], list[Change]]] = {
    "samples": samples,
    "small.jsonl": lambda: ends(corpus("small.jsonl")),
    "nasty.jsonl": lambda: corpus("nasty.jsonl"),
}


@pytest.fixture(scope="session", params=_SOURCES)
def published(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, testrun_uid: str
) -> Published:
    """Publish a source, or read what another process of this run has published."""
    changes = _SOURCES[request.param]()
    name = f"{request.param}-{testrun_uid}.pickle"
    shared = tmp_path_factory.getbasetemp().parent / name
    if not shared.exists():
        own = tmp_path_factory.mktemp("published") / name
        own.write_bytes(pickle.dumps(publish(changes).documents))
        own.replace(shared)
    documents = pickle.loads(shared.read_bytes())  # noqa: S301  # written by this run of the tests
    return Published(documents, changes)


@pytest.fixture(scope="session")
def schemas() -> Path:
    if not (SHARED / "schemas").is_dir():
        pytest.skip("needs the schemas, which are not part of the repository")
    return SHARED / "schemas"
