import re
from dataclasses import replace
from itertools import pairwise

import pytest

from gazette.models.branding.brand import DEFAULT_BRAND
from gazette.models.ledger.aggregates import DayCount, PeriodCounts
from gazette.models.ledger.entry import CorrectionRef
from gazette.models.site import Site
from gazette.models.texts.catalogue import catalogue_of
from gazette.models.texts.plurals import RULES
from gazette.models.views.page import Link
from gazette.projections.calendar.periods import Neighbours, month_page
from gazette.renderers.pages.brand_files import stylesheet
from gazette.renderers.pages.html import (
    CONTENT_SECURITY_POLICY,
    render_calendar,
    render_event,
    render_list,
    render_missing,
    render_moved,
)
from tests.unit.pages import page_examples as examples
from tests.unit.pages.page_reading import (
    found,
    parsed,
)


def every_page() -> dict[str, bytes]:
    return {
        "event": render_event(examples.make_event_page(image=examples.IMAGE)),
        "withdrawn": render_event(examples.make_withdrawn_page()),
        "moved": render_moved(examples.make_moved_page()),
        "list": render_list(examples.make_list_page(examples.listed())),
        "calendar": render_calendar(examples.make_calendar_page()),
        "missing": render_missing(examples.make_calendar_page().frame),
    }


@pytest.mark.parametrize("name", list(every_page()))
def test_every_page_has_one_h1_its_landmarks_and_its_language(name: str) -> None:
    page = every_page()[name]
    tree = parsed(page)
    assert page.startswith(b"<!DOCTYPE html>\n")
    assert page.endswith(b"</html>\n")
    assert len(found(tree, "//h1")) == 1
    for landmark in ("header", "main", "footer"):
        assert len(found(tree, f"/html/body/{landmark}")) == 1
    assert found(tree, "/html/@lang | /html/@dir") == ["en", "ltr"]
    assert found(tree, "/html/body/*[1][self::a]/@href") == ["#content"]
    assert found(tree, "//main/@id") == ["content"]


@pytest.mark.parametrize("name", list(every_page()))
def test_no_page_can_run_a_script(name: str) -> None:
    """SPEC H3: the policy allows no inline script; a data block does not run."""
    tree = parsed(every_page()[name])
    policy = "//meta[@http-equiv='Content-Security-Policy']/@content"
    assert found(tree, policy) == [CONTENT_SECURITY_POLICY]
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none';")
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert found(tree, "//script[not(@type='application/ld+json')]") == []
    assert found(tree, "//@*[starts-with(name(), 'on')] | //@style | //style") == []


@pytest.mark.parametrize("name", list(every_page()))
def test_the_same_page_gives_the_same_bytes(name: str) -> None:
    """SPEC X6."""
    assert every_page()[name] == every_page()[name]


@pytest.mark.parametrize("name", list(every_page()))
def test_levels_of_headings_have_no_gap(name: str) -> None:
    levels = [int(str(h.tag)[1]) for h in parsed(every_page()[name]).iter("h1", "h2", "h3", "h4")]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_an_event_names_its_other_formats_and_its_feeds() -> None:
    """SPEC S7."""
    frame = examples.make_frame(feeds=examples.feeds())
    tree = parsed(render_event(examples.make_event_page(frame=frame)))
    assert found(tree, "//link[@rel='canonical']/@href") == [f"{examples.BASE_PATH}.html"]
    alternates = tree.xpath("//link[@rel='alternate']")
    assert [(link.get("type"), link.get("title"), link.get("href")) for link in alternates] == [
        (link.media_type, link.text, link.url)
        for link in (*examples.feeds(), *examples.formats(examples.BASE_PATH, "md", "json", "xml"))
    ]
    assert found(tree, "//nav[@aria-label='Formats']//a") == ["Markdown", "JSON", "XML"]
    assert found(tree, "//section[@class='subscribe']//a/@href") == [
        feed.url for feed in examples.feeds()
    ]
    assert all(found(tree, "//section[@class='subscribe']//li/span"))


def test_a_feed_of_an_unknown_kind_is_listed_without_advice() -> None:
    frame = examples.make_frame(feeds=(Link("Other", f"{examples.SITE}other"),))
    tree = parsed(render_event(examples.make_event_page(frame=frame)))
    assert found(tree, "//section[@class='subscribe']//li") == ["Other"]


