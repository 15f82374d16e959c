"""Dates, hosts, headlines and names of feeds on pages; what reads right from right to left."""

from dataclasses import replace
from datetime import date

import pytest

from gazette.models.ledger.entry import SourceRef
from gazette.models.texts.catalogue import catalogue_of
from gazette.models.views.list_pages import MonthCount
from gazette.models.views.page import (
    Link,
)
from gazette.renderers.pages.html import render_event, render_list
from gazette.renderers.pages.shown_text import headline_size, host, iso_day, shown_day, source_time
from tests.unit.pages import page_examples as examples
from tests.unit.pages.page_reading import found, parsed

ENGLISH = catalogue_of("en")


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        ("2026-07-03", '<time datetime="2026-07-03" dir="auto">3 July 2026</time>'),
        (
            "2026-07-03T08:05:00Z",
            '<time datetime="2026-07-03T08:05:00Z" dir="auto">3 July 2026, 08:05 UTC</time>',
        ),
        (
            "2026-07-03T00:05:00+02:00",
            '<time datetime="2026-07-02T22:05:00Z" dir="auto">2 July 2026, 22:05 UTC</time>',
        ),
        ("2026-07-03T08:05", '<time datetime="2026-07-03" dir="auto">3 July 2026</time>'),
        ("0001-01-01T00:00:00+02:00", "0001-01-01T00:00:00+02:00"),
        ("July 2026", "July 2026"),
    ],
)
def test_the_time_of_a_source_is_written_out(published: str, shown: str) -> None:
    assert str(source_time(ENGLISH, published)) == shown


def test_a_source_has_its_publisher_and_its_host() -> None:
    sources = (
        SourceRef(title="A", url="https://www.news.example/a", publisher="The News"),
        SourceRef(title="B", url="https://b.example/", published="2026-07-03"),
        SourceRef(title="c.example", url="https://c.example/"),
    )
    tree = parsed(render_event(examples.make_event_page(sources=sources)))
    assert found(tree, "//span[@class='host']") == [
        "The News, news.example",
        "b.example, 3 July 2026",
        "",
    ]
    assert host("mailto:a@b.example") == ""


@pytest.mark.parametrize("day", [date(2026, 7, 3), "2026-07-03"])
def test_a_day_has_one_form(day: date | str) -> None:
    assert (shown_day(ENGLISH, day), iso_day(day)) == ("3 July 2026", "2026-07-03")
    assert iso_day(date(987, 7, 3)) == "0987-07-03"


@pytest.mark.parametrize(
    ("characters", "size"),
    [(90, ""), (91, ' class="long"'), (180, ' class="long"'), (181, ' class="longest"')],
)
def test_a_longer_headline_is_smaller(characters: int, size: str) -> None:
    assert str(headline_size("x" * characters)) == size


def test_a_topic_can_be_followed_next_to_its_title() -> None:
    frame = examples.make_frame(feeds=(*examples.feeds(), *examples.feeds("https://x.example/f")))
    links = (Link("Updates", "https://x.example/u/"), Link("Corrections", "https://x.example/c/"))
    page = replace(examples.make_list_page(examples.listed(), frame=frame), changes=links)
    tree = parsed(render_list(page))
    bar = "//header[@class='head']/nav/a"
    assert found(tree, bar) == ["Follow by RSS", "Atom", "JSON Feed", "Only corrections"]
    assert found(tree, f"{bar}/@href") == [
        *(feed.url for feed in examples.feeds()),
        "https://x.example/c/",
    ]


def test_a_month_of_a_topic_leads_to_its_events_on_the_page() -> None:
    months = (MonthCount("July 2026", 8, "#2026-07"), MonthCount("June 2026", 2))
    page = replace(examples.make_list_page(examples.listed()), months=months)
    tree = parsed(render_list(page))
    assert found(tree, "//section[@class='months']//a/@href") == ["#2026-07"]
    assert found(tree, "//h2[@id='2026-07']") == ["4 July 2026"]
    assert found(tree, "//section[@class='months']//rect/@width") == ["100", "25"]


def test_what_stands_on_a_page_from_right_to_left_is_isolated() -> None:
    entry = examples.make_entry(language="ar", title="افتتاح النهر", byline="Ana")
    frame = examples.make_frame(language="ar", title=entry.title)
    tree = parsed(render_event(examples.make_event_page(entry, frame=frame)))
    assert set(found(tree, "//time/@dir")) == {"auto"}
    assert len(found(tree, "//time")) == len(found(tree, "//time[@dir]"))
    assert set(found(tree, "//p[@class='times']/*/@dir")) == {"auto"}
    assert found(tree, "//summary/span/@dir") == ["auto"]
    assert not any(":" in {text[:1], text[-1:]} for text in found(tree, "//a | //nav"))
