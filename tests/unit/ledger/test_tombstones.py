"""Tombstones in subscription documents (SPEC T1 to T6), from the retraction until they expire."""

import json
from collections.abc import Iterator
from datetime import timedelta

import feedparser
import pytest
from lxml import etree

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.order import order
from gazette.models.limits import MAX_FEED_BYTES
from gazette.models.product import TOMBSTONES_SHOWN
from gazette.models.tasks.reports import IngestReport
from gazette.services.expire.expiry import Expirer
from tests.unit.publish.worlds import SITE, World, hours

FOXES, NATURE = partitions.topic_partition("foxes"), partitions.category_partition("nature")
FORMS = ("rss", "atom", "json")
FEEDS = ("feed", "topics/foxes/feed", "categories/nature/feed")
RETRACTION = {"kind": "retraction", "note": "It never opened."}
OWN = {"topics": ["Foxes"], "category": "Nature"}
ID = SITE.event_tag("a")
ATOM, TOMBSTONE = "{http://www.w3.org/2005/Atom}", "{http://purl.org/atompub/tombstones/1.0}"
DAY = timedelta(days=1)
EXPIRED = hours(2).replace(hour=0) + 31 * DAY


def withdrawn_world(**fields: object) -> World:
    """Return a world in which an event was published, and two hours later withdrawn."""
    world = World()
    world.put("a", hours(0), **OWN)
    world.put("b", hours(1), title="B", **OWN)
    world.settle()
    world.put("a", hours(2), **(OWN | {"revision": RETRACTION} | fields))
    world.settle()
    return world


def withdrawn_entries(world: World, feed: str) -> list[etree._Element]:
    """Return the Atom entries that say "Withdrawn", and see that no tombstone goes with them."""
    root = etree.fromstring(world.site()[f"{feed}.atom"])
    assert list(root.iter(f"{TOMBSTONE}deleted-entry")) == []
    entries = root.iter(f"{ATOM}entry")
    return [
        entry
        for entry in entries
        if (entry.findtext(f"{ATOM}title") or "").startswith("Withdrawn: ")
    ]


def ids_of(entries: list[etree._Element]) -> list[str | None]:
    return [entry.findtext(f"{ATOM}id") for entry in entries]


def rss_items(world: World, feed: str) -> dict[str, etree._Element]:
    items = etree.fromstring(world.site()[f"{feed}.rss"]).iter("item")
    return {item.findtext("guid") or "": item for item in items}


def json_items(world: World, feed: str) -> dict[str, dict[str, object]]:
    return {item["id"]: item for item in json.loads(world.site()[f"{feed}.json"])["items"]}


def forms_with_tombstone(world: World, feed: str) -> list[str]:
    """Return the formats of a feed in which the event is withdrawn."""
    shown = {
        "atom": ids_of(withdrawn_entries(world, feed)),
        "rss": [
            guid
            for guid, item in rss_items(world, feed).items()
            if (item.findtext("title") or "").startswith("Withdrawn: ")
        ],
        "json": [
            guid
            for guid, item in json_items(world, feed).items()
            if str(item["title"]).startswith("Withdrawn: ")
        ],
    }
    return [name for name, ids in shown.items() if ids == [ID]]


def live_forms(world: World, feed: str) -> list[str]:
    """Return the formats of a feed in which the event is live."""
    shown = set(forms_with_tombstone(world, feed))
    entries = etree.fromstring(world.site()[f"{feed}.atom"]).iter(f"{ATOM}entry")
    found = {
        "atom": ID in {entry.findtext(f"{ATOM}id") for entry in entries} and "atom" not in shown,
        "rss": ID in rss_items(world, feed) and "rss" not in shown,
        "json": ID in json_items(world, feed) and "json" not in shown,
    }
    return [name for name, is_there in found.items() if is_there]


