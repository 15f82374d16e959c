"""What an erasure leaves on the site: a notice, and no word of what is erased (SPEC V10, V15)."""

import json
import re

import feedparser
import pytest

from gazette.models import paths
from gazette.models.contract.identity import erasure_key
from gazette.models.ledger import keys
from tests.unit.erasures.erasing import erase, places_of, undo, worded
from tests.unit.images.image_files import PNG
from tests.unit.publish.worlds import MORNING, World, hours

HASHED = paths.erased_path(MORNING.date(), "a")
ERASED = {"date": "2026-07-04", "reason": "Personal data.", "at": "2026-07-04T12:00:00Z"}
NOTE = "Erased on 4 July 2026: Personal data."
TITLE = "Withdrawn: event of 4 July 2026"


def published(*words: str) -> World:
    """Publish an event in as many revisions, an hour apart, and a neighbour."""
    world = World()
    world.put("b", hours(0), title="Neighbour", topics=["Alpha"])
    for hour, word in enumerate(words):
        world.put("a", hours(hour), **worded(word))
        world.settle()
    return world


@pytest.mark.parametrize(
    ("revisions", "erased", "kept"),
    [([1], ("wone",), ("wtwo", "wthree")), ([2], ("wtwo",), ("wone", "wthree"))],
)
def test_no_word_of_an_erased_revision_is_left(
    revisions: list[int], erased: tuple[str, ...], kept: tuple[str, ...]
) -> None:
    world = published("wone", "wtwo", "wthree")
    erase(world, "a", hours(4), revisions)
    world.settle()
    assert {word: places_of(world, word) for word in erased} == {word: [] for word in erased}
    assert all(places_of(world, word) for word in kept)


def test_an_event_that_is_erased_before_it_is_published_never_shows_a_word() -> None:
    world = World()
    world.put("a", hours(0), **worded("wone"))
    erase(world, "a", hours(1), "all")
    world.settle()
    assert places_of(world, "wone") == []
    assert f"{HASHED}.html" in world.site()


@pytest.mark.parametrize("extension", ["html", "md", "json", "xml"])
def test_an_erased_revision_says_when_and_why_in_every_format(extension: str) -> None:
    world = published("wone", "wtwo")
    erase(world, "a", hours(4), [1], date="2026-07-03")
    world.settle()
    body = world.site()[f"{HASHED}.r1.{extension}"].decode()
    assert "Personal data." in body
    assert ("2026-07-03" if extension == "json" else "3 July 2026") in body


def test_an_erased_revision_keeps_number_time_kind_and_hash() -> None:
    world = published("wone", "wtwo")
    before = world.revision("a", 1)
    erase(world, "a", hours(4), [1])
    world.settle()
    history = json.loads(world.site()[f"{HASHED}.history.json"])
    first, second = history["revisions"]
    assert first["erased"] == ERASED
    assert (first["number"], first["kind"], first["sha256"]) == (
        1,
        "publication",
        before.entry.sha256,
    )
    assert (first["title"], first["note"]) == ("event of 4 July 2026", NOTE)
    assert second["previous_sha256"] == before.entry.sha256
    assert "erased" not in second


def test_the_page_of_an_event_whose_newest_revision_is_erased_is_a_notice() -> None:
    world = published("wone", "wtwo")
    erase(world, "a", hours(4), "all")
    world.settle()
    page = json.loads(world.site()[f"{HASHED}.json"])
    assert (page["status"], page["updated"]) == ("withdrawn", "2026-07-04T12:00:00Z")
    assert page["erased"] == ERASED
    assert "body" not in page
    assert TITLE in world.site()[f"{HASHED}.html"].decode()


def test_subscribers_see_that_an_erased_event_is_withdrawn_until_a_later_version() -> None:
    world = published("wone")
    erase(world, "a", hours(4), "all")
    world.settle()
    feed = feedparser.parse(world.site()["feed.rss"])
    assert [
        (entry.title, entry.summary) for entry in feed.entries if "Withdrawn" in entry.title
    ] == [(TITLE, NOTE)]
    world.put("a", hours(5), **worded("wtwo"))
    world.settle()
    titles = [entry.title for entry in feedparser.parse(world.site()["feed.rss"]).entries]
    assert sorted(titles) == ["Neighbour", "wtwotitle of it"]
    assert places_of(world, "wone") == []


