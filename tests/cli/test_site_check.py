"""The site check of the demo: it accepts the samples and reports each broken document."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gazette.models.site import Site
from gazette_cli.demo.samples import Sample, apply_scene, read_scenes
from gazette_cli.demo.site_check import SiteCheck
from gazette_cli.emulators.webserver import SiteServer, StoredDocument
from gazette_cli.engines.acts import Change
from gazette_cli.engines.directory_site import DirectorySiteStore
from gazette_cli.engines.engine import TAG_AUTHORITY
from gazette_cli.engines.memory_engine import MemoryEngine

START = datetime(2026, 11, 24, tzinfo=UTC)
FLOOD, MUSSELS = "2026/11/flood-wall-grant", "2026/11/mussel-harvest-stopped"
STORM = "2026/10/storm-wendeline-hits-the-bay"


@dataclass(frozen=True)
class Published:
    """The samples as the memory engine publishes them, served over HTTP.

    ``changed`` replaces the served bytes of a path; None means that the document is missing.
    """

    url: str
    samples: list[Sample]
    images: dict[str, bytes]
    changed: dict[str, bytes | None]

    def problems(self) -> list[str]:
        return SiteCheck(self.url, self.images).problems(self.samples)


def publish(site: Site, folder: Path) -> tuple[dict[str, Sample], dict[str, bytes]]:
    calls: Counter[str] = Counter()
    engine = MemoryEngine(site, DirectorySiteStore(folder, calls), calls)
    samples: dict[str, Sample] = {}
    images: dict[str, bytes] = {}
    for number, scene in enumerate(read_scenes()):
        apply_scene(samples, scene)
        for write in scene.writes:
            engine.apply(Change(START + timedelta(hours=number), write.key, write.body))
            if write.key.startswith("images/") and write.body:
                images[write.key] = write.body
        engine.settle()
    return samples, images


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    folder = tmp_path_factory.mktemp("site")
    changed: dict[str, bytes | None] = {}

    def read(path: str) -> StoredDocument | None:
        file = folder / path
        body = changed.get(path, file.read_bytes() if file.is_file() else None)
        return None if body is None else StoredDocument(body, "", "", START)

    with SiteServer(0) as server, server.serving(read):
        site = Site(base_url=server.url, tag_authority=TAG_AUTHORITY)
        samples, images = publish(site, folder)
        yield Published(server.url, list(samples.values()), images, changed)


@pytest.fixture
def published(served: Published) -> Iterator[Published]:
    yield served
    served.changed.clear()


def test_the_samples_contain_every_case_of_the_demo(published: Published) -> None:
    assert len(published.samples) >= 40
    kinds = {sample.kind for sample in published.samples}
    assert {"publication", "minor", "update", "correction", "deletion"} <= kinds
    assert any(sample.former_paths for sample in published.samples)
    assert any(sample.former_feeds for sample in published.samples)
    assert len({sample.document.language for sample in published.samples}) >= 2
    assert published.images


def test_a_correct_site_has_no_problem(published: Published) -> None:
    assert published.problems() == []


def test_the_check_reports_missing_and_corrupt_documents(published: Published) -> None:
    published.changed.update(
        {
            "sitemap.xml": None,
            "topics/coastal-flooding/feed.rss": None,
            "topics/fisheries/feed.atom": b"<feed>",
            "image/2026/storm-quay.png": b"other bytes",
        }
    )
    assert {
        "/sitemap.xml answers 404",
        "topics/fisheries/feed.atom is empty or not a feed",
        f"{FLOOD}: is not in topics/coastal-flooding/feed.rss",
        f"{MUSSELS}: is not in topics/fisheries/feed.atom",
        f"{STORM}: images/2026/storm-quay.png is served with other bytes",
    } <= set(published.problems())


def test_the_check_reports_an_event_that_should_be_withdrawn(published: Published) -> None:
    (storm,) = (sample for sample in published.samples if sample.event_id == STORM)
    deleted = Sample(STORM, (*storm.versions, None))
    problems = SiteCheck(published.url, published.images).problems([deleted])
    assert f"{STORM}: is withdrawn, but still in topics/harbour/feed.atom" in problems
    assert f"{STORM}: is withdrawn, but still in the sitemap" in problems
