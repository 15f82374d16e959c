"""The entries that a polling client sees in the feeds of a topic during the life of an event."""

import itertools
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import NamedTuple

import pytest
from lxml import etree

from tests.readers.lifetime import (
    BYSTANDER_ID,
    EVENT,
    EVENT_ID,
    FIRST_PATH,
    LIFE,
    MOVED_PATH,
    PUBLISHED,
    TOPIC,
    Step,
    hours,
    publish_bystander,
    text_in,
)
from tests.readers.serving import VALIDATORS, Answer, Poller, World

NS = {
    "atom": "http://www.w3.org/2005/Atom",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "content": "http://purl.org/rss/1.0/modules/content/",
}
FORMATS = ("rss", "atom", "json")
BY_EVENT = {step.name: step for step in LIFE}


class Seen(NamedTuple):
    """An entry as one format shows it."""

    title: str
    text: str
    url: str
    published: datetime
    updated: datetime


class FeedSeen(NamedTuple):
    """A feed as one format shows it: entries by id, and tombstones by the id they refer to."""

    entries: Mapping[str, Seen]
    tombstones: Mapping[str, tuple[datetime, str]]


def read_rss(body: bytes) -> FeedSeen:
    items = etree.fromstring(body).findall("channel/item")
    ids = [item.findtext("guid", "") for item in items]
    assert len(set(ids)) == len(ids)
    entries = [
        Seen(
            item.findtext("title", ""),
            text_in(item.findtext("content:encoded", "", NS)),
            item.findtext("link", ""),
            parsedate_to_datetime(item.findtext("pubDate", "")),
            datetime.fromisoformat(item.findtext("atom:updated", "", NS)),
        )
        for item in items
    ]
    return FeedSeen(dict(zip(ids, entries, strict=True)), {})


def read_atom(body: bytes) -> FeedSeen:
    feed = etree.fromstring(body)
    found = feed.findall("atom:entry", NS)
    ids = [entry.findtext("atom:id", "", NS) for entry in found]
    assert len(set(ids)) == len(ids)
    entries = [
        Seen(
            entry.findtext("atom:title", "", NS),
            text_in(entry.findtext("atom:content", "", NS)),
            next(
                link.get("href", "")
                for link in entry.findall("atom:link[@rel='alternate']", NS)
                if link.get("type") == "text/html"
            ),
            datetime.fromisoformat(entry.findtext("atom:published", "", NS)),
            datetime.fromisoformat(entry.findtext("atom:updated", "", NS)),
        )
        for entry in found
    ]
    tombstones = {
        deleted.get("ref", ""): (
            datetime.fromisoformat(deleted.get("when", "")),
            deleted.findtext("at:comment", "", NS),
        )
        for deleted in feed.findall("at:deleted-entry", NS)
    }
    return FeedSeen(dict(zip(ids, entries, strict=True)), tombstones)


def read_json(body: bytes) -> FeedSeen:
    items = json.loads(body)["items"]
    ids = [item["id"] for item in items]
    assert len(set(ids)) == len(ids)
    entries = [
        Seen(
            item["title"],
            text_in(item["content_html"]),
            item["url"],
            datetime.fromisoformat(item["date_published"]),
            datetime.fromisoformat(item["date_modified"]),
        )
        for item in items
    ]
    return FeedSeen(dict(zip(ids, entries, strict=True)), {})


READ: dict[str, Callable[[bytes], FeedSeen]] = {
    "rss": read_rss,
    "atom": read_atom,
    "json": read_json,
}


def expected(step: Step, world: World) -> FeedSeen:
    """Return the entries that a feed has after a step, without the event that never changes."""
    if step.text is None:
        return FeedSeen({}, {})
    entry = Seen(
        step.shown_title,
        f"<p>{step.text}</p>",
        world.site.url(f"{step.base_path}.html"),
        PUBLISHED,
        step.updated,
    )
    return FeedSeen({EVENT_ID: entry}, {})


def of_the_event(feed: FeedSeen) -> FeedSeen:
    entries = {key: entry for key, entry in feed.entries.items() if key != BYSTANDER_ID}
    return FeedSeen(entries, feed.tombstones)


def validators(answer: Answer) -> tuple[str, ...]:
    return tuple(answer.headers[name] for name in VALIDATORS)


def live_until(name: str, world: World) -> Step:
    publish_bystander(world)
    for step in LIFE:
        step.happen(world)
        if step.name == name:
            return step
    raise KeyError(name)


@pytest.mark.parametrize("extension", FORMATS)
def test_every_poll_shows_the_current_state_of_the_event(world: World, extension: str) -> None:
    """SPEC R3, R4, R15, A2 to A4, J2, J5, T1, T2, T4, T6, V3, V4, V6, V7."""
    publish_bystander(world)
    poller = world.follow(f"{TOPIC}.{extension}")
    before = READ[extension](poller.poll().body)
    assert set(before.entries) == {BYSTANDER_ID}
    for step in LIFE:
        step.happen(world)
        answer = poller.poll()
        assert answer.status is HTTPStatus.OK, step.name
        feed = READ[extension](answer.body)
        assert of_the_event(feed) == expected(step, world), step.name
        assert feed.entries[BYSTANDER_ID] == before.entries[BYSTANDER_ID], step.name


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize(
    "keeps",
    [("ETag", "Last-Modified"), ("ETag",), ("Last-Modified",)],
    ids=["both validators", "only the tag", "only the date"],
)
def test_a_client_gets_the_bytes_of_each_step_once(
    world: World, extension: str, keeps: tuple[str, ...]
) -> None:
    """SPEC H1: and a 304 has no body and the validators that the client has."""
    publish_bystander(world)
    poller = world.follow(f"{TOPIC}.{extension}", keeps)
    poller.poll()
    for step in LIFE:
        step.happen(world)
        assert poller.poll().status is HTTPStatus.OK, step.name
        again = poller.poll()
        assert (again.status, again.body) == (HTTPStatus.NOT_MODIFIED, b""), step.name
        assert without_weakness(validators(again)) == without_weakness(
            tuple(poller.headers[name] for name in VALIDATORS)
        )


