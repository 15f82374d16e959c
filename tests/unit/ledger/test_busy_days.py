"""A day of thousands of events is shown in parts, and its sitemaps are split."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gazette.delivery.memory import MemorySiteStore
from gazette.models import paths
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.aggregates import DayCount, PeriodCounts
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.limits import (
    DELETED_ITEM_DAYS,
    MAX_SITEMAP_BYTES,
    MAX_SITEMAP_URLS,
    MAX_URLSET_EVENTS,
)
from gazette.models.product import DAY_EVENTS
from gazette.models.routes import route_of
from gazette.models.tasks.reconciliation import AuditWork
from gazette.models.tasks.reports import PublishReport
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.models.views.site_document import Document
from gazette.projections.calendar.day_parts import DayPart, day_parts
from gazette.projections.calendar.urlsets import blocks, day_urlsets, sitemap_indexes
from gazette.renderers.sitemaps import render_urlset
from tests.unit.publish.worlds import MORNING, SITE, World, hours
from tests.unit.reconcile.reconciling import always, reconciler_of

DAY = date(2026, 7, 4)
PARTITION = partitions.day_partition(DAY)
INDEX = "news/2026/07/4/index"


def template() -> Entry:
    world = World()
    world.put("a", hours(0), topics=["Foxes"], summary="What happened.")
    world.ingest("a")
    return world.newest("a")


EXAMPLE = template()


def entries(count: int) -> list[Entry]:
    """Return events of one day, the newest first."""
    return [
        EXAMPLE.model_copy(
            update={
                "event_id": f"event-{number}",
                "title": f"Event {number}",
                "published": MORNING + timedelta(seconds=number),
                "base_path": f"news/2026/07/4/event-{number}",
            }
        )
        for number in reversed(range(count))
    ]


def item_of(entry: Entry, revision: int = 1, *, deleted: bool = False) -> LedgerItem:
    item_key = ItemKey(PARTITION, keys.entry_sort(entry.published, entry.event_id))
    return LedgerItem(item_key, revision, entry.model_dump_json(), deleted)


def world_of(day: Sequence[Entry]) -> World:
    world = World()
    for entry in day:
        world.ledger.put(item_of(entry))
    publish_day(world)
    return world


def publish_day(world: World) -> PublishReport:
    world.changes.clear()
    return world.publish([ItemKey(PARTITION, keys.ENTRY)])


def pages_of(world: World) -> list[str]:
    """Walk from the index of the day to the oldest page, by the links in the JSON form."""
    found = [f"{INDEX}.json"]
    while previous := json.loads(world.site()[found[-1]]).get("previous"):
        path = previous["url"] if isinstance(previous, dict) else previous
        found.append(path.removeprefix(f"{SITE.base_url}/").replace(".html", ".json"))
    return found


@given(st.sets(st.integers(0, 3_000), max_size=400))
@settings(max_examples=30)
def test_the_parts_of_any_day_hold_every_event_once_in_order(numbers: set[int]) -> None:
    day = [entry for entry in entries(3_001) if int(entry.event_id[6:]) in numbers]
    parts = day_parts(day)
    assert [entry for part in parts for entry in part.entries] == day
    assert [part.name for part in parts if part.name is None] == [None]
    assert len({part.name for part in parts}) == len(parts)


def test_a_day_of_two_thousand_events_has_parts_of_bounded_size() -> None:
    parts = day_parts(entries(2_000))
    assert len(parts) > 10
    assert DAY_EVENTS <= len(parts[0].entries) < 600
    assert max(len(part.entries) for part in parts) < 600


def test_one_more_or_one_less_event_changes_two_parts_at_most() -> None:
    day = entries(2_000)
    before = set(day_parts(day))
    for changed in (entries(2_001), day[:700] + day[701:], day[1:]):
        assert len(set(day_parts(changed)) - before) <= 2


def test_every_event_of_a_busy_day_is_reached_from_its_index() -> None:
    world = world_of(entries(2_000))
    pages = pages_of(world)
    listed = [event["id"] for page in pages for event in json.loads(world.site()[page])["events"]]
    assert listed == [SITE.event_tag(f"event-{number}") for number in reversed(range(2_000))]
    assert json.loads(world.site()[pages[0]])["count"] == 2_000
    sizes = [len(body) for path, body in world.site().items() if path.startswith(INDEX)]
    assert len(sizes) == 4 * len(pages)
    assert max(sizes) < 500_000
    assert all(route_of(path) == PARTITION for path in world.site())


def test_the_atom_documents_of_a_busy_day_lead_from_one_to_the_next() -> None:
    world = world_of(entries(500))
    path: str | None = f"{INDEX}.xml"
    ids: list[str] = []
    while path:
        feed = etree.fromstring(world.site()[path])
        ids += [found.text or "" for found in feed.iterfind("{*}entry/{*}id")]
        links = {link.get("rel"): link.get("href") for link in feed.iterfind("{*}link")}
        assert links["self"] == SITE.url(path)
        older = links.get("prev-archive")
        path = older.removeprefix(f"{SITE.base_url}/") if older else None
    assert len(ids) == len(set(ids)) == 500


def test_a_repeat_writes_nothing_and_another_event_few_documents() -> None:
    world = world_of(entries(1_000))
    assert publish_day(world).documents_written == 0
    world.ledger.put(item_of(entries(1_001)[0]))
    report = publish_day(world)
    assert report.documents_written <= 13  # two parts that change, one that is new, the urlset
    assert report.conflicts == 0


def test_pages_go_when_the_events_of_a_busy_day_are_withdrawn() -> None:
    world = world_of(entries(400))
    assert len(pages_of(world)) > 2
    withdraw(world, entries(400)[50:])
    publish_day(world)
    left = [path for path in world.site() if path.startswith("news/2026/07/4/")]
    assert sorted(left) == [f"{INDEX}.{extension}" for extension in ("html", "json", "md", "xml")]


def withdraw(world: World, day: Sequence[Entry]) -> None:
    world.ledger.put(LedgerItem(keys.last_deleted_key(PARTITION), 1, day[0].model_dump_json()))
    for entry in day:
        world.ledger.put(item_of(entry, 2, deleted=True))


def test_a_page_that_was_left_is_removed_after_the_deletions_have_expired() -> None:
    world = world_of(entries(400))
    withdraw(world, entries(400)[50:])
    world.now += timedelta(days=DELETED_ITEM_DAYS + 1)
    publish_day(world)
    assert len([path for path in world.site() if path.startswith("news/2026/07/4/")]) == 4


def test_a_part_that_is_withdrawn_while_it_is_written_is_removed_by_its_writer() -> None:
    """Another publisher, who saw the withdrawal, has looked for the page before it was there."""
    world = World()
    day = entries(400)
    for entry in day:
        world.ledger.put(item_of(entry))

    class Interfering(MemorySiteStore):
        def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
            super().write(documents, seen)
            if world.ledger.get(keys.last_deleted_key(PARTITION)) is None:
                withdraw(world, day[50:])

    store = Interfering(world.calls)
    report = world.publish([ItemKey(PARTITION, keys.ENTRY)], store)
    assert report.conflicts == 1
    assert len([path for path in store.documents if path.startswith("news/2026/07/4/")]) == 4


def test_a_day_is_listed_only_if_it_is_busy_or_lost_an_event() -> None:
    world = world_of(entries(3))
    assert world.calls["s3.ListObjectsV2"] == 0
    withdraw(world, entries(3)[2:])
    publish_day(world)
    assert world.calls["s3.ListObjectsV2"] == 2


def test_the_pages_of_a_busy_day_are_no_orphans() -> None:
    world = world_of(entries(400))
    audited, orphans = reconciler_of(world).auditor.audit(AuditWork(), always)
    assert audited.counts.audited == len(world.site()) > 12
    assert orphans == []


@given(st.integers(0, 60), st.integers(1, 9))
def test_blocks_hold_everything_once_and_only_the_newest_is_not_full(
    length: int, most: int
) -> None:
    items = list(range(length))
    newest, *older = blocks(items, most)
    assert [*newest, *(item for block in reversed(older) for item in block)] == items
    assert all(len(block) == most for block in older)
    assert len(newest) <= most


def test_a_day_with_too_many_events_for_one_urlset_has_several() -> None:
    wide = {"base_path": "news/2026/07/4/" + "\N{HANGUL SYLLABLE GAG}" * 66}
    day = [entry.model_copy(update=wide) for entry in entries(MAX_URLSET_EVENTS)]
    assert list(day_urlsets(SITE, DAY, day)) == ["sitemaps/2026-07-04.xml"]
    urlsets = day_urlsets(SITE, DAY, [*day, EXAMPLE])
    assert list(urlsets) == ["sitemaps/2026-07-04.xml", "sitemaps/2026-07-04.1.xml"]
    assert [len(urls) for urls in urlsets.values()] == [2, MAX_URLSET_EVENTS]
    assert all(len(render_urlset(urls)) < MAX_SITEMAP_BYTES for urls in urlsets.values())
    assert all(route_of(path) == PARTITION for path in urlsets)


@pytest.mark.parametrize(("length", "shown"), [(2_000, 1), (2_048, 0)])
def test_a_sitemap_leaves_out_the_address_of_an_image_that_it_cannot_hold(
    length: int, shown: int
) -> None:
    image = {"url": f"https://e.example/{'x' * (length - 18)}", "alt": "A", "path": None}
    world = World()
    world.put("a", hours(0), image={"url": f"{image['url']}&", "alt": "A"})
    world.ingest("a")
    (urls,) = day_urlsets(SITE, DAY, [world.newest("a")]).values()
    assert len(urls[1].images) == shown


def calendar(days: int) -> PeriodCounts:
    first = date(1800, 1, 1)
    counts = {
        (first + timedelta(number)).isoformat(): DayCount(count=1, updated=MORNING, revisions=1)
        for number in range(days)
    }
    return PeriodCounts(days=counts, revisions=days)


def test_more_days_than_a_sitemap_index_holds_are_split() -> None:
    assert list(sitemap_indexes(SITE, [calendar(MAX_SITEMAP_URLS)])) == ["sitemap.xml"]
    indexes = sitemap_indexes(SITE, [calendar(MAX_SITEMAP_URLS + 1)])
    assert {path: len(urls) for path, urls in indexes.items()} == {
        "sitemap.xml": 1,
        "sitemap-1.xml": MAX_SITEMAP_URLS,
    }
    assert all(route_of(path) == partitions.CALENDAR for path in indexes)


def test_an_archive_of_too_many_days_is_published_and_robots_finds_all_of_it() -> None:
    world = World()
    world.put("a", hours(0))
    world.settle()
    for year, days in groupby(calendar(MAX_SITEMAP_URLS + 1).days.items(), lambda day: day[0][:4]):
        counts = PeriodCounts(days=dict(days), revisions=366)
        item_key = ItemKey(partitions.CALENDAR, f"{keys.AGGREGATE}{year}")
        world.ledger.put(LedgerItem(item_key, 366, counts.model_dump_json()))
    assert requests_of_robots(world) == 0
    world.writer.publish(PublishTask(TaskKind.CALENDAR, partitions.CALENDAR), PublishReport())
    requested = requests_of_robots(world)
    assert requested > 0
    world.writer.publish(PublishTask(TaskKind.SITE, partitions.SITE), PublishReport())
    assert {"sitemap.xml", "sitemap-1.xml"} <= set(world.site())
    robots = world.site()["robots.txt"].decode()
    assert "https://gazette.example/sitemap-1.xml" in robots
    _, orphans = reconciler_of(world).auditor.audit(AuditWork(), always)
    assert orphans == []
    # A day less leaves one sitemap index, and robots.txt names one.
    fewer = PeriodCounts(days={}, revisions=367)
    world.ledger.put(LedgerItem(item_key, 367, fewer.model_dump_json()))
    world.writer.publish(PublishTask(TaskKind.CALENDAR, partitions.CALENDAR), PublishReport())
    assert requests_of_robots(world) > requested


def requests_of_robots(world: World) -> int:
    request = world.ledger.get(keys.rebuild_request_key(partitions.SITE, "SITEMAPS"))
    return request.revision if request else 0


def test_the_address_of_a_part_is_none_that_an_event_can_have() -> None:
    assert paths.day_path(DAY, "first") == f"{INDEX}.first"
    assert isinstance(day_parts([])[0], DayPart)
