"""What a person sees of an event in a reader, after each step of its life (SPEC E1, E3, E4, T1)."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import feedparser
import pytest
import reader
from lxml import html

from tests.readers.lifetime import EVENT, EVENT_ID, hours, publish_bystander
from tests.readers.newsboat import Newsboat, needs_newsboat
from tests.readers.serving import World

OPENS = "news/2026/11/20/bridge-opens"
HALF_OPEN = "news/2026/11/20/bridge-half-open"
OPEN = "news/2026/11/20/bridge-open"
NOTICE = "Correction, 20 November 2026: Only one lane is open. What changed"
ABOUT = ("Topics:", "Rivers", "Roads")


class Shown(NamedTuple):
    """An entry on a screen: its title, its paragraphs, and where its link and others lead to."""

    title: str
    lines: tuple[str, ...]
    link: str
    links: Mapping[str, str]


class Step(NamedTuple):
    """What the publisher writes, and the entry that people see then.

    ``fields`` is None for a deletion. ``is_news`` says whether the entry may be unread again.
    """

    name: str
    fields: Mapping[str, object] | None
    title: str
    lines: tuple[str, ...]
    base_path: str
    has_difference: bool
    is_news: bool


def revision(kind: str, note: str | None = None) -> dict[str, object]:
    return {"revision": {"kind": kind, "note": note} if note else {"kind": kind}}


LIFE = (
    Step(
        "publication",
        {"title": "Bridge opens", "body": "It is opne."},
        "Bridge opens",
        ("It is opne.", *ABOUT),
        OPENS,
        has_difference=False,
        is_news=True,
    ),
    Step(
        "minor edit",
        {"title": "Bridge opens", "body": "It is open.", **revision("minor")},
        "Bridge opens",
        ("It is open.", *ABOUT, "History"),
        OPENS,
        has_difference=False,
        is_news=False,
    ),
    Step(
        "update",
        {"title": "Bridge opens", "body": "Both lanes are open.", **revision("update", "More.")},
        "Bridge opens",
        ("Both lanes are open.", *ABOUT, "History"),
        OPENS,
        has_difference=False,
        is_news=True,
    ),
    Step(
        "correction with a new title",
        {
            "title": "Bridge half open",
            "body": "One lane is open.",
            **revision("correction", "Only one lane is open."),
        },
        "Bridge half open",
        (NOTICE, "One lane is open.", *ABOUT, "History"),
        HALF_OPEN,
        has_difference=True,
        is_news=True,
    ),
    Step(
        "minor edit of the corrected text",
        {"title": "Bridge half open", "body": "One lane is open!", **revision("minor")},
        "Bridge half open",
        (NOTICE, "One lane is open!", *ABOUT, "History"),
        HALF_OPEN,
        has_difference=True,
        is_news=False,
    ),
    Step(
        "retraction",
        {"title": "Bridge half open", "body": "x", **revision("retraction", "It never opened.")},
        "Withdrawn: Bridge half open",
        ("It never opened.",),
        HALF_OPEN,
        has_difference=False,
        is_news=True,
    ),
    Step(
        "republication",
        {"title": "Bridge open", "body": "Open again."},
        "Bridge open",
        ("Open again.", NOTICE, *ABOUT, "History"),
        OPEN,
        has_difference=True,
        is_news=True,
    ),
    Step(
        "deletion",
        None,
        "Withdrawn: Bridge open",
        ("Withdrawn by the publisher.",),
        OPEN,
        has_difference=False,
        is_news=True,
    ),
)
FEEDS = ("feed", "topics/rivers/feed")


def shown(title: str, content: str, link: str) -> Shown:
    body = html.fragment_fromstring(content, create_parent="div")
    blocks = [" ".join(block.text_content().split()) for block in body.iter("p", "li")]
    links = {anchor.text_content(): anchor.get("href", "") for anchor in body.iter("a")}
    return Shown(title, tuple(blocks), link, links)


def expected(step: Step, world: World) -> Shown:
    page = world.site.url(f"{step.base_path}.html")
    links = {
        "Rivers": world.site.url("topics/rivers/"),
        "Roads": world.site.url("topics/roads/"),
        "History": f"{page}#changes",
        "What changed": f"{page}#correction-4",
    }
    wanted = {"What changed"} if step.has_difference else set()
    wanted |= set(links) & set(step.lines)
    return Shown(
        step.title, step.lines, page, {text: links[text] for text in links if text in wanted}
    )


def happen(world: World, number: int, step: Step) -> None:
    if step.fields is None:
        world.delete(EVENT, hours(number))
    else:
        common = {"date": "2026-11-20", "topics": ("Rivers", "Roads")}
        world.put(EVENT, hours(number), **common, **step.fields)


def steps(world: World) -> Iterator[Step]:
    publish_bystander(world)
    for number, step in enumerate(LIFE):
        happen(world, number, step)
        yield step


@pytest.mark.parametrize("feed", FEEDS)
@pytest.mark.parametrize("extension", ["rss", "atom"])
def test_feedparser_finds_what_people_should_see(world: World, feed: str, extension: str) -> None:
    poller = world.follow(f"{feed}.{extension}")
    for step in steps(world):
        parsed = feedparser.parse(poller.poll().body, sanitize_html=False)
        (entry,) = [one for one in parsed.entries if one.id == EVENT_ID]
        assert shown(entry.title, entry.content[0].value, entry.link) == expected(step, world), (
            step.name
        )


@pytest.mark.parametrize("feed", FEEDS)
@pytest.mark.parametrize("extension", ["rss", "atom", "json"])
def test_a_feed_library_shows_it_and_marks_as_new_only_what_is(
    world: World, feed: str, extension: str
) -> None:
    url = world.site.url(f"{feed}.{extension}")
    with reader.make_reader(":memory:", plugins=[]) as library:
        library.add_feed(url)
        dates = set()
        for step in steps(world):
            library.update_feed(url)
            entry = library.get_entry((url, EVENT_ID))
            assert shown(entry.title or "", entry.content[0].value, entry.link or "") == expected(
                step, world
            ), step.name
            # Readers sort by this date, or mark as unread by it; the publication's never moves.
            assert (entry.updated not in dates) == step.is_news, step.name
            assert entry.published == hours(0)
            dates.add(entry.updated)


@needs_newsboat
@pytest.mark.parametrize("feed", FEEDS)
@pytest.mark.parametrize("extension", ["rss", "atom"])
def test_newsboat_shows_it_and_leaves_as_read_what_was_read(
    world: World, tmp_path: Path, feed: str, extension: str
) -> None:
    """It marks a changed entry as unread only if its user asks for that."""
    newsboat = Newsboat(tmp_path, world.site.url(f"{feed}.{extension}"))
    for step in steps(world):
        newsboat.reload()
        item = dict(newsboat.items())[EVENT_ID]
        assert shown(item.title, item.content, item.url) == expected(step, world), step.name
        assert item.is_unread == (step is LIFE[0]), step.name
        newsboat.mark_as_read()
