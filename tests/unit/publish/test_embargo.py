"""Before `published` no document holds anything of an event; after `expires` it says so (V11)."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

import feedparser
import pytest

from gazette.models.contract import identity
from gazette.models.frozen import rfc3339
from gazette.models.ledger import partitions
from gazette.models.ledger.partitions import Partition
from gazette.models.ledger.update import UpdateEntry
from gazette.services.release.release import due_events, held_events
from tests.unit.publish.worlds import World, hours

NOON = "2026-07-04T12:00:00Z"
KEY = identity.event_key("a")
# Each word is in one field of the held event only.
SECRET: Mapping[str, object] = {
    "title": "Zirconium merger",
    "slug": "quokka-deal",
    "summary": "Xylophone summary.",
    "body": "Wombat text.",
    "topics": ["Yodelling", "Foxes"],
    "category": "Vexillology",
    "byline": "Jocasta",
    "sources": [{"url": "https://umbrella.example/", "title": "Tapioca source"}],
    "image": {"url": "https://images.example/kumquat.png", "alt": "Marmoset"},
    "revision": {"kind": "correction", "note": "Nougat note."},
    "published": NOON,
}
WORDS = (
    *("zirconium", "quokka", "xylophone", "wombat", "yodelling", "vexillology", "jocasta"),
    *("umbrella", "tapioca", "kumquat", "marmoset", "nougat"),
)


def found(site: Mapping[str, bytes]) -> set[str]:
    """Return the words of the held event that the site shows in a path or in a document."""
    everything = "\n".join(
        f"{path}\n{body.decode(errors='replace')}" for path, body in site.items()
    ).lower()
    return {word for word in WORDS if word in everything}


def settle_at(world: World, at: datetime) -> None:
    """Let time pass, and ingest what is due."""
    world.now = at
    world.ingest("a")
    world.settle()


def world_with_a_public_event() -> World:
    world = World()
    world.put("b", hours(0), title="Public", topics=["Foxes"])
    world.settle()
    return world


def changes(world: World, partition: Partition) -> list[str]:
    found = (item for item in world.ledger.scan(partition) if item.key.sort.startswith("CHANGE#"))
    return [str(UpdateEntry.model_validate_json(item.payload).kind) for item in found]


def test_no_document_holds_a_word_of_a_held_event() -> None:
    world = world_with_a_public_event()
    before = world.site()
    world.put("a", hours(1), **SECRET)
    world.settle()
    settle_at(world, hours(3.99))
    assert world.site() == before
    assert found(before) == set()
    settle_at(world, hours(4))
    assert found(world.site()) == set(WORDS)


def test_a_release_reads_what_was_kept_when_the_version_arrived_and_nothing_from_s3() -> None:
    """So it does not fail if S3 does not give out the version any more."""
    world = World()
    world.put("a", hours(1), **SECRET)
    world.settle()
    world.calls.clear()
    settle_at(world, hours(4))
    assert found(world.site()) == set(WORDS)
    assert world.calls["s3.GetObject"] == 0


def test_a_topic_whose_only_event_is_held_is_in_no_list() -> None:
    world = world_with_a_public_event()
    world.put("a", hours(1), **SECRET)
    world.settle()
    topics = [body for path, body in world.site().items() if path.startswith("topics")]
    assert topics
    assert not any(b"odelling" in body for body in world.site().values())
    settle_at(world, hours(4))
    listed = {path for path, body in world.site().items() if b"odelling" in body}
    assert {"topics.opml", "topics/yodelling/index.html", "topics/yodelling/feed.atom"} <= listed


def test_a_held_version_that_is_replaced_was_never_public() -> None:
    world = world_with_a_public_event()
    world.put("a", hours(1), **SECRET)
    world.settle()
    world.put("a", hours(2), title="Other words", topics=["Foxes"])
    world.settle()
    settle_at(world, hours(6))
    assert found(world.site()) == set()
    assert world.newest("a").number == 1
    assert list(held_events(world.ledger)) == []


def test_a_held_version_is_replaced_by_one_that_is_held_longer() -> None:
    world = world_with_a_public_event()
    world.put("a", hours(1), **SECRET)
    world.settle()
    world.put("a", hours(2), **{**SECRET, "published": rfc3339(hours(8))})
    world.settle()
    settle_at(world, hours(4))
    assert found(world.site()) == set()
    (held,) = held_events(world.ledger)
    assert held.due == hours(8)
    settle_at(world, hours(8))
    assert world.newest("a").published == hours(8)
    assert list(held_events(world.ledger)) == []


def test_a_held_version_that_is_replaced_for_the_same_time_is_listed_by_its_own_version() -> None:
    """`gazette held` names the version that will be published."""
    world = World()
    world.put("a", hours(1), published=NOON, title="First")
    world.ingest("a")
    (first,) = held_events(world.ledger)
    world.put("a", hours(2), published=NOON, title="Second")
    world.ingest("a")
    (second,) = held_events(world.ledger)
    assert second.due == first.due
    assert second.version_id != first.version_id


def test_a_delete_marker_after_a_hold_leaves_no_tombstone_and_no_number() -> None:
    world = world_with_a_public_event()
    before = world.site()
    world.put("a", hours(1), **SECRET)
    world.settle()
    world.delete("a", hours(2))
    world.settle()
    settle_at(world, hours(6))
    assert world.site() == before
    assert world.snapshot("a").number == 0
    assert world.snapshot("a").tombstones == ()


@pytest.mark.parametrize("expires", [0.5, 1])
def test_an_upload_that_has_expired_already_is_never_public(expires: float) -> None:
    world = world_with_a_public_event()
    before = world.site()
    world.put("a", hours(1), **{**SECRET, "published": None, "expires": rfc3339(hours(expires))})
    world.settle()
    assert world.site() == before
    assert world.snapshot("a").number == 0


def test_a_held_version_that_s3_has_lost_is_never_public() -> None:
    world = world_with_a_public_event()
    before = world.site()
    world.put("a", hours(1), **SECRET)
    world.settle()
    undelete(world, hours(2))
    assert list(held_events(world.ledger)) == []
    settle_at(world, hours(5))
    assert world.site() == before


def test_an_upload_that_has_expired_already_withdraws_what_was_public() -> None:
    world = World()
    world.put("a", hours(0), title="One")
    world.settle()
    world.put("a", hours(2), title="Two", expires=rfc3339(hours(1)))
    world.settle()
    assert world.live(partitions.SITE) == []
    assert str(world.newest("a").kind) == "expired"
    assert not any(b"Two" in body for body in world.site().values())


def world_with_an_expired_event() -> World:
    world = World()
    world.put("a", hours(0), title="One", topics=["Foxes"], expires=rfc3339(hours(1)))
    world.settle()
    settle_at(world, hours(1))
    return world


def test_an_expired_event_says_expired_in_every_format_and_never_withdrawn() -> None:
    site = world_with_an_expired_event().site()
    path = "news/2026/07/4/one"
    status = json.loads(site[f"{path}.json"])
    assert (status["status"], status["revision"]["kind"]) == ("expired", "expired")
    for extension in ("html", "md"):
        page = site[f"{path}.{extension}"].decode()
        assert "This event expired on 4 July 2026." in page
        assert "Expired" in page
        assert "Withdrawn" not in page
    entry = feedparser.parse(site[f"{path}.xml"]).entries[0]
    assert entry.title == "Expired: One"
    assert entry.summary == "This event expired on 4 July 2026."
    world = world_with_an_expired_event()
    world.put("a", hours(40), title="One")
    world.settle()
    for revision in (f"{path}.r2.html", f"{path}.r2.md"):
        page = world.site()[revision].decode()
        assert "when the event expired." in page
        assert "withdrew" not in page


@pytest.mark.parametrize("feed", ["feed", "topics/foxes/feed"])
def test_feeds_show_an_expired_event_with_its_label_and_the_day(feed: str) -> None:
    site = world_with_an_expired_event().site()
    (item,) = json.loads(site[f"{feed}.json"])["items"]
    assert item["title"] == "Expired: One"
    assert item["content_text"] == "This event expired on 4 July 2026."
    assert item["_gazette"]["kind"] == "expired"
    for form in ("atom", "rss"):
        (entry,) = feedparser.parse(site[f"{feed}.{form}"]).entries
        assert entry.title == "Expired: One"
        assert entry.summary == "This event expired on 4 July 2026."


@pytest.mark.parametrize("folder", ["", "topics/foxes/"])
def test_an_expiry_is_in_updates_and_never_in_corrections(folder: str) -> None:
    site = world_with_an_expired_event().site()
    (entry,) = feedparser.parse(site[f"{folder}updates.atom"]).entries
    assert entry.title == "Expired: One"
    assert "This event expired on 4 July 2026." in entry.content[0].value
    assert not feedparser.parse(site.get(f"{folder}corrections.atom", b"")).entries


@pytest.mark.parametrize(
    ("more", "is_live"),
    [
        ({}, True),
        ({"expires": rfc3339(hours(9))}, True),
        ({"expires": rfc3339(hours(0.5))}, False),
    ],
)
def test_an_update_brings_an_expired_event_back_unless_its_own_time_is_over(
    more: Mapping[str, object], is_live: bool
) -> None:
    world = world_with_an_expired_event()
    world.put("a", hours(3), title="Two", topics=["Foxes"], **more)
    world.settle()
    assert [entry.title for entry in world.live(partitions.SITE)] == (["Two"] if is_live else [])
    settle_at(world, hours(9))
    assert bool(world.live(partitions.SITE)) is (more == {})


def undelete(world: World, at: datetime) -> None:
    """Remove the newest version, as a publisher does in the console."""
    world.source.remove_version(KEY, world.source.versions(KEY)[0].version_id)
    settle_at(world, at)


def test_an_event_restored_after_a_retraction_is_in_updates_and_in_corrections() -> None:
    world = World()
    world.put("a", hours(0), title="One")
    world.settle()
    world.delete("a", hours(1))
    world.settle()
    undelete(world, hours(2))
    for name in ("updates", "corrections"):
        titles = [entry.title for entry in feedparser.parse(world.site()[f"{name}.rss"]).entries]
        assert titles == ["Restored: One", "Withdrawn: One"]
    assert "Restored" in world.site()["news/2026/07/4/one.html"].decode()


def test_an_event_restored_after_an_update_is_in_updates_only() -> None:
    world = World()
    for hour, title in enumerate(("One", "Two")):
        world.put("a", hours(hour), title=title)
        world.settle()
    undelete(world, hours(2))
    (restored, _) = feedparser.parse(world.site()["updates.rss"]).entries
    assert restored.title == "Restored: One"
    assert changes(world, partitions.corrections_partition(partitions.SITE)) == []


def test_held_events_are_listed_in_the_order_of_their_release() -> None:
    world = World()
    world.put("late", hours(0), published=rfc3339(hours(9)))
    world.put("soon", hours(0), published=rfc3339(hours(2)))
    world.put("short", hours(0), expires=rfc3339(hours(5)))
    world.settle()
    held = [(event.event_id, event.due) for event in held_events(world.ledger)]
    assert held == [("soon", hours(2)), ("late", hours(9))]


def test_a_release_that_was_called_off_is_not_due() -> None:
    world = World()
    world.put("a", hours(0), published=rfc3339(hours(2)))
    world.ingest("a")
    assert [event.event_id for event in due_events(world.ledger, hours(3))] == ["a"]
    world.put("a", hours(1))
    world.ingest("a")
    assert list(due_events(world.ledger, hours(3))) == []


def test_timers_that_did_not_run_for_long_look_back_as_far() -> None:
    world = World()
    world.put("a", hours(0), published=rfc3339(hours(2)))
    world.ingest("a")
    late = hours(24 * 30)
    assert list(due_events(world.ledger, late)) == []
    due = due_events(world.ledger, late, timedelta(days=30))
    assert [event.event_id for event in due] == ["a"]
