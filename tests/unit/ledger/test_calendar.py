import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.aggregates import DayCount, PeriodCounts, coarse_count
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.partitions import Partition
from gazette.models.limits import MAX_URLSET_EVENTS
from gazette.models.views.page import Link
from gazette.projections.calendar import periods as calendar
from gazette.projections.calendar.periods import Neighbours
from gazette.projections.calendar.urlsets import sitemap_indexes
from gazette.renderers.json.pages import render_calendar_json
from gazette.renderers.markdown.pages import render_calendar_markdown
from gazette.renderers.pages.html import render_calendar
from gazette.services.publish.calendar.neighbours import read_aggregate
from tests.unit.publish.worlds import SITE, World, hours

JULY = PeriodCounts(
    days={
        "2026-07-04": DayCount(count=2, updated=hours(1)),
        "2026-07-31": DayCount(count=1, updated=hours(3)),
    },
)
AUGUST = PeriodCounts(days={"2026-08-01": DayCount(count=4, updated=hours(2))})
NOTHING = PeriodCounts(days={})
ALONE = Neighbours()


def parse(text: str) -> Partition:
    return Partition.parse(text)


def test_the_counts_of_a_period_are_the_sums_of_its_days() -> None:
    assert (JULY.count, JULY.updated) == (3, hours(3))
    assert (NOTHING.count, NOTHING.updated) == (0, None)
    empty = DayCount(count=0, updated=None)
    assert PeriodCounts(days={"2026-07-05": empty}).updated is None


def item(partition: str, counts: DayCount | PeriodCounts) -> LedgerItem:
    item_key = keys.aggregate_key(parse(partition))
    assert item_key is not None
    return LedgerItem(item_key, 1, counts.model_dump_json())


def test_a_partition_outside_the_calendar_has_no_counts_item() -> None:
    with pytest.raises(ValueError, match="no period contains SITE#"):
        read_aggregate(World().ledger, partitions.SITE)


def test_empty_periods_are_left_out_of_the_period_that_contains_them() -> None:
    full = DayCount(count=2, updated=hours(1))
    empty = DayCount(count=0, updated=None)
    days = [item("DAY#2026-07-04", full), item("DAY#2026-07-05", empty)]
    assert calendar.month_counts(days).days == {"2026-07-04": full}
    months = [item("MONTH#2026-07", JULY), item("MONTH#2026-09", NOTHING)]
    assert calendar.period_counts(months) == {"2026-07": JULY, "2026-09": NOTHING}
    merged = calendar.merged(calendar.period_counts(months).values())
    assert merged == JULY.model_copy(update={"total": 3})
    page = calendar.year_page(SITE, "2026", calendar.period_counts(months), ALONE)
    assert [link.text for link in page.periods] == ["July"]


@pytest.mark.parametrize(
    ("count", "coarse"),
    [(0, 0), (9, 9), (10, 10), (19, 10), (20, 20), (49, 20), (50, 50), (99, 50), (7_123, 5_000)],
)
def test_a_coarse_count_is_one_that_the_exact_one_reaches(count: int, coarse: int) -> None:
    assert coarse_count(count) == coarse


@given(st.integers(0, 10**9))
def test_coarse_counts_never_exceed_and_stay_coarse(count: int) -> None:
    assert coarse_count(count) <= count < coarse_count(count) * 2.5 or count < 10
    assert coarse_count(coarse_count(count)) == coarse_count(count)


def test_a_year_stores_of_a_month_only_what_most_events_leave_as_it_is() -> None:
    """Dates, the number of urlsets, and a total that grows in steps."""
    busy = DayCount(count=MAX_URLSET_EVENTS + 7, updated=hours(1))
    quiet = DayCount(count=12, updated=hours(3))
    month = PeriodCounts(days={"2026-07-04": busy, "2026-07-05": quiet})
    coarse = calendar.coarse_month(month)
    assert coarse.count == 10_000
    assert coarse.days["2026-07-04"].count == MAX_URLSET_EVENTS + 1
    assert coarse.days["2026-07-05"].count == 1
    midnight = hours(3).replace(hour=0, minute=0)
    assert coarse.days["2026-07-05"].updated == midnight
    more = quiet.model_copy(update={"count": 13, "updated": hours(4)})
    days = {**month.days, "2026-07-05": more}
    assert calendar.coarse_month(PeriodCounts(days=days)) == coarse