def test_a_moved_page_points_to_where_the_event_is() -> None:
    """SPEC V6."""
    tree = parsed(render_moved(examples.make_moved_page()))
    assert found(tree, "//link[@rel='canonical']/@href") == [f"{examples.BASE_PATH}.html"]
    assert found(tree, "//article/p/a/@href") == [f"{examples.BASE_PATH}.html"]
    assert found(tree, "//meta[@name='robots']/@content") == ["noindex"]


def test_a_page_in_another_script_is_read_in_its_direction() -> None:
    entry = examples.make_entry(language="ar", title="افتتاح النهر")
    frame = examples.make_frame(language="ar", title=entry.title)
    tree = parsed(render_event(examples.make_event_page(entry, frame=frame)))
    assert found(tree, "/html/@lang | /html/@dir") == ["ar", "rtl"]
    assert found(tree, "//h1/@lang | //h1/@dir") == []
    assert found(tree, "/html/body/*[self::header or self::footer]/@lang") == ["en", "en"]
    assert set(found(tree, "//h2/@lang")) == {"en"}


def test_an_event_in_another_language_than_its_page_has_a_lang_attribute() -> None:
    entry = examples.make_entry(language="ar", title="افتتاح النهر")
    event = parsed(render_event(examples.make_event_page(entry)))
    listing = parsed(render_list(examples.make_list_page(examples.listed(entry))))
    assert found(event, "//h1/@lang | //h1/@dir") == ["ar", "rtl"]
    assert found(event, "//*[@class='body']/@dir") == ["rtl"]
    assert found(listing, "//h3/@lang | //h3/@dir") == ["ar", "rtl"]
    assert found(listing, "//h1/@dir") == ["auto"]


def test_a_list_groups_its_events_by_date() -> None:
    earlier = examples.make_entry(title="The day before", date=examples.DAY.replace(day=3))
    tree = parsed(
        render_list(
            examples.make_list_page(
                examples.listed(), examples.listed(), examples.listed(earlier), count=1234
            )
        )
    )
    assert found(tree, "//h2[@class='date']") == ["4 July 2026", "3 July 2026"]
    assert found(tree, "//h2/time/@datetime") == ["2026-07-04", "2026-07-03"]
    sizes = [len(events.xpath("li/article/h3")) for events in tree.xpath("//ol[@class='events']")]
    assert sizes == [2, 1]
    assert found(tree, "//p[@class='count']") == ["1,234 events"]


def test_the_page_of_a_day_is_flat() -> None:
    page = examples.make_list_page(examples.listed(), by_date=False, count=1)
    tree = parsed(render_list(page))
    assert found(tree, "//h2[@class='date']") == []
    assert found(tree, "//ol[@class='events']/li/article/h2/a/@href") == [
        f"{examples.BASE_PATH}.html"
    ]
    assert found(tree, "//p[@class='count']") == ["1 event"]


@pytest.mark.parametrize("by_date", [True, False])
def test_an_empty_list_says_that_it_is_empty(*, by_date: bool) -> None:
    tree = parsed(render_list(examples.make_list_page(by_date=by_date)))
    assert found(tree, "//ol[@class='events']") == []
    assert "No events." in found(tree, "//main//p")


def test_a_list_shows_corrections_and_leaves_out_a_summary_that_repeats_the_title() -> None:
    note = "Three, not four."
    correction = CorrectionRef(number=2, at=examples.UPDATED, note=note, base_path="a")
    entry = examples.make_entry(
        corrections=(correction,), summary=examples.ENTRY.title, topics=(), category=None
    )
    tree = parsed(render_list(examples.make_list_page(examples.listed(entry))))
    assert found(tree, "//ol[@class='events']//p") == ["Corrected 5 July 2026, 16:05 UTC"]


