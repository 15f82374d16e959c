from datetime import timedelta

import pytest

from gazette.models.kinds import RevisionKind
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.keys import ItemKey
from gazette.projections.history.news_time import news_of, news_time
from tests.unit.publish.worlds import World, hours

SIGNIFICANT = [kind for kind in RevisionKind if kind is not RevisionKind.MINOR]


def entry(news_hour: float | None, name: str = "a") -> Entry:
    world = World()
    world.put(name, hours(0))
    world.settle()
    news_at = None if news_hour is None else hours(news_hour)
    return world.newest(name).model_copy(update={"news_at": news_at})


@pytest.mark.parametrize("kind", SIGNIFICANT)
def test_a_revision_is_news_when_it_is_stored(kind: RevisionKind) -> None:
    assert news_time(None, kind, hours(0), hours(0)) == hours(0)
    assert news_time(entry(0), kind, hours(1), hours(3)) == hours(3)


def test_a_day_without_a_time_is_news_and_an_old_date_is_none() -> None:
    for kind in SIGNIFICANT:
        assert news_time(None, kind, hours(0), hours(48)) == hours(48)
        assert news_time(None, kind, hours(0), hours(48) + timedelta(seconds=1)) is None


def test_a_minor_revision_is_none() -> None:
    assert news_time(entry(0), RevisionKind.MINOR, hours(1), hours(1)) is None
    assert news_time(entry(None), RevisionKind.MINOR, hours(0), hours(0)) is None
    assert news_time(None, RevisionKind.MINOR, hours(0), hours(0)) is None


def test_a_minor_revision_right_after_news_does_not_take_them_away() -> None:
    for seconds, expected in ((0, hours(0)), (2, hours(0)), (3, None)):
        at = hours(0) + timedelta(seconds=seconds)
        assert news_time(entry(0), RevisionKind.MINOR, at, at) == expected


def test_an_event_that_is_shown_of_twice_is_as_new_as_the_newer() -> None:
    shown = [entry(2), entry(5), entry(3), entry(None), entry(1, "b"), entry(None, "c")]
    assert news_of(shown) == {"a": hours(5), "b": hours(1)}


@pytest.mark.parametrize(
    ("item_key", "event"),
    [
        (keys.revision_key("a#b", 2), "a#b"),
        (ItemKey(partitions.SITE, keys.entry_sort(hours(0), "a#b")), "a#b"),
        (ItemKey(partitions.SITE, keys.retracted_sort(hours(0), "a#b")), "a#b"),
        (ItemKey(partitions.SITE, keys.corrected_sort(hours(0), "a#b")), "a#b"),
        (keys.change_key(partitions.updates_partition(partitions.SITE), hours(0), "a#b", 3), "a#b"),
        (keys.snapshot_key("a"), None),
        (keys.rebuild_request_key(partitions.event_partition("a"), "b"), None),
        (keys.translation_key("a", "b"), None),
        (ItemKey(partitions.SITE, keys.EXPIRED), None),
        (ItemKey(partitions.topic_partition("harbour"), "DAYS#2026-07-04"), None),
    ],
)
def test_an_item_key_names_its_event(item_key: ItemKey, event: str | None) -> None:
    assert keys.event_of(item_key) == event


def test_every_item_of_a_revision_has_the_time_of_its_news() -> None:
    """In the entry on a time line, what is left of it there, the tombstone and the update."""
    world = World()
    world.put("a", hours(0), topics=["Foxes"], modified="2026-07-04T07:00:00Z")
    world.put("a", hours(1), topics=["Hens"])
    note = {"kind": "retraction", "note": "Not so."}
    world.put("a", hours(2), topics=["Hens"], revision=note)
    world.settle()
    shown = {
        (str(item_key.partition), item_key.sort.partition("#")[0]): Entry.model_validate_json(
            record.payload
        ).news_at
        for item_key, record in world.records().items()
        if item_key.sort.startswith((keys.ENTRY, keys.RETRACTED, keys.LAST_DELETED))
        and item_key.partition.kind
        in {partitions.PartitionKind.TOPIC, partitions.PartitionKind.SITE}
    }
    # Of three versions at once the last one is what remains at a place.
    assert shown == {
        ("TOPIC#foxes", "LASTDELETED"): hours(1),
        ("TOPIC#hens", "LASTDELETED"): hours(2),
        ("TOPIC#hens", "RETRACTED"): hours(2),
        ("SITE#", "LASTDELETED"): hours(2),
        ("SITE#", "RETRACTED"): hours(2),
    }
    assert world.newest("a").at == hours(2)