def test_a_year_with_coarse_counts_says_that_there_may_be_more() -> None:
    month = PeriodCounts(days={"2026-07-04": DayCount(count=1, updated=hours(1))}, total=20)
    few = PeriodCounts(days={"2026-08-04": DayCount(count=1, updated=hours(1))}, total=2)
    page = calendar.year_page(SITE, "2026", {"2026-07": month, "2026-08": few}, ALONE)
    assert [(link.count, link.is_minimum) for link in page.periods] == [(20, True), (2, False)]
    assert page.frame.description == "2026: 22+ events"
    assert b">22+ events<" in render_calendar(page)
    assert b">20+<" in render_calendar(page)
    assert b" (20+)\n" in render_calendar_markdown(page)
    listed = json.loads(render_calendar_json(page))
    assert (listed["count"], listed["count_is_minimum"]) == (22, True)
    assert listed["periods"][0]["count_is_minimum"]
    assert "count_is_minimum" not in listed["periods"][1]


def test_a_month_lists_its_days_with_their_counts() -> None:
    page = calendar.month_page(SITE, "2026-07", JULY, ALONE)
    assert page.count == 3
    assert page.periods == (
        Link("4 July", "https://gazette.example/news/2026/07/4/", count=2),
        Link("31 July", "https://gazette.example/news/2026/07/31/", count=1),
    )
    assert page.frame.title == "July 2026"
    assert page.frame.description == "July 2026: 3 events"
    assert page.frame.indexed


def test_a_year_lists_its_months_and_the_calendar_its_years_newest_first() -> None:
    page = calendar.year_page(SITE, "2026", {"2026-08": AUGUST, "2026-07": JULY}, ALONE)
    assert [(link.text, link.count) for link in page.periods] == [("July", 3), ("August", 4)]
    years = calendar.calendar_page(SITE, {"2025": AUGUST, "2026": JULY})
    assert [(link.text, link.count) for link in years.periods] == [("2026", 3), ("2025", 4)]
    assert years.count == 7


def test_a_period_without_events_shows_zero_and_is_not_indexed() -> None:
    page = calendar.month_page(SITE, "2026-07", NOTHING, ALONE)
    assert page.frame.description == "July 2026: 0 events"
    assert not page.frame.indexed
    day = DayCount(count=1, updated=hours(2))
    one = PeriodCounts(days={"2026-08-01": day})
    page = calendar.month_page(SITE, "2026-08", one, ALONE)
    assert page.frame.description == "August 2026: 1 event"


def test_a_period_links_its_neighbours() -> None:
    page = calendar.month_page(SITE, "2026-07", JULY, Neighbours("2025-12", "2026-08"))
    assert page.frame.previous == Link("December 2025", "https://gazette.example/news/2025/12/")
    assert page.frame.next == Link("August 2026", "https://gazette.example/news/2026/08/")
    year = calendar.year_page(SITE, "2026", {"2026-07": JULY}, Neighbours("2024", None))
    assert year.frame.previous == Link("2024", "https://gazette.example/news/2024/")
    assert year.frame.next is None


def test_the_sitemap_index_lists_the_days_of_all_years_newest_first() -> None:
    urls = sitemap_indexes(SITE, [JULY, AUGUST])["sitemap.xml"]
    assert [(url.loc.rpartition("/")[2], url.lastmod) for url in urls] == [
        ("2026-08-01.xml", hours(2)),
        ("2026-07-31.xml", hours(3)),
        ("2026-07-04.xml", hours(1)),
    ]


def aggregate_of(world: World, below: str) -> LedgerItem:
    item_key = keys.aggregate_key(parse(below))
    assert item_key is not None
    return world.records()[item_key]


def test_counts_are_summed_from_the_day_to_the_calendar() -> None:
    world = World()
    world.put("a", hours(0), title="A")
    world.put("b", hours(1), title="B", date="2026-08-01")
    world.settle()
    year = PeriodCounts.model_validate_json(aggregate_of(world, "YEAR#2026").payload)
    assert {day: counts.count for day, counts in year.days.items()} == {
        "2026-07-04": 1,
        "2026-08-01": 1,
    }
    world.delete("a", hours(2))
    world.settle()
    day = DayCount.model_validate_json(aggregate_of(world, "DAY#2026-07-04").payload)
    assert (day.count, day.updated) == (0, None)
    year = PeriodCounts.model_validate_json(aggregate_of(world, "YEAR#2026").payload)
    assert list(year.days) == ["2026-08-01"]