def settle_at_once(world: World) -> None:
    """Handle all that is waiting in batches, which is much faster where there is much."""
    while world.notifications:
        world.ingestor.ingest(world.notifications.pop(0), IngestReport())
    while world.changes:
        item_keys, world.changes[:] = list(world.changes), []
        world.publish(item_keys)


def expire(world: World) -> int:
    """Run the schedule at the time of the world's clock; say how many time lines it shown."""
    shown = Expirer(world.ledger, SITE.tombstone_days).expire(world.now).timelines
    world.settle()
    return shown


@pytest.mark.parametrize("feed", FEEDS)
def test_a_retraction_is_shown_in_every_feed_the_event_was_in(feed: str) -> None:
    """SPEC T1, T4."""
    world = withdrawn_world()
    assert forms_with_tombstone(world, feed) == ["atom", "rss", "json"]
    assert live_forms(world, feed) == []
    (entry,) = withdrawn_entries(world, feed)
    assert entry.findtext(f"{ATOM}updated") == "2026-07-04T10:00:00Z"
    assert entry.findtext(f"{ATOM}content") == f"<p>{RETRACTION['note']}</p>"
    assert rss_items(world, feed)[ID].findtext("description") == RETRACTION["note"]
    assert json_items(world, feed)[ID]["content_text"] == RETRACTION["note"]


def test_a_withdrawn_item_keeps_its_first_date_and_leads_to_its_page() -> None:
    """SPEC R4, T5."""
    world = withdrawn_world(title="It was never opened", published="2026-07-01T00:00:00Z")
    item = json_items(world, "feed")[ID]
    assert item["title"] == "Withdrawn: River opens"
    assert item["date_published"] == "2026-07-04T08:00:00Z"
    assert item["url"] == SITE.url(f"{world.newest('a').base_path}.html")
    assert world.site()[f"{world.newest('a').base_path}.html"]


def test_a_deletion_is_shown_without_a_note() -> None:
    """SPEC T7."""
    world = World()
    world.put("a", hours(0), **OWN)
    world.delete("a", hours(1))
    world.settle()
    (entry,) = withdrawn_entries(world, "topics/foxes/feed")
    assert entry.find(f"{TOMBSTONE}comment") is None
    assert json_items(world, "feed")[ID]["content_text"] == "Withdrawn by the publisher."


def test_a_feed_says_that_it_changed_when_an_event_is_withdrawn() -> None:
    """SPEC R5: a reader that asks by date has to hear of it."""
    world = withdrawn_world()
    feed = feedparser.parse(world.site()["topics/foxes/feed.rss"]).feed
    assert feed.updated == "Sat, 04 Jul 2026 10:00:00 GMT"


def test_a_retraction_that_says_an_old_date_is_shown_as_long() -> None:
    """What a publisher writes into `modified` neither hides it nor lets readers keep the entry."""
    world = withdrawn_world(modified="2020-01-01T00:00:00Z")
    (entry,) = withdrawn_entries(world, "feed")
    assert entry.findtext(f"{ATOM}updated") == "2026-07-04T10:00:00Z"


def test_a_topic_that_the_event_had_left_before_hears_nothing() -> None:
    """SPEC V7."""
    world = World()
    world.put("b", hours(0), title="B", topics=["Bears"])
    world.put("a", hours(0), topics=["Foxes", "Bears"])
    world.put("a", hours(1), topics=["Foxes"])
    world.delete("a", hours(2))
    world.settle()
    assert forms_with_tombstone(world, "topics/bears/feed") == []
    assert forms_with_tombstone(world, "topics/foxes/feed") == ["atom", "rss", "json"]


def test_an_event_whose_first_version_is_a_retraction_is_in_no_feed() -> None:
    world = World()
    world.put("b", hours(0), title="B", **OWN)
    world.put("a", hours(0), revision=RETRACTION, **OWN)
    world.settle()
    assert forms_with_tombstone(world, "topics/foxes/feed") == []