def without_weakness(said: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value.removeprefix("W/") for value in said)


@pytest.mark.parametrize("extension", FORMATS)
def test_the_etag_and_the_date_change_together_and_only_with_the_bytes(
    world: World, extension: str
) -> None:
    """SPEC H1."""
    publish_bystander(world)
    poller = world.follow(f"{TOPIC}.{extension}", keeps=())
    answers = [poller.poll()]
    for step in LIFE:
        step.happen(world)
        answers += [poller.poll(), poller.poll()]
    for before, after in itertools.pairwise(answers):
        is_same = before.body == after.body
        pairs = zip(validators(before), validators(after), strict=True)
        assert [one == other for one, other in pairs] == [is_same, is_same]
    # Without the event a feed that has no date has its first bytes again: the old ETag with a new
    # date. The date of the others never goes back (SPEC R5).
    has_date = extension != "json"
    is_first = validators(answers[0])[0] == validators(answers[-1])[0]
    assert is_first is not has_date
    assert len({answer.body for answer in answers}) == len(LIFE) + has_date


def test_a_repeated_notification_changes_nothing(world: World) -> None:
    """SPEC V2, H1: nothing is written again, so even the date stays."""
    publish_bystander(world)
    pollers = [world.follow(f"{TOPIC}.{extension}") for extension in FORMATS]
    for step in LIFE:
        step.happen(world)
        for poller in pollers:
            poller.poll()
        world.notify_again(EVENT, step.at + timedelta(minutes=30))
        for poller in pollers:
            assert poller.poll().status is HTTPStatus.NOT_MODIFIED, (step.name, poller.path)


@pytest.mark.parametrize("extension", FORMATS)
def test_a_change_in_another_topic_changes_nothing(world: World, extension: str) -> None:
    """SPEC H1, V7."""
    live_until("topic dropped", world)
    poller = world.follow(f"{TOPIC}.{extension}")
    poller.poll()
    world.put(EVENT, hours(7), title="Bridge shut", date="2026-11-20", topics=("Roads",), body="!")
    assert poller.poll().status is HTTPStatus.NOT_MODIFIED


@pytest.mark.parametrize("extension", FORMATS)
def test_a_deleted_object_is_withdrawn_without_a_note(world: World, extension: str) -> None:
    """SPEC T4, T7."""
    live_until("title change", world)
    poller = world.follow(f"{TOPIC}.{extension}")
    poller.poll()
    world.delete(EVENT, hours(4))
    feed = of_the_event(READ[extension](poller.poll().body))
    assert feed.entries[EVENT_ID].title == "Withdrawn: Bridge opens late"
    assert feed.entries[EVENT_ID].text == "<p>Withdrawn by the publisher.</p>"


@pytest.mark.parametrize("extension", FORMATS)
def test_a_retraction_leaves_the_feeds_after_thirty_days(world: World, extension: str) -> None:
    """SPEC T3: on any day on which another event changes."""
    live_until("retraction", world)
    poller = world.follow(f"{TOPIC}.{extension}")
    for days, is_shown in ((30, True), (31, False)):
        world.put(
            "elsewhere", hours(24 * days), title="Elsewhere", date="2026-11-20", body=str(days)
        )
        poller.poll()
        feed = of_the_event(READ[extension](poller.body))
        assert bool(feed.entries or feed.tombstones) == is_shown, days


def test_the_feed_of_the_topic_that_stays_still_has_the_event(world: World) -> None:
    """SPEC V7: the event left only one topic, and keeps its id and first date in the other."""
    live_until("topic dropped", world)
    for extension in FORMATS:
        feed = READ[extension](world.follow(f"topics/roads/feed.{extension}").poll().body)
        assert list(feed.entries) == [EVENT_ID]
        assert (feed.entries[EVENT_ID].published, feed.entries[EVENT_ID].updated) == (
            PUBLISHED,
            BY_EVENT["topic dropped"].updated,
        )


def test_every_link_of_an_earlier_step_works_at_every_later_step(world: World) -> None:
    """SPEC V6, T5."""
    publish_bystander(world)
    given: dict[str, Poller] = {}
    for step in LIFE:
        step.happen(world)
        given.setdefault(step.base_path, world.follow(f"{step.base_path}.html"))
        for base_path, page in given.items():
            page.poll()
            assert page.headers["Content-Type"] == "text/html; charset=utf-8"
            assert canonical(page.body) == world.site.url(f"{step.base_path}.html"), (
                step.name,
                base_path,
            )
    assert list(given) == [FIRST_PATH, MOVED_PATH]


def canonical(page: bytes) -> str | None:
    link = etree.fromstring(page, etree.HTMLParser()).find(".//link[@rel='canonical']")
    return None if link is None else link.get("href")
