"""The search page in a browser: what it finds, with the keyboard alone, and what it transfers."""

import gzip
import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from gazette.models.site import Site
from gazette_cli.emulators.serve_folder import media_type
from gazette_cli.emulators.webserver import SiteServer, StoredDocument
from tests.bench.searching import RARE, search_documents
from tests.hostile.browser import browser
from tests.unit.pages.page_reading import found
from tests.unit.publish.worlds import SITE, World, hours

READER = Path(__file__).parent / "search_reader.py"
ORACLE = Path(__file__).parents[2] / ".venv-oracle/bin/python"
MOST_BYTES = 100_000


@contextmanager
def served(documents: Mapping[str, bytes], server: SiteServer) -> Iterator[None]:
    def read(path: str) -> StoredDocument | None:
        body = documents.get(path)
        if body is None:
            return None
        return StoredDocument(body, media_type(path, body), '"x"', datetime.now(UTC))

    with server.serving(read):
        yield


def site_at(server: SiteServer, **fields: Any) -> Site:  # noqa: ANN401  # fields of a site
    return replace(SITE, base_url=server.url, **fields)


def as_reader(server: SiteServer, queries: Sequence[str]) -> list[list[dict[str, Any]]]:
    """Return what each query shows, in light and in dark colours."""
    if not ORACLE.exists():
        pytest.skip("needs playwright; make install-oracle installs it")
    done = subprocess.run(  # noqa: S603  # our own script
        [str(ORACLE), str(READER), browser(), f"{server.url}/search/", *queries],
        capture_output=True,
        text=True,
        check=True,
        timeout=240,
    )
    shown = json.loads(done.stdout)
    found: list[list[dict[str, Any]]] = shown["queries"]
    assert shown["under policy"] == found[0][0]["titles"] != []
    return found


def world_at(server: SiteServer) -> World:
    world = World(site_at(server))
    for number in range(25):
        world.put(f"fog{number}", hours(number / 100), title=f"Fog {number}", date="2025-03-01")
    world.put("cake", hours(1), title="Éclair seized at the Harbour", topics=["Épices", "Trade"])
    world.put("port", hours(2), title="港の再開", date="2026-07-05", topics=["Harbour"])
    world.settle()
    return world


@pytest.fixture
def server() -> Iterator[SiteServer]:
    with SiteServer(0) as server:
        yield server


def test_a_reader_finds_events_with_the_keyboard_alone(server: SiteServer) -> None:
    expected = {
        "harbour": (["港の再開", "Éclair seized at the Harbour"], ["Harbour"]),
        "ECLAIR": (["Éclair seized at the Harbour"], []),
        "再開": (["港の再開"], []),
        "港": (["港の再開"], []),
        "épi": ([], ["Épices"]),
        "EPICES seized": (["Éclair seized at the Harbour"], []),
        "harbour fog": ([], []),
    }
    with served(world_at(server).site(), server):
        found = as_reader(server, [*expected, "fog"])
    for (query, (titles, topics)), schemes in zip(expected.items(), found, strict=False):
        for shown in schemes:
            assert (shown["titles"], shown["topics"], shown["violations"]) == (
                titles,
                topics,
                [],
            ), query
            assert shown["address"].partition("?q=")[2]
    assert found[0][0]["status"] == "Events shown: 2"
    assert found[6][0]["status"] == "No event has all these words."
    fog = found[7][0]
    assert (len(fog["titles"]), fog["hasMore"], fog["violations"]) == (20, True, [])
    assert (len(fog["after more"]["titles"]), fog["after more"]["hasMore"]) == (25, False)
    assert fog["focused"] == fog["after more"]["titles"][20]


def test_an_event_of_ten_thousand_is_found_with_few_bytes(server: SiteServer) -> None:
    documents = search_documents(site_at(server))
    with served(documents, server):
        schemes = as_reader(server, [RARE])[0]
    for shown in schemes:
        assert [title.split()[0] for title in shown["titles"]] == [RARE.capitalize()]
        assert shown["bytes"] < MOST_BYTES


def test_the_documents_of_ten_thousand_events_are_small() -> None:
    documents = search_documents(SITE)
    years = [
        gzip.compress(documents[path]) for path in documents if re.search(r"/\d{4}\.json", path)
    ]
    months = [
        gzip.compress(documents[path]) for path in documents if "-" in path and "json" in path
    ]
    assert sum(map(len, years)) < 80_000
    assert max(map(len, months)) < 12_000


def test_without_its_script_the_page_leads_to_topics_and_dates() -> None:
    world = World()
    world.put("a", hours(0), title="Fog", topics=["Harbour"])
    world.settle()
    tree = html.fromstring(world.site()["search/index.html"])
    hidden = b"@media (scripting: none){.search{display:none}}"
    assert hidden in world.site()["assets/gazette.css"]
    assert found(tree, "//main//noscript//p/text()")
    addresses = found(tree, "//main//section//a/@href")
    for path in ("news/2026/", "news/", "topics/", "categories/"):
        assert f"https://gazette.example/{path}" in addresses
