"""Every update and correction stays reachable, however many come at once (SPEC P7)."""

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree, html

from gazette.delivery.memory import MemorySiteStore
from gazette.models.ledger import keys, partitions
from gazette_cli.engines.memory_engine import MemoryEngine
from gazette_cli.engines.sources import read_source
from tests.unit.publish.worlds import SITE, World, hours

ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
CASE = Path(__file__).parents[4] / "shared" / "cases" / "case-76-many-corrections-at-once.jsonl"
EVENTS, CORRECTIONS = 59, 6
FEEDS = tuple(
    f"{folder}{name}"
    for folder in ("", "topics/foxes/", "categories/nature/")
    for name in ("updates", "corrections")
)


@cache
def busy_site() -> dict[str, bytes]:
    """Correct events 354 times in one second; most of that is in no live feed."""
    world = World()
    names = [f"e{number:02}" for number in range(EVENTS)]
    for name in names:
        for number in range(CORRECTIONS + 1):
            revision = {"kind": "correction", "note": f"Note {number}."} if number else None
            fields = {"topics": ["Foxes"], "category": "Nature", "body": f"{number} foxes."}
            world.put(name, hours(1), title=f"Fox {name}", **fields, revision=revision)
    world.ingest(*names)
    publish_all(world)
    return world.site()


def publish_all(world: World) -> None:
    """Publish as a burst is published: in batches of all waiting changes."""
    while world.changes:
        batch = list(dict.fromkeys(world.changes))
        world.changes.clear()
        world.publish(batch)


def much_revised(number: int) -> World:
    """Publish an event that was updated so often, a minute apart."""
    world = World()
    for revision in range(number):
        world.put("a", hours(revision / 60), body=f"{revision} foxes.")
        if revision % 50 == 49:
            world.ingest("a")
    world.ingest("a")
    publish_all(world)
    return world


def walk_atom(site: dict[str, bytes], base_path: str) -> Iterator[tuple[str, etree._Element]]:
    path: str | None = f"{base_path}.atom"
    while path:
        root = etree.fromstring(site[path])
        yield path, root
        path = link(root, "prev-archive")


def link(root: etree._Element, rel: str) -> str | None:
    found = (
        str(each.get("href")) for each in root.iterfind(f"{ATOM}link") if each.get("rel") == rel
    )
    return next((address.removeprefix(f"{SITE.base_url}/") for address in found), None)


def ids(root: etree._Element) -> list[str]:
    return [each.text or "" for each in root.iterfind(f"{ATOM}entry/{ATOM}id")]


@pytest.mark.parametrize("base_path", FEEDS)
def test_354_corrections_of_one_second_are_all_reachable(base_path: str) -> None:
    steps = [ids(root) for _, root in walk_atom(busy_site(), base_path)]
    found = [name for step in steps for name in step]
    assert sorted(found) == sorted(
        f"tag:gazette.example,2026:revision/{number}/e{event:02}"
        for event in range(EVENTS)
        for number in range(2, CORRECTIONS + 2)
    )
    live, *archive = map(len, steps)
    assert 50 <= live <= 114
    assert max(archive) <= 96
    assert len(archive) > 2


@pytest.mark.parametrize("base_path", FEEDS)
def test_archive_documents_of_corrections_are_linked_both_ways(base_path: str) -> None:
    """SPEC P2."""
    site = busy_site()
    steps = list(walk_atom(site, base_path))
    assert steps[0][1].find(f"{HISTORY}archive") is None
    for position, (newer, older) in enumerate(pairwise(steps)):
        assert older[1].find(f"{HISTORY}archive") is not None
        assert link(older[1], "current") == f"{base_path}.atom"
        assert link(older[1], "next-archive") == (newer[0] if position else None)
    feeds_as_json = [json.loads(site[path.replace(".atom", ".json")]) for path, _ in steps]
    following = [feed.get("next_url") for feed in feeds_as_json]
    paths = [f"{SITE.base_url}/{path.replace('.atom', '.json')}" for path, _ in steps[1:]]
    assert following == [*paths, None]


@pytest.mark.parametrize("base_path", FEEDS)
def test_the_pages_of_corrections_lead_through_their_archive(base_path: str) -> None:
    """SPEC S10."""
    site = busy_site()
    path, pages = f"{base_path}/index.html", []
    while path:
        page = html.fromstring(site[path])
        pages.append(page)
        older = page.find("./head/link[@rel='prev']")
        path = "" if older is None else str(older.get("href")).removeprefix(f"{SITE.base_url}/")
    assert sum(len(page.findall(".//article")) for page in pages) == EVENTS * CORRECTIONS
    newer = pages[1].find("./head/link[@rel='next']")
    assert newer is not None
    assert newer.get("href") == f"{SITE.base_url}/{base_path}/"
    assert ": 4 July 2026 to 4 July 2026" in (pages[-1].findtext(".//h1") or "")


def test_one_more_correction_changes_no_archive_document() -> None:
    """SPEC P3: but for the newest one, which may get a newer neighbour."""
    world = much_revised(150)
    before = {path: body for path, body in world.site().items() if "updates/archive/" in path}
    world.put("a", hours(200), body="Other foxes.")
    world.ingest("a")
    publish_all(world)
    after = world.site()
    newest = link(etree.fromstring(after["updates.atom"]), "prev-archive") or ""
    changed = {path for path, body in before.items() if after[path] != body}
    assert len(before) >= 8
    assert all(path.startswith(newest.removesuffix(".atom")) for path in changed)


def test_updates_of_a_ledger_of_an_older_release_get_their_archive_at_a_rebuild() -> None:
    """Such a ledger has no notes on segments of updates, and no name of the time line there."""
    world = much_revised(150)
    expected = world.site()
    partition = partitions.updates_partition(partitions.SITE)
    items = world.ledger._partitions[partition]
    for sort in [sort for sort in items.sorts if not sort.startswith(keys.CHANGE)]:
        items.sorts.remove(sort)
        del items.items[sort]
    world.store = MemorySiteStore(world.calls)
    (change, *_) = world.ledger.newest(partition, keys.CHANGE)
    world.publish([change.key])
    assert "updates.atom" in world.site()
    world.publish([key for key in world.records() if key.partition == partitions.SITE])
    publish_all(world)
    made = {path: body for path, body in world.site().items() if path.startswith("updates")}
    assert made == {path: body for path, body in expected.items() if path.startswith("updates")}


@pytest.mark.skipif(not CASE.exists(), reason="the cases are not here")
def test_120_corrections_that_come_at_once_are_all_reachable() -> None:
    """Case 76."""
    source = read_source(CASE)
    calls: Counter[str] = Counter()
    store = MemorySiteStore(calls)
    engine = MemoryEngine(SITE, store, calls)
    for act in source.changes:
        engine.apply(act)
    engine.settle()
    site = {path: document.body for path, document in store.documents.items()}
    for base_path in ("updates", "corrections"):
        found = [name for _, root in walk_atom(site, base_path) for name in ids(root)]
        assert len(set(found)) == len(found) >= 120
