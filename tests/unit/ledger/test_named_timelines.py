"""Time lines that only withdrawn events name: they exist, empty, and say nothing where others are.

The page of a withdrawn event leads to its topics, its category and its day (decision 181).
"""

from datetime import date
from itertools import permutations

import pytest

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.keys import ItemKey
from tests.unit.announce.hubs import HubWorld, feeds_of
from tests.unit.publish.worlds import World, hours
from tests.unit.reconcile.reconciling import emptied, reconcile

NEVER = {"kind": "retraction", "note": "It never opened."}
FOXES = partitions.topic_partition("foxes")
IN_FOXES = {"topics": ["Foxes"], "category": "Nature"}
NAMED_BY_A = {
    partitions.SITE,
    partitions.day_partition(date(2026, 7, 4)),
    partitions.category_partition("nature"),
    FOXES,
}


def notes(world: World) -> set[ItemKey]:
    return {item_key for item_key in world.records() if item_key.sort == keys.NAMED}


def test_an_event_that_begins_withdrawn_makes_its_time_lines_exist_empty() -> None:
    world = World()
    world.put("a", hours(0), **IN_FOXES, revision=NEVER)
    world.settle()
    assert {item_key.partition for item_key in notes(world)} == NAMED_BY_A
    expected = {"index.html", "feed.atom", "news/2026/07/4/index.html", "news/index.html"}
    expected |= {"topics/foxes/updates.atom", "categories/nature/feed.json", "news-sitemap.xml"}
    assert expected <= world.site().keys()
    assert b"<entry" not in world.site()["topics/foxes/feed.atom"]


def test_an_event_that_was_listed_everywhere_leaves_no_note_when_it_is_withdrawn() -> None:
    world = World()
    world.put("a", hours(0), **IN_FOXES)
    world.put("a", hours(1), **IN_FOXES, revision=NEVER)
    world.delete("a", hours(2))
    world.settle()
    assert notes(world) == set()


def test_a_retraction_notes_only_the_time_lines_that_never_listed_the_event() -> None:
    world = World()
    world.put("a", hours(0), topics=["Bears"])
    world.put("a", hours(1), **IN_FOXES, date="2026-07-05", revision=NEVER)
    world.settle()
    day = partitions.day_partition(date(2026, 7, 5))
    named = {item_key.partition for item_key in notes(world)}
    assert named == {FOXES, partitions.category_partition("nature"), day}


@pytest.mark.parametrize("order", list(permutations("abc")), ids="".join)
def test_time_lines_that_list_an_event_say_the_same_with_and_without_a_note(
    order: tuple[str, ...],
) -> None:
    """The events of b and c are the same in both; a is withdrawn with its first version."""
    documents: dict[str, dict[str, object]] = {
        "a": {**IN_FOXES, "title": "Never", "revision": NEVER},
        "b": {**IN_FOXES, "title": "River"},
        "c": {"topics": ["Bears"], "title": "Sea"},
    }
    sites = []
    for names in (order, [name for name in order if name != "a"]):
        world = World()
        for name in names:
            world.put(name, hours(("b", "c", "a").index(name)), **documents[name])
            world.settle()
        sites.append(world.site())
    with_note, without = sites
    own = {path for path in with_note if "/never." in path}
    assert {path: with_note[path] for path in with_note if path not in own} == without


def test_the_site_of_a_withdrawn_event_is_restored_by_a_rebuild() -> None:
    world = World()
    world.put("a", hours(0), **IN_FOXES, revision=NEVER)
    world.settle()
    before = world.site()
    emptied(world)
    world.ledger._partitions.clear()
    reconcile(world)
    assert world.site() == before


def test_the_last_withdrawal_names_an_empty_time_line_whatever_the_order() -> None:
    sites = []
    for order in (("a", "b"), ("b", "a")):
        world = World()
        world.put("a", hours(0), topics=["Foxes"], title="Sea", revision=NEVER)
        world.put("b", hours(1), topics=["FOXES"], revision=NEVER)
        world.ingest(*order)
        world.notifications.clear()
        world.settle()
        sites.append(world.site())
    assert sites[0] == sites[1]
    assert b"FOXES" in sites[0]["topics/foxes/feed.rss"]


def test_a_ping_for_an_event_is_not_lost_to_the_note_of_another_one() -> None:
    """The stream brings the note before the entry, and the ledger has both by then."""
    world = HubWorld()
    world.put("a", hours(0), **IN_FOXES)
    world.settle()
    world.put("b", hours(1), **IN_FOXES, title="Never", revision=NEVER)
    world.put("c", hours(1), **IN_FOXES, title="Sea")
    world.ingest("b", "c")
    world.notifications.clear()
    world.changes.sort(key=lambda item_key: item_key.sort != keys.NAMED)
    assert world.changes[0].sort == keys.NAMED
    expected = feeds_of("feed", "topics/foxes/feed", "categories/nature/feed")
    assert expected | {"news/2026/07/4/index.xml"} <= world.feeds()


def test_a_note_alone_pings_no_hub() -> None:
    world = HubWorld()
    world.put("a", hours(0), topics=["Foxes"], revision=NEVER)
    world.settle()
    world.put("b", hours(1), topics=["FOXES"], title="Never", revision=NEVER)
    assert world.feeds() == set()