def test_the_retraction_of_an_event_in_the_archive_is_shown_too() -> None:
    """SPEC T3: the newest 50 are not all that a reader may have."""
    world = World()
    world.put("a", hours(0), **OWN)
    for number in range(1, 200):
        world.put(f"n{number}", hours(number / 60), title=f"Event {number}", **OWN)
    settle_at_once(world)
    assert live_forms(world, "topics/foxes/feed") == []
    world.put("a", hours(5), revision=RETRACTION, **OWN)
    settle_at_once(world)
    for feed in FEEDS:
        assert forms_with_tombstone(world, feed) == ["atom", "rss", "json"]
        assert len(json_items(world, feed)) >= 51
    assert [
        path for path, body in world.site().items() if "/archive/" in path and b":event/a<" in body
    ] == []


@pytest.mark.parametrize("feed", FEEDS)
def test_an_event_published_again_has_no_tombstone(feed: str) -> None:
    """SPEC T2, T6."""
    world = withdrawn_world()
    world.put("a", hours(3), body="It did open.", **OWN)
    world.settle()
    assert forms_with_tombstone(world, feed) == []
    assert live_forms(world, feed) == ["atom", "rss", "json"]
    assert world.snapshot("a").tombstones == ()


def test_between_the_two_records_of_a_publication_no_feed_shows_both() -> None:
    """SPEC T2: the entry is written before the tombstone is taken away."""
    world = withdrawn_world()
    world.put("a", hours(3), **OWN)
    world.ingest("a")
    tombstone = ItemKey(FOXES, keys.retracted_sort(hours(2), "a"))
    world.ledger.put(LedgerItem(tombstone, order(9), world.newest("a").model_dump_json()))
    world.publish([tombstone])
    assert forms_with_tombstone(world, "topics/foxes/feed") == []
    assert live_forms(world, "topics/foxes/feed") == ["atom", "rss", "json"]


def test_a_second_retraction_changes_the_note_and_not_how_long_it_is_shown() -> None:
    world = withdrawn_world()
    world.put("a", hours(26), revision={"kind": "retraction", "note": "Nor will it."}, **OWN)
    world.settle()
    assert json_items(world, "feed")[ID]["content_text"] == "Nor will it."
    assert world.snapshot("a").tombstones[0].sort == keys.retracted_sort(hours(2), "a")


def test_a_retraction_after_another_publication_is_shown_again() -> None:
    world = withdrawn_world()
    world.put("a", hours(30), **OWN)
    world.delete("a", hours(60))
    world.settle()
    (entry,) = withdrawn_entries(world, "topics/foxes/feed")
    assert entry.findtext(f"{ATOM}updated") == "2026-07-06T20:00:00Z"


def test_a_tombstone_is_there_to_the_last_second_of_the_thirtieth_day() -> None:
    """SPEC T3."""
    world = withdrawn_world()
    before = world.site()
    world.now = EXPIRED - timedelta(seconds=1)
    assert expire(world) == 0
    world.publish([ItemKey(FOXES, keys.EXPIRED), ItemKey(partitions.SITE, keys.EXPIRED)])
    del before["news-sitemap.xml"]
    assert {path: world.site()[path] for path in before} == before


def test_after_thirty_days_the_schedule_takes_it_out_and_writes_nothing_else() -> None:
    """SPEC T3; only what expires is rendered again."""
    world = withdrawn_world()
    world.put("c", hours(2), title="C", topics=["Whales"])
    world.settle()
    before, world.now = world.site(), EXPIRED
    assert expire(world) == 3
    changed = {path for path, body in world.site().items() if before[path] != body}
    formats = ("rss", "atom", "json")
    assert changed - {"news-sitemap.xml"} == {
        f"{feed}.{extension}" for feed in FEEDS for extension in formats
    }
    for feed in FEEDS:
        assert (forms_with_tombstone(world, feed), live_forms(world, feed)) == ([], [])


