"""The home page: a lead story, the newest events, corrections, topics, and no flood of links."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from gazette.models.ledger.entry import CorrectionRef, Entry, ImageRef, TopicRef
from gazette.models.product import (
    CORRECTION_CHARACTERS_ON_HOME,
    CORRECTIONS_ON_HOME,
    LEAD_CANDIDATES,
    TOPICS_ON_HOME,
)
from gazette.models.site import Site
from gazette.models.views.list_pages import ListPage
from gazette.projections.pages.home_page import with_home_parts
from gazette.projections.pages.lists import list_events
from gazette.renderers.pages.html import render_home
from tests.unit.pages import page_examples as examples
from tests.unit.pages.page_reading import found, parsed

SITE = Site(base_url="https://gazette.example", tag_authority="gazette.example,2026")
IMAGE = ImageRef(path="image/a.png", alt="A river")


def entries(count: int, **changes: object) -> list[Entry]:
    """Make so many entries, the newest first, two a day, each with twenty topics."""
    topics = tuple(TopicRef(slug=f"t{number}", label=f"T{number}") for number in range(20))
    return [
        examples.make_entry(
            event_id=f"e{number}",
            title=f"Event {number}",
            date=examples.DAY - timedelta(days=number // 2),
            base_path=f"news/e{number}",
            topics=topics,
            **changes,
        )
        for number in range(count)
    ]


def with_correction(entry: Entry, days: int, note: str = "Three, not four.") -> Entry:
    at = examples.UPDATED + timedelta(days=days)
    correction = CorrectionRef(number=2, at=at, note=note, base_path=entry.base_path)
    return entry.model_copy(update={"corrections": (correction,)})


def home(live: list[Entry], corrected: tuple[Entry, ...] = ()) -> ListPage:
    page = examples.make_list_page(*list_events(SITE, live))
    return with_home_parts(SITE, replace(page, changes=()), live, corrected)


def test_the_lead_story_is_the_first_one_with_an_image_and_stands_there_only() -> None:
    live = entries(6)
    live[3] = live[3].model_copy(update={"image": IMAGE})
    tree = parsed(render_home(home(live)))
    assert found(tree, "//article[@class='lead']/h2") == ["Event 3"]
    assert found(tree, "//article[@class='lead']/img/@src") == [
        f"{SITE.base_url}/thumbnails/960/a.png.webp"
    ]
    assert found(tree, "//article[@class='lead']/img/@alt") == ["A river"]
    assert found(tree, "//h2 | //h3").count("Event 3") == 1
    assert found(tree, "//h3") == ["Event 0", "Event 1", "Event 2", "Event 4", "Event 5"]


def test_without_a_new_image_the_newest_story_leads() -> None:
    live = entries(LEAD_CANDIDATES + 1)
    live[-1] = live[-1].model_copy(update={"image": IMAGE})
    tree = parsed(render_home(home(live)))
    assert found(tree, "//article[@class='lead']/h2") == ["Event 0"]
    assert found(tree, "//article[@class='lead']/img") == []


def test_an_image_of_another_host_is_not_shown_in_lists() -> None:
    image = ImageRef(url="https://images.example/a.png", alt="A river")
    assert found(parsed(render_home(home(entries(3, image=image)))), "//img") == []


def test_the_home_shows_the_newest_corrections_also_of_older_events() -> None:
    live = [with_correction(entry, days) for days, entry in enumerate(entries(5))]
    (behind,) = entries(1)
    older = with_correction(behind.model_copy(update={"title": "Older"}), 9, "word " * 99)
    page = home(live, (older,))
    assert len(page.corrected) == CORRECTIONS_ON_HOME
    tree = parsed(render_home(page))
    box = "//section[@class='box alert']"
    assert found(tree, f"{box}//li/a") == ["Older", "Event 4", "Event 3", "Event 2", "Event 1"]
    assert found(tree, f"{box}//li/a/@href")[0] == f"{SITE.base_url}/news/e0.html#correction-2"
    assert all(len(one.note) <= CORRECTION_CHARACTERS_ON_HOME for one in page.corrected)
    assert found(tree, f"{box}//time")[0] == "14 July 2026"


def test_what_is_said_of_an_event_is_on_the_side_of_its_title() -> None:
    live = [with_correction(entry, 0) for entry in entries(3, language="ar")]
    tree = parsed(render_home(home(live)))
    assert found(tree, "//p[@class='meta'][a[@class='flag']]/@dir") == ["rtl"] * 3


def test_a_correction_stays_visible_in_lists() -> None:
    tree = parsed(render_home(home([with_correction(entry, 0) for entry in entries(40)])))
    flags = found(tree, "//a[@class='flag']/@href")
    assert len(flags) == 40
    assert flags[0] == f"{SITE.base_url}/news/e0.html#correction-2"


def test_a_long_home_has_a_bounded_number_of_links() -> None:
    tree = parsed(render_home(home(entries(114))))
    assert len(tree.xpath("//h2/a | //h3/a")) == 114
    assert len(tree.xpath("//a")) < 250
    for article in tree.xpath("//article"):
        assert len(article.xpath(".//a[contains(@href, '/topics/')]")) <= 3
    assert len(found(tree, "//nav[@aria-label='Topics in motion']//a")) == TOPICS_ON_HOME


@pytest.mark.parametrize(
    ("summary", "shown"),
    [
        ("Event 0", ""),
        ("Event 0.", ""),
        ("Event 0. More of it.", "More of it."),
        ("Event 0 More of it.", "More of it."),
        ("Event 01 is another one.", "Event 01 is another one."),
        ("Something else.", "Something else."),
        ("", ""),
    ],
)
def test_a_summary_does_not_repeat_the_title(summary: str, shown: str) -> None:
    tree = parsed(render_home(home(entries(1, summary=summary))))
    assert found(tree, "//p[@class='standfirst']") == ([shown] if shown else [])


def test_each_day_heads_its_events_once() -> None:
    tree = parsed(render_home(home(entries(60))))
    headings = Counter(found(tree, "//h2[@class='date']"))
    assert set(headings.values()) == {1}


def test_a_home_without_events_says_so() -> None:
    tree = parsed(render_home(home([])))
    assert "No events." in found(tree, "//main//p")
    assert found(tree, "//article") == []


def test_an_event_that_is_alone_leads_alone() -> None:
    tree = parsed(render_home(home(entries(1))))
    assert found(tree, "//ol[contains(@class, 'events')]") == []


def test_a_lead_story_says_that_it_was_corrected() -> None:
    (entry,) = entries(1, category=None)
    frame = replace(examples.make_frame(), sections=(examples.feeds()[0],))
    page = replace(home([with_correction(entry, 0)]), frame=frame)
    tree = parsed(render_home(page))
    assert found(tree, "//article[@class='lead']//a[@class='flag']") == [
        "Corrected 5 July 2026, 16:05 UTC"
    ]
    assert found(tree, "//p[@class='all']/a/@href") == [examples.feeds()[0].url]