def test_an_address_that_a_later_revision_has_too_stays() -> None:
    world = World()
    for hour, body in enumerate(("wone", "wtwo")):
        world.put("a", hours(hour), title="Court list", body=body)
    world.settle()
    erase(world, "a", hours(4), [1])
    world.settle()
    assert places_of(world, "wone") == []
    assert NOTE in world.site()["news/2026/07/4/court-list.r1.md"].decode()


def test_an_address_comes_back_with_a_version_that_has_its_title() -> None:
    world = World()
    world.put("a", hours(0), title="Court list", body="wone")
    world.settle()
    erase(world, "a", hours(1), "all")
    world.settle()
    assert "news/2026/07/4/court-list.html" not in world.site()
    world.put("a", hours(2), title="Court list", body="wtwo")
    world.settle()
    assert NOTE in world.site()["news/2026/07/4/court-list.r1.md"].decode()
    assert f"{HASHED}.r1.md" not in world.site()
    assert places_of(world, "wone") == []


def test_differences_that_touch_an_erased_revision_go_and_others_stay() -> None:
    world = published("wone", "wtwo", "wthree", "wfour")
    erase(world, "a", hours(4), [2])
    world.settle()
    updates = json.loads(world.site()["updates.json"])["items"]
    shown = {item["_gazette"]["revision"]: item["content_text"] for item in updates}
    assert shown[2] == NOTE
    assert shown[3] == "wthreenote"
    assert "wthreebody" in shown[4]
    assert "wfourbody" in shown[4]


@pytest.mark.parametrize("revisions", ["all", [1], [2], [1, 2]])
def test_deleting_the_erasure_document_brings_everything_back(revisions: object) -> None:
    world = published("wone", "wtwo")
    before = world.site()
    erase(world, "a", hours(4), revisions)
    world.settle()
    assert world.site() != before
    undo(world, "a", hours(5))
    world.settle()
    assert world.site() == before
    assert world.quarantined(erasure_key("a")) is None


def test_a_withdrawal_without_a_document_loses_the_words_that_it_repeats() -> None:
    world = published("wone")
    world.delete("a", hours(1))
    world.settle()
    erase(world, "a", hours(2), [1])
    world.settle()
    assert places_of(world, "wone") == []
    page = json.loads(world.site()[f"{HASHED}.json"])
    assert (page["status"], page["title"]) == ("withdrawn", "event of 4 July 2026")


def test_a_retraction_that_is_the_first_revision_can_be_erased() -> None:
    world = World()
    note = {"kind": "retraction", "note": "wonenote"}
    world.put("a", hours(0), title="wone", revision=note)
    world.settle()
    erase(world, "a", hours(1), [1])
    world.settle()
    assert places_of(world, "wone") == []


def test_a_deleted_event_stays_deleted_when_it_is_erased_and_not_any_more() -> None:
    world = published("wone")
    world.delete("a", hours(1))
    world.settle()
    before = world.site()
    erase(world, "a", hours(2), "all")
    world.settle()
    undo(world, "a", hours(3))
    world.settle()
    assert world.site() == before


def test_an_erased_event_that_expires_is_expired_for_later_versions() -> None:
    world = World()
    world.put("a", hours(0), **worded("wone"), expires="2026-07-04T12:00:00Z")
    world.settle()
    erase(world, "a", hours(1), "all")
    world.settle()
    world.now = hours(6)
    world.ingest("a")
    world.settle()
    assert world.revision("a", 2).entry.kind == "expired"
    assert places_of(world, "wone") == []


def test_an_image_in_the_bucket_is_used_by_the_event_until_it_is_erased_and_again_after() -> None:
    world = World()
    world.put("a", hours(0), image={"key": "images/a.png", "alt": "Someone"})
    world.settle()
    use = keys.image_use_key("images/a.png", "a")
    assert use in world.records()
    erase(world, "a", hours(1), "all")
    world.settle()
    assert use not in world.records()
    undo(world, "a", hours(2))
    world.settle()
    assert use in world.records()


def with_image_file(name: str) -> World:
    world = World()
    world.source.put("images/a.png", PNG, hours(0))
    world.put(name, hours(0), image={"key": "images/a.png", "alt": "Someone"})
    world.settle()
    assert "image/a.png" in world.site()
    return world


