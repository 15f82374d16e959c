"""The entries that a polling client sees in the feeds of updates and corrections of a topic."""

import json
import time
from calendar import timegm
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import NamedTuple

import feedparser
import pytest
from lxml import html

from tests.readers.lifetime import LIFE, Step, publish_bystander
from tests.readers.serving import World

FOLDER = "topics/rivers"
KINDS = ("updates", "corrections")
FORMATS = ("rss", "atom", "json")
NUMBERS = {step.name: number for number, step in enumerate(LIFE, start=1)}
# The steps in the feeds of the topic. Only the other topic's feed has the step that leaves it.
SHOWN = {
    "updates": ("correction", "title change", "retraction", "republication"),
    "corrections": ("correction", "retraction"),
}


class Shown(NamedTuple):
    """An entry of a feed of updates or corrections."""

    id: str
    title: str
    url: str
    summary: str
    html: str
    published: datetime
    updated: datetime


def read_xml(body: bytes) -> Iterator[Shown]:
    parsed = feedparser.parse(body)
    assert not parsed.bozo
    for entry in parsed.entries:
        yield Shown(
            entry.id,
            entry.title,
            entry.link,
            entry.summary,
            entry.content[0].value,
            moment(entry.published_parsed),
            moment(entry.updated_parsed),
        )


def moment(parsed: time.struct_time) -> datetime:
    """Convert a moment of feedparser, which is always in UTC."""
    return datetime.fromtimestamp(timegm(parsed), UTC)


def read_json(body: bytes) -> Iterator[Shown]:
    for item in json.loads(body)["items"]:
        dates = (item["date_published"], item["date_modified"])
        texts = (item["id"], item["title"], item["url"], item["summary"], item["content_html"])
        yield Shown(*texts, *map(datetime.fromisoformat, dates))


READ: dict[str, Callable[[bytes], Iterator[Shown]]] = {
    "rss": read_xml,
    "atom": read_xml,
    "json": read_json,
}


def revision_id(step: Step) -> str:
    return f"tag:gazette.example,2026:revision/{NUMBERS[step.name]}/bridge"


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_feed_of_updates_shows_each_change_once_and_no_minor_edit(
    world: World, kind: str, extension: str
) -> None:
    """SPEC V3, V4, H1, T3: newest first, each with its own time, and no entry ever disappears.

    The feed is there, and empty, before the first of them (SPEC P7).
    """
    publish_bystander(world)
    poller = world.follow(f"{FOLDER}/{kind}.{extension}")
    first = poller.poll()
    assert (first.status, list(READ[extension](first.body))) == (HTTPStatus.OK, [])
    shown: list[tuple[str, datetime, datetime]] = []
    for step in LIFE:
        step.happen(world)
        answer = poller.poll()
        if step.name in SHOWN[kind]:
            shown.insert(0, (revision_id(step), step.at, step.at))
            assert answer.status is HTTPStatus.OK, step.name
            seen = READ[extension](answer.body)
            assert [(one.id, one.published, one.updated) for one in seen] == shown, step.name
        else:
            assert answer.status is HTTPStatus.NOT_MODIFIED, step.name
    assert len(shown) == len(SHOWN[kind])


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_correction_has_its_note_its_difference_and_a_link_that_works(
    world: World, kind: str, extension: str
) -> None:
    """SPEC V4, V5: the link leads to the event, whose page shows the same difference."""
    publish_bystander(world)
    minor, correction = LIFE[1], LIFE[2]
    for step in LIFE[:3]:
        step.happen(world)
    (shown,) = READ[extension](world.follow(f"{FOLDER}/{kind}.{extension}").poll().body)
    assert shown.title == f"Correction: {correction.title}"
    assert shown.summary == correction.note
    difference = html.fromstring(f"<div>{shown.html}</div>")
    assert (minor.text, correction.text) == ("It is open.", "Half open.")
    assert difference.xpath(".//del//text()") == ["It is"]
    assert difference.xpath(".//ins//text()") == ["Half"]
    assert shown.url == world.site.url(f"{correction.base_path}.html")
    page = world.follow(shown.url.removeprefix(f"{world.site.base_url}/")).poll()
    assert page.status is HTTPStatus.OK
    assert html.fromstring(page.body).xpath("//*[@id='difference']//ins//text()") == ["Half"]


def test_json_feed_has_the_kind_and_note_of_each_revision(world: World) -> None:
    """SPEC J8, T4: the kind and the note of the last revision, also of a retraction."""
    publish_bystander(world)
    poller = world.follow(f"{FOLDER}/feed.json")
    shown = []
    for step in LIFE[:-1]:
        step.happen(world)
        items = json.loads(poller.poll().body)["items"]
        shown += [
            (item["_gazette"]["kind"], item["_gazette"].get("note"))
            for item in items
            if item["id"].endswith("/bridge")
        ]
    kinds = ("publication", "minor", "correction", "update", "retraction", "update")
    assert shown == list(zip(kinds, (step.note for step in LIFE[:-1]), strict=True))