def test_the_schedule_requests_a_rebuild_of_a_time_line_once() -> None:
    world = withdrawn_world()
    world.now = EXPIRED
    assert [expire(world), expire(world)] == [3, 0]
    world.now += DAY
    assert expire(world) == 0


@pytest.mark.parametrize("missed", [1, 2, 3])
def test_a_run_makes_up_for_those_that_were_missed(missed: int) -> None:
    world = withdrawn_world()
    world.now = EXPIRED + missed * DAY
    assert expire(world) == 3
    assert forms_with_tombstone(world, "topics/foxes/feed") == []


def test_a_time_line_with_tombstones_of_two_days_is_shown_on_both() -> None:
    world = withdrawn_world()
    world.put("b", hours(50), revision=RETRACTION, **OWN)
    world.settle()
    world.now = EXPIRED
    assert expire(world) == 3
    assert ids_of(withdrawn_entries(world, "feed")) == [
        SITE.event_tag("b"),
    ]
    world.now = EXPIRED + 2 * DAY
    assert expire(world) == 3
    assert withdrawn_entries(world, "feed") == []


def indexed(world: World) -> Iterator[str]:
    for item_key in world.records():
        if item_key.partition.kind is partitions.PartitionKind.RETRACTIONS:
            yield f"{item_key.partition} {item_key.sort}"


def test_the_index_names_each_time_line_once_a_day() -> None:
    world = withdrawn_world()
    world.put("b", hours(3), revision=RETRACTION, **OWN)
    world.settle()
    assert sorted(indexed(world)) == [
        "RETRACTIONS#2026-07 2026-07-04#CATEGORY#nature",
        "RETRACTIONS#2026-07 2026-07-04#SITE#",
        "RETRACTIONS#2026-07 2026-07-04#TOPIC#foxes",
    ]


@pytest.mark.parametrize("day", ["2026-07-31", "2026-12-31"])
def test_an_expiry_at_the_end_of_a_month_is_found_in_it(day: str) -> None:
    world = World()
    world.put("a", hours(0), **OWN)
    stored = hours(0).fromisoformat(f"{day}T23:00:00Z")
    world.delete("a", stored)
    world.now = stored
    world.settle()
    assert forms_with_tombstone(world, "feed") == ["atom", "rss", "json"]
    world.now = stored.replace(hour=0) + 32 * DAY
    assert expire(world) == 3
    assert forms_with_tombstone(world, "feed") == []


def test_a_mass_withdrawal_shows_the_newest_and_keeps_the_feed_small() -> None:
    """SPEC T4: three thousand notices would be half of a megabyte in every format."""
    world = withdrawn_world()
    (stored,) = (record for record in world.ledger.scan(FOXES, keys.RETRACTED))
    withdrawn = Entry.model_validate_json(stored.payload)
    for number in range(3_000):
        entry = withdrawn.model_copy(update={"event_id": f"mass-{number:04d}"})
        at = hours(3) + timedelta(seconds=number)
        item_key = ItemKey(FOXES, keys.retracted_sort(at, entry.event_id))
        world.ledger.put(LedgerItem(item_key, 2, entry.model_dump_json()))
    world.changes.clear()
    world.calls.clear()
    world.publish([ItemKey(FOXES, keys.EXPIRED)])
    shown = ids_of(withdrawn_entries(world, "topics/foxes/feed"))
    newest = [SITE.event_tag(f"mass-{number:04d}") for number in range(2_999, 2_949, -1)]
    assert shown == newest
    assert len(shown) == TOMBSTONES_SHOWN
    assert len(json_items(world, "topics/foxes/feed")) == TOMBSTONES_SHOWN + 1
    assert max(len(world.site()[f"topics/foxes/feed.{form}"]) for form in FORMS) < MAX_FEED_BYTES
    # The time line is read once; that nobody else has published it is counted.
    assert world.calls["dynamodb.Query"] == 5
