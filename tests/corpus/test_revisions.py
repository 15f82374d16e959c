"""Years of real revisions: the archive of the largest topic, and the addresses that were left.

Of the corpus only those events are ingested that a question is about, and only those partitions
are published that answer it: all of it would take half an hour.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

import pytest
from lxml import etree

from gazette.delivery.memory import MemorySiteStore
from gazette.models import paths
from gazette.models.contract.document import EventDocument
from gazette.models.contract.identity import event_id
from gazette.models.contract.parsing import parse_document
from gazette.models.identifiers.slugs import topic_slug
from gazette.models.ledger import partitions
from gazette.models.ledger.keys import ItemKey
from gazette.projections.history.entries import preferred_path
from gazette_cli.engines.acts import Change
from gazette_cli.engines.memory_engine import MemoryEngine
from tests.site.conftest import SITE, corpus

ATOM = "{http://www.w3.org/2005/Atom}"
BURST = 500
# One in so many of the events whose title changed is looked at.
EVERY = 20

Histories = Mapping[str, list[Change]]


class Partial(MemoryEngine):
    """An engine that publishes only what stands in some partitions."""

    def __init__(self, is_wanted: Callable[[ItemKey], bool]) -> None:
        calls: Counter[str] = Counter()
        self.store = MemorySiteStore(calls)
        self._is_wanted = is_wanted
        super().__init__(SITE, self.store, calls)

    def _add_item_key(self, item_key: ItemKey) -> None:
        if self._is_wanted(item_key):
            super()._add_item_key(item_key)

    def publish(self, histories: Histories) -> dict[str, bytes]:
        changes = sorted(
            (change for history in histories.values() for change in history),
            key=lambda change: change.at,
        )
        for start in range(0, len(changes), BURST):
            for change in changes[start : start + BURST]:
                self.apply(change)
            self.settle()
        return {path: document.body for path, document in self.store.documents.items()}


@pytest.fixture(scope="module")
def histories() -> Histories:
    """Every event's versions, oldest first."""
    found: defaultdict[str, list[Change]] = defaultdict(list)
    for change in corpus("revisions.jsonl.gz"):
        found[change.key].append(change)
    return found


def documents(history: list[Change]) -> list[EventDocument]:
    return [document(change.body) for change in history if change.body is not None]


document = cache(parse_document)  # each is looked at several times


def slugs(document: EventDocument) -> list[str]:
    return [topic_slug(label) for label in document.topics]


def largest_topic(histories: Histories) -> tuple[str, set[str]]:
    """Return the topic that holds most events at the end, and their ids in feeds."""
    held: defaultdict[str, set[str]] = defaultdict(set)
    for key, history in histories.items():
        if history[-1].body is not None:
            for slug in slugs(document(history[-1].body)):
                held[slug].add(SITE.event_tag(event_id(key)))
    return max(held.items(), key=lambda topic: len(topic[1]))


def test_the_walk_through_the_largest_topic_meets_every_event_once(histories: Histories) -> None:
    """SPEC P4, P6: Atom and RSS by ``prev-archive``, JSON Feed by ``next_url``."""
    topic, live = largest_topic(histories)
    assert len(live) > 5000
    partition = partitions.topic_partition(topic)
    ever = {
        key: history
        for key, history in histories.items()
        if any(topic in slugs(document) for document in documents(history))
    }
    site = Partial(lambda item_key: item_key.partition == partition).publish(ever)
    folder = paths.timeline_folder(partition)
    for extension, read in (("atom", read_atom), ("rss", read_rss), ("json", read_json)):
        walked = [found for page in walk(site, f"{folder}feed.{extension}", read) for found in page]
        assert len(walked) == len(set(walked))
        assert set(walked) == live


class Page(NamedTuple):
    ids: list[str]
    older: str | None


def walk(
    site: Mapping[str, bytes], path: str, read: Callable[[bytes], Page]
) -> Iterator[list[str]]:
    seen: set[str] = set()
    older: str | None = SITE.url(path)
    while older:
        assert older not in seen
        seen.add(older)
        page = read(site[older.removeprefix(f"{SITE.base_url}/")])
        yield page.ids
        older = page.older


def read_atom(raw: bytes) -> Page:
    root = etree.fromstring(raw)
    ids = [entry.findtext(f"{ATOM}id", "") for entry in root.iter(f"{ATOM}entry")]
    return Page(ids, archive_link(root))


def read_rss(raw: bytes) -> Page:
    channel = etree.fromstring(raw)[0]
    items = [
        (item.findtext("guid", ""), item.findtext("title", "")) for item in channel.iter("item")
    ]
    return Page([guid for guid, title in items if not is_withdrawn(title)], archive_link(channel))


def read_json(raw: bytes) -> Page:
    feed = json.loads(raw)
    ids = [item["id"] for item in feed["items"] if not is_withdrawn(item["title"])]
    return Page(ids, feed.get("next_url"))


def is_withdrawn(title: str) -> bool:
    return title.startswith("Withdrawn: ")


def archive_link(head: etree._Element) -> str | None:
    links = [link for link in head.findall(f"{ATOM}link") if link.get("rel") == "prev-archive"]
    return links[0].get("href") if links else None


def moved(histories: Histories) -> dict[str, list[Change]]:
    """Return all events whose date changed, and some of those whose title did."""
    dates, titles = {}, {}
    for key, history in histories.items():
        versions = documents(history)
        if len({version.date for version in versions}) > 1:
            dates[key] = history
        elif len({preferred_path(version) for version in versions}) > 1:
            titles[key] = history
    assert len(dates) == 22
    return dates | dict(list(titles.items())[::EVERY])


def test_every_address_an_event_ever_had_answers_and_leads_on(histories: Histories) -> None:
    """SPEC V6, in the four formats. DESIGN: to the first address, and from there to the current."""
    events = moved(histories)
    assert len(events) > 200
    kinds = {partitions.event_partition("x").kind}
    site = Partial(lambda item_key: item_key.partition.kind in kinds).publish(events)
    routes: defaultdict[str, set[str]] = defaultdict(set)
    for key, history in events.items():
        for version in documents(history):
            routes[preferred_path(version)].add(key)
    looked_at = twice_moved = 0
    for key, history in events.items():
        *former, current = [preferred_path(version) for version in documents(history)]
        for base_path in {*former} - {current}:
            # Who comes second to an address gets another one.
            if len(routes[base_path] | routes[current]) > 1:
                continue
            looked_at += 1
            target = current if base_path == former[0] else former[0]
            twice_moved += target != current
            for extension in ("html", "md", "json", "xml"):
                path = f"{base_path}.{extension}"
                assert path in site, (key, path)
                assert leads_to(target) in site[path], (key, path)
    assert looked_at > 200
    assert twice_moved


def leads_to(base_path: str) -> bytes:
    return SITE.url(base_path).encode()
