"""Archives, calendars, indexes and lists of related events show every live entry exactly once."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from lxml import etree, html

from gazette.models import paths
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.partitions import Partition
from gazette.models.ledger.update import read_update
from gazette.models.product import RELATED_BY_TOPICS, RELATED_EVENTS_SHOWN
from tests.property.archives import CHANGES, SMALL, TOPICS, Change, published_at_once
from tests.unit.publish.worlds import World

ATOM = "{http://www.w3.org/2005/Atom}"
Json = Mapping[str, Any]
SLUGS = [topic.lower().replace(" ", "-") for topic in TOPICS]
FEW = settings(max_examples=settings().max_examples // 6)


def time_lines() -> Iterator[Partition]:
    yield partitions.SITE
    yield partitions.category_partition("nature")
    yield from map(partitions.topic_partition, SLUGS)


def path_of(address: str) -> str:
    path = address.removeprefix(f"{SMALL.base_url}/")
    return f"{path}index.html" if path.endswith("/") or not path else path


def read_json(world: World, address: str) -> Json:
    document: Json = json.loads(world.site()[path_of(address)])
    return document


def ids(entries: Sequence[Entry]) -> list[str]:
    """Return the ids of entries as feeds write them, newest first."""
    return [SMALL.event_tag(entry.event_id) for entry in reversed(entries)]


def text(element: etree._Element, *names: str) -> str:
    """Return the text of the first of these elements that exists."""
    return next(found for name in names if (found := element.findtext(name)) is not None)


def relations(links: Iterable[etree._Element]) -> list[tuple[str, str]]:
    return [(str(link.attrib["rel"]), str(link.attrib["href"])) for link in links]


class Step:
    """A document of an archive: its path, the ids of its entries, and its links."""

    def __init__(self, world: World, path: str) -> None:
        self.path = path
        self.raw = world.site()[path]
        self.links = self._links()
        entries = self._entries()
        self.all_ids = [name for name, _ in entries]
        self.ids = [name for name, title in entries if not title.startswith("Withdrawn: ")]

    def _links(self) -> dict[str, str]:
        if self.path.endswith(".json"):
            feed = json.loads(self.raw)
            return {"prev-archive": feed["next_url"]} if "next_url" in feed else {}
        if self.path.endswith(".html"):
            names = {"prev": "prev-archive", "next": "next-archive"}
            found = relations(html.fromstring(self.raw).iterfind("head/link"))
            return {names[rel]: href for rel, href in found if rel in names}
        root = etree.fromstring(self.raw)
        head = root.find("channel")
        return dict(relations((root if head is None else head).iterfind(f"{ATOM}link[@rel]")))

    def _entries(self) -> list[tuple[str, str]]:
        """Read the ids and titles of entries."""
        if self.path.endswith(".html"):
            return []
        if self.path.endswith(".json"):
            return [(item["id"], item["title"]) for item in json.loads(self.raw)["items"]]
        entries = etree.fromstring(self.raw).iter(f"{ATOM}entry", "item")
        return [
            (text(entry, f"{ATOM}id", "guid"), text(entry, f"{ATOM}title", "title"))
            for entry in entries
        ]


def walk(world: World, start: str) -> list[Step]:
    steps = [Step(world, start)]
    while older := steps[-1].links.get("prev-archive"):
        steps.append(Step(world, path_of(older)))
        assert len(steps) < 100, "the walk goes round in circles"
    return steps


def corrected(world: World, partition: Partition, archived: Sequence[str]) -> list[str]:
    """Return the ids of archived events that were corrected since they last came back (SPEC T4)."""
    live = [keys.event_of(item.key) or "" for item in world.ledger.scan(partition, keys.ENTRY)]
    found = [SMALL.event_tag(name) for name in live if world.snapshot(name).corrected]
    return [name for name in found if name in archived]


def starts(folder: str) -> dict[str, str]:
    """Return the subscription documents by extension."""
    feeds = {extension: f"{folder}feed.{extension}" for extension in ("rss", "atom", "json")}
    return feeds | {"html": f"{folder}index.html"}


@given(CHANGES)
@FEW
def test_the_archive_of_every_subscription_document_has_every_live_entry_once(
    changes: list[Change],
) -> None:
    """SPEC P4, P6."""
    world = published_at_once(changes)
    for partition in time_lines():
        folder = paths.timeline_folder(partition)
        for extension, start in starts(folder).items():
            if start not in world.site():
                assert not world.live(partition)
                continue
            steps = walk(world, start)
            if extension != "html":
                archived = [found for step in steps[1:] for found in step.ids]
                newest = [found for found in steps[0].ids if found not in archived]
                assert newest + archived == ids(world.live(partition))
                notices = [found for found in steps[0].ids if found in archived]
                assert sorted(notices) == sorted(corrected(world, partition, archived))
            archive = {
                path
                for path in world.site()
                if path.startswith(f"{folder}archive/") and path.endswith(f".{extension}")
            }
            walked = {step.path for step in steps[1:]}
            assert walked <= archive
            # What is left of a segment that is closed no longer forwards to another one (SPEC P9).
            assert not any(Step(world, path).ids for path in archive - walked)


@given(CHANGES)
@FEW
def test_an_archive_document_links_to_the_documents_before_and_after_it(
    changes: list[Change],
) -> None:
    """SPEC P2: ``next-archive`` is the way back; ``current`` is the subscription document."""
    world = published_at_once(changes)
    for partition in time_lines():
        for extension, start in starts(paths.timeline_folder(partition)).items():
            if start not in world.site() or extension == "json":
                continue
            steps = walk(world, start)
            for newer, older in pairwise(steps):
                back = older.links.get("next-archive")
                if extension == "html":
                    assert path_of(back or "") == newer.path
                    continue
                assert back == (SMALL.url(newer.path) if newer is not steps[0] else None)
                assert older.links["current"] == SMALL.url(start)
            if extension != "html":
                assert "current" not in steps[0].links


def changes_of(world: World, partition: Partition) -> list[str]:
    """Return the ids of updates or corrections as feeds write them, newest first."""
    items = world.ledger.scan(partition, keys.CHANGE)
    updates = [read_update(item.payload) for item in items]
    return [SMALL.tag("revision", str(one.number), one.event_id) for one in reversed(updates)]


@given(CHANGES)
@FEW
def test_every_update_and_correction_is_once_in_the_archive_of_their_feed(
    changes: list[Change],
) -> None:
    """SPEC P7: those of withdrawals, too."""
    world = published_at_once(changes)
    for timeline in time_lines():
        for partition in partitions.changes_partitions(timeline):
            base_path = paths.changes_path(partition)
            exists = f"{paths.timeline_folder(timeline)}feed.rss" in world.site()
            for extension in ("rss", "atom", "json", "html"):
                end = f"/index.{extension}" if extension == "html" else f".{extension}"
                assert (f"{base_path}{end}" in world.site()) is exists
                if not exists:
                    continue
                steps = walk(world, f"{base_path}{end}")
                if extension != "html":
                    walked = [found for step in steps for found in step.all_ids]
                    assert walked == changes_of(world, partition)
                archive = {
                    path
                    for path in world.site()
                    if path.startswith(f"{base_path}/archive/") and path.endswith(f".{extension}")
                }
                assert {step.path for step in steps[1:]} == archive


def test_the_tested_archives_are_long() -> None:
    document: dict[str, object] = {"title": "T", "date": "2026-07-04", "topics": list(TOPICS)}
    world = published_at_once([Change(f"e{number}", document) for number in range(200)])
    for partition in (partitions.SITE, partitions.topic_partition("foxes")):
        assert len(walk(world, f"{paths.timeline_folder(partition)}feed.json")) > 2


def counted(page: etree._Element, path: str) -> list[int]:
    return [int(text.text or "") for text in page.iterfind(path)]


@given(CHANGES)
@FEW
def test_the_months_of_a_topic_add_up_to_its_live_entries(changes: list[Change]) -> None:
    world = published_at_once(changes)
    for slug in SLUGS:
        live = world.live(partitions.topic_partition(slug))
        if (raw := world.site().get(f"topics/{slug}/index.html")) is None:
            assert not live
            continue
        page = html.fromstring(raw)
        months = Counter(f"{entry.published:%Y-%m}" for entry in live)
        shown = counted(page, ".//section[@class='months']//li/span")
        assert shown == [months[name] for name in sorted(months, reverse=True)]
        if live:
            said = page.find(".//p[@class='count']")
            assert said is not None
            assert (said.text or "").split()[0] == str(len(live))
            edges = [f"{entry.published.date()}" for entry in (live[0], live[-1])]
            found = [moment.attrib["datetime"] for moment in said.iterfind("time")]
            assert found in (edges, edges[:1])


@given(CHANGES)
@FEW
def test_the_index_of_topics_counts_live_entries(changes: list[Change]) -> None:
    world = published_at_once(changes)
    live = {slug: len(world.live(partitions.topic_partition(slug))) for slug in SLUGS}
    expected = {SMALL.url(f"topics/{slug}/index.html"): n for slug, n in live.items() if n}
    site = world.site()
    if "topics/by-size/index.json" not in site:
        assert not expected
        return
    sizes = json.loads(site["topics/by-size/index.json"])["periods"]
    assert {topic["url"]: topic["count"] for topic in sizes} == expected
    assert [topic["count"] for topic in sizes] == sorted(expected.values(), reverse=True)
    first, *initials = json.loads(site["topics/index.json"])["periods"]
    assert first["url"] == SMALL.url("topics/by-size/index.html")
    listed: dict[str, int] = {}
    for initial in initials:
        page = read_json(world, f"{initial['url']}index.json")
        assert len(page["periods"]) == initial["count"]
        listed |= {topic["url"]: topic["count"] for topic in page["periods"]}
    assert listed == expected


def month_path(day: date) -> str:
    return paths.month_path(day.year, day.month)


def year_path(day: date) -> str:
    return paths.year_path(day.year)


PERIODS = {"day": paths.day_path, "month": month_path, "year": year_path}


def days_of(world: World) -> Counter[date]:
    return Counter(entry.date for entry in world.live(partitions.SITE))


@pytest.mark.parametrize("level", PERIODS)
@given(CHANGES)
@FEW
def test_previous_and_next_lead_through_exactly_the_periods_with_events(
    level: str, changes: list[Change]
) -> None:
    world = published_at_once(changes)
    base_paths = list(dict.fromkeys(PERIODS[level](day) for day in sorted(days_of(world))))
    for before, base_path, after in zip(
        [None, *base_paths], base_paths, [*base_paths[1:], None], strict=False
    ):
        page = json.loads(world.site()[f"{base_path}.json"])
        around = [SMALL.url(f"{near}.html") if near else None for near in (before, after)]
        assert [page["previous"], page["next"]] == around


@given(CHANGES)
@FEW
def test_the_calendar_counts_live_entries(changes: list[Change]) -> None:
    world = published_at_once(changes)
    days = days_of(world)
    for period in PERIODS.values():
        counts: Counter[str] = Counter()
        for day, count in days.items():
            counts[f"{period(day)}.json"] += count
        shown = {path: json.loads(world.site()[path]) for path in counts}
        if period is not PERIODS["day"]:
            assert {path: page["count"] for path, page in shown.items()} == counts
            for page in shown.values():
                assert sum(listed["count"] for listed in page["periods"]) == page["count"]
    if "news/index.json" in world.site():
        assert json.loads(world.site()["news/index.json"])["count"] == days.total()


def related_of(world: World) -> dict[str, dict[str, list[str]]]:
    """Return for each live event the addresses of its related events, each with its context."""
    return {
        SMALL.url(f"{entry.base_path}.html"): {
            event["url"]: event["context"]
            for event in json.loads(world.site()[f"{entry.base_path}.json"])["related"]
        }
        for entry in world.live(partitions.SITE)
    }


def neighbours(world: World, entry: Entry) -> set[str]:
    """Return the events within two positions of an event on the time lines of its first topics."""
    found: set[str] = set()
    for topic in entry.topics[:RELATED_BY_TOPICS]:
        line = [near.event_id for near in world.live(partitions.related_partition(topic.slug))]
        item_key = line.index(entry.event_id)
        found |= {*line[max(item_key - 2, 0) : item_key], *line[item_key + 1 : item_key + 3]}
    return found


@given(CHANGES)
@FEW
def test_an_event_is_related_to_at_most_five_neighbours_with_a_shared_topic(
    changes: list[Change],
) -> None:
    world = published_at_once(changes)
    live = {entry.event_id: entry for entry in world.live(partitions.SITE)}
    near = {name: neighbours(world, entry) for name, entry in live.items()}
    assert all(name in near[other] for name, others in near.items() for other in others)
    by_address = {SMALL.url(f"{entry.base_path}.html"): entry for entry in live.values()}
    for address, related in related_of(world).items():
        entry = by_address[address]
        assert {by_address[other].event_id for other in related} <= near[entry.event_id]
        assert len(related) == min(len(near[entry.event_id]), RELATED_EVENTS_SHOWN)
        for other, context in related.items():
            shared = {topic.slug for topic in by_address[other].topics}
            assert context == [topic.label for topic in entry.topics if topic.slug in shared]
            assert context