def test_an_image_that_only_erased_revisions_showed_leaves_the_site_and_comes_back() -> None:
    world = with_image_file("a")
    erase(world, "a", hours(1), "all")
    world.settle()
    assert "image/a.png" not in world.site()
    undo(world, "a", hours(2))
    world.settle()
    assert "image/a.png" in world.site()


def test_an_image_that_a_later_event_shows_comes_back() -> None:
    world = with_image_file("a")
    erase(world, "a", hours(1), "all")
    world.settle()
    world.put("b", hours(2), image={"key": "images/a.png", "alt": "Someone"})
    world.settle()
    assert "image/a.png" in world.site()


def test_an_image_that_another_revision_shows_stays() -> None:
    world = with_image_file("a")
    world.put("a", hours(1), image={"key": "images/a.png", "alt": "The same"})
    world.put("a", hours(2), title="No image")
    world.settle()
    erase(world, "a", hours(3), [1])
    world.settle()
    assert "image/a.png" in world.site()
    erase(world, "a", hours(4), [1, 2])
    world.settle()
    assert "image/a.png" not in world.site()


def test_an_image_that_a_superseded_revision_of_another_event_shows_stays() -> None:
    world = with_image_file("b")
    world.put("b", hours(1), title="No image")
    world.put("a", hours(1), image={"key": "images/a.png", "alt": "Someone"})
    world.settle()
    erase(world, "a", hours(2), "all")
    world.settle()
    assert "image/a.png" in world.site()


def test_the_history_leaves_an_address_that_only_later_revisions_have_now() -> None:
    """The erasure of the first revision is taken back, and the second one is erased instead."""
    world = published("wone", "wtwo", "wthree")
    erase(world, "a", hours(4), [1])
    world.settle()
    assert f"{HASHED}.history.json" in world.site()
    erase(world, "a", hours(5), [2])
    world.settle()
    assert f"{HASHED}.history.json" not in world.site()
    assert f"{HASHED}.html" in world.site()
    assert places_of(world, "wtwo") == []


def test_a_withdrawal_of_an_erased_revision_has_its_address_whenever_it_is_erased_itself() -> None:
    """A later title has the address of the first one, so the notices may stay there."""
    sites = []
    for settles in (True, False):
        world = World()
        acts = (
            lambda world: world.put("a", hours(0), **worded("wone")),
            lambda world: erase(world, "a", hours(1), [1, 2]),
            lambda world: world.delete("a", hours(2)),
            lambda world: world.put("a", hours(3), **worded("wtwo"), slug="wonetitle of it"),
            lambda world: world.put("a", hours(4), **worded("wthree")),
        )
        for act in acts:
            act(world)
            if settles:
                world.settle()
        world.settle()
        sites.append(world.site())
    assert sites[0] == sites[1]


@pytest.mark.parametrize("form", ["html", "md"])
def test_the_page_of_a_correction_says_why_it_cannot_show_what_changed(form: str) -> None:
    """Pages, feeds and lists lead there, and the difference would show the erased words."""
    world = World()
    world.put("a", hours(0), body="One.")
    note = {"kind": "correction", "note": "Because."}
    world.put("a", hours(1), body="Two.", revision=note)
    world.settle()
    world.put("a", hours(1.5), body="Three.")
    world.settle()
    path = f"news/2026/07/4/river-opens.r2.{form}"
    assert b"nothing can be compared" not in world.site()[path]
    erase(world, "a", hours(2), [1])
    world.settle()
    assert b"nothing can be compared" in world.site()[path]


def test_a_superseded_revision_does_not_call_the_event_withdrawn() -> None:
    """It stays as it is, so it cannot know whether the event is back."""
    world = World()
    world.put("a", hours(0), title="One")
    world.put("a", hours(1), title="One", revision={"kind": "retraction", "note": "Wrong."})
    world.settle()
    path = "news/2026/07/4/one.r2.html"
    assert path not in world.site()
    world.put("a", hours(2), title="One", body="Right.")
    erase(world, "a", hours(3), [1])
    world.settle()
    assert current_link(world, path) == ">One</a>"
    assert current_link(world, "news/2026/07/4/one.r1.html") == ">event of 4 July 2026</a>"


def current_link(world: World, path: str) -> str:
    found = re.search(r'one\.html" dir="auto"(>.*?</a>)', world.site()[path].decode())
    assert found
    return found[1]