def test_pages_link_their_neighbours_on_the_time_line() -> None:
    before, after = Link("June", f"{examples.SITE}06/"), Link("August", f"{examples.SITE}08/")
    both = parsed(render_calendar(examples.make_calendar_page(previous=before, next=after)))
    assert found(both, "//link[@rel='prev']/@href") == [before.url]
    assert found(both, "//link[@rel='next']/@href") == [after.url]
    assert found(both, "//nav[@aria-label='Time line']/a") == ["June", "August"]
    for neighbour, link in ({"previous": before}, before), ({"next": after}, after):
        one = parsed(render_calendar(examples.make_calendar_page(**neighbour)))
        assert found(one, "//nav[@aria-label='Time line']/a/@href") == [link.url]


def test_a_calendar_shows_the_counts_of_its_periods() -> None:
    tree = parsed(render_calendar(examples.make_calendar_page()))
    assert found(tree, "//ul[@class='periods']/li") == ["3 July 1", "4 July 1,200"]
    assert found(tree, "//p[@class='count']") == ["1,201 events"]


def test_a_month_is_a_calendar_whose_days_show_how_much_happened() -> None:
    site = Site(base_url="https://gazette.example", tag_authority="gazette.example,2026")
    counts = {"2026-07-03": 1, "2026-07-04": 8, "2026-07-31": 3}
    days = {day: DayCount(count=count, updated=None) for day, count in counts.items()}
    page = month_page(site, "2026-07", PeriodCounts(days=days), Neighbours())
    tree = parsed(render_calendar(page))
    assert found(tree, "//th")[::6] == ["Mon", "Sun"]
    weeks = [len(week.xpath("td")) for week in tree.xpath("//tbody/tr")]
    assert weeks == [7] * 5
    assert found(tree, "//td[not(*)]") == ["", "", "", ""]
    assert found(tree, "//td[@class]") == ["3 1 event", "4 8 events", "31 3 events"]
    assert found(tree, "//td/@class") == ["d1", "d4", "d2"]
    assert found(tree, "//td/a/@href") == [period.url for period in page.periods]


def test_an_index_of_topics_names_the_largest() -> None:
    page = replace(examples.make_calendar_page(), largest=(Link("Rivers", f"{examples.SITE}r/"),))
    tree = parsed(render_calendar(page))
    assert found(tree, "//section[@class='largest']//a/@href") == [f"{examples.SITE}r/"]


def test_a_long_index_has_no_chart() -> None:
    page = examples.make_calendar_page()
    assert found(parsed(render_calendar(page)), "//rect/@width") == ["0", "100"]
    long = replace(page, periods=page.periods * 61)
    assert found(parsed(render_calendar(long)), "//rect") == []


def test_a_calendar_may_leave_the_counts_out() -> None:
    page = replace(
        examples.make_calendar_page(),
        periods=(Link("2026", f"{examples.SITE}news/2026/"),),
        count=1,
    )
    tree = parsed(render_calendar(page))
    assert found(tree, "//ul[@class='periods']/li") == ["2026"]
    assert found(tree, "//p[@class='count']") == ["1 event"]


def test_a_breadcrumb_leaves_out_the_home_page() -> None:
    frame = examples.make_frame(
        breadcrumb=(
            Link("Gazette", examples.SITE),
            Link("News", f"{examples.SITE}news/"),
            Link("Here", f"{examples.BASE_PATH}.html"),
        )
    )
    tree = parsed(render_event(examples.make_event_page(frame=frame)))
    assert found(tree, "//nav[@aria-label='Breadcrumb']//a") == ["News", "Here"]
    assert found(tree, "//nav[@aria-label='Breadcrumb']//a/@aria-current") == ["page"]


def test_the_title_of_the_home_page_is_the_name_of_the_site() -> None:
    frame = examples.make_frame(title="Gazette")
    tree = parsed(render_list(examples.make_list_page(frame=frame)))
    assert found(tree, "/html/head/title") == ["Gazette"]


def test_the_stylesheet_covers_dark_mode_print_and_both_directions() -> None:
    css = stylesheet(DEFAULT_BRAND, catalogue_of("en")).decode()
    assert "@media (prefers-color-scheme: dark)" in css
    assert "@media print" in css
    assert not re.search(
        r"(?:margin|padding|border)-(?:left|right|top|bottom)|[^-]\b(?:left|right):", css
    )
    assert "url(" not in css
    assert "@media (forced-colors: active)" in css
    for language in RULES:
        assert len(stylesheet(DEFAULT_BRAND, catalogue_of(language))) < 15_000
